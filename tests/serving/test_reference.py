"""The API page says what there is."""

import re
from pathlib import Path

import pytest

from ensembles.sampling.options import OPTIONS
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES
from ensembles.serving.conditions import Wire
from ensembles.serving.fields import (
    CONDITIONS,
    DECODE,
    DENOISE,
    GUIDING,
    MODEL,
    PREVIEW_EVERY,
    PROMPTING,
    SAMPLER_OPTIONS,
    SAMPLING,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "triton-api.md").read_text()


@pytest.mark.parametrize(("heading", "table"), [("Samplers", SAMPLERS), ("Schedules", SCHEDULES)])
def test_every_name_is_listed_and_no_other(heading, table):
    line = re.search(rf"^{heading}: (.*?)\n\n", PAGE + "\n", re.MULTILINE | re.DOTALL)
    assert line is not None
    assert re.findall(r"`(\w+)`", line[1]) == list(table)


def test_every_parameter_is_listed_with_its_default():
    for field in PROMPTING + SAMPLING:
        row = next(
            line
            for line in PAGE.splitlines()
            if line.startswith("| `") and f"`{field.name}`" in line.split(" | ")[0]
        )
        kind = field.kind.removeprefix("TYPE_").replace("STRING", "BYTES")
        assert f"| {kind} |" in row
        if field.default not in (None, ""):
            assert f"| {field.default} |" in row


def test_shared_models_take_the_parameters_of_the_table():
    for model in ("sampler", "sampler_unary"):
        config = (ROOT / "model_repository" / model / "config.pbtxt").read_text()
        for field in SAMPLING:
            assert f'name: "{field.name}" data_type: {field.kind} dims: [ 1 ] optional: true' in config


def test_the_sampler_takes_what_the_page_says():
    config = (ROOT / "model_repository" / "sampler" / "config.pbtxt").read_text()
    known = dict(re.findall(r'name: "(\w+)" data_type: TYPE_(\w+)', config.split("output [")[0]))
    fields = (*SAMPLING, *GUIDING, MODEL, DENOISE, PREVIEW_EVERY, CONDITIONS, SAMPLER_OPTIONS, DECODE)
    for field in fields:
        assert known.get(field.name) == field.kind.removeprefix("TYPE_"), field.name
    section = PAGE.split("### sampler\n")[1].split("### Conditions")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    told = {name: row for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])}
    for field in (*GUIDING, CONDITIONS, SAMPLER_OPTIONS, DECODE):
        assert f"| {known[field.name].replace('STRING', 'BYTES')} [1] |" in told[field.name]
        if field.default is not None:
            assert f"| {str(field.default).lower()} |" in told[field.name].lower()
    told_elsewhere = {field.name for field in (*SAMPLING, MODEL, DENOISE, PREVIEW_EVERY)}
    assert set(known) - set(told) - told_elsewhere == set()


def test_every_field_of_a_condition_and_every_option_is_listed():
    section = PAGE.split("### Conditions")[1].split("## Samplers")[0]
    told = [
        name
        for line in section.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split(" | ")[0])
    ]
    assert told == list(Wire.__struct_fields__)
    for sampler, options in OPTIONS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{sampler}` |"))
        for name, option in options.items():
            default = f"{option.default:g}" if isinstance(option.default, float) else option.default
            assert f"`{name}` {default}" in row
