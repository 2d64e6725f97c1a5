import math

import numpy as np
import pytest

from control.workflows.types import Unfit
from tests.workflows.running import latent, mask, run, torch_resized

SIZES = [((8, 12), (16, 9)), ((9, 7), (13, 30)), ((16, 16), (8, 8)), ((8, 8), (8, 8))]


def test_an_empty_latent_rounds_down_to_cells():
    [got] = run("EmptyLatentImage", width=100, height=71, batch_size=3)
    assert got.samples.shape == (3, 4, 8, 12)
    assert not got.samples.any()
    assert got.mask is got.places is None


@pytest.mark.parametrize("method", ["nearest-exact", "bilinear", "area", "bicubic"])
@pytest.mark.parametrize(("old", "new"), SIZES)
def test_scaling_latents_is_torchs(method, old, new):
    given = latent(*old, mask=mask(3, 3), places=(4, 2))
    height, width = new
    [got] = run("LatentUpscale", samples=given, upscale_method=method, width=8 * width, height=8 * height + 7,
                crop="disabled")  # fmt: skip
    np.testing.assert_allclose(got.samples, torch_resized(given.samples, width, height, method), atol=2e-5)
    assert got.mask is given.mask
    assert got.places == (4, 2)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(0, 0, (12, 10)), (160, 0, (24, 20)), (0, 96, (12, 10)), (8, 8, (8, 8)), (0, 8, (8, 8))],
)
def test_sides_of_latents_follow_and_are_64_at_least(width, height, shape):
    given = latent(12, 10)
    [got] = run(
        "LatentUpscale", samples=given, upscale_method="bilinear", width=width, height=height, crop="disabled"
    )
    np.testing.assert_allclose(got.samples, torch_resized(given.samples, *shape[::-1], "bilinear"), atol=1e-5)


def test_a_latent_that_is_too_wide_is_cut_at_both_sides():
    given = latent(10, 21)
    [got] = run("LatentUpscale", samples=given, upscale_method="area", width=80, height=80, crop="center")
    # 5.5 on each side, to the next even number.
    np.testing.assert_allclose(
        got.samples, torch_resized(given.samples[..., 6:15], 10, 10, "area"), atol=1e-5
    )


@pytest.mark.parametrize(("factor", "shape"), [(1.5, (14, 10)), (0.5, (4, 4)), (8.0, (72, 56))])
def test_scaling_latents_by_a_factor(factor, shape):
    given = latent(9, 7)
    [got] = run("LatentUpscaleBy", samples=given, upscale_method="bicubic", scale_by=factor)
    np.testing.assert_allclose(got.samples, torch_resized(given.samples, *shape[::-1], "bicubic"), atol=2e-5)


def between(a, b, share):
    """A vector between two, by Shoemake's formula, in plain Python."""
    long_a, long_b = math.hypot(*a), math.hypot(*b)
    cosine = sum(x * y for x, y in zip(a, b, strict=True)) / ((long_a or 1) * (long_b or 1))
    if cosine > 1 - 1e-5:
        return list(a)
    if cosine < 1e-5 - 1:
        return [x * (1 - share) + y * share for x, y in zip(a, b, strict=True)]
    angle = math.acos(cosine)
    of_a, of_b = (math.sin(part * angle) / math.sin(angle) for part in (1 - share, share))
    length = long_a * (1 - share) + long_b * share
    return [length * (of_a * x / (long_a or 1) + of_b * y / (long_b or 1)) for x, y in zip(a, b, strict=True)]


def along(row, size):
    """One row of vectors at another length."""
    result = []
    for place in range(size):
        at = max((place + 0.5) * len(row) / size - 0.5, 0)
        low = min(int(at), len(row) - 1)
        result.append(between(row[low], row[min(low + 1, len(row) - 1)], at - low))
    return result


@pytest.mark.parametrize(("old", "new"), SIZES)
def test_bislerp_follows_great_circles(old, new):
    given = latent(*old, count=1)
    given.samples[0, :, 0, 1] = -given.samples[0, :, 0, 0]
    given.samples[0, :, 1, 1] = 2 * given.samples[0, :, 1, 0]
    given.samples[0, :, 2, 1] = 0
    height, width = new
    [got] = run("LatentUpscale", samples=given, upscale_method="bislerp", width=8 * width, height=8 * height,
                crop="disabled")  # fmt: skip
    rows = given.samples[0].astype(float).transpose(1, 2, 0).tolist()
    wide = [along(row, width) for row in rows] if width != old[1] else rows
    columns = [
        along(column, height) if height != old[0] else column for column in map(list, zip(*wide, strict=True))
    ]
    np.testing.assert_allclose(got.samples[0].transpose(2, 1, 0), columns, atol=2e-4)


def composed(to, over, x, y, feather):
    """Cell by cell."""
    result = to.astype(float)
    rows, columns = min(over.shape[2], to.shape[2] - y), min(over.shape[3], to.shape[3] - x)
    for n, c, i, j in np.ndindex(len(to), 4, max(rows, 0), max(columns, 0)):
        share = 1.0
        edges = [
            (y != 0, i),
            (y + rows < to.shape[2], rows - 1 - i),
            (x != 0, j),
            (x + columns < to.shape[3], columns - 1 - j),
        ]
        for soft, far in edges:
            share *= (far + 1) / feather if soft and far < feather else 1
        place = n, c, y + i, x + j
        result[place] = share * over[n % len(over), c, i, j] + (1 - share) * to[place]
    return result


@pytest.mark.parametrize("feather", [0, 2, 3])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (2, 3), (7, 0), (5, 9), (40, 2)])
@pytest.mark.parametrize("count", [1, 2])
def test_a_latent_over_another(x, y, feather, count):
    to, over = latent(12, 11, places=(1, 0)), latent(5, 6, count, seed=9)
    [got] = run(
        "LatentComposite", samples_to=to, samples_from=over, x=8 * x + 7, y=8 * y, feather=8 * feather
    )
    np.testing.assert_allclose(got.samples, composed(to.samples, over.samples, x, y, feather), atol=1e-6)
    assert got.places == (1, 0)


def test_a_latent_over_another_needs_one_or_as_many():
    with pytest.raises(Unfit) as refused:
        run("LatentComposite", samples_to=latent(8, 8, 2), samples_from=latent(8, 8, 3))
    assert refused.value.name == "samples_from"


@pytest.mark.parametrize("resize", [False, True])
def test_a_masked_latent_over_another(resize):
    to, over, hole = latent(12, 11), latent(5, 6, seed=9), mask(40, 30)
    [got] = run(
        "LatentCompositeMasked", destination=to, source=over, x=33, y=16, resize_source=resize, mask=hole
    )
    above = torch_resized(over.samples, 11, 12, "bilinear") if resize else over.samples
    share = torch_resized(hole[:, None], above.shape[3], above.shape[2], "bilinear")
    want = to.samples.copy()
    place = np.s_[:, :, 2 : 2 + above.shape[2], 4 : 4 + above.shape[3]]
    fits = np.s_[:, :, : want[place].shape[2], : want[place].shape[3]]
    want[place] = above[fits] * share[fits] + want[place] * (1 - share[fits])
    np.testing.assert_allclose(got.samples, want, atol=1e-5)


@pytest.mark.parametrize(
    ("method", "at"),
    [("x-axis: vertically", lambda i, j: (6 - i, j)), ("y-axis: horizontally", lambda i, j: (i, 4 - j))],
)
def test_flipping_latents(method, at):
    given = latent(7, 5)
    [got] = run("LatentFlip", samples=given, flip_method=method)
    for i, j in np.ndindex(7, 5):
        np.testing.assert_array_equal(got.samples[..., i, j], given.samples[(..., *at(i, j))])


@pytest.mark.parametrize(
    ("rotation", "at", "shape"),
    [
        ("none", lambda i, j: (i, j), (7, 5)),
        ("90 degrees", lambda i, j: (6 - j, i), (5, 7)),
        ("180 degrees", lambda i, j: (6 - i, 4 - j), (7, 5)),
        ("270 degrees", lambda i, j: (j, 4 - i), (5, 7)),
    ],
)
def test_rotating_latents(rotation, at, shape):
    given = latent(7, 5)
    [got] = run("LatentRotate", samples=given, rotation=rotation)
    assert got.samples.shape[2:] == shape
    for i, j in np.ndindex(*shape):
        np.testing.assert_array_equal(got.samples[..., i, j], given.samples[(..., *at(i, j))])


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "part"),
    [
        (0, 0, 64, 80, np.s_[:, :, :10, :8]),
        (17, 8, 64, 64, np.s_[:, :, 1:9, 2:10]),
        (800, 800, 512, 512, np.s_[:, :, 4:, 3:]),
        (8, 0, 512, 64, np.s_[:, :, :8, 1:]),
    ],
)
def test_cropping_latents_leaves_eight_cells(x, y, width, height, part):
    given = latent(12, 11)
    [got] = run("LatentCrop", samples=given, width=width, height=height, x=x, y=y)
    np.testing.assert_array_equal(got.samples, given.samples[part])


def test_cropping_a_latent_that_is_smaller():
    given = latent(3, 11)
    [got] = run("LatentCrop", samples=given, width=64, height=64, x=0, y=16)
    np.testing.assert_array_equal(got.samples, given.samples[..., :8])


@pytest.mark.parametrize(
    ("name", "inputs", "blamed"),
    [
        ("EmptyLatentImage", {"width": 16384, "height": 8192}, "width"),
        (
            "LatentUpscaleBy",
            {"samples": latent(2, 300), "upscale_method": "area", "scale_by": 8.0},
            "scale_by",
        ),
        ("LatentUpscaleBy", {"samples": latent(2, 3), "upscale_method": "area", "scale_by": 0.1}, "scale_by"),
        ("RepeatLatentBatch", {"samples": latent(128, 128, 2), "amount": 33}, "amount"),
    ],
)
def test_a_latent_that_would_not_fit_or_be_empty_names_its_input(name, inputs, blamed):
    with pytest.raises(Unfit) as refused:
        run(name, **inputs)
    assert refused.value.name == blamed
