"""Checkpoints that are one organisation's: there for it, and for nobody else."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from control.errors import NotFound
from control.jobs.requests import Txt2Img, complete
from control.models.catalogue import checkpoint, checkpoints, published, usable
from control.settings import ControlSettings
from control.workflows import gathering
from ensembles.manifest import Manifest

OURS, THEIRS = UUID(int=1), UUID(int=2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, organisation, kind in (
        ("pocket", "", "checkpoint"),
        ("ours", str(OURS), "checkpoint"),
        ("bright", "", "vae"),
        ("our-vae", str(OURS), "vae"),
    ):
        path = tmp_path / "models" / name / "manifest.json"
        path.parent.mkdir(parents=True)
        said = {
            "name": name, "architecture": "sd15-test", "context_dim": 128, "organisation": organisation, "kind": kind,
        }  # fmt: skip
        made = msgspec.convert(said, Manifest)
        path.write_bytes(msgspec.json.encode(made))
    return tmp_path


def test_whose_they_are(home: Path) -> None:
    assert set(published(home, None)) == set(published(home, THEIRS)) == {"pocket", "bright"}
    assert set(published(home, OURS)) == {"pocket", "ours", "bright", "our-vae"}
    assert set(checkpoints(home, OURS)) == {"pocket", "ours"}
    assert usable(home, "ours", OURS).name == checkpoint(home, "ours").name == "ours"
    for name in ("ours", "bright", "our-vae", "../pocket", "", "a\0b"):
        with pytest.raises(NotFound, match="There is no checkpoint"):
            usable(home, name, THEIRS)
    # Nor is the name given away by what is near.
    with pytest.raises(NotFound) as refused:
        usable(home, "ourz", THEIRS)
    assert "ours" not in refused.value.detail


def test_requests_and_workflows_see_the_same(home: Path) -> None:
    settings = ControlSettings(home=home)
    work = Txt2Img(prompt="", model="ours")
    assert complete(work, settings, organisation_id=OURS)[1].name == "ours"
    with pytest.raises(NotFound):
        complete(work, settings, organisation_id=THEIRS)
    with pytest.raises(NotFound):
        complete(work, settings)
    known = gathering.published(home, None, OURS)
    assert (known.choice("checkpoints", "ours"), known.choice("vae", "our-vae")) == ("ours", "our-vae")
    # A VAE by itself has no UNet.
    assert known.choice("checkpoints", "bright") is None
    assert known.choice("vae", "bright") == "bright"
    theirs = gathering.published(home, None, THEIRS)
    assert theirs.choice("checkpoints", "ours") is theirs.choice("vae", "our-vae") is None
