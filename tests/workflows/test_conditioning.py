"""What texts come to, and where and when they count: against transformers, plain arithmetic, and torch's pictures."""

import dataclasses

import numpy as np
import pytest
import torch

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import Unfit
from control.workflows.values import Area, Clip, Condition, Latent, Model
from perf.parity.nodes import run_node
from tests.workflows.reference import Text, level, psnr, sigmas

TESTED = {
    "CLIPTextEncode", "CLIPSetLastLayer", "ConditioningCombine", "ConditioningConcat", "ConditioningAverage",
    "ConditioningSetArea", "ConditioningSetAreaPercentage", "ConditioningSetAreaStrength", "ConditioningSetMask",
    "ConditioningSetTimestepRange", "ConditioningZeroOut",
}  # fmt: skip
RED, GREEN, DARK = "a large red circle on a blue background", "a small green star", "a black heart"
SEED, STEPS, CFG = 3, 4, 5.0


def condition(tokens: int = 4, seed: int = 0, **more) -> Condition:
    numbers = np.random.default_rng(seed)
    context = numbers.normal(size=(tokens, 6)).astype(np.float32)
    return Condition(context, numbers.normal(size=5).astype(np.float32), **more)


async def encoded(engine, text: str):
    return (await run_node(engine, "CLIPTextEncode", text=text, clip=Clip("pocket")))[0]


@pytest.mark.parametrize("layer", [-1, -2])
async def test_texts_are_transformers_hidden_states(engine, torch_pocket, layer):
    (clip,) = await run_node(engine, "CLIPSetLastLayer", clip=Clip("pocket"), stop_at_clip_layer=layer)
    assert clip == Clip("pocket", -layer)
    ((one,),) = await run_node(engine, "CLIPTextEncode", text=RED, clip=clip)
    np.testing.assert_allclose(one.context, torch_pocket.encode(RED, skip=-layer)[0].numpy(), atol=2e-4)


async def test_a_layer_that_the_encoder_does_not_have(engine):
    with pytest.raises(Unfit, match="pocket has 3 text layers: stop at -1 to -3") as raised:
        await run_node(engine, "CLIPTextEncode", text=RED, clip=Clip("pocket", 4))
    assert raised.value.name == "clip"


async def test_combining_keeps_both():
    one, other = (condition(),), (condition(seed=1), condition(seed=2))
    (both,) = await run_node(None, "ConditioningCombine", conditioning_1=one, conditioning_2=other)
    assert [id(part) for part in both] == [id(part) for part in one + other]
    with pytest.raises(Unfit, match="17 texts in one conditioning; 16 are the most"):
        await run_node(None, "ConditioningCombine", conditioning_1=one * 9, conditioning_2=other * 4)


async def test_concatenation_is_along_the_tokens():
    to, tail = (
        (condition(), condition(seed=1, strength=0.5)),
        (condition(tokens=3, seed=2), condition(seed=3)),
    )
    (found,) = await run_node(None, "ConditioningConcat", conditioning_to=to, conditioning_from=tail)
    for one, given in zip(found, to, strict=True):
        np.testing.assert_array_equal(one.context[:4], given.context)
        np.testing.assert_array_equal(one.context[4:], tail[0].context)
        assert one.strength == given.strength
        assert one.pooled is given.pooled
    wide = (Condition(np.zeros((4, 7), np.float32)),)
    with pytest.raises(Unfit, match="another kind"):
        await run_node(None, "ConditioningConcat", conditioning_to=to, conditioning_from=wide)


@pytest.mark.parametrize("tokens", [2, 4, 7])
async def test_an_average_is_token_by_token(tokens):
    to, other = condition(), condition(tokens, seed=1)
    (found,) = await run_node(
        None,
        "ConditioningAverage",
        conditioning_to=(to,),
        conditioning_from=(other,),
        conditioning_to_strength=0.3,
    )
    filled = np.vstack([other.context, np.zeros((4, 6))])[:4]
    np.testing.assert_allclose(found[0].context, 0.3 * to.context + 0.7 * filled, atol=1e-6)
    np.testing.assert_allclose(found[0].pooled, 0.3 * to.pooled + 0.7 * other.pooled, atol=1e-6)


async def test_places_times_and_weights():
    given, mask = (condition(), condition(seed=1)), np.ones((1, 8, 8), np.float32)
    cases = {
        "ConditioningSetArea": (
            {"width": 64, "height": 72, "x": 8, "y": 16, "strength": 0.5},
            {"area": Area(9, 8, 2, 1), "strength": 0.5},
        ),
        "ConditioningSetAreaPercentage": (
            {"width": 0.5, "height": 0.25, "x": 0.1, "y": 0.2, "strength": 2.0},
            {"area": Area(0.25, 0.5, 0.2, 0.1, share=True), "strength": 2.0},
        ),
        "ConditioningSetAreaStrength": ({"strength": 0.7}, {"strength": 0.7}),
        "ConditioningSetMask": (
            {"mask": mask, "strength": 0.6, "set_cond_area": "mask bounds"},
            {"mask": mask, "mask_strength": 0.6, "bounds": True},
        ),
        "ConditioningSetTimestepRange": ({"start": 0.2, "end": 0.9}, {"start": 0.2, "end": 0.9}),
    }
    for name, (inputs, changed) in cases.items():
        (found,) = await run_node(None, name, conditioning=given, **inputs)
        for one, before in zip(found, given, strict=True):
            want = {field.name: getattr(before, field.name) for field in dataclasses.fields(before)} | changed
            assert {key: getattr(one, key) for key in want if key not in ("context", "pooled", "mask")} == {
                key: value for key, value in want.items() if key not in ("context", "pooled", "mask")
            }, name
            assert one.context is before.context
            assert one.mask is want["mask"]
    with pytest.raises(Unfit, match=r"0\.2 lies before start, 0\.5"):
        CATALOGUE["ConditioningSetTimestepRange"].check(start=0.5, end=0.2)


async def test_nothing_said_is_zeros():
    ((one,),) = await run_node(None, "ConditioningZeroOut", conditioning=(condition(strength=0.5),))
    assert one.strength == 0.5
    assert one.context.shape == (4, 6)
    assert not one.context.any()
    assert not one.pooled.any()


async def painted(engine, torch_pocket, positive, negative) -> np.ndarray:
    (latent,) = await run_node(
        engine, "KSampler", model=Model("pocket"), seed=SEED, steps=STEPS, cfg=CFG, sampler_name="euler",
        scheduler="karras", positive=positive, negative=negative, latent_image=EMPTY,
    )  # fmt: skip
    return torch_pocket.decoded(torch.from_numpy(latent.samples))


EMPTY = Latent(np.zeros((1, 4, 16, 16), np.float32))


def reference(torch_pocket, positive: list[Text], negative: list[Text]) -> np.ndarray:
    levels = sigmas("karras", STEPS)
    return torch_pocket.picture(
        torch_pocket.sampled(torch_pocket.guided(positive, negative, CFG), seed=SEED, sigmas=levels)
    )


async def test_two_texts_that_count_together_by_strength(engine, torch_pocket):
    red, green, dark = [await encoded(engine, text) for text in (RED, GREEN, DARK)]
    (strong,) = await run_node(engine, "ConditioningSetAreaStrength", conditioning=green, strength=2.5)
    (both,) = await run_node(engine, "ConditioningCombine", conditioning_1=red, conditioning_2=strong)
    texts = [Text(torch_pocket.encode(RED)), Text(torch_pocket.encode(GREEN), weight=2.5)]
    want = reference(torch_pocket, texts, [Text(torch_pocket.encode(DARK))])
    assert psnr(await painted(engine, torch_pocket, both, dark), want) >= 50


async def test_one_text_behind_the_other_and_between_two(engine, torch_pocket):
    red, green, dark = [await encoded(engine, text) for text in (RED, GREEN, DARK)]
    (long,) = await run_node(engine, "ConditioningConcat", conditioning_to=red, conditioning_from=green)
    mean = {"conditioning_to": red, "conditioning_from": dark, "conditioning_to_strength": 0.5}
    (between,) = await run_node(engine, "ConditioningAverage", **mean)
    encode = torch_pocket.encode
    want = reference(
        torch_pocket,
        [Text(torch.cat([encode(RED), encode(GREEN)], 1))],
        [Text((encode(RED) + encode(DARK)) / 2)],
    )
    assert psnr(await painted(engine, torch_pocket, long, between), want) >= 50


def rising(length: int, start: int, whole: int) -> torch.Tensor:
    """Eighths over the first cells from an edge that is not the picture's."""
    edge = (torch.arange(length) + 1).clamp(max=8) / 8
    before = edge if start > 0 else torch.ones(length)
    return before * (edge.flip(0) if start + length < whole else torch.ones(length))


async def test_a_text_in_an_area(engine, torch_pocket):
    """The negative is asked about the area as well: guidance compares like with like."""
    red, green, dark = [await encoded(engine, text) for text in (RED, GREEN, DARK)]
    area = {"width": 80, "height": 96, "x": 48, "y": 0, "strength": 1.5}
    (placed,) = await run_node(engine, "ConditioningSetArea", conditioning=green, **area)
    share = {"width": 0.625, "height": 0.75, "x": 0.375, "y": 0.0, "strength": 1.5}
    (shared,) = await run_node(engine, "ConditioningSetAreaPercentage", conditioning=green, **share)
    weight = 1.5 * rising(12, 0, 16)[:, None] * rising(10, 6, 16)[None]
    box = (0, 6, 12, 10)
    encode = torch_pocket.encode
    positive = [Text(encode(RED)), Text(encode(GREEN), box, weight)]
    want = reference(torch_pocket, positive, [Text(encode(DARK)), Text(encode(DARK), box, weight)])
    for one in (placed, shared):
        (both,) = await run_node(engine, "ConditioningCombine", conditioning_1=red, conditioning_2=one)
        assert psnr(await painted(engine, torch_pocket, both, dark), want) >= 50


async def test_a_text_under_a_mask(engine, torch_pocket, rng):
    red, green, dark = [await encoded(engine, text) for text in (RED, GREEN, DARK)]
    mask = np.zeros((1, 128, 128), np.float32)
    mask[:, 32:112, 24:88] = rng.random((80, 64), np.float32)
    (masked,) = await run_node(engine, "ConditioningSetMask", conditioning=green, mask=mask, strength=0.8)
    (both,) = await run_node(engine, "ConditioningCombine", conditioning_1=red, conditioning_2=masked)
    small = torch.nn.functional.interpolate(torch.from_numpy(mask)[None], (16, 16), mode="bilinear")
    encode = torch_pocket.encode
    positive = [Text(encode(RED)), Text(encode(GREEN), weight=small * 0.8)]
    want = reference(torch_pocket, positive, [Text(encode(DARK))])
    assert psnr(await painted(engine, torch_pocket, both, dark), want) >= 50

    bounds = {"mask": mask, "strength": 0.8, "set_cond_area": "mask bounds"}
    (boxed,) = await run_node(engine, "ConditioningSetMask", conditioning=green, **bounds)
    (both,) = await run_node(engine, "ConditioningCombine", conditioning_1=red, conditioning_2=boxed)
    rows, columns = (small[0, 0] > 0).any(1).nonzero(), (small[0, 0] > 0).any(0).nonzero()
    y, x = int(rows[0]), int(columns[0])
    box = (y, x, int(rows[-1]) - y + 1, int(columns[-1]) - x + 1)
    weight = small[..., y : y + box[2], x : x + box[3]] * 0.8
    positive = [Text(encode(RED)), Text(encode(GREEN), box, weight)]
    want = reference(torch_pocket, positive, [Text(encode(DARK)), Text(encode(DARK), box, weight)])
    assert psnr(await painted(engine, torch_pocket, both, dark), want) >= 50


async def test_texts_that_count_one_after_the_other(engine, torch_pocket):
    red, green, dark = [await encoded(engine, text) for text in (RED, GREEN, DARK)]
    (early,) = await run_node(engine, "ConditioningSetTimestepRange", conditioning=red, start=0.0, end=0.6)
    (late,) = await run_node(engine, "ConditioningSetTimestepRange", conditioning=green, start=0.6, end=1.0)
    (both,) = await run_node(engine, "ConditioningCombine", conditioning_1=early, conditioning_2=late)
    (silent,) = await run_node(engine, "ConditioningZeroOut", conditioning=dark)
    encode, change = torch_pocket.encode, level(0.6)
    levels = sigmas("karras", STEPS)
    assert levels[0] > change > levels[-2], "each must count somewhere"
    positive = [Text(encode(RED), last=change), Text(encode(GREEN), first=change)]
    want = reference(torch_pocket, positive, [Text(torch.zeros_like(encode(DARK)))])
    assert psnr(await painted(engine, torch_pocket, both, silent), want) >= 50
