import numpy as np
import pytest
from PIL import Image

from control.workflows.types import Unfit
from tests.workflows.running import mask, picture, run, torch_picture


def pasted(destination, source, x, y, share):
    """Pixel by pixel; `share` is as large as the source."""
    result = destination.copy()
    for n, i, j in np.ndindex(destination.shape[:3]):
        k, i_s, j_s = n % len(source), i - y, j - x
        if 0 <= i_s < source.shape[1] and 0 <= j_s < source.shape[2]:
            part = share[n % len(source) % len(share), i_s, j_s]
            result[n, i, j] = part * source[k, i_s, j_s] + (1 - part) * destination[n, i, j]
    return result


@pytest.mark.parametrize(("x", "y"), [(0, 0), (3, 5), (15, 14), (16, 0), (100, 100)])
@pytest.mark.parametrize("counts", [(2, 2), (3, 2), (1, 3), (2, 1)])
def test_a_picture_over_another(x, y, counts):
    destination, source = picture(17, 16, counts[0]), picture(9, 7, counts[1], seed=4)
    [got] = run("ImageCompositeMasked", destination=destination, source=source, x=x, y=y)
    np.testing.assert_allclose(got, pasted(destination, source, x, y, np.ones((1, 9, 7))), atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_where_the_mask_is_zero_it_shows_through(count):
    destination, source, hole = picture(17, 16, 2), picture(9, 7, 2, seed=4), mask(5, 14, count)
    [got] = run("ImageCompositeMasked", destination=destination, source=source, x=11, y=2, mask=hole)
    share = torch_picture(hole, 7, 9, "bilinear")
    np.testing.assert_allclose(got, pasted(destination, source, 11, 2, share), atol=1e-5)


def test_the_source_may_be_resized_first():
    destination, source = picture(17, 16, 2), picture(9, 7, 2, seed=4)
    [got] = run("ImageCompositeMasked", destination=destination, source=source, x=2, y=3, resize_source=True)
    want = destination.copy()
    want[:, 3:, 2:] = torch_picture(source, 16, 17, "bilinear")[:, :14, :14]
    np.testing.assert_allclose(got, want, atol=1e-5)


@pytest.mark.parametrize(("one", "other"), [(3, 4), (4, 3)])
def test_channels_are_the_destinations(one, other):
    destination, source = picture(6, 6, 1, one), picture(2, 2, 1, other, seed=4)
    [got] = run("ImageCompositeMasked", destination=destination, source=source)
    assert got.shape[-1] == one
    np.testing.assert_array_equal(got[0, :2, :2, :3], source[0, ..., :3])
    if one == 4:
        assert (got[0, :2, :2, 3] == 1).all()


COLOURS = {"white": (1, 1, 1), "black": (0, 0, 0), "red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("direction", ["right", "down", "left", "up"])
def test_stitching_side_by_side(direction, colour):
    one, other = picture(6, 9), picture(6, 9, count=1, seed=4)
    [got] = run("ImageStitch", image1=one, image2=other, direction=direction, spacing_width=3, spacing_color=colour,
                match_image_size=False)  # fmt: skip
    upright = direction in ("down", "up")
    gap = np.broadcast_to(np.array(COLOURS[colour], np.float32), (4, 9, 3) if upright else (6, 4, 3))
    for n in range(2):
        parts = [one[n], gap, other[0]] if direction in ("right", "down") else [other[0], gap, one[n]]
        np.testing.assert_array_equal(got[n], (np.vstack if upright else np.hstack)(parts))


@pytest.mark.parametrize(("direction", "size"), [("right", (20, 10)), ("down", (12, 6))])
def test_stitching_matches_the_second_to_the_first(direction, size):
    one, other = picture(10, 12, 1), picture(7, 14, 1, seed=4)
    [got] = run("ImageStitch", image1=one, image2=other, direction=direction)
    eight = Image.fromarray(np.floor(other[0] * 255).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    second = np.array(eight) / 255
    np.testing.assert_allclose(
        got[0], (np.hstack if direction == "right" else np.vstack)([one[0], second]), atol=1e-6
    )


@pytest.mark.parametrize(("colour", "level"), [("white", 1), ("black", 0), ("red", 0)])
def test_stitching_pads_the_shorter_one_in_the_middle(colour, level):
    one, other = picture(4, 5, 1), picture(7, 3, 1, 4, seed=4)
    [got] = run("ImageStitch", image1=one, image2=other, match_image_size=False, spacing_color=colour)
    want = np.full((7, 8, 4), level, np.float32)
    want[1:5, :5, :3], want[1:5, :5, 3] = one[0], 1
    want[:, 5:] = other[0]
    np.testing.assert_array_equal(got[0], want)


def test_stitching_one_alone():
    image = picture(4, 5)
    [got] = run("ImageStitch", image1=image)
    np.testing.assert_array_equal(got, image)


def test_splitting_and_joining_alpha():
    image = picture(5, 6, channels=4)
    colours, hidden = run("SplitImageWithAlpha", image=image)
    np.testing.assert_array_equal(colours, image[:, :, :, [0, 1, 2]])
    np.testing.assert_allclose(hidden, 1 - image[:, :, :, 3], atol=1e-7)
    [again] = run("JoinImageWithAlpha", image=colours, alpha=hidden)
    np.testing.assert_allclose(again, image, atol=1e-6)
    _, none = run("SplitImageWithAlpha", image=colours)
    assert (none == 0).all()


@pytest.mark.parametrize(("pictures", "masks"), [(1, 3), (3, 1), (2, 3)])
def test_joining_alpha_of_another_size_and_number(pictures, masks):
    image, hidden = picture(5, 6, pictures, 4), mask(9, 4, masks)
    [got] = run("JoinImageWithAlpha", image=image, alpha=hidden)
    for n in range(3):
        np.testing.assert_array_equal(got[n, ..., :3], image[n % pictures, ..., :3])
        want = 1 - torch_picture(hidden[[n % masks]], 6, 5, "bilinear")[0]
        np.testing.assert_allclose(got[n, ..., 3], want, atol=1e-5)


# What of source and destination is left (Porter and Duff 1984, section 4.3), by alphas of source and destination.
SHARES = {
    "ADD": (lambda a, b: 1, lambda a, b: 1),
    "CLEAR": (lambda a, b: 0, lambda a, b: 0),
    "DST": (lambda a, b: 0, lambda a, b: 1),
    "DST_ATOP": (lambda a, b: 1 - b, lambda a, b: a),
    "DST_IN": (lambda a, b: 0, lambda a, b: a),
    "DST_OUT": (lambda a, b: 0, lambda a, b: 1 - a),
    "DST_OVER": (lambda a, b: 1 - b, lambda a, b: 1),
    "SRC": (lambda a, b: 1, lambda a, b: 0),
    "SRC_ATOP": (lambda a, b: b, lambda a, b: 1 - a),
    "SRC_IN": (lambda a, b: b, lambda a, b: 0),
    "SRC_OUT": (lambda a, b: 1 - b, lambda a, b: 0),
    "SRC_OVER": (lambda a, b: 1, lambda a, b: 1 - a),
    "XOR": (lambda a, b: 1 - b, lambda a, b: 1 - a),
}
# Where both are, the lesser or greater of the colours times their alphas; what one covers alone stays.
BETWEEN = {"DARKEN": min, "LIGHTEN": max}


def layered(mode, s, a, d, b):
    """One pixel's colour and alpha, of colours that are not multiplied by theirs."""
    if mode in SHARES:
        of_source, of_destination = (share(a, b) for share in SHARES[mode])
        alpha = min(1, of_source * a + of_destination * b)
        colour = min(1, of_source * a * s + of_destination * b * d)
    elif mode in BETWEEN:
        alpha = a + b - a * b
        colour = (1 - b) * a * s + (1 - a) * b * d + BETWEEN[mode](a * s, b * d)
    elif mode == "SCREEN":  # W3C Compositing and Blending, 5.8.3
        alpha = a + b - a * b
        colour = (1 - b) * a * s + (1 - a) * b * d + a * b * (s + d - s * d)
    elif mode == "MULTIPLY":
        alpha, colour = a * b, a * s * b * d
    else:
        alpha = a + b - a * b
        colour = 2 * a * s * b * d if 2 * b * d < b else a * b - 2 * (b - a * s) * (a - b * d)
    return (min(max(colour / alpha, 0), 1) if alpha > 1e-5 else 0), alpha


@pytest.mark.parametrize("mode", [*SHARES, *BETWEEN, "SCREEN", "MULTIPLY", "OVERLAY"])
def test_porter_duff(mode):
    source, destination = picture(4, 5), picture(4, 5, seed=4)
    hidden, hidden_below = mask(4, 5), mask(4, 5, seed=6)
    hidden[0, 0, :2], hidden_below[0, 0, 1:3] = 1, 1
    got, left = run("PorterDuffImageComposite", source=source, source_alpha=hidden, destination=destination,
                    destination_alpha=hidden_below, mode=mode)  # fmt: skip
    for n, i, j in np.ndindex(hidden.shape):
        a, b = 1 - float(hidden[n, i, j]), 1 - float(hidden_below[n, i, j])
        for c in range(3):
            colour, alpha = layered(mode, float(source[n, i, j, c]), a, float(destination[n, i, j, c]), b)
            assert got[n, i, j, c] == pytest.approx(colour, abs=1e-4)
            assert left[n, i, j] == pytest.approx(1 - alpha, abs=1e-5)


def test_source_over_is_pillows():
    source, destination = picture(8, 8, 1, 4), picture(8, 8, 1, 4, seed=4)
    got, left = run("PorterDuffImageComposite", source=source[..., :3], source_alpha=1 - source[..., 3],
                    destination=destination[..., :3], destination_alpha=1 - destination[..., 3],
                    mode="SRC_OVER")  # fmt: skip
    below, above = (Image.fromarray(np.round(one[0] * 255).astype(np.uint8)) for one in (destination, source))
    want = np.array(Image.alpha_composite(below, above)) / 255
    np.testing.assert_allclose(got[0], want[..., :3], atol=3 / 255)
    np.testing.assert_allclose(1 - left[0], want[..., 3], atol=2 / 255)


def test_porter_duff_fits_all_to_the_destination_and_takes_the_fewest():
    source, destination = picture(8, 16, 3), picture(6, 6, 2, seed=4)
    got, left = run("PorterDuffImageComposite", source=source, source_alpha=mask(8, 16, 3) * 0,
                    destination=destination, destination_alpha=mask(3, 3, 2), mode="SRC")  # fmt: skip
    want = torch_picture(source[:2, :, 4:12], 6, 6, "bicubic").clip(0, 1)
    np.testing.assert_allclose(got, want, atol=1e-5)
    assert not left.any()


def test_porter_duff_wants_both_with_alpha_or_none():
    with pytest.raises(Unfit):
        run("PorterDuffImageComposite", source=picture(4, 4), source_alpha=mask(4, 4),
            destination=picture(4, 4, channels=4), destination_alpha=mask(4, 4))  # fmt: skip
