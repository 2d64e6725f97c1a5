"""The arrows of the house: studio → scheduler → control → ensembles, studio → export → ensembles, and nothing inside Triton imports torch."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "ensembles": {"studio", "export", "perf", "torch", "transformers", "diffusers", "optimum"},
    "model_repository": {"studio", "export", "perf", "torch", "transformers", "diffusers", "optimum"},
    "export": {"studio", "perf", "scheduler", "control"},
    "control": {"studio", "perf", "scheduler", "export"},
    "scheduler": {"studio", "perf"},
}


def imports(path: Path) -> set[str]:
    """Top-level names of every module that the file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_follow_the_arrows(room):
    files = list((ROOT / room).rglob("*.py"))
    assert files
    wrong = {str(f.relative_to(ROOT)): bad for f in files if (bad := imports(f) & FORBIDDEN[room])}
    assert not wrong
