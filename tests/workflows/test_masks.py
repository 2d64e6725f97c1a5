import time

import numpy as np
import pytest
from scipy import ndimage

from control.workflows.types import Unfit
from tests.workflows.running import mask, picture, run


def test_a_solid_mask():
    [got] = run("SolidMask", value=0.25, width=7, height=3)
    assert got.tolist() == [[[0.25] * 7] * 3]


def test_inverting_a_mask():
    given = mask(5, 7)
    [got] = run("InvertMask", mask=given)
    np.testing.assert_allclose(got + given, np.ones_like(given), atol=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "rows", "columns"),
    [
        (0, 0, 7, 5, range(5), range(7)),
        (2, 1, 3, 2, range(1, 3), range(2, 5)),
        (5, 3, 99, 99, range(3, 5), range(5, 7)),
    ],
)
def test_cropping_a_mask(x, y, width, height, rows, columns):
    given = mask(5, 7)
    [got] = run("CropMask", mask=given, x=x, y=y, width=width, height=height)
    np.testing.assert_array_equal(got[1], [[given[1, i, j] for j in columns] for i in rows])


OPERATIONS = {
    "multiply": lambda a, b: a * b,
    "add": lambda a, b: min(a + b, 1),
    "subtract": lambda a, b: max(a - b, 0),
    "and": lambda a, b: a > 0.5 and b > 0.5,
    "or": lambda a, b: a > 0.5 or b > 0.5,
    "xor": lambda a, b: (a > 0.5) != (b > 0.5),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("x", "y", "count"), [(0, 0, 2), (3, 2, 1), (6, 0, 2), (7, 5, 2), (50, 0, 1)])
def test_combining_masks(operation, x, y, count):
    below, above = mask(5, 7), mask(4, 6, count, seed=8)
    [got] = run("MaskComposite", destination=below, source=above, x=x, y=y, operation=operation)
    for n, i, j in np.ndindex(below.shape):
        want = below[n, i, j]
        if 0 <= i - y < 4 and 0 <= j - x < 6:
            want = OPERATIONS[operation](want, above[n % count, i - y, j - x])
        assert got[n, i, j] == pytest.approx(float(want), abs=1e-6)


@pytest.mark.parametrize("edges", [(0, 0, 0, 0), (3, 0, 0, 0), (0, 4, 0, 2), (5, 5, 5, 5), (100, 0, 100, 1)])
def test_feathering_the_edges_of_a_mask(edges):
    given = mask(6, 9)
    left, top, right, bottom = edges
    [got] = run("FeatherMask", mask=given, left=left, top=top, right=right, bottom=bottom)
    for n, i, j in np.ndindex(given.shape):
        want = float(given[n, i, j])
        for length, place in (
            (min(left, 9), j),
            (min(right, 9), 8 - j),
            (min(top, 6), i),
            (min(bottom, 6), 5 - i),
        ):
            if place < length:
                want *= (place + 1) / length
        assert got[n, i, j] == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("tapered", [True, False])
@pytest.mark.parametrize("expand", [0, 1, 2, 3, 4, 7, 12, 30, -1, -2, -5, -11])
def test_growing_is_a_step_at_a_time(expand, tapered):
    given = np.stack([mask(19, 26, 1)[0], mask(19, 26, 1, seed=3)[0] > 0.98]).astype(np.float32)
    footprint = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]] if tapered else [[1, 1, 1]] * 3)
    want = given.copy()
    for _ in range(abs(expand)):
        how = ndimage.grey_dilation if expand > 0 else ndimage.grey_erosion
        want = np.stack([how(one, footprint=footprint) for one in want])
    [got] = run("GrowMask", mask=given, expand=expand, tapered_corners=tapered)
    np.testing.assert_array_equal(got, want)


def test_growing_far_takes_no_longer_than_it_should():
    given = np.zeros((1, 512, 512), np.float32)
    given[0, 0, 0] = 1
    start = time.process_time()
    [got] = run("GrowMask", mask=given, expand=16384)
    assert (got == 1).all()
    [got] = run("GrowMask", mask=given, expand=100)
    assert got.sum() == 101 * 102 / 2
    assert time.process_time() - start < 2


def test_a_threshold():
    given = np.array([[[0, 0.25, 0.5, 0.51, 1]]], np.float32)
    [got] = run("ThresholdMask", mask=given, value=0.5)
    assert got.tolist() == [[[0, 0, 0, 1, 1]]]


@pytest.mark.parametrize("channel", ["red", "green", "blue", "alpha"])
def test_a_channel_as_a_mask(channel):
    image = picture(4, 5, channels=4)
    [got] = run("ImageToMask", image=image, channel=channel)
    place = ["red", "green", "blue", "alpha"].index(channel)
    np.testing.assert_array_equal(got, image.transpose(3, 0, 1, 2)[place])


def test_a_picture_without_alpha_has_no_mask_of_it():
    with pytest.raises(Unfit, match="no alpha channel") as refused:
        run("ImageToMask", image=picture(4, 5), channel="alpha")
    assert refused.value.name == "channel"


def test_a_mask_as_a_picture():
    given = mask(4, 5)
    [got] = run("MaskToImage", mask=given)
    np.testing.assert_array_equal(got, np.stack([given, given, given], -1))


@pytest.mark.parametrize("channels", [3, 4])
def test_a_colour_as_a_mask(channels):
    image = np.zeros((2, 2, 3, channels), np.float32)
    image[0, 0, 1, :3] = (0x12 / 255, 0x34 / 255, 0x56 / 255)
    image[1, 1, 2, :3] = (0x12 / 255 + 0.4 / 255, 0x34 / 255, 0x56 / 255 - 0.4 / 255)
    image[1, 0, 0, :3] = (0x12 / 255, 0x34 / 255, 0x57 / 255)
    [got] = run("ImageColorToMask", image=image, color=0x123456)
    assert np.argwhere(got).tolist() == [[0, 0, 1], [1, 1, 2]]
    [black] = run("ImageColorToMask", image=image)
    assert black.sum() == 12 - 3
