"""Training resumes to the state of an unbroken run, and the shipped folder is whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from export.pocket import critic, diffusion, loop, optimiser, text, tokenizer, unet  # noqa: E402
from export.pocket.evaluate import WEIGHTS  # noqa: E402


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rng.standard_normal((32, 4, 16, 16)).astype(np.float16).tofile(tmp_path / "latents.bin")
    rng.standard_normal((33, 77, 128)).astype(np.float16).tofile(tmp_path / "states.bin")
    critic.train(tmp_path, count=32, steps=2, size=4)
    return tmp_path


def test_a_cut_run_ends_like_an_unbroken_one(cache: Path) -> None:
    legs = (
        unet.Leg(0, 4, 2e-3),
        unet.Leg(1, 3, 1e-3, critic=0.1, names=True),
        unet.Leg(3, 1, 1e-3, critic=0.1),
    )
    recipe = unet.Recipe(steps=4, legs=legs, size=2)
    common = {"count": 32, "compile_model": False}
    unet.train(cache, cache, recipe, name="whole", **common)
    unet.train(cache, cache, recipe, name="cut", stop_at=2, **common)
    unet.train(cache, cache, recipe, name="cut", **common)
    whole, cut = loop.load(cache / "whole.pt"), loop.load(cache / "cut.pt")
    assert whole is not None
    assert cut is not None
    assert torch.equal(whole["average"], cut["average"])
    assert torch.equal(whole["optimiser"]["master"], cut["optimiser"]["master"])
    assert torch.equal(whole["optimiser"]["velocity"], cut["optimiser"]["velocity"])
    model = unet.averaged(cache / "whole.pt")
    assert model.conv_in.weight.shape == (64, 4, 3, 3)


def test_the_text_encoder_resumes(tmp_path: Path) -> None:
    tokenizer.train(tmp_path / "tokenizer", count=200)
    words = tokenizer.load(tmp_path / "tokenizer")
    for name, stops in (("whole", (None,)), ("cut", (1, None))):
        for stop in stops:
            text.train(tmp_path / name, words, tmp_path / f"work-{name}", steps=2, size=4, stop_at=stop)
    whole, cut = (loop.load(tmp_path / f"work-{name}" / "text.pt") for name in ("whole", "cut"))
    assert whole is not None
    assert cut is not None
    for key, value in whole["encoder"].items():
        assert torch.equal(value, cut["encoder"][key])


def test_the_tokenizer_is_deterministic_and_clips(tmp_path: Path) -> None:
    tokenizer.train(tmp_path / "a", count=200)
    tokenizer.train(tmp_path / "b", count=200)
    for name in ("vocab.json", "merges.txt"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    words = tokenizer.load(tmp_path / "a")
    ids = tokenizer.encode(words, ["", "A red CIRCLE", "zyx " * 200])
    assert ids.shape == (3, 77)
    assert (ids[:, 0] == len(words) - 2).all()
    assert (ids[:, -1] == len(words) - 1).all()
    # A common word is one token: start, three words, then ends.
    assert (ids[1] != len(words) - 1).sum() == 4


def test_the_untrained_unet_answers_its_input() -> None:
    torch.manual_seed(0)
    model = unet.build().eval()
    noise = torch.randn(2, 4, 16, 16)
    with torch.no_grad():
        answer = model(noise, torch.tensor([999, 500]), encoder_hidden_states=torch.randn(2, 77, 128)).sample
    assert (answer - noise).square().mean() < 0.02


def test_orthogonalise_flattens_the_spectrum() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(optimiser.orthogonalise(torch.randn(48, 96)).float())
    assert values.min() > 0.5
    assert values.max() < 1.4


def test_the_noise_levels_are_those_of_stable_diffusion() -> None:
    sigmas = diffusion.sigmas()
    assert float(sigmas[0]) == pytest.approx(0.0291672, abs=1e-6)
    assert float(sigmas[-1]) == pytest.approx(14.614641, abs=1e-4)
    times = diffusion.draw_timesteps(1000, torch.Generator().manual_seed(0))
    middle = ((sigmas[times] > 0.3) & (sigmas[times] < 8)).float().mean()
    assert middle > 0.65
    clean = torch.randn(3, 4, 2, 2, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(
        diffusion.noised(clean, torch.zeros_like(clean), torch.tensor([0, 0, 0])), clean, atol=2e-3
    )


def test_the_shipped_folder_is_whole_and_small() -> None:
    for part in json.loads((WEIGHTS / "model_index.json").read_text()):
        if part in ("text_encoder", "unet", "vae"):
            assert json.loads((WEIGHTS / part / "config.json").read_text())
            assert list((WEIGHTS / part).glob("*.safetensors"))
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) <= 25_000_000
    rgb = json.loads((WEIGHTS / "latent_rgb.json").read_text())
    assert np.asarray(rgb["weight"]).shape == (4, 3)
    assert len(rgb["bias"]) == 3
