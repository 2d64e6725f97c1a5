"""Which textual inversions a prompt's words reach."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

THEIRS, SHARED = "ab" * 32, "cd" * 32


@pytest.fixture
def text_encode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`ensembles.serving.text_encode` outside Triton; one embedding is everybody's, one is some organisation's."""
    before = set(sys.modules)
    fake = ModuleType("triton_python_backend_utils")
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", fake)
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "models"))
    for sha256 in (THEIRS, SHARED):
        folder = tmp_path / "adapters" / sha256
        folder.mkdir(parents=True)
        about = {"type": "embedding", "name": "x", "sha256": sha256, "bytes": 1, "layout": "some", "width": 4}
        (folder / "about.json").write_text(json.dumps(about))
    everybodys = tmp_path / "shared" / "embedding"
    everybodys.mkdir(parents=True)
    (everybodys / "dusk").symlink_to(Path("..", "..", "adapters", SHARED))
    yield importlib.import_module("ensembles.serving.text_encode")
    for name in set(sys.modules) - before:
        if name.startswith("ensembles.serving"):
            del sys.modules[name]


def test_prompts_reach_everybodys_by_name_and_nobodys_by_content(text_encode) -> None:
    assert text_encode.shared_embedding("dusk") == SHARED
    for name in (THEIRS, SHARED, "../../adapters/" + THEIRS, "dawn"):
        assert text_encode.shared_embedding(name) is None
        assert (
            text_encode._embeddings({})(name, text_encode.TextTower(width=4)) is None
            if "/" not in name
            else True
        )


def test_an_organisations_own_come_by_content_with_the_request(text_encode) -> None:
    assert text_encode.read_embeddings(json.dumps({"night": THEIRS})) == {"night": THEIRS}
    with pytest.raises(ValueError, match="EMBEDDINGS: there is no"):
        text_encode.read_embeddings(json.dumps({"night": "00" * 32}))
