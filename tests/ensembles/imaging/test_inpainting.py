"""Parts of pictures painted anew."""

import numpy as np
import pytest
from scipy import ndimage

from ensembles.imaging.inpainting import (
    FILLS,
    Box,
    around,
    cut,
    extended,
    feathered,
    filled,
    stitched,
)


def disc(height: int, width: int, row: float, column: float, radius: float) -> np.ndarray:
    """f32[1,H,W]: 1 in a circle."""
    y, x = np.mgrid[:height, :width]
    return ((y - row) ** 2 + (x - column) ** 2 <= radius**2).astype(np.float32)[None]


def picture(rng: np.random.Generator, height: int, width: int, count: int = 1) -> np.ndarray:
    return rng.random((count, height, width, 3), np.float32)


@pytest.mark.parametrize(("grow", "feather"), [(0, 0), (0, 8), (5, 0), (5, 8), (3, 1), (40, 40)])
def test_a_feather_falls_from_the_shape_outwards(grow, feather):
    mask = disc(64, 80, 30, 40, 9)
    weight = feathered(mask, grow, feather)[0]
    # By brute force: the distance to the nearest chosen pixel.
    chosen = np.argwhere(mask[0])
    places = np.argwhere(np.ones_like(weight)).reshape(*weight.shape, 2)
    far = np.sqrt(((places[:, :, None] - chosen) ** 2).sum(-1)).min(-1)
    assert (weight[far <= grow] == 1).all()
    assert (weight[far >= grow + feather + 1] == 0).all()
    between = (far > grow) & (far < grow + feather + 1) & (feather > 0)
    assert ((weight[between] > 0) & (weight[between] < 1)).all()
    order = np.argsort(far[between])
    assert (np.diff(weight[between][order]) <= 1e-6).all()


def test_a_soft_mask_stays_as_soft_as_it_is():
    mask = np.zeros((2, 20, 20), np.float32)
    mask[0, 5:8, 5:8] = 0.3
    mask[1, 5:8, 5:8] = 0.7
    weight = feathered(mask, 0, 4)
    np.testing.assert_array_equal(weight[0], mask[0])
    assert (weight[1] >= mask[1]).all()
    assert weight[1, 6, 10] > 0


@pytest.mark.parametrize(
    ("mask", "padding", "size", "box"),
    [
        # A square around a square.
        ((10, 10, 20, 20), 0, (64, 64), Box(10, 10, 20, 20)),
        ((10, 10, 20, 20), 5, (64, 64), Box(5, 5, 30, 30)),
        # Widened to 2:1, about its middle.
        ((40, 40, 20, 20), 0, (128, 64), Box(30, 40, 40, 20)),
        ((40, 40, 20, 20), 0, (64, 128), Box(40, 30, 20, 40)),
        # Moved in at the edge.
        ((0, 0, 10, 10), 0, (128, 64), Box(0, 0, 20, 10)),
        ((90, 70, 10, 10), 4, (64, 128), Box(86, 52, 14, 28)),
        # No wider than the picture.
        ((0, 10, 100, 10), 0, (64, 128), Box(0, 0, 100, 80)),
        ((0, 0, 100, 80), 50, (64, 64), Box(0, 0, 100, 80)),
    ],
)
def test_what_is_looked_at(mask, padding, size, box):
    x, y, wide, high = mask
    weight = np.zeros((1, 80, 100), np.float32)
    weight[:, y : y + high, x : x + wide] = 0.01
    assert around(weight, padding, *size) == box
    assert cut(weight, box).sum() == pytest.approx(weight.sum())


def test_a_box_is_in_the_picture_and_holds_the_mask(rng):
    for _ in range(200):
        height, width = rng.integers(1, 60, 2)
        weight = (rng.random((1, height, width)) < 0.02).astype(np.float32)
        weight[0, rng.integers(height), rng.integers(width)] = 1
        sides = (int(one) for one in rng.integers(8, 2048, 2))
        box = around(weight, int(rng.integers(0, 20)), *sides)
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= width
        assert box.y + box.height <= height
        assert cut(weight, box).sum() == weight.sum()


@pytest.mark.parametrize("size", [(48, 40), (64, 64), (24, 20), (512, 96)])
def test_outside_the_weight_nothing_changes(rng, size):
    original = picture(rng, 70, 90, 2)
    weight = feathered(disc(70, 90, 30, 50, 8), 2, 6)
    box = around(weight, 4, *size)
    painted = picture(rng, size[1], size[0], 2)
    got = stitched(original, painted, cut(weight, box), box.x, box.y)
    outside = np.broadcast_to(weight == 0, (2, 70, 90))
    assert np.array_equal(got[outside], original[outside])
    assert np.abs(got - original)[~outside].mean() > 0.1


def test_inside_the_weight_all_is_what_was_painted(rng):
    original, painted = picture(rng, 40, 40), picture(rng, 20, 24)
    weight = np.ones((1, 20, 24), np.float32)
    got = stitched(original, painted, weight, 7, 9)
    np.testing.assert_allclose(got[:, 9:29, 7:31], painted, atol=1e-6)
    half = stitched(original, painted, weight / 2, 7, 9)
    np.testing.assert_allclose(half[:, 9:29, 7:31], (painted + original[:, 9:29, 7:31]) / 2, atol=1e-6)


def test_one_original_serves_for_several_pictures(rng):
    original, painted = picture(rng, 16, 16), picture(rng, 16, 16, 3)
    before = original.copy()
    got = stitched(original, painted, np.ones((1, 16, 16), np.float32), 0, 0)
    np.testing.assert_allclose(got, painted, atol=1e-6)
    assert np.array_equal(original, before)


def test_room_around_a_picture(rng):
    image = picture(rng, 5, 7)
    larger, outside = extended(image, 2, 1, 3, 4)
    assert larger.shape == (1, 10, 12, 3)
    np.testing.assert_array_equal(larger[:, 1:6, 2:9], image)
    np.testing.assert_array_equal(larger[0, 0, 2:9], image[0, 0])
    np.testing.assert_array_equal(larger[0, -1, -1], image[0, -1, -1])
    assert outside.sum() == 10 * 12 - 5 * 7
    assert (outside[:, 1:6, 2:9] == 0).all()


@pytest.mark.parametrize("how", ["original", *FILLS])
def test_what_stands_in_the_hole(rng, how):
    # Red at the left, blue at the right.
    image = np.zeros((1, 48, 64, 3), np.float32)
    image[:, :, :32, 0] = 0.9
    image[:, :, 32:, 2] = 0.7
    hole = disc(48, 64, 24, 32, 12)
    image[hole == 1] = rng.random((int(hole.sum()), 3), np.float32)
    got = filled(image, hole, how, 5)
    np.testing.assert_array_equal(got[hole == 0], image[hole == 0])
    inside = got[hole == 1]
    if how == "original":
        assert np.array_equal(got, image)
    if how == "neutral":
        assert (inside == 0.5).all()
    if how == "noise":
        assert inside.std() > 0.1
        assert not np.array_equal(got, filled(image, hole, how, 6))
        assert np.array_equal(got, filled(image, hole, how, 5))
        rest = image[hole == 0]
        np.testing.assert_allclose(inside.mean(0), rest.mean(0), atol=0.15)
    if how == "blur":
        # The colours around, and nothing of what was there: red at its left rim, blue at the right one.
        left, right = got[0, 24, 21], got[0, 24, 43]
        assert left[0] > 0.6
        assert right[2] > 0.45
        assert inside[:, 1].max() < 1e-6
        steps = np.abs(np.diff(got[0, 24, 20:45], axis=0)).max()
        assert steps < 0.3
        # As soft as a picture that was blurred.
        assert ndimage.laplace(got[0, :, :, 0])[hole[0] == 1].std() < 0.05


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (17, 3), (31, 64)])
def test_a_picture_that_is_all_hole_is_filled_with_something(rng, shape):
    image = picture(rng, *shape)
    for how in FILLS:
        got = filled(image, np.ones((1, *shape), np.float32), how, 0)
        assert got.shape == image.shape
        assert np.isfinite(got).all()
        assert 0 <= got.min() <= got.max() <= 1


def test_half_a_weight_fills_by_half(rng):
    image = picture(rng, 8, 8)
    got = filled(image, np.full((1, 8, 8), 0.5, np.float32), "neutral", 0)
    np.testing.assert_allclose(got, image * 0.5 + 0.25, atol=1e-6)
