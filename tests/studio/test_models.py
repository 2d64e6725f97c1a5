"""`studio models`: adding, listing and removing what goes with checkpoints, as its users type it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from studio.cli import main
from tests.control.jobs.painter import embedding, lora


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STUDIO_DATABASE_URL", raising=False)
    return tmp_path / "home"


def studio(*words: str) -> Result:
    return CliRunner().invoke(main, ["models", *words])


def test_added_listed_removed(home: Path, tmp_path: Path) -> None:
    path = lora(tmp_path / "ink.safetensors", 192, 192)
    added = studio("add", str(path), "--type", "lora")
    assert added.exit_code == 0, added.output
    assert added.output.startswith("Added the lora ink")
    assert "(kohya, " in added.output
    assert studio("add", str(path), "--type", "lora", "--name", "pen").exit_code == 0
    listed = studio("list").output
    assert "ink" in listed
    assert "pen" in listed
    assert "everybody" in studio().output
    assert studio("remove", "ink", "--type", "lora").output == "Removed the lora ink.\n"
    again = studio("remove", "ink", "--type", "lora")
    assert (again.exit_code, "no lora 'ink' for everybody" in again.output) == (2, True)
    assert "ink" not in studio("list").output
    assert "pen" in studio("list").output


def test_refused_with_one_sentence(home: Path, tmp_path: Path) -> None:
    pickle = tmp_path / "dream.ckpt"
    pickle.write_bytes(b"\x80\x04K\x01.")
    for words, says in (
        (("add", str(pickle), "--type", "checkpoint"), "is a pickle, which can run code"),
        (("add", str(embedding(tmp_path / "a.safetensors", 8)), "--type", "lora"), "LoRA"),
        (("add", str(tmp_path / "none.safetensors"), "--type", "lora"), "no such file"),
        (("add", str(tmp_path / "a.safetensors"), "--type", "embedding", "--organisation", "acme"), "STUDIO_DATABASE_URL"),
        (("remove", "pocket", "--type", "checkpoint"), "is a folder"),
    ):  # fmt: skip
        found = studio(*words)
        assert found.exit_code == 2, found.output
        assert found.output.startswith("studio: ")
        assert found.output.count("\n") == 1
        assert says in found.output
    assert not list(home.rglob("*.safetensors"))
