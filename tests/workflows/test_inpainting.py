"""Parts of pictures painted anew, as nodes: against values, with a painter that paints something else everywhere."""

import numpy as np
import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.engine import Sampled
from control.workflows.nodes.inpainting import same_proportions
from control.workflows.types import Size, Unfit
from control.workflows.values import Condition, Latent, Model, Stitch
from ensembles.imaging.inpainting import feathered
from ensembles.imaging.resizing import eight_bits
from ensembles.manifest import Manifest
from perf.parity.nodes import run_node
from tests.workflows.running import picture, run

TESTED = {
    "StudioInpaintCrop",
    "StudioInpaintCropHint",
    "StudioInpaintFill",
    "StudioInpaintStitch",
    "StudioOutpaintPad",
    "StudioFeatherMask",
}


def spot(height: int, width: int, y: int, x: int, side: int = 10, count: int = 1) -> np.ndarray:
    """f32[N,H,W]: 1 in a square."""
    mask = np.zeros((count, height, width), np.float32)
    mask[:, y : y + side, x : x + side] = 1
    return mask


@pytest.mark.parametrize("region", ["masked", "whole"])
@pytest.mark.parametrize(("width", "height"), [(64, 64), (128, 64), (60, 100), (512, 512)])
def test_what_is_painted_comes_back_to_its_place(region, width, height):
    image, mask = picture(90, 120), spot(90, 120, 30, 70)
    given = {"region": region, "width": width, "height": height, "padding": 8, "grow": 2, "feather": 5}
    stitch, part, hidden = run("StudioInpaintCrop", image=image, mask=mask, **given)
    wide, high = -(-width // 8) * 8, -(-height // 8) * 8
    assert part.shape == (2, high, wide, 3)
    assert hidden.shape == (1, high, wide)
    assert 0.9 < hidden.max() <= 1
    if region == "whole":
        assert (stitch.x, stitch.y, *stitch.weight.shape) == (0, 0, 1, 90, 120)
    else:
        assert hidden.mean() > 0.1
    [back] = run("StudioInpaintStitch", stitch=stitch, image=1 - part)
    weight = feathered(mask, 2, 5)
    outside, inside = weight == 0, mask == 1
    for one, was in zip(back, image, strict=True):
        # What a PNG holds is the same, to the last bit.
        np.testing.assert_array_equal(eight_bits(one)[outside[0]], eight_bits(was)[outside[0]])
        assert np.abs(one - was)[inside[0]].mean() > 0.15


def test_a_hint_is_cut_where_the_picture_is():
    image = picture(90, 120, 1)
    # How large the part is, only turns out.
    hint_of = CATALOGUE["StudioInpaintCropHint"].run
    stitch, _, _ = run(
        "StudioInpaintCrop",
        image=image,
        mask=spot(90, 120, 30, 70),
        width=64,
        height=64,
        padding=8,
        feather=0,
    )
    [hint] = hint_of(stitch=stitch, image=image)
    rows, columns = stitch.weight.shape[1:]
    np.testing.assert_array_equal(hint, image[:, stitch.y : stitch.y + rows, stitch.x : stitch.x + columns])
    # A larger one is at the same place, as its own grain allows.
    [large] = hint_of(stitch=stitch, image=image.repeat(2, 1).repeat(2, 2))
    np.testing.assert_array_equal(large, hint)
    stitch, _, _ = run("StudioOutpaintPad", image=image, left=16, bottom=8)
    [hint] = hint_of(stitch=stitch, image=image)
    assert hint.shape[1:3] == (98, 136)
    np.testing.assert_array_equal(hint[:, :90, 16:], image)
    assert not hint[:, 90:].any()
    assert not hint[:, :, :16].any()


def test_a_part_at_its_own_size_is_what_was_there():
    image, mask = picture(64, 96), spot(64, 96, 24, 40, 16)
    stitch, part, _ = run(
        "StudioInpaintCrop",
        image=image,
        mask=mask,
        region="masked",
        width=32,
        height=32,
        padding=8,
        feather=0,
    )
    np.testing.assert_array_equal(part, image[:, 16:48, 32:64])
    assert (stitch.x, stitch.y) == (32, 16)
    [back] = run("StudioInpaintStitch", stitch=stitch, image=part)
    np.testing.assert_allclose(back, image, atol=1e-6)


def test_the_size_may_follow_from_the_mask():
    image, mask = picture(64, 96), spot(64, 96, 24, 40, 16)
    node = CATALOGUE["StudioInpaintCrop"]
    _, part, hidden = node.run(
        image=image, mask=mask, region="masked", width=0, height=0, padding=0, grow=0, feather=0
    )
    # Proportions of the picture, 16 high; whole latent cells.
    assert part.shape == (2, 16, 24, 3)
    assert hidden.shape == (1, 16, 24)


def test_several_pictures_are_painted_for_one():
    image, mask = picture(32, 32, 1), spot(32, 32, 8, 8)
    stitch, part, _ = run("StudioInpaintCrop", image=image, mask=mask, width=32, height=32)
    four = np.repeat(part, 4, 0) * np.linspace(0, 1, 4, dtype=np.float32)[:, None, None, None]
    [back] = run("StudioInpaintStitch", stitch=stitch, image=four)
    assert len(back) == 4
    assert np.abs(back[0] - back[3]).max() > 0.5
    outside = np.broadcast_to((stitch.weight == 0)[0], (32, 32))
    for one in back:
        top, left = stitch.y, stitch.x
        where = np.ones((32, 32), bool)
        where[top : top + stitch.weight.shape[1], left : left + stitch.weight.shape[2]] = outside[
            : stitch.weight.shape[1], : stitch.weight.shape[2]
        ]
        np.testing.assert_array_equal(one[where], image[0][where])


def test_pictures_that_cannot_be_shared_out_are_refused():
    stitch = Stitch(picture(16, 16, 2), np.ones((1, 16, 16), np.float32), 0, 0)
    with pytest.raises(Unfit, match="3 pictures were painted for 2 originals"):
        run("StudioInpaintStitch", stitch=stitch, image=picture(16, 16, 3))


@pytest.mark.parametrize(
    ("image", "mask", "fits"),
    [
        ((300, 200), (300, 200), True),
        ((300, 200), (600, 400), True),
        ((300, 200), (150, 100), True),
        # A pixel more or less.
        ((301, 201), (150, 100), True),
        ((7, 5), (4, 3), True),
        ((300, 200), (200, 300), False),
        ((512, 512), (512, 480), False),
        ((1024, 768), (512, 512), False),
    ],
)
def test_masks_that_can_be_scaled(image, mask, fits):
    sizes = Size(1, *image), Size(1, *mask)
    if fits:
        same_proportions(*sizes)
    else:
        with pytest.raises(Unfit, match=f"the picture {image[0]} x {image[1]}: give one") as refused:
            same_proportions(*sizes)
        assert refused.value.name == "mask"


def test_a_mask_of_another_size_is_scaled():
    image, large = picture(40, 60, 1), spot(80, 120, 20, 20, 40)
    small = spot(40, 60, 10, 10, 20)
    one = run("StudioInpaintCrop", image=image, mask=large, width=64, height=64, padding=4, feather=0)
    other = run("StudioInpaintCrop", image=image, mask=small, width=64, height=64, padding=4, feather=0)
    np.testing.assert_array_equal(one[1], other[1])
    with pytest.raises(Unfit, match="proportions"):
        run("StudioInpaintCrop", image=image, mask=spot(60, 40, 0, 0))


def test_a_mask_that_chooses_nothing_is_refused():
    with pytest.raises(Unfit, match="it chooses nothing"):
        run("StudioInpaintCrop", image=picture(16, 16), mask=np.zeros((1, 16, 16), np.float32))
    # Of the whole picture nothing is painted then.
    stitch, part, _ = run(
        "StudioInpaintCrop", image=picture(16, 16), mask=np.zeros((1, 16, 16), np.float32), region="whole"
    )
    [back] = run("StudioInpaintStitch", stitch=stitch, image=part)
    np.testing.assert_array_equal(back, picture(16, 16))


@pytest.mark.parametrize("fill", ["original", "noise", "blur", "neutral"])
def test_filling(fill):
    image, mask = picture(48, 40), spot(48, 40, 12, 10, 20)
    [got] = run("StudioInpaintFill", image=image, mask=mask, fill=fill, seed=3)
    kept = np.broadcast_to(mask == 0, (2, 48, 40))
    np.testing.assert_array_equal(got[kept], image[kept])
    changed = np.abs(got - image)[~kept].mean()
    assert changed == 0 if fill == "original" else changed > 0.1
    if fill == "neutral":
        assert (got[~kept] == 0.5).all()
    if fill == "blur":
        # Nothing of the grain that was there.
        assert got[~kept].std() < image[~kept].std() / 2


@pytest.mark.parametrize(
    "sides", [(16, 0, 0, 0), (0, 8, 0, 0), (0, 0, 24, 0), (0, 0, 0, 8), (8, 16, 24, 32), (5, 0, 3, 1)]
)
def test_a_picture_painted_further(sides):
    left, top, right, bottom = sides
    image = picture(40, 48)
    stitch, larger, hidden = run(
        "StudioOutpaintPad", image=image, left=left, top=top, right=right, bottom=bottom, feather=6
    )
    wide, high = left + 48 + right, top + 40 + bottom
    assert larger.shape[1:3] == (-(-high // 8) * 8, -(-wide // 8) * 8)
    assert hidden.shape[1:] == larger.shape[1:3]
    painted = 1 - larger
    [got] = run("StudioInpaintStitch", stitch=stitch, image=painted)
    assert got.shape == (2, high, wide, 3)
    old = got[:, top : top + 40, left : left + 48]
    inner = old[:, 7 if top else 0 : -7 if bottom else 40, 7 if left else 0 : -7 if right else 48]
    was = image[:, 7 if top else 0 : -7 if bottom else 40, 7 if left else 0 : -7 if right else 48]
    np.testing.assert_array_equal(inner, was)
    # The seam: the old picture's weight rises over the feather.
    weight = stitch.weight[0, top : top + 40, left : left + 48]
    if left:
        assert (np.diff(weight[20, :8]) <= 0).all()
        assert weight[20, 0] > 0.8
    if bottom:
        assert (np.diff(weight[-8:, 24]) >= 0).all()
    outside = np.ones((high, wide), bool)
    outside[top : top + 40, left : left + 48] = False
    if (wide % 8, high % 8) == (0, 0):
        np.testing.assert_allclose(got[:, outside], painted[:, outside], atol=1e-6)


def test_room_at_no_side_is_refused():
    with pytest.raises(Unfit, match="left, top, right or bottom"):
        run("StudioOutpaintPad", image=picture(16, 16))


def test_feathering_a_shape():
    mask = spot(40, 40, 15, 15, 10)
    [got] = run("StudioFeatherMask", mask=mask, grow=3, feather=4)
    np.testing.assert_array_equal(got, feathered(mask, 3, 4))
    assert (got[0, 12, 15:25] == 1).all()
    assert got[0, 11, 20] < 1
    assert got[0, 7, 20] == 0


class Inpainter:
    """A checkpoint whose UNet has 9 channels; remembers what was sampled."""

    def __init__(self, channels: int = 9, pooled: int = 0) -> None:
        self.channels, self.pooled, self.asked = channels, pooled, []

    def manifest(self, checkpoint: str) -> Manifest:
        return Manifest(
            name=checkpoint,
            architecture="",
            context_dim=8,
            unet_channels=self.channels,
            pooled_dim=self.pooled,
        )

    async def sample(self, wanted):
        self.asked.append(wanted)
        return Sampled(wanted.latent.samples, wanted.latent.samples)


TEXT = (Condition(np.zeros((77, 8), np.float32)),)
SAMPLING = {"model": Model("brush"), "seed": 1, "steps": 2, "cfg": 5.0, "positive": TEXT, "negative": TEXT}


async def test_an_inpainting_unet_sees_the_latent_that_is_masked():
    samples = np.random.default_rng(0).random((2, 4, 8, 12), np.float32)
    hidden = spot(64, 96, 16, 32, 24)
    latent = Latent(samples, mask=hidden)
    engine = Inpainter()
    await run_node(engine, "KSampler", latent_image=latent, **SAMPLING)
    guider = engine.asked[0].guider
    for [one] in (guider.positive, guider.negative):
        assert one.inpaint.shape == (2, 5, 8, 12)
        np.testing.assert_array_equal(one.inpaint[0, 0], hidden[0, ::8, ::8])
        np.testing.assert_array_equal(one.inpaint[:, 1:], samples)
    # What a node has told it counts; without a mask there is nothing to tell, nor for a UNet that does not look.
    told = (Condition(np.zeros((77, 8), np.float32), inpaint=np.ones((1, 5, 8, 12), np.float32)),)
    await run_node(engine, "KSampler", latent_image=latent, **{**SAMPLING, "positive": told})
    assert engine.asked[1].guider.positive is not None
    np.testing.assert_array_equal(engine.asked[1].guider.positive[0].inpaint, told[0].inpaint)
    await run_node(engine, "KSampler", latent_image=Latent(samples), **SAMPLING)
    plain = Inpainter(channels=4)
    await run_node(plain, "KSampler", latent_image=latent, **SAMPLING)
    assert engine.asked[2].guider.positive[0].inpaint is None
    assert plain.asked[0].guider.positive[0].inpaint is None


async def test_a_text_without_what_sdxl_asks_for_is_refused():
    latent = Latent(np.zeros((1, 4, 8, 8), np.float32))
    with pytest.raises(Unfit, match="takes texts with 6 numbers for the whole, and one has 0: encode it"):
        await run_node(Inpainter(4, pooled=6), "KSampler", latent_image=latent, **SAMPLING)
    whole = (Condition(np.zeros((77, 8), np.float32), np.zeros(6, np.float32)),)
    engine = Inpainter(4, pooled=6)
    given = {**SAMPLING, "positive": whole, "negative": whole}
    await run_node(engine, "KSampler", latent_image=latent, **given)
    assert len(engine.asked) == 1
