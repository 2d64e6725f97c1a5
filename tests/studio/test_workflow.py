"""`studio workflow explain` prints the plan of a file, without a server."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from control.workflows.plan import Plan
from studio.cli import main
from studio.commands.workflow import stages_of
from tests.control.workflows.graphs import KNOWN, graph, node, plan_of


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one checkpoint, as far as the control plane looks at it."""
    folder = tmp_path / "home" / "models" / "pocket"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(msgspec.json.encode(KNOWN.checkpoints["pocket"]))
    return tmp_path / "home"


def explain(home: Path, given: object, *arguments: str) -> Result:
    file = home / "workflow.json"
    file.write_text(given if isinstance(given, str) else json.dumps(given))
    return CliRunner().invoke(
        main, ["workflow", "explain", str(file), *arguments], env={"STUDIO_HOME": str(home), "COLUMNS": "160"}
    )


def test_a_plan_as_a_table(home: Path) -> None:
    given = graph(
        {"3": {"seed": ["s", 0]}},
        _s=node("PrimitiveInt", value=77),
        _d=node("VAEEncode", pixels=["8", 0], vae=["4", 2]),
        _p=node("PreviewImage", images=["8", 0]),
    )
    done = explain(home, given)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    [sampling] = [line for line in lines if "3 KSampler → 8 VAEDecode" in line]
    assert sampling.split()[-8:-1] == ["sampler", "pocket", "0,", "1,", "2,", "3", "1"]
    said = {line.split(maxsplit=1)[0]: line for line in lines if line.strip()}
    assert "9 SaveImage, p PreviewImage" in said["outputs"]
    assert "s = 77" in said["computed"]
    assert said["dropped"].split()[1:] == ["d"]
    assert "1 credits: KSampler of 512x512 (node 3) 1" in said["price"]
    assert "4 stages, up to 2 steps side by side" in said["branches"]
    assert "3 → 8" in said["together"]
    assert "estimate" in said


def test_a_plan_as_json_is_the_queue_s(home: Path) -> None:
    done = explain(home, graph(), "--json")
    assert done.exit_code == 0, done.output
    plan = msgspec.json.decode(done.output, type=Plan)
    assert plan == plan_of(graph())
    assert stages_of(plan) == [0, 1, 1, 0, 2, 3]


def test_files_come_in_several_forms(home: Path) -> None:
    from control.workflows.editor.draw import drawn
    from control.workflows.graph import Node

    plain = explain(home, graph(), "--json").output
    typed = {name: Node(given["class_type"], given["inputs"]) for name, given in graph().items()}
    forms: list[dict[str, Any]] = [
        {"prompt": graph()},
        {"request": {"kind": "workflow", "graph": graph()}},
        {"format": "studio-workflow", "format_version": 1, "name": "a", "graph": graph()},
    ]
    for form in forms:
        assert explain(home, form, "--json").output == plain
    drawing = explain(home, drawn(typed), "--json")
    assert drawing.exit_code == 0, drawing.output
    keys = {node.key for node in msgspec.json.decode(drawing.output, type=Plan).nodes.values()}
    assert keys == {node.key for node in plan_of(graph()).nodes.values()}


def test_pictures_are_taken_to_be_there_and_outputs_restrict(home: Path) -> None:
    given = graph(_1=node("LoadImage", image="mine.png"), _2=node("PreviewImage", images=["1", 0]))
    done = explain(home, given, "--output", "2")
    assert done.exit_code == 0, done.output
    assert "mine.png" in done.output
    assert "KSampler" not in done.output


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("no json", "is no JSON"),
        ("[" * 5000, "is no JSON"),
        ([], "The prompt is no object"),
        ({}, "Prompt has no outputs"),
        (
            graph({"3": {"steps": 0}}),
            "node 3 KSampler: steps: 0 is too little; give 1 to 150. (value_smaller_than_min)",
        ),
        (graph({"4": {"ckpt_name": "poket"}}), "Did you mean pocket"),
    ],
)
def test_what_is_wrong_is_said(home: Path, given: object, says: str) -> None:
    done = explain(home, given)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
