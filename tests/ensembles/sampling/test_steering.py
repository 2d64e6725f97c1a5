"""What steers beside texts: which call of the network gets what, and what its guesses come to."""

import gc
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ensembles.sampling import ModelSampling, ParameterError, Request, parameters
from ensembles.sampling.conditions import Area, Condition, Control, residual_weights
from ensembles.sampling.loop import Shown, paint
from ensembles.sampling.more import NO_MORE, More
from ensembles.sampling.noise import Generator, on_the_arc
from ensembles.sampling.schedules import ModelSampling as Sampling
from ensembles.sampling.types import F32

MODEL = ModelSampling()
SIZE = 8
HINT = np.random.default_rng(1).random((1, 3, 8 * SIZE, 8 * SIZE)).astype(np.float32)
OTHER = np.random.default_rng(2).random((1, 3, 8 * SIZE, 8 * SIZE)).astype(np.float32)


class Network:
    """Notes every call; its noise depends on all that it is given."""

    def __init__(self) -> None:
        self.calls: list[tuple[F32, F32, More]] = []

    async def __call__(self, sample: F32, timestep: F32, context: F32, more: More = NO_MORE) -> F32:
        self.calls.append((sample, timestep, more))
        pull = context.mean(axis=(1, 2))
        for name, values in more.tensors.items():
            assert len(values) == len(sample), name
            pull = pull + values.reshape(len(values), -1).mean(1) * 0.1
        return np.tanh(sample[:, :4] * 0.3) + pull[:, None, None, None].astype(np.float32)

    @property
    def more(self) -> list[More]:
        return [more for _, _, more in self.calls]


def text(value: float) -> F32:
    return np.full((77, 8), value, np.float32)


def request(**more: Any) -> Request:
    given = {
        "seed": 5, "steps": 10, "cfg": 4.0, "sampler": "euler", "scheduler": "normal",
        "positive": [Condition(text(0.5))], "negative": [Condition(text(-0.2))],
        "latent": np.zeros((1, 4, SIZE, SIZE), np.float32), "residuals": 13,
    }  # fmt: skip
    return Request(**(given | more))


async def run(asked: Request, sampling: Sampling = MODEL) -> tuple[F32, Network]:
    network = Network()
    return (await paint(asked, sampling, network)).latent, network


def controlled(*controls: Control, negative: tuple[Control, ...] | None = None, **more: Any) -> Request:
    return request(
        positive=[Condition(text(0.5), controls=controls)],
        negative=[Condition(text(-0.2), controls=controls if negative is None else negative)],
        **more,
    )


async def test_nothing_more_is_sent_where_nothing_steers() -> None:
    _, network = await run(request())
    assert all(more is NO_MORE for more in network.more)
    _, network = await run(controlled(Control("a", HINT, strength=0.0)))
    assert all(more is NO_MORE for more in network.more)


async def test_controls_that_share_a_hint_share_a_run_and_both_sides_one_call() -> None:
    _, network = await run(controlled(Control("a", HINT), Control("b", OTHER, strength=0.5)))
    for more in network.more:
        assert more.nets == ("a", "b")
        assert more.tensors["hint"].shape == (2, 2, 3, 64, 64)
        np.testing.assert_array_equal(more.tensors["hint"][0, 0], HINT[0])
        np.testing.assert_array_equal(more.tensors["hint"][1, 1], OTHER[0])
        assert more.tensors["control_weights"].shape == (2, 2, 13)
        assert (more.tensors["control_weights"][:, 0] == 1).all()
        assert (more.tensors["control_weights"][:, 1] == 0.5).all()


async def test_a_hint_that_all_samples_share_is_not_copied_for_each() -> None:
    _, network = await run(controlled(Control("a", HINT)))
    assert all(np.shares_memory(more.tensors["hint"], HINT) for more in network.more)
    batch = np.zeros((3, 4, SIZE, SIZE), np.float32)
    _, network = await run(controlled(Control("a", HINT), Control("b", OTHER), batch=3, latent=batch))
    hints = network.more[0].tensors["hint"]
    assert hints.shape == (6, 2, 3, 64, 64)
    assert np.shares_memory(hints[0], hints[5])
    np.testing.assert_array_equal(hints[5], np.concatenate([HINT, OTHER]))


async def test_only_what_is_at_work_now_is_held() -> None:
    hints = np.random.default_rng(3).random((4, 1, 3, 64, 64)).astype(np.float32)
    controls = [Control("a", hint, end=(place + 1) / 4) for place, hint in enumerate(hints)]
    alive = []

    class Watching(Network):
        async def __call__(self, sample: F32, timestep: F32, context: F32, more: More = NO_MORE) -> F32:
            self.calls.clear()
            if not alive or alive[-1]() is not more:
                alive.append(weakref.ref(more))
            gc.collect()
            assert sum(one() is not None and one() is not NO_MORE for one in alive) <= 1
            return await super().__call__(sample, timestep, context, more)

    # Areas with ends of their own: which texts are asked changes as well.
    areas = [Condition(text(0.1), area=Area(8, 8, 0, 0), end=end) for end in (0.3, 0.6)]
    asked = controlled(*controls, steps=20)
    await paint(replace(asked, positive=[*asked.positive, *areas]), MODEL, Watching())
    assert len(alive) > 4


@pytest.mark.parametrize(("pictures", "controls", "fits"), [(2, 3, True), (4, 2, False)])
async def test_hints_that_are_too_much_together_are_refused(
    pictures: int, controls: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameters, "MAX_HINTED", 2 * 2 * 3 * 64 * 64)
    hints = np.random.default_rng(3).random((controls, 1, 3, 64, 64)).astype(np.float32)
    latent = np.zeros((pictures, 4, SIZE, SIZE), np.float32)
    asked = controlled(*(Control("a", hint) for hint in hints), batch=pictures, latent=latent)
    if fits:
        await run(asked)
        return
    with pytest.raises(
        ParameterError, match=r"controls: ControlNets x texts x pictures x pixels are 2 x 2 x 4 x 64x64"
    ):
        await run(asked)
    # What counts for nothing is none of them.
    await run(
        replace(
            asked,
            positive=[Condition(text(0.5), controls=(Control("a", HINT, strength=0.0),))],
            negative=text(0),
        )
    )


async def test_one_side_alone_is_still_one_call() -> None:
    _, network = await run(controlled(Control("a", HINT), negative=()))
    weights = [more.tensors["control_weights"] for more in network.more]
    # Negative first, as in every batch.
    assert all(not w[0].any() and (w[1] == 1).all() for w in weights)
    assert len(weights) == 10


async def test_start_and_end_are_levels_of_timesteps_not_shares_of_steps() -> None:
    _, network = await run(controlled(Control("a", HINT, start=0.2, end=0.6), scheduler="karras"))
    high, low = MODEL.percent_to_sigma(0.2), MODEL.percent_to_sigma(0.6)
    seen = 0
    for _, timestep, more in network.calls:
        sigma = float(MODEL.sigmas[int(timestep[0])])
        # Timesteps are rounded to trained ones: not at the very border.
        if low * 1.02 < sigma < high * 0.98:
            assert more.nets == ("a",)
            seen += 1
        elif sigma < low * 0.98 or sigma > high * 1.02:
            assert more is NO_MORE
    assert seen
    assert seen < 5  # karras: 0.2 to 0.6 of the timesteps is less than 0.4 of its steps


def test_modes_weigh_deep_residuals_most_and_control_leaves_the_negative_alone() -> None:
    fade = 0.825 ** np.arange(12, -1, -1)
    np.testing.assert_allclose(residual_weights(13, 0.7, "prompt", "negative"), 0.7 * fade, rtol=1e-6)
    np.testing.assert_allclose(residual_weights(13, 0.7, "control", "positive"), 0.7 * fade, rtol=1e-6)
    assert not residual_weights(13, 0.7, "control", "negative").any()
    assert (residual_weights(10, 0.7, "balanced", "negative") == np.float32(0.7)).all()


async def test_an_area_sees_its_part_of_the_hint() -> None:
    area = Condition(text(0.3), area=Area(4, 6, 2, 1), controls=(Control("a", HINT),))
    _, network = await run(request(positive=[Condition(text(0.5), controls=(Control("a", HINT),)), area]))
    parts = [more.tensors["hint"] for sample, _, more in network.calls if sample.shape[2:] == (4, 6)]
    assert parts
    np.testing.assert_array_equal(parts[0][0, 0], HINT[0, :, 16:48, 8:56])


async def test_a_picture_of_a_batch_has_its_own_hint_also_where_pictures_walk_alone() -> None:
    hints = np.concatenate([HINT, OTHER])
    asked = controlled(Control("a", hints), batch=2, latent=np.zeros((2, 4, SIZE, SIZE), np.float32), steps=4)
    _, network = await run(asked)
    np.testing.assert_array_equal(network.more[0].tensors["hint"][:, 0], np.concatenate([hints, hints]))
    _, network = await run(replace(asked, sampler="dpm_adaptive"))
    assert all(more.tensors["hint"].shape[:2] == (2, 1) for more in network.more)
    assert any((more.tensors["hint"][0, 0] == OTHER[0]).all() for more in network.more)


async def test_perturbed_attention_moves_the_guess_last_of_all() -> None:
    plain, _ = await run(request(steps=1, positive=[Condition(text(0.5))]))
    guided, perturbed = await run(request(steps=1, pag=3.0))
    (more,) = perturbed.more
    np.testing.assert_array_equal(more.tensors["perturb"][:, 0], [0, 0, 1])
    # The network's noise is 0.1 more where it is perturbed; one step of euler goes to the guess itself.
    sigma = float(MODEL.sigma_max)
    np.testing.assert_allclose(guided - plain, np.full_like(plain, 3.0 * 0.1 * sigma), rtol=1e-3)
    _, alone = await run(request(pag=3.0, cfg=1.0))
    assert [len(sample) for sample, _, _ in alone.calls] == [2] * 10


async def test_an_image_prompt_has_its_own_tokens_on_the_negative_side_and_a_range() -> None:
    tokens, none = np.full((1, 3, 8), 0.4, np.float32), np.zeros((1, 3, 8), np.float32)
    shown = Shown("ip", tokens, none, 0.8, 0.0, 0.5)
    _, network = await run(request(shown=shown))
    at_work = [more for more in network.more if more.image_prompt]
    assert [more.image_prompt for more in network.more] == ["ip"] * len(at_work) + [""] * (10 - len(at_work))
    assert 0 < len(at_work) < 10
    for more in at_work:
        np.testing.assert_array_equal(more.tensors["image_tokens"], np.concatenate([none, tokens]))
        assert (more.tensors["image_weight"] == np.float32(0.8)).all()


async def test_free_u_goes_to_every_sample() -> None:
    _, network = await run(request(freeu=(1.1, 1.2, 0.9, 0.2, 2.0)))
    np.testing.assert_allclose(network.more[0].tensors["freeu"], [[1.1, 1.2, 0.9, 0.2, 2]] * 2)


async def test_sizes_and_pooled_texts_are_those_of_sdxl_and_of_its_refiner() -> None:
    pooled = [np.full(6, n, np.float32) for n in (1, 2)]
    given = {"pooled_dim": 6, "latent": np.zeros((1, 4, SIZE, 2 * SIZE), np.float32)}
    texts = {
        "positive": [Condition(text(0.5), pooled=pooled[0])],
        "negative": [Condition(text(-0.2), pooled=pooled[1], sizes=(9, 9, 1, 2, 9, 9))],
    }
    _, network = await run(request(**given, **texts, size_ids=6))
    np.testing.assert_array_equal(network.more[0].tensors["text_embeds"], [pooled[1], pooled[0]])
    np.testing.assert_array_equal(
        network.more[0].tensors["time_ids"], [[9, 9, 1, 2, 9, 9], [64, 128, 0, 0, 64, 128]]
    )
    texts["negative"] = [Condition(text(-0.2), pooled=pooled[1])]
    _, network = await run(request(**given, **texts, size_ids=5))
    np.testing.assert_array_equal(
        network.more[0].tensors["time_ids"], [[64, 128, 0, 0, 2.5], [64, 128, 0, 0, 6]]
    )
    _, network = await run(request(**(given | {"pooled_dim": 0}), **texts))
    assert network.more[0] is NO_MORE


async def test_inpainting_networks_see_mask_and_masked_picture() -> None:
    inpaint = np.random.default_rng(3).random((1, 5, SIZE, SIZE)).astype(np.float32)
    grey = np.full((1, 4, SIZE, SIZE), 0.3, np.float32)
    given = request(positive=[Condition(text(0.5), inpaint=inpaint)], unet_channels=9, grey=grey, steps=2)
    _, network = await run(given)
    sample = network.calls[0][0]
    assert sample.shape == (2, 9, SIZE, SIZE)
    np.testing.assert_array_equal(sample[1, 4:], inpaint[0])
    # The negative says nothing of it: all is painted anew, over grey.
    np.testing.assert_array_equal(sample[0, 4], np.ones((SIZE, SIZE)))
    np.testing.assert_array_equal(sample[0, 5:], grey[0])
    mask = np.zeros((1, 1, SIZE, SIZE), np.float32)
    mask[..., :3] = 0.7
    latent = np.full((1, 4, SIZE, SIZE), 0.2, np.float32)
    _, network = await run(replace(given, mask=mask, latent=latent))
    np.testing.assert_array_equal(network.calls[0][0][0, 4], np.round(mask[0, 0]))
    np.testing.assert_array_equal(network.calls[0][0][0, 5:], latent[0])


async def test_planes_for_another_number_of_pictures_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"negative: a condition has 3 planes of a hint; give 1, or 2"):
        await run(
            controlled(
                Control("a", np.repeat(HINT, 3, 0)), batch=2, latent=np.zeros((2, 4, SIZE, SIZE), np.float32)
            )
        )


def test_variations_lie_on_the_arc() -> None:
    a, b = Generator(1).randn((2, 4, 16, 16)), Generator(2).randn((2, 4, 16, 16))
    np.testing.assert_allclose(on_the_arc(a, b, 0.0), a, atol=1e-6)
    np.testing.assert_allclose(on_the_arc(a, b, 1.0), b, atol=1e-6)
    half = on_the_arc(a, b, 0.5)
    # As strong as either, where the mean would have 0.71 of it.
    assert 0.95 < half.std() < 1.05
    angles = [
        np.arccos(np.vdot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y)))
        for x, y in zip(a, half, strict=True)
    ]
    whole = [
        np.arccos(np.vdot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y))) for x, y in zip(a, b, strict=True)
    ]
    np.testing.assert_allclose(angles, np.array(whole) / 2, rtol=5e-2)


async def test_a_variation_changes_the_first_noise_alone() -> None:
    plain, _ = await run(request(seed=5, sampler="euler_ancestral"))
    other, second = await run(
        request(seed=5, variation_seed=9, variation_strength=0.4, sampler="euler_ancestral")
    )
    assert np.abs(plain - other).max() > 0.01
    noise = on_the_arc(Generator(5).randn((1, 4, SIZE, SIZE)), Generator(9).randn((1, 4, SIZE, SIZE)), 0.4)
    np.testing.assert_allclose(second.calls[0][0][:1], noise, atol=1e-5)
    same, _ = await run(request(seed=5, variation_seed=9, sampler="euler_ancestral"))
    np.testing.assert_array_equal(plain, same)


def test_zero_snr_is_that_of_diffusers_but_for_its_end() -> None:
    import torch
    from diffusers.schedulers.scheduling_ddim import rescale_zero_terminal_snr

    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - rescale_zero_terminal_snr(betas), 0)
    wanted = ((1 - alphas) / alphas).sqrt().numpy()
    made = ModelSampling(zero_snr=True).sigmas
    np.testing.assert_allclose(made[:-1], wanted[:-1], rtol=1e-4)
    assert made[-1] == pytest.approx(4518.76, abs=0.01)
    assert made[-1] > made[-2]
