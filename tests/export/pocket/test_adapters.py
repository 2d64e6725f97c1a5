"""The shipped adapters load, have the field's layouts, and do what they are for, on a few pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from diffusers import UNet2DConditionModel  # noqa: E402
from safetensors import safe_open  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from export.pocket import adherence, critic, loop  # noqa: E402
from export.pocket.adapters import (  # noqa: E402
    control,
    hints,
    inpainting,
    inversion,
    lora,
    measure,
    painting,
    style,
    style_judge,
    style_training,
)
from export.pocket.evaluate import WEIGHTS  # noqa: E402
from export.pocket.scenes import render, sample_scene  # noqa: E402

ADAPTERS = Path(lora.__file__).parent
#: Enough steps to see an effect; the figures of the model card have 20.
STEPS = 8


@pytest.fixture(scope="module")
def studio() -> painting.Studio:
    made = painting.studio(WEIGHTS, control=ADAPTERS / "edges")
    made.steps = STEPS
    return made


def unet() -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(WEIGHTS / "unet", torch_dtype=torch.float32).eval()


def test_overlap_is_one_with_itself_and_falls_with_distance() -> None:
    lines = np.zeros((2, 32, 32), bool)
    lines[:, 10, 5:25] = True
    assert hints.overlap(lines, lines).tolist() == [1.0, 1.0]
    beside, away = np.roll(lines, 1, 1), np.roll(lines, 6, 1)
    assert 0.4 < hints.overlap(lines, beside)[0] < 1.0
    assert hints.overlap(lines, away)[0] == 0.0
    assert hints.overlap(lines, beside, 0)[0] == 0.0
    nothing = np.zeros_like(lines)
    assert hints.overlap(nothing, nothing).tolist() == [1.0, 1.0]
    assert hints.overlap(lines, nothing).tolist() == [0.0, 0.0]


def test_a_hint_shows_an_outline_even_between_equal_greys(tmp_path: Path) -> None:
    # Orange on cyan: Canny sees next to nothing in the drawing itself.
    alike = next(
        scene
        for scene in (sample_scene(3, index, held_out=None) for index in range(5000))
        if (scene.colour, scene.background, scene.style) == ("orange", "cyan", "flat")
    )
    assert hints.contrast(alike) < hints.CONTRAST
    full = hints.edges(render(hints.stark(alike))[None], *hints.STRONG)[0].sum()
    assert hints.training_hint(alike, 3, 0).sum() >= 0.8 * full
    hints.write_hints(tmp_path / "hints.bin", 3, seed=5)
    stored = hints.unpack(np.asarray(hints.open_hints(tmp_path / "hints.bin", 3)))
    assert stored.shape == (3, 1, 128, 128)
    assert np.array_equal(stored[2, 0] > 0.5, hints.training_hint(sample_scene(5, 2), 5, 2))


def test_the_cases_of_the_measurements_are_fixed_and_unseen() -> None:
    one, two = measure.hint_cases(12), measure.hint_cases(12)
    assert [case.caption for case in one] == [case.caption for case in two]
    assert min(case.hint.sum() for case in one) > 40
    assert all(case.scene.shape not in case.vague for case in one)
    regions = inpainting.region_cases(6)
    assert all(0.0 < case.mask.mean() < 1.0 for case in regions)
    assert all(case.caption.shape not in ("", None) for case in regions)


def test_the_edge_controlnet_leads_the_outline(studio: painting.Studio) -> None:
    assert studio.control is not None
    assert all(torch.isfinite(p).all() for p in studio.control.parameters())
    config = json.loads((ADAPTERS / "edges" / "config.json").read_text())
    assert config["_class_name"] == "ControlNetModel"
    assert config["block_out_channels"] == [64, 128, 192]
    cases = measure.hint_cases(8)
    held = measure.edge_overlap(studio.paint, cases)
    free = measure.edge_overlap(studio.paint, cases, controlled=False)
    assert held.mean >= 0.5
    assert free.mean <= 0.3
    row = adherence.score(held.pictures, [case.caption for case in cases]).rows[0]
    assert row.colour >= 0.75


def test_strength_nought_is_the_picture_without_the_controlnet(studio: painting.Studio) -> None:
    cases = measure.hint_cases(2)
    off = measure.edge_overlap(studio.paint, cases, strength=0.0).pictures.astype(int)
    without = measure.edge_overlap(studio.paint, cases, controlled=False).pictures.astype(int)
    assert np.abs(off - without).max() <= 1


def test_the_lora_has_kohyas_layout_and_says_what_it_is() -> None:
    path = ADAPTERS / "dusk.safetensors"
    tensors = load_file(path)
    modules = {f"{lora.PREFIX}{lora.flat_name(name)}": module for name, module in unet().named_modules()}
    names = {key.split(".")[0] for key in tensors}
    assert names <= set(modules)
    for name in names:
        down, up = tensors[f"{name}.lora_down.weight"], tensors[f"{name}.lora_up.weight"]
        assert lora.product(down.float(), up.float()).shape == modules[name].weight.shape
        assert float(tensors[f"{name}.alpha"]) == pytest.approx(style_training.GAIN * down.shape[0], rel=1e-3)
        assert torch.isfinite(down).all()
        assert torch.isfinite(up).all()
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["ss_base_model_version"] == "pocket"
    assert metadata["modelspec.trigger_phrase"] == style_training.TRIGGER
    assert path.stat().st_size < 2_000_000


def test_the_lora_brings_its_style_and_keeps_the_subject() -> None:
    captions = measure.style_captions(12)
    shares = {}
    for strength in (0.0, 1.0):
        merged = lora.merge(unet(), ADAPTERS / "dusk.safetensors", strength)
        painter = painting.Studio(WEIGHTS, unet=merged, steps=STEPS)
        shares[strength] = measure.style_share(painter.paint, captions)
    assert shares[0.0].style <= 0.1
    assert shares[1.0].style >= 0.75
    assert shares[1.0].subject >= 0.6


def test_diffusers_reads_the_lora_as_we_do() -> None:
    from diffusers.loaders.lora_pipeline import StableDiffusionLoraLoaderMixin

    path = ADAPTERS / "dusk.safetensors"
    merged, theirs = lora.merge(unet(), path, 0.7), unet()
    state, alphas = StableDiffusionLoraLoaderMixin.lora_state_dict(load_file(path), unet_config=theirs.config)
    StableDiffusionLoraLoaderMixin.load_lora_into_unet(state, alphas, theirs, adapter_name="dusk")
    theirs.set_adapters(["dusk"], [0.7])
    torch.manual_seed(0)
    latents, states = torch.randn(2, 4, 16, 16), torch.randn(2, 77, 128)
    with torch.no_grad():
        ours = merged(latents, torch.tensor([700, 20]), encoder_hidden_states=states).sample
        other = theirs(latents, torch.tensor([700, 20]), encoder_hidden_states=states).sample
        plain = unet()(latents, torch.tensor([700, 20]), encoder_hidden_states=states).sample
    assert (ours - other).abs().max() < 1e-3
    assert (ours - plain).abs().mean() > 20 * (ours - other).abs().mean()


def test_the_styles_classifier_reads_drawn_pictures() -> None:
    scenes = [sample_scene(4000, index, held_out=None) for index in range(40)]
    assert style_judge.read(np.stack([style.dusk(scene) for scene in scenes])).mean() >= 0.95
    assert style_judge.read(np.stack([render(scene) for scene in scenes])).mean() <= 0.05


def test_the_embedding_says_what_words_cannot(studio: painting.Studio) -> None:
    path = ADAPTERS / f"{inversion.NAME}.safetensors"
    tensors = load_file(path)
    assert set(tensors) == {"emb_params"}
    vectors = tensors["emb_params"]
    assert vectors.shape[1] == 128
    assert 2 <= len(vectors) <= 4
    assert torch.isfinite(vectors).all()
    words = inversion.Words(studio.encoder, studio.words)
    told = inversion.measure(studio, words, inversion.NAME, vectors, 10)
    untold = inversion.measure(studio, words, "", None, 10)
    assert told.brown >= 0.4
    assert untold.brown <= 0.2


def test_text_states_without_the_name_are_the_encoders_own(studio: painting.Studio) -> None:
    words = inversion.Words(studio.encoder, studio.words)
    lines = ["a red star on a blue background", ""]
    with torch.no_grad():
        ours = words.states(lines, words.start())
    assert torch.allclose(ours, studio.states(lines), atol=1e-6)
    ids = words.ids([f"a {inversion.NAME} star"], 3)[0]
    assert ids.shape == (77,)
    assert (ids >= len(words.table)).sum() == 3


def test_inpainting_leaves_everything_outside_the_mask(studio: painting.Studio) -> None:
    cases = inpainting.region_cases(6)
    found = inpainting.follow(
        lambda texts, seeds, pictures, masks: studio.paint(
            texts, seeds, region=painting.Region(pictures, masks)
        ),
        cases,
    )
    assert found.outside == 0
    assert found.colour >= 0.6


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rng.standard_normal((32, 4, 16, 16)).astype(np.float16).tofile(tmp_path / "latents.bin")
    rng.standard_normal((33, 77, 128)).astype(np.float16).tofile(tmp_path / "states.bin")
    hints.write_hints(tmp_path / "hints.bin", 32, seed=1)
    critic.train(tmp_path, count=32, steps=2, size=4)
    np.save(tmp_path / "style-latents.npy", rng.standard_normal((8, 4, 16, 16)).astype(np.float16))
    np.save(tmp_path / "style-states.npy", rng.standard_normal((9, 77, 128)).astype(np.float16))
    return tmp_path


def test_a_cut_training_ends_like_an_unbroken_one(cache: Path) -> None:
    recipe = control.Recipe(steps=3, cooldown=2, warmup=1, size=4, paired=1)
    for name, stops in (("whole", (None,)), ("cut", (1, None))):
        for stop in stops:
            control.train(
                cache, WEIGHTS / "unet", cache / name, recipe, count=32, compile_model=False, stop_at=stop
            )
    whole, cut = (loop.load(cache / name / "control.pt") for name in ("whole", "cut"))
    assert whole is not None
    assert cut is not None
    assert torch.equal(whole["average"], cut["average"])
    plan = replace(style_training.Recipe(), legs=(1, 2), rank=2, size=2)
    factors = style_training.train(WEIGHTS / "unet", cache, plan, compile_model=False)
    # Two steps have moved the factors that started at zero.
    assert all(float(up.detach().abs().sum()) > 0 for up in factors.up.values())
