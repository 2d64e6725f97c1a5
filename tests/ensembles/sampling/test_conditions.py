"""Areas, masks, ranges and guiders, each against a few lines of NumPy that say what they should come to."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ensembles.sampling import ModelSampling, ParameterError, Request
from ensembles.sampling.conditions import Area, Condition, Control, combined, placed, with_counterparts
from ensembles.sampling.guidance import Guidance, GuidedModel
from ensembles.sampling.loop import paint
from ensembles.sampling.noise import Generator
from ensembles.sampling.types import F32

MODEL = ModelSampling()
SIZE = 16
WHOLE = (0, 0, SIZE, SIZE)
SIGMA = float(MODEL.sigmas[500])
"""A trained level, so that no rounding to one is in the way."""


def text(value: float, tokens: int = 77) -> F32:
    return np.full((tokens, 8), value, np.float32)


class Network:
    """Noise that depends on the text, the latent and where in the call a cell lies."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[int, ...], F32]] = []

    async def __call__(self, sample: F32, timestep: F32, context: F32) -> F32:
        self.asked.append((sample.shape, context))
        return self.noise(sample, context)

    @staticmethod
    def noise(sample: F32, context: F32) -> F32:
        pull = context.mean(axis=(1, 2))[:, None, None, None]
        down = np.linspace(0, 1, sample.shape[2], dtype=np.float32)[:, None]
        return (np.tanh(sample * 0.3) + pull * (1 + down)).astype(np.float32)


NETWORK = Network()


def guess(x: F32, value: float, sigma: float = SIGMA) -> F32:
    """x0 by the network, asked about all of x."""
    scaled = x * np.float32(1 / math.sqrt(sigma**2 + 1))
    return x - Network.noise(scaled, text(value)[None]) * np.float32(sigma)


def latent(pictures: int = 2) -> F32:
    return Generator(3).randn((pictures, 4, SIZE, SIZE)) * np.float32(SIGMA)


def model(kind: str = "basic", network: Network | None = None, **roles: object) -> GuidedModel:
    guidance = roles.pop("guidance", Guidance(kind))  # type: ignore[arg-type]
    texts = {
        role: [placed(one, SIZE, SIZE, MODEL) for one in conditions]  # type: ignore[attr-defined]
        for role, conditions in roles.items()
    }
    return GuidedModel(network or NETWORK, MODEL, guidance, with_counterparts(texts, WHOLE))  # type: ignore[arg-type]


async def test_two_texts_everywhere_come_to_their_mean_by_strength() -> None:
    x = latent()
    made = await model(positive=[Condition(text(0.5)), Condition(text(-0.2), strength=3.0)])(x, SIGMA)
    assert np.allclose(made, (guess(x, 0.5) + 3 * guess(x, -0.2)) / 4, atol=1e-4)
    lone = await model(positive=[Condition(text(0.5), strength=3.0)])(x, SIGMA)
    assert np.allclose(lone, guess(x, 0.5), atol=1e-4)


async def test_an_area_is_seen_alone_and_fades_out_by_eighths() -> None:
    x, network = latent(), Network()
    area = Condition(text(-0.2), strength=2.0, area=Area(height=16, width=12, y=0, x=4))
    made = await model(network=network, positive=[Condition(text(0.5)), area])(x, SIGMA)
    weight = np.zeros(SIZE, np.float32)
    weight[4:] = 2.0 * np.minimum(np.arange(1, 13) / 8, 1)
    part = np.zeros_like(x)
    part[..., 4:] = guess(x[..., 4:], -0.2)
    assert np.allclose(made, (guess(x, 0.5) + part * weight) / (1 + weight), atol=1e-4)
    assert sorted(shape for shape, _ in network.asked) == [(2, 4, 16, 12), (2, 4, 16, 16)]


async def test_shares_are_of_the_picture_and_an_area_is_cut_at_its_edge() -> None:
    box = placed(Condition(text(0), area=Area(0.5, 2.0, 0.25, 0.5, share=True)), SIZE, SIZE, MODEL).box
    assert box == (4, 8, 8, 8)
    with pytest.raises(ParameterError, match="outside"):
        placed(Condition(text(0), area=Area(4, 4, 16, 0)), SIZE, SIZE, MODEL)


async def test_a_mask_weighs_by_picture_and_has_no_feather() -> None:
    x = latent()
    mask = np.random.default_rng(0).random((2, SIZE, SIZE)).astype(np.float32)
    masked = Condition(text(-0.2), mask=mask, mask_strength=0.5)
    made = await model(positive=[Condition(text(0.5)), masked])(x, SIGMA)
    weight = mask[:, None] * 0.5
    assert np.allclose(made, (guess(x, 0.5) + guess(x, -0.2) * weight) / (1 + weight), atol=1e-4)


async def test_the_bounds_of_a_mask_are_all_that_the_network_sees() -> None:
    x, network = latent(1), Network()
    mask = np.zeros((1, SIZE, SIZE), np.float32)
    mask[:, 3:14, 6:8] = 1
    masked = Condition(text(-0.2), mask=mask, bounds=True, area=Area(4, 4, 0, 0))
    made = await model(network=network, positive=[Condition(text(0.5)), masked])(x, SIGMA)
    # Eight cells wide at least.
    assert (1, 4, 11, 8) in [shape for shape, _ in network.asked]
    wanted = guess(x, 0.5)
    seen = guess(x[:, :, 3:14, 6:14], -0.2)[..., :2]
    wanted[:, :, 3:14, 6:8] = (wanted[:, :, 3:14, 6:8] + seen) / 2
    assert np.allclose(made, wanted, atol=1e-4)


def test_counterparts_of_an_area_have_its_controls() -> None:
    hint = np.zeros((1, 3, 8 * SIZE, 8 * SIZE), np.float32)
    both, alone = Control("a", hint), Control("b", hint, mode="control")
    area = Condition(text(-0.2), area=Area(8, 8, 0, 0), controls=(both, alone))
    roles = {
        role: [placed(one, SIZE, SIZE, MODEL, role, 13)]
        for role, one in {
            "positive": area,
            "negative": Condition(text(0)),
            "middle": Condition(text(1)),
        }.items()
    }
    made = with_counterparts(roles, WHOLE)
    assert [[control.net for control in one.controls] for one in made["negative"]] == [[], ["a"]]
    assert [[control.net for control in one.controls] for one in made["middle"]] == [[], ["a", "b"]]
    assert made["negative"][1].box == made["positive"][0].box


async def test_where_nothing_counts_the_guess_is_nothing() -> None:
    x = latent(1)
    made = await model(positive=[Condition(text(0.5), area=Area(16, 8, 0, 0))])(x, SIGMA)
    assert not made[..., 8:].any()
    assert np.allclose(made[..., :8], guess(x[..., :8], 0.5), atol=1e-4)


@pytest.mark.parametrize(
    ("start", "end", "timesteps"),
    [(0.0, 1.0, [999, 500, 0]), (0.0, 0.5, [999, 500]), (0.4, 0.6, [500]), (0.6, 1.0, [0])],
)
def test_ranges_are_shares_of_the_training_timesteps(start: float, end: float, timesteps: list[int]) -> None:
    one = placed(Condition(text(0), start=start, end=end), SIZE, SIZE, MODEL)
    assert [t for t in (999, 500, 0) if one.at(float(MODEL.sigmas[t]))] == timesteps
    # Both ends count, and nothing is above the first or below the last.
    assert one.at(MODEL.percent_to_sigma(start))
    assert one.at(20.0) == (start == 0)
    assert one.at(0.001) == (end == 1)


async def test_a_range_switches_texts_on_the_way() -> None:
    network = Network()
    request = Request(
        seed=5,
        steps=1,
        cfg=1.0,
        sampler="euler",
        scheduler="normal",
        positive=[Condition(text(0.5), end=0.5), Condition(text(-0.2), start=0.5)],
        sigmas=(14.0, 5.0, float(MODEL.sigmas[400]), 0.1, 0.0),
        width=128,
        height=128,
    )
    await paint(request, MODEL, network)
    assert [round(float(context[0, 0, 0]), 3) for _, context in network.asked] == [0.5, 0.5, -0.2, -0.2]


async def test_an_area_of_one_side_is_asked_of_the_other_side_too() -> None:
    x, network = latent(1), Network()
    area = Area(16, 8, 0, 0)
    made = await model(
        "cfg",
        network,
        guidance=Guidance("cfg", cfg=3.0),
        positive=[Condition(text(0.5)), Condition(text(-0.2), area=area)],
        negative=[Condition(text(0.9))],
    )(x, SIGMA)
    weight = np.zeros(SIZE, np.float32)
    weight[:8] = np.minimum(np.arange(1, 9) / 8, 1)[::-1]

    def both(everywhere: float, there: float) -> F32:
        part = np.zeros_like(x)
        part[..., :8] = guess(x[..., :8], there)
        return (guess(x, everywhere) + part * weight) / (1 + weight)

    uncond, cond = both(0.9, 0.9), both(0.5, -0.2)
    assert np.allclose(made, uncond + (cond - uncond) * 3, atol=1e-3)
    # Two calls: the whole picture for two texts, the area for two.
    assert sorted(shape for shape, _ in network.asked) == [(2, 4, 16, 8), (2, 4, 16, 16)]


async def test_dual_guidance() -> None:
    x, network = latent(), Network()
    made, plain = await model(
        network=network,
        guidance=Guidance("dual_cfg", cfg=4.0, cfg2=2.5),
        positive=[Condition(text(0.5))],
        middle=[Condition(text(0.1))],
        negative=[Condition(text(-0.2))],
    ).both(x, SIGMA)
    c, m, n = (guess(x, value) for value in (0.5, 0.1, -0.2))
    assert np.allclose(made, n + (m - n) * 2.5 + (c - m) * 4, atol=1e-3)
    assert np.allclose(plain, n, atol=1e-4)
    assert len(network.asked) == 1


async def test_rescale_brings_the_velocity_to_the_contrast_of_the_conditional_one() -> None:
    x = latent()
    both = {"positive": [Condition(text(0.5))], "negative": [Condition(text(-0.2))]}
    made = await model(guidance=Guidance("cfg", cfg=8.0, rescale=0.7), **both)(x, SIGMA)
    bar = 1 / (1 + SIGMA**2)
    noisy = x.astype(np.float64) * math.sqrt(bar)

    def velocity(x0: F32) -> np.ndarray:
        noise = (noisy - math.sqrt(bar) * x0) / math.sqrt(1 - bar)
        return math.sqrt(bar) * noise - math.sqrt(1 - bar) * x0

    c, u = guess(x, 0.5).astype(np.float64), guess(x, -0.2).astype(np.float64)
    positive, guided = velocity(c), velocity(u + (c - u) * 8)
    axes = (1, 2, 3)
    scaled = guided * positive.std(axis=axes, keepdims=True) / guided.std(axis=axes, keepdims=True)
    v = 0.7 * scaled + 0.3 * guided
    assert np.allclose(made, math.sqrt(bar) * noisy - math.sqrt(1 - bar) * v, atol=1e-3)
    assert np.abs(made - (u + (c - u) * 8)).max() > 0.1


async def test_texts_of_other_lengths_in_areas_keep_their_own() -> None:
    x, network = latent(1), Network()
    conditions = [
        Condition(text(0.5)),
        Condition(text(0.1, tokens=154)),
        Condition(text(-0.2, tokens=77 * 9), area=Area(8, 8, 4, 4)),
    ]
    await model(network=network, positive=conditions)(x, SIGMA)
    assert sorted(context.shape for _, context in network.asked) == [(1, 693, 8), (2, 154, 8)]


def test_combined_leaves_a_lone_guess_as_it_is() -> None:
    x = latent(1)
    assert combined([(placed(Condition(text(0)), SIZE, SIZE, MODEL), x)], x) is x


async def test_places_give_the_noise_of_the_larger_batch_and_a_seed_of_its_own_kind_to_no_one() -> None:
    batch = Request(
        seed=5, steps=1, cfg=1.0, sampler="euler_ancestral", scheduler="normal",
        positive=text(0.5), sigmas=(14.6, 0.0), width=64, height=64, batch=3,
    )  # fmt: skip
    whole = (await paint(batch, MODEL, Network())).latent
    some = (await paint(replace(batch, batch=2, places=(2, 0)), MODEL, Network())).latent
    assert np.array_equal(some, whole[[2, 0]])
    with pytest.raises(ParameterError, match="places"):
        await paint(replace(batch, places=(1,)), MODEL, Network())


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m", "dpm_adaptive"])
async def test_the_last_guess_is_given_beside_a_latent_with_noise_left(sampler: str) -> None:
    request = Request(
        seed=5, steps=1, cfg=1.0, sampler=sampler, scheduler="normal",
        positive=text(0.5), sigmas=(14.6, 5.0, 2.0), width=64, height=64, batch=2,
    )  # fmt: skip
    seen: list[F32] = []
    painted = await paint(request, MODEL, Network(), on_step=lambda info: seen.append(info.denoised))
    assert painted.denoised.shape == painted.latent.shape == (2, 4, 8, 8)
    assert np.array_equal(painted.denoised[-1], seen[-1][-1])
    assert np.abs(painted.latent - painted.denoised).mean() > 0.5


async def test_levels_without_a_step_paint_nothing_and_a_lone_one_adds_its_noise() -> None:
    start = np.ones((1, 4, 8, 8), np.float32)
    request = Request(
        seed=5, steps=1, cfg=1.0, sampler="euler", scheduler="normal",
        positive=text(0.5), latent=start, sigmas=(),
    )  # fmt: skip
    network = Network()
    assert np.array_equal((await paint(request, MODEL, network)).latent, start)
    noised = (await paint(replace(request, sigmas=(2.0,)), MODEL, network)).latent
    assert np.allclose(noised, start + 2 * Generator(5).randn(start.shape), atol=1e-5)
    assert not network.asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"guider": "dual_cfg", "negative": text(0)},
        {"positive": []},
        {"positive": [Condition(text(0), mask=np.ones((3, 8, 8), np.float32))]},
        {"positive": [Condition(text(0), mask=np.ones((1, 9, 8), np.float32))]},
    ],
)
async def test_conditions_that_do_not_fit_are_named(wrong: dict[str, object]) -> None:
    request = Request(
        seed=5, steps=2, cfg=2.0, sampler="euler", scheduler="normal",
        positive=text(0.5), width=64, height=64,
    )  # fmt: skip
    with pytest.raises(ParameterError) as caught:
        await paint(replace(request, **wrong), MODEL, Network())  # type: ignore[arg-type]
    assert caught.value.parameter in ("positive", "middle")
