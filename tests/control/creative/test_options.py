"""What a form chooses from is all there is, and what suits a checkpoint can be asked for."""

from pathlib import Path

import httpx
import msgspec
import pytest

from control.creative.options import HINT_TEXTS, SAMPLER_TEXTS, SCHEDULE_TEXTS, defaults, sizes
from control.jobs.additions import Preprocessor
from control.jobs.requests import Txt2Img, complete
from control.settings import ControlSettings
from ensembles.manifest import Manifest
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES
from tests.control.people import made, register

CHECKPOINTS = [
    Manifest(name="pocket", architecture="a", context_dim=128, default_size=128, text_layers=3),
    Manifest(name="dream", architecture="b", context_dim=768),
    Manifest(name="two", architecture="c", context_dim=1024, family="sd2", default_size=768),
    Manifest(name="large", architecture="d", context_dim=2048, family="sdxl", default_size=1024),
]


def test_every_choice_has_its_words() -> None:
    assert SAMPLER_TEXTS.keys() == SAMPLERS.keys()
    assert SCHEDULE_TEXTS.keys() == SCHEDULES.keys()
    assert HINT_TEXTS.keys() == set(Preprocessor.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("manifest", CHECKPOINTS, ids=lambda one: one.name)
def test_sizes_and_defaults_suit_the_checkpoint(manifest: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "models" / manifest.name / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(msgspec.json.encode(manifest))
    suits, found = defaults(manifest), sizes(manifest)
    for size in found:
        across, down = map(int, size.ratio.split(":"))
        assert size.width / size.height == pytest.approx(across / down, rel=0.13)
        assert size.width * size.height == pytest.approx(manifest.default_size**2, rel=0.13)
        # A job takes it, with the defaults.
        work = Txt2Img(
            prompt="a star", model=manifest.name, width=size.width, height=size.height, steps=suits.steps,
            cfg=suits.cfg, sampler=suits.sampler, scheduler=suits.scheduler, clip_skip=suits.clip_skip,
        )  # fmt: skip
        complete(msgspec.convert(msgspec.to_builtins(work), Txt2Img), ControlSettings(home=tmp_path))
    assert (found[0].width, found[0].height) == (suits.width, suits.height) == (manifest.default_size,) * 2
    assert len({(size.width, size.height) for size in found}) == len(found)


def test_options_over_http(api: httpx.Client) -> None:
    found = made(register(api).get("/options"))
    assert [one["name"] for one in found["checkpoints"]] == ["pocket"]
    assert {one["name"] for one in found["samplers"]} == SAMPLERS.keys()
    assert found["samplers"][0]["recommended"]
    assert found["upscalers"] == ["twice"]
    hints = {one["name"]: one for one in found["preprocessors"]}
    assert hints["canny"]["available"]
    assert not hints["depth"]["available"]
    assert "studio preprocessors add" in hints["depth"]["why"]
    assert found["bounds"]["max_pixels"] == 1024 * 1024
    assert found["bounds"]["max_steps"] == 150
