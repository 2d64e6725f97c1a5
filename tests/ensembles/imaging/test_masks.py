import numpy as np
import pytest
import torch

from ensembles.imaging import masks
from ensembles.imaging.errors import ImageError
from ensembles.imaging.latents import scale, unscale

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("old", "new"), [((64, 96), (8, 12)), ((37, 50), (8, 12)), ((5, 7), (40, 9)), ((1, 1), (3, 3))]
)
def test_resizing_is_torchs_bilinear(old, new):
    values = RNG.random(old, np.float32)
    want = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], new, mode="bilinear")
    got = masks.latent_mask(values, *new)
    assert got.shape == (1, 1, *new)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, want.numpy(), atol=1e-6)


def test_every_type_of_mask_means_the_same():
    half = np.zeros((4, 4), bool)
    half[:2] = True
    for mask in (half, half.astype(np.uint8) * 255, half.astype(np.float64), half.astype(np.float16)):
        np.testing.assert_array_equal(masks.as_mask(mask), half.astype(np.float32))


@pytest.mark.parametrize(
    "bad",
    [np.zeros((2, 2, 3), np.uint8), np.zeros((0, 2)), np.zeros((2, 2), np.int64), np.full((2, 2), np.nan)],
)
def test_what_is_no_mask_is_refused(bad):
    with pytest.raises(ImageError):
        masks.as_mask(bad)


def test_growing_and_shrinking():
    dot = np.zeros((9, 9), np.float32)
    dot[4, 4] = 1
    assert masks.grow(dot, 0).sum() == 1
    assert masks.grow(dot, 2).sum() == 25
    assert masks.grow(masks.grow(dot, 2), -2).tolist() == dot.tolist()


def test_a_feathered_edge_is_soft_and_stays_in_range():
    half = np.zeros((32, 32), np.float32)
    half[:, 16:] = 1
    soft = masks.feather(half, 3)
    assert (np.diff(soft[8]) >= 0).all()
    assert soft[8, 15] + soft[8, 16] == pytest.approx(1, abs=1e-5)
    assert soft[8, 0] == pytest.approx(0, abs=1e-4)
    np.testing.assert_array_equal(masks.feather(half, 0), half)


def test_masked_pixels_become_grey():
    image = RNG.random((1, 3, 32, 32), np.float32) * 2 - 1
    mask = np.zeros((32, 32), np.uint8)
    mask[8:16, 8:16] = 255
    grey, grown = masks.grey_masked(image, mask, grow_by=7)
    assert (grey[..., 8:16, 8:16] == 0).all()
    np.testing.assert_array_equal(grey[..., :8, :], image[..., :8, :])
    assert grown.sum() == 14 * 14
    _, same = masks.grey_masked(image, mask, grow_by=0)
    assert same.sum() == 64


def test_latents_scale_there_and_back():
    latent = RNG.normal(size=(1, 4, 8, 8)).astype(np.float32)
    scaled = scale(latent, 0.18215)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, latent * 0.18215, rtol=1e-6)
    np.testing.assert_allclose(unscale(scaled, 0.18215), latent, rtol=1e-6)
