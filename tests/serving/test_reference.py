"""The API page says what there is."""

import re
from pathlib import Path

import pytest

from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES
from ensembles.serving.fields import PROMPTING, SAMPLING

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
