"""Nodes that sample against torch on the pocket weights: pictures at 50 dB or more."""

from typing import Any

import numpy as np
import pytest
import torch

from control.workflows.catalogue import CATALOGUE
from control.workflows.nodes.sigmas import Levels
from control.workflows.types import Size, Unfit
from control.workflows.values import Condition, Latent, Model, Noise, Sampler
from perf.parity.nodes import run_graph, run_node
from tests.workflows.reference import SCALE, Text, psnr, sigmas

TESTED = {
    "CheckpointLoaderSimple", "CLIPTextEncode", "KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced",
    "RandomNoise", "DisableNoise", "BasicGuider", "CFGGuider", "DualCFGGuider", "KSamplerSelect", "RescaleCFG",
    "ModelSamplingDiscrete", "AddNoise", "SamplerEulerAncestral", "SamplerLMS", "SamplerDPMPP_2S_Ancestral", "SamplerDPMPP_SDE",
    "SamplerDPMPP_2M_SDE", "SamplerDPMPP_3M_SDE", "SamplerDPMAdaptative", "BasicScheduler", "VAEDecode", "SaveImage",
}  # fmt: skip
PROMPT, NEGATIVE = "a large red circle on a blue background", "a green star"
SEED, STEPS, CFG = 7, 5, 6.0

Graph = dict[str, tuple[str, dict[str, Any]]]
BASE: Graph = {
    "model": ("CheckpointLoaderSimple", {"ckpt_name": "pocket"}),
    "positive": ("CLIPTextEncode", {"text": PROMPT, "clip": ["model", 1]}),
    "negative": ("CLIPTextEncode", {"text": NEGATIVE, "clip": ["model", 1]}),
    "latent": ("EmptyLatentImage", {"width": 128, "height": 128, "batch_size": 1}),
}
TEXTS = {"positive": ["positive", 0], "negative": ["negative", 0], "latent_image": ["latent", 0]}
WHOLE = {"model": ["model", 0], "cfg": CFG, **TEXTS}
NAMED = {**WHOLE, "steps": STEPS, "sampler_name": "euler", "scheduler": "karras"}
SHOWN: Graph = {
    "picture": ("VAEDecode", {"samples": ["sampled", 0], "vae": ["model", 2]}),
    "saved": ("SaveImage", {"images": ["picture", 0]}),
}
KARRAS = {"model": ["model", 0], "scheduler": "karras", "steps": STEPS}


async def painted(
    engine: Any, sampled: tuple[str, dict[str, Any]], **more: tuple[str, dict[str, Any]]
) -> np.ndarray:
    """The picture of a node that samples, called "sampled"."""
    found = await run_graph(engine, {**BASE, **more, "sampled": sampled, **SHOWN})
    return found["saved"].images


@pytest.fixture(scope="module")
def texts(torch_pocket):
    return [Text(torch_pocket.encode(PROMPT))], [Text(torch_pocket.encode(NEGATIVE))]


@pytest.fixture(scope="module")
def euler(torch_pocket, texts):
    """What most of these graphs should come to."""
    latent = torch_pocket.sampled(
        torch_pocket.guided(*texts, CFG), seed=SEED, sigmas=sigmas("karras", STEPS), pictures=1
    )
    return torch_pocket.picture(latent)


async def test_a_ksampler_paints_what_torch_paints(engine, euler):
    got = await painted(engine, ("KSampler", {**NAMED, "seed": SEED}))
    assert got.shape == (1, 128, 128, 3)
    assert psnr(got, euler) >= 50


async def test_two_pictures_with_noise_drawn_on_the_way(engine, torch_pocket, texts):
    sampling = {**NAMED, "seed": SEED, "sampler_name": "euler_ancestral", "scheduler": "sgm_uniform"}
    latent = ("EmptyLatentImage", {"width": 128, "height": 96, "batch_size": 2})
    got = await painted(engine, ("KSampler", sampling), latent=latent)
    positive, negative = ([Text(one.context, (0, 0, 12, 16)) for one in side] for side in texts)
    want = torch_pocket.sampled(
        torch_pocket.guided(positive, negative, CFG), seed=SEED, ancestral=True,
        sigmas=sigmas("sgm_uniform", STEPS), pictures=2, size=(12, 16),
    )  # fmt: skip
    assert psnr(got[0], torch_pocket.picture(want)[0]) >= 50
    assert psnr(got[1], torch_pocket.picture(want)[1]) >= 50


async def test_a_part_of_the_way_keeps_the_picture_and_denoise_0_all_of_it(
    engine, torch_pocket, texts, euler
):
    start = torch_pocket.encoded(euler)
    latent = Latent(start.numpy())
    common = {"model": Model("pocket"), "seed": SEED, "cfg": CFG, "scheduler": "normal"}
    positive, _ = [
        (await run_graph(engine, {key: BASE[key] for key in ("model", side)}))[side][0]
        for side in ("positive", "negative")
    ]
    sampling = {**common, "positive": positive, "negative": positive, "latent_image": latent, "steps": 4}
    (got,) = await run_node(engine, "KSampler", **sampling, denoise=0.5)
    levels = sigmas("normal", 8)[-5:]
    want = torch_pocket.sampled(
        torch_pocket.guided(texts[0], texts[0], CFG), seed=SEED, sigmas=levels, start=start * SCALE
    )
    assert psnr(torch_pocket.decoded(torch.from_numpy(got.samples)), torch_pocket.picture(want)) >= 50
    (kept,) = await run_node(engine, "KSampler", **sampling, denoise=0.0)
    assert kept is latent


async def test_a_way_in_two_parts_is_the_way_in_one(engine, euler):
    common = {**NAMED, "noise_seed": SEED}
    first = {**common, "end_at_step": 2, "return_with_leftover_noise": "enable"}
    second = {**common, "add_noise": "disable", "start_at_step": 2, "latent_image": ["first", 0]}
    got = await painted(engine, ("KSamplerAdvanced", second), first=("KSamplerAdvanced", first))
    assert psnr(got, euler) >= 50
    assert [len(one.sigmas) for one in engine.asked] == [3, 4]


async def test_a_way_cut_short_ends_without_noise(engine, torch_pocket, texts):
    got = await painted(engine, ("KSamplerAdvanced", {**NAMED, "noise_seed": SEED, "end_at_step": 2}))
    levels = sigmas("karras", STEPS)[:3].clone()
    levels[-1] = 0
    want = torch_pocket.sampled(torch_pocket.guided(*texts, CFG), seed=SEED, sigmas=levels)
    assert psnr(got, torch_pocket.picture(want)) >= 50


async def test_a_custom_sampler_is_the_same_and_tells_its_last_guess(engine, torch_pocket, texts, euler):
    parts = {
        "sampler": ("KSamplerSelect", {"sampler_name": "euler"}),
        "sigmas": ("BasicScheduler", KARRAS),
        "split": ("SplitSigmas", {"sigmas": ["sigmas", 0], "step": 3}),
    }
    custom = {**WHOLE, "noise_seed": SEED, "sampler": ["sampler", 0]}
    got = await painted(engine, ("SamplerCustom", {**custom, "sigmas": ["sigmas", 0]}), **parts)
    assert psnr(got, euler) >= 50

    # Cut off before its end, the last guess is what the model made of the noisy latent before the last step.
    found = await run_graph(
        engine, {**BASE, **parts, "sampled": ("SamplerCustom", {**custom, "sigmas": ["split", 0]})}
    )
    noisy, guess = found["sampled"]
    levels, denoise = sigmas("karras", STEPS)[:4], torch_pocket.guided(*texts, CFG)
    before = torch_pocket.sampled(denoise, seed=SEED, sigmas=levels[:3])
    want = torch_pocket.picture(denoise(before, levels[2]))
    assert psnr(torch_pocket.decoded(torch.from_numpy(guess.samples)), want) >= 50
    after = torch_pocket.sampled(denoise, seed=SEED, sigmas=levels)
    np.testing.assert_allclose(noisy.samples * SCALE, after.numpy(), atol=5e-3)


async def test_an_advanced_custom_sampler_with_a_guider_is_the_same(engine, euler):
    parts = {
        "noise": ("RandomNoise", {"noise_seed": SEED}),
        "guider": ("CFGGuider", {key: WHOLE[key] for key in ("model", "positive", "negative", "cfg")}),
        "sampler": ("KSamplerSelect", {"sampler_name": "euler"}),
        "sigmas": ("BasicScheduler", KARRAS),
        "split": ("SplitSigmas", {"sigmas": ["sigmas", 0], "step": 2}),
        "none": ("DisableNoise", {}),
    }
    common = {"guider": ["guider", 0], "sampler": ["sampler", 0]}
    first = {**common, "noise": ["noise", 0], "sigmas": ["split", 0], "latent_image": ["latent", 0]}
    second = {**common, "noise": ["none", 0], "sigmas": ["split", 1], "latent_image": ["first", 0]}
    got = await painted(
        engine, ("SamplerCustomAdvanced", second), first=("SamplerCustomAdvanced", first), **parts
    )
    assert psnr(got, euler) >= 50


async def guided(
    engine: Any, guider: tuple[str, dict[str, Any]], **more: tuple[str, dict[str, Any]]
) -> np.ndarray:
    parts = {
        "noise": ("RandomNoise", {"noise_seed": SEED}),
        "sampler": ("KSamplerSelect", {"sampler_name": "euler"}),
        "sigmas": ("BasicScheduler", KARRAS),
    }
    links = {name: [name, 0] for name in ("noise", "sampler", "sigmas", "guider")}
    sampled = ("SamplerCustomAdvanced", {**links, "latent_image": ["latent", 0]})
    return await painted(engine, sampled, guider=guider, **parts, **more)


async def test_a_basic_guider_asks_for_one_text_alone(engine, torch_pocket, texts):
    got = await guided(engine, ("BasicGuider", {"model": ["model", 0], "conditioning": ["positive", 0]}))
    want = torch_pocket.sampled(
        lambda x, s: torch_pocket.mixed(texts[0], x, s), seed=SEED, sigmas=sigmas("karras", STEPS)
    )
    assert psnr(got, torch_pocket.picture(want)) >= 50


async def test_a_dual_guider_goes_through_the_middle(engine, torch_pocket, texts):
    middle = "a small yellow square"
    inputs = {
        "model": ["model", 0],
        "cond1": ["positive", 0],
        "cond2": ["middle", 0],
        "negative": ["negative", 0],
    }
    got = await guided(
        engine,
        ("DualCFGGuider", {**inputs, "cfg_conds": 3.0, "cfg_cond2_negative": 2.0}),
        middle=("CLIPTextEncode", {"text": middle, "clip": ["model", 1]}),
    )

    def denoise(x, s):
        p, m, n = (
            torch_pocket.mixed(t, x, s) for t in (texts[0], [Text(torch_pocket.encode(middle))], texts[1])
        )
        return n + (m - n) * 2 + (p - m) * 3

    want = torch_pocket.sampled(denoise, seed=SEED, sigmas=sigmas("karras", STEPS))
    assert psnr(got, torch_pocket.picture(want)) >= 50


async def test_rescaled_guidance(engine, torch_pocket, texts):
    """Lin et al. 2023, eq. 14 to 16: on velocities, in the variance preserving scale that they are defined in."""
    got = await painted(
        engine,
        ("KSampler", {**NAMED, "seed": SEED, "model": ["rescaled", 0]}),
        rescaled=("RescaleCFG", {"model": ["model", 0], "multiplier": 0.7}),
    )

    def denoise(x, s):
        root = (s**2 + 1) ** 0.5
        scaled = x / root

        def velocity(x0):
            eps = (x - x0) / s
            return eps / root - x0 * s / root  # v = α·ε − σ'·x0, α = 1/√(1+σ²), σ' = σ/√(1+σ²)

        p, n = (velocity(torch_pocket.mixed(t, x, s)) for t in texts)
        plain = n + (p - n) * CFG
        fitted = plain * p.std((1, 2, 3), keepdim=True) / plain.std((1, 2, 3), keepdim=True)
        v = 0.7 * fitted + 0.3 * plain
        return scaled / root - v * s / root

    want = torch_pocket.sampled(denoise, seed=SEED, sigmas=sigmas("karras", STEPS))
    assert psnr(got, torch_pocket.picture(want)) >= 50


async def test_answers_taken_for_velocity(engine, torch_pocket, texts):
    """Not what pocket was trained for: no picture, and still the same numbers."""
    sampled = ("KSampler", {**NAMED, "seed": SEED, "model": ["meant", 0]})
    meant = ("ModelSamplingDiscrete", {"model": ["model", 0], "sampling": "v_prediction"})
    found = await run_graph(engine, {**BASE, "meant": meant, "sampled": sampled})

    def velocity(x, s, text):
        answer = x - torch_pocket.guess(x, s, text[0].context)  # = ε·σ
        return x / (s**2 + 1) - answer / s * s / (s**2 + 1) ** 0.5

    def denoise(x, s):
        n = velocity(x, s, texts[1])
        return n + (velocity(x, s, texts[0]) - n) * CFG

    want = torch_pocket.sampled(denoise, seed=SEED, sigmas=sigmas("karras", STEPS)).numpy()
    got = found["sampled"][0].samples * SCALE
    assert np.abs(got - want).max() <= 2e-3 * np.abs(want).max()


SAMPLERS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("SamplerEulerAncestral", "euler_ancestral", {"eta": 0.6, "s_noise": 1.1}, {}),
    ("SamplerLMS", "lms", {"order": 2}, {}),
    ("SamplerDPMPP_2S_Ancestral", "dpmpp_2s_ancestral", {"eta": 0.6, "s_noise": 0.9}, {}),
    ("SamplerDPMPP_SDE", "dpmpp_sde", {"eta": 0.7, "s_noise": 1.1, "r": 0.4}, {"noise_device": "cpu"}),
    ("SamplerDPMPP_2M_SDE", "dpmpp_2m_sde", {"eta": 0.7, "s_noise": 0.9, "solver_type": "heun"}, {}),
    ("SamplerDPMPP_3M_SDE", "dpmpp_3m_sde", {"eta": 0.7, "s_noise": 1.1}, {}),
    (
        "SamplerDPMAdaptative",
        "dpm_adaptive",
        {
            "order": 2,
            "rtol": 0.08,
            "atol": 0.03,
            "h_init": 0.2,
            "accept_safety": 0.7,
            "pcoeff": 0.1,
            "icoeff": 0.9,
        },
        {},
    ),
]


@pytest.mark.parametrize(("name", "sampler", "options", "more"), SAMPLERS, ids=[one[0] for one in SAMPLERS])
async def test_a_sampler_with_options_is_k_diffusions(
    engine, torch_pocket, texts, name, sampler, options, more
):
    from perf.parity import kdiffusion

    if not kdiffusion.at_hand():
        pytest.skip("k-diffusion is not here; make parity fetches it")
    sampled = (
        "SamplerCustom",
        {**WHOLE, "noise_seed": SEED, "sampler": ["sampler", 0], "sigmas": ["sigmas", 0]},
    )
    got = await painted(
        engine, sampled, sampler=(name, {**options, **more}), sigmas=("BasicScheduler", KARRAS)
    )

    module, levels, denoise = kdiffusion.load(), sigmas("karras", STEPS), torch_pocket.guided(*texts, CFG)
    torch.manual_seed(SEED)
    x = torch.randn(1, 4, 16, 16) * (1 + levels[0] ** 2) ** 0.5
    extra: dict[str, Any] = dict(options)
    if "sde" in sampler:
        extra["noise_sampler"] = module.BrownianTreeNoiseSampler(x, levels[-2], levels[0], seed=SEED)
    function = getattr(module, f"sample_{sampler}")
    if sampler == "dpm_adaptive":
        want = function(
            lambda x, s: denoise(x, s[0]), x, float(levels[-2]), float(levels[0]), disable=True, **extra
        )
    else:
        want = function(lambda x, s: denoise(x, s[0]), x, levels, disable=True, **extra)
    assert psnr(got, torch_pocket.picture(want)) >= 50


async def test_noise_added_before(manifests, torch_pocket, rng):
    start = torch_pocket.encoded(rng.random((2, 128, 128, 3), np.float32) * 0.2 + 0.4)
    level = sigmas("karras", STEPS)[2]
    given = {"model": Model("pocket"), "noise": Noise(SEED), "sigmas": level.numpy()[None]}
    (noisy,) = await run_node(manifests, "AddNoise", **given, latent_image=Latent(start.numpy()))
    torch.manual_seed(SEED)
    noise = torch.randn(start.shape)
    np.testing.assert_allclose(noisy.samples, (start + noise * level / SCALE).numpy(), atol=1e-5)
    # Of two levels what lies between; the second picture alone keeps its noise.
    given["sigmas"] = np.array([level, 0.5], np.float32)
    second = Latent(start.numpy()[1:], places=(1,))
    (noisy,) = await run_node(manifests, "AddNoise", **given, latent_image=second)
    np.testing.assert_allclose(noisy.samples, (start + noise * (level - 0.5) / SCALE).numpy()[1:], atol=1e-5)
    assert noisy.places == (1,)
    for nothing in ({"sigmas": np.zeros(0, np.float32)}, {"noise": Noise(None)}):
        assert await run_node(manifests, "AddNoise", **(given | nothing), latent_image=second) == (second,)


@pytest.mark.parametrize(("name", "sampler", "options", "more"), SAMPLERS, ids=[one[0] for one in SAMPLERS])
def test_a_samplers_options_are_told_and_nothing_else(name, sampler, options, more):
    defaults = {key: wanted.default for key, wanted in CATALOGUE[name].inputs.items()}
    (found,) = CATALOGUE[name].run(**(defaults | options | more))
    defaults.pop("noise_device", None)
    assert found == Sampler(sampler, defaults | options)


def test_names_from_elsewhere():
    select = CATALOGUE["KSamplerSelect"].run
    assert select("dpmpp_2m_sde_gpu") == (Sampler("dpmpp_2m_sde"),)
    assert CATALOGUE["SamplerDPMPP_3M_SDE"].run(eta=0.5, s_noise=1.0, noise_device="gpu") == (
        Sampler("dpmpp_3m_sde", {"eta": 0.5, "s_noise": 1.0}),
    )


def test_prices():
    size, area = Size(2, 512, 256), 2 * 512 * 256
    cost = {name: CATALOGUE[name].pixels for name in CATALOGUE if CATALOGUE[name].pixels is not None}
    assert cost["KSampler"](latent_image=size, steps=20, denoise=0.3) == area
    assert cost["KSampler"](latent_image=size, steps=20, denoise=0.0) == 0
    advanced = {"latent_image": size, "steps": 20}
    assert cost["KSamplerAdvanced"](**advanced, start_at_step=0, end_at_step=10000) == area
    assert cost["KSamplerAdvanced"](**advanced, start_at_step=5, end_at_step=15) == area / 2
    assert cost["KSamplerAdvanced"](**advanced, start_at_step=30, end_at_step=40) == 0
    assert cost["SamplerCustom"](latent_image=size, sigmas=Levels(5, 20)) == area / 4
    assert cost["SamplerCustomAdvanced"](latent_image=size, sigmas=None) == area
    assert cost["KSampler"](latent_image=None, denoise=1.0) == 8 * 2048 * 2048


def test_what_cannot_be_sampled_is_said_before():
    check = CATALOGUE["KSampler"].check
    assert check is not None
    check(latent_image=Size(8, 2048, 64), steps=150, denoise=1.0)
    for wrong, name in (
        ({"latent_image": Size(9, 64, 64)}, "latent_image"),
        ({"latent_image": Size(1, 2056, 64)}, "latent_image"),
        ({"steps": 150, "denoise": 0.01}, "denoise"),
    ):
        with pytest.raises(Unfit) as raised:
            check(**wrong)
        assert raised.value.name == name
    with pytest.raises(Unfit, match="turn it off"):
        CATALOGUE["ModelSamplingDiscrete"].check(zsnr=True)


async def test_texts_and_latents_of_another_kind_are_refused(manifests):
    def text(width: int):
        return (Condition(np.zeros((77, width), np.float32)),)

    width = manifests.manifest("pocket").context_dim
    common = {"model": Model("pocket"), "seed": 0, "positive": text(width)}
    empty = {"latent_image": Latent(np.zeros((1, 4, 16, 16), np.float32)), "negative": text(width + 1)}
    with pytest.raises(Unfit, match=f"texts of {width} numbers a token, and one has {width + 1}"):
        await run_node(manifests, "KSampler", **common, **empty)
    wide = {"latent_image": Latent(np.zeros((1, 16, 16, 16), np.float32)), "negative": text(width)}
    with pytest.raises(Unfit, match="latents of 4 channels, and this has 16"):
        await run_node(manifests, "KSampler", **common, **wide)
