"""Every node type has a test of its result."""

import ast
from pathlib import Path

from control.workflows.catalogue import CATALOGUE
from control.workflows.page import page

HERE = Path(__file__).parent


def classes_of(path: Path) -> set[str]:
    """Classes that a module of tests says it tests (`TESTED`), each named once more where it does, or that it runs."""
    tree = ast.parse(path.read_text())
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    declared: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "TESTED" for t in node.targets
        ):
            declared |= set(ast.literal_eval(node.value))
    parts = " ".join(texts).split()
    unused = {
        name
        for name in declared
        if texts.count(name) < 2 and parts.count(name) < 2 and not _made(name, texts)
    }
    assert not unused, f"{path.name} says that it tests {sorted(unused)} and does not name them"
    run: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and _called(one) == "run"]
            run |= {one.args[0].value for one in calls if one.args and isinstance(one.args[0], ast.Constant)}
            # Or it is given the names: @pytest.mark.parametrize("name", ["LatentAdd", …]).
            if any(one.args and isinstance(one.args[0], ast.Name) for one in calls):
                given = {
                    one.value
                    for mark in node.decorator_list
                    for one in ast.walk(mark)
                    if isinstance(one, ast.Constant)
                }
                run |= {one for one in given if one in CATALOGUE}
    return declared | run


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _made(name: str, texts: list[str]) -> bool:
    """Is the name put together, as f"Primitive{kind}"?"""
    return any(name.startswith(text) and name.removeprefix(text) in texts for text in texts if len(text) > 3)


def test_every_class_has_a_test_of_its_result():
    names = set().union(
        *(classes_of(path) for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
    )
    assert sorted(set(CATALOGUE) - names) == [], (
        "no test names these in its TESTED: write one of their results"
    )
    assert sorted(names - set(CATALOGUE)) == [], "there are no such classes"


def test_there_are_seventy_and_each_tells_what_it_is():
    assert len(CATALOGUE) >= 70
    for name, node in CATALOGUE.items():
        assert name == node.name
        assert node.title, name
        assert node.category, name
        assert node.description.strip().endswith((".", "!", "?")), f"{name}: {node.description}"
        for key, wanted in node.inputs.items():
            assert wanted.tooltip, f"{name}.{key} has no tooltip"
            assert wanted.type != "COMBO" or wanted.choices or wanted.folder, (
                f"{name}.{key} has nothing to choose"
            )
            assert wanted.choices is None or wanted.default in (None, *wanted.choices), f"{name}.{key}"
            assert not wanted.lazy or node.needs is not None, (
                f"{name}.{key} is lazy, and nothing says when it is needed"
            )
        if node.pixels is not None:
            assert node.asks, f"{name} costs something and asks for nothing"


def test_what_is_not_known_yet_is_no_obstacle():
    for node in CATALOGUE.values():
        nothing = dict.fromkeys(node.inputs)
        if node.check is not None:
            node.check(**nothing)
        if node.size is not None:
            found = node.size(**nothing)
            assert len(found) == len(node.outputs), node.name
        if node.pixels is not None:
            assert node.pixels(**nothing) > 0, node.name


def test_the_page_of_nodes_is_up_to_date():
    assert (HERE.parents[1] / "docs" / "nodes.md").read_text() == page(), "run make docs"
