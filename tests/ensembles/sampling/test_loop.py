"""The whole loop with a small made-up network: what is asked of it, and what comes out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
import pytest

from ensembles.sampling import (
    SAMPLERS,
    Cancelled,
    ModelSampling,
    ParameterError,
    Request,
    StepInfo,
    sample,
)
from ensembles.sampling.noise import Generator
from ensembles.sampling.schedules import sigmas_for
from ensembles.sampling.types import F32

MODEL = ModelSampling()
POSITIVE, NEGATIVE = np.full((77, 8), 0.3, np.float32), np.full((77, 8), -0.2, np.float32)
REQUEST = Request(
    seed=5,
    steps=6,
    cfg=4.0,
    sampler="euler",
    scheduler="karras",
    positive=POSITIVE,
    negative=NEGATIVE,
    width=64,
    height=64,
)
ANCESTRAL = [n for n in SAMPLERS if "ancestral" in n]
TWICE = [
    "heun",
    "heunpp2",
    "dpm_2",
    "dpm_2_ancestral",
    "dpmpp_2s_ancestral",
    "dpmpp_sde",
    "seeds_2",
    "seeds_3",
    "dpm_fast",
]


class Network:
    """Predicts noise as a smooth function of all its inputs; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[F32, F32, F32]] = []

    async def __call__(self, sample: F32, timestep: F32, context: F32) -> F32:
        assert sample.dtype == timestep.dtype == context.dtype == np.float32
        assert len(sample) == len(timestep) == len(context)
        self.asked.append((sample, timestep, context))
        await asyncio.sleep(0)
        pull = context.mean(axis=(1, 2))[:, None, None, None]
        share = (timestep / 1000)[:, None, None, None]
        return (sample * (0.5 + share / 2) + pull * (1 - share)).astype(np.float32)


async def paint(request: Request = REQUEST, network: Network | None = None, **options: object) -> F32:
    return await sample(request, MODEL, network or Network(), **options)  # type: ignore[arg-type]


async def test_batches_the_unconditional_first_and_scales_the_input() -> None:
    network = Network()
    await paint(network=network)
    assert len(network.asked) == 6
    asked, times, context = network.asked[0]
    assert asked.shape == (2, 4, 8, 8)
    assert np.array_equal(context, np.stack([NEGATIVE, POSITIVE]))
    assert times.tolist() == [999, 999]
    # At the top the start is noise·√(1+σ²) and the input is divided by the same.
    assert np.allclose(asked[0], Generator(5).randn((1, 4, 8, 8)), atol=1e-6)
    assert np.array_equal(asked[0], asked[1])


async def test_guidance_is_u_plus_difference_times_cfg() -> None:
    one_step = replace(REQUEST, steps=1)
    unguided, guided, base = [await paint(replace(one_step, cfg=cfg)) for cfg in (1.0, 4.0, 0.0)]
    assert np.allclose(guided, base + (unguided - base) * 4, atol=1e-4)


async def test_cfg_1_asks_for_the_condition_alone() -> None:
    network = Network()
    await paint(replace(REQUEST, cfg=1.0), network)
    assert all(np.array_equal(context, POSITIVE[None]) for _, _, context in network.asked)
    plus = Network()
    await paint(replace(REQUEST, cfg=1.0, sampler="euler_cfg_pp"), plus)
    assert all(len(context) == 2 for _, _, context in plus.asked)


async def test_prompts_of_different_length_share_a_batch() -> None:
    long = np.concatenate([POSITIVE, POSITIVE])  # the same mean: the network answers alike
    network = Network()
    made = await paint(replace(REQUEST, positive=long), network)
    assert {c.shape for _, _, c in network.asked} == {(2, 154, 8)}
    assert np.allclose(made, await paint(), atol=1e-4)


async def test_prompts_too_different_in_length_are_asked_one_by_one_to_the_same_end() -> None:
    long = np.concatenate([POSITIVE] * 5)
    network = Network()
    made = await paint(replace(REQUEST, positive=long), network)
    assert [c.shape for _, _, c in network.asked[:2]] == [(1, 77, 8), (1, 385, 8)]
    assert np.allclose(made, await paint(), atol=1e-4)


async def test_v_prediction_and_epsilon_meet() -> None:
    """A network that answers in v, told so, paints what the same one in ε does: v = (ε − σ·x_vp·…) in VE scale."""

    class InV(Network):
        async def __call__(self, sample: F32, timestep: F32, context: F32) -> F32:
            eps = await super().__call__(sample, timestep, context)
            sigma = MODEL.sigmas[timestep.astype(int)][:, None, None, None]
            bar = 1 / (1 + sigma**2)
            x0 = (sample - np.sqrt(1 - bar) * eps) / np.sqrt(bar)
            return (np.sqrt(bar) * eps - np.sqrt(1 - bar) * x0).astype(np.float32)

    request = replace(REQUEST, scheduler="simple")  # levels of whole timesteps
    in_v = await sample(request, ModelSampling(prediction="v_prediction"), InV())
    assert np.allclose(in_v, await paint(request), atol=1e-3)


async def test_same_seed_same_picture_another_seed_another() -> None:
    assert np.array_equal(await paint(), await paint())
    assert np.abs(await paint() - await paint(replace(REQUEST, seed=6))).max() > 0.05


@pytest.mark.parametrize("sampler", sorted(set(SAMPLERS) - set(ANCESTRAL)))
async def test_first_of_a_batch_is_the_single_picture(sampler: str) -> None:
    """But for samplers that draw for the whole batch at every step, as ComfyUI does."""
    request = replace(REQUEST, sampler=sampler)
    alone, batch = await paint(request), await paint(replace(request, batch=3))
    assert batch.shape == (3, 4, 8, 8)
    draws_at_each_step = sampler in {"ddpm", "lcm", "er_sde", "seeds_2", "seeds_3", "sa_solver"}
    assert np.allclose(batch[:1], alone, atol=1e-4) != draws_at_each_step
    assert np.abs(batch[0] - batch[1]).max() > 0.05


async def test_dpm_adaptive_steps_do_not_depend_on_neighbours() -> None:
    """Its error is a norm over the picture: over a batch it would tie the pictures together."""
    request = replace(
        REQUEST, sampler="dpm_adaptive", batch=2, latent=np.zeros((2, 4, 8, 8), np.float32), denoise=0.7
    )
    wild = np.concatenate([np.zeros((1, 4, 8, 8), np.float32), np.full((1, 4, 8, 8), 30, np.float32)])
    calm, disturbed = await paint(request), await paint(replace(request, latent=wild))
    assert np.array_equal(calm[0], disturbed[0])
    assert np.abs(calm[1] - disturbed[1]).max() > 1


async def test_img2img_starts_from_the_latent_at_the_level_of_denoise() -> None:
    latent = np.random.default_rng(0).normal(size=(1, 4, 8, 8)).astype(np.float32)
    network = Network()
    request = replace(REQUEST, latent=latent, denoise=0.5)
    painted = await paint(request, network)
    sigma = float(sigmas_for("karras", 6, 0.5, "euler", MODEL)[0])
    assert sigma < MODEL.sigma_max
    start = latent + Generator(5).randn(latent.shape) * sigma
    assert np.allclose(network.asked[0][0][0], start[0] / np.sqrt(1 + sigma**2), atol=1e-5)
    assert len(network.asked) == 6
    barely = await paint(replace(request, denoise=0.06))
    assert np.abs(barely - latent).max() < np.abs(painted - latent).max()


async def test_a_latent_of_one_serves_a_batch() -> None:
    latent = np.ones((1, 4, 8, 8), np.float32)
    one = replace(REQUEST, latent=latent, batch=2, denoise=0.5)
    two = replace(one, latent=np.ones((2, 4, 8, 8), np.float32))
    assert np.array_equal(await paint(one), await paint(two))


@pytest.mark.parametrize(
    "sampler", ["euler", "dpmpp_2m", "dpmpp_2m_sde", "heun", "dpm_adaptive", "euler_cfg_pp"]
)
async def test_mask_keeps_what_is_outside_and_paints_inside(sampler: str) -> None:
    latent = np.random.default_rng(0).normal(size=(2, 4, 8, 8)).astype(np.float32)
    mask = np.zeros((1, 1, 8, 8), np.float32)
    mask[..., :4] = 1
    request = replace(REQUEST, sampler=sampler, latent=latent, mask=mask, batch=2)
    network = Network()
    painted = await paint(request, network)
    # dpm_adaptive ends at the last positive level, with its noise
    assert np.allclose(painted[..., 4:], latent[..., 4:], atol=0.2 if sampler == "dpm_adaptive" else 1e-3)
    assert np.abs(painted[..., :4] - latent[..., :4]).max() > 0.1
    if sampler == "euler":
        sigma = float(sigmas_for("karras", 6, 1.0, "euler", MODEL)[3])
        noised = latent + Generator(5).randn(latent.shape) * sigma
        seen = network.asked[3][0][:2] * np.sqrt(1 + sigma**2)
        assert np.allclose(seen[..., 4:], noised[..., 4:], atol=1e-4)


async def test_half_mask_is_half_way() -> None:
    latent = np.ones((1, 4, 8, 8), np.float32)
    request = replace(REQUEST, latent=latent, steps=1)
    full, none, half = [
        await paint(replace(request, mask=np.full((1, 1, 8, 8), w, np.float32))) for w in (1.0, 0.0, 0.5)
    ]
    assert np.allclose(none, latent, atol=1e-5)
    assert np.allclose(full, await paint(request), atol=1e-4)
    assert not np.allclose(half, none, atol=0.01)
    assert not np.allclose(half, full, atol=0.01)


async def test_two_halves_make_the_whole() -> None:
    """KSamplerAdvanced: stop with the noise left over, go on without adding any."""
    first = replace(REQUEST, last_step=3, return_with_leftover_noise=True)
    left = await paint(first)
    second = replace(REQUEST, latent=left, start_step=3, add_noise=False)
    assert np.allclose(await paint(second), await paint(), atol=1e-4)
    finished = await paint(replace(first, return_with_leftover_noise=False))
    assert np.abs(finished - left).max() > 0.1


async def test_starting_after_the_end_returns_the_latent() -> None:
    latent = np.ones((1, 4, 8, 8), np.float32)
    network = Network()
    assert np.array_equal(await paint(replace(REQUEST, latent=latent, start_step=6), network), latent)
    assert not network.asked


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
async def test_progress_counts_up_and_carries_previews(sampler: str) -> None:
    seen: list[StepInfo] = []
    await paint(replace(REQUEST, sampler=sampler), on_step=seen.append)
    counts = [s.step for s in seen]
    assert counts == sorted(set(counts))
    assert counts[0] == 1
    assert all(1 <= s.step <= s.steps == 6 for s in seen)
    assert all(s.x.shape == s.denoised.shape == (1, 4, 8, 8) for s in seen)
    assert [s.sigma for s in seen] == sorted((s.sigma for s in seen), reverse=True)
    if sampler not in ("dpm_fast", "dpm_adaptive"):
        assert counts == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
@pytest.mark.parametrize("awaitable", [False, True])
async def test_cancelled_by_a_step_stops_at_once(sampler: str, awaitable: bool) -> None:
    network, asked_then = Network(), []

    def stop(info: StepInfo) -> None:
        if info.step >= 2:
            asked_then.append(len(network.asked))
            raise Cancelled

    async def stop_later(info: StepInfo) -> None:
        await asyncio.sleep(0)
        stop(info)

    with pytest.raises(Cancelled):
        await paint(replace(REQUEST, sampler=sampler), network, on_step=stop_later if awaitable else stop)
    assert asked_then == [len(network.asked)]


@pytest.mark.parametrize("sampler", TWICE)
async def test_cancelled_between_the_calls_of_a_step(sampler: str) -> None:
    """Raised before the second network call of a step: it is not made."""
    network = Network()

    def check() -> None:
        if len(network.asked) >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        await paint(replace(REQUEST, sampler=sampler), network, check=check)
    assert len(network.asked) == 2


async def test_cancelled_by_the_network_passes_through() -> None:
    async def predict(sample: F32, timestep: F32, context: F32) -> F32:
        raise Cancelled

    with pytest.raises(Cancelled):
        await sample(REQUEST, MODEL, predict)


WRONG: list[tuple[str, Callable[[], Awaitable[F32]]]] = [
    ("latent", lambda: paint(replace(REQUEST, latent=np.zeros((3, 4, 8, 8), np.float32), batch=2))),
    ("latent", lambda: paint(replace(REQUEST, latent=np.zeros((4, 8, 8), np.float32)))),
    ("mask", lambda: paint(replace(REQUEST, mask=np.zeros((1, 1, 9, 8), np.float32)))),
    ("mask", lambda: paint(replace(REQUEST, mask=np.zeros((8, 8), np.float32)))),
]


@pytest.mark.parametrize(("parameter", "call"), WRONG)
async def test_shapes_that_do_not_fit_are_named(parameter: str, call: Callable[[], Awaitable[F32]]) -> None:
    with pytest.raises(ParameterError, match=parameter) as caught:
        await call()
    assert caught.value.parameter == parameter
