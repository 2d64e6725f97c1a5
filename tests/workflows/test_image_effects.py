import math

import numpy as np
import pytest
import torch
from PIL import Image

from control.workflows.types import Unfit
from tests.workflows.running import picture, run, torch_picture


def test_inverting():
    image = picture(5, 7, channels=4)
    [got] = run("ImageInvert", image=image)
    np.testing.assert_allclose(got + image, np.ones_like(image), atol=1e-6)


def gaussian(radius: int, sigma: float) -> np.ndarray:
    """The kernel, whose sigma is measured with the radius as 1."""
    side = 2 * radius + 1
    kernel = np.zeros((side, side))
    for i in range(side):
        for j in range(side):
            far = math.dist((i, j), (radius, radius)) / radius
            kernel[i, j] = math.exp(-(far**2) / (2 * sigma**2))
    return kernel / kernel.sum()


def convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    radius = len(kernel) // 2
    planes = torch.from_numpy(np.moveaxis(image, -1, 1).astype(np.float64))
    padded = torch.nn.functional.pad(planes, (radius,) * 4, mode="reflect")
    weights = torch.from_numpy(kernel).expand(planes.shape[1], 1, *kernel.shape)
    return np.moveaxis(torch.nn.functional.conv2d(padded, weights, groups=planes.shape[1]).numpy(), 1, -1)


@pytest.mark.parametrize(("radius", "sigma"), [(1, 1.0), (1, 0.1), (3, 0.5), (10, 10.0), (31, 0.3)])
@pytest.mark.parametrize("channels", [3, 4])
def test_blurring_is_a_convolution(radius, sigma, channels):
    image = picture(41, 37, channels=channels)
    [got] = run("ImageBlur", image=image, blur_radius=radius, sigma=sigma)
    np.testing.assert_allclose(got, convolved(image, gaussian(radius, sigma)), atol=2e-6)


def test_blurring_what_is_smaller_than_the_radius():
    flat = np.full((1, 3, 1, 3), 0.25, np.float32)
    [got] = run("ImageBlur", image=flat, blur_radius=31)
    np.testing.assert_allclose(got, flat, atol=1e-6)


@pytest.mark.parametrize(
    ("radius", "sigma", "alpha"), [(1, 1.0, 1.0), (2, 0.4, 0.1), (5, 3.0, 5.0), (3, 1.0, 0.0)]
)
def test_sharpening_is_a_convolution(radius, sigma, alpha):
    image = picture(31, 29)
    kernel = -10 * alpha * gaussian(radius, sigma)
    kernel[radius, radius] += 1 - kernel.sum()
    [got] = run("ImageSharpen", image=image, sharpen_radius=radius, sigma=sigma, alpha=alpha)
    np.testing.assert_allclose(got, np.clip(convolved(image, kernel), 0, 1), atol=1e-4)


def soft_light(a: float, b: float) -> float:
    """W3C Compositing and Blending, 10.1.12: backdrop a, source b."""
    if b <= 0.5:
        return a - (1 - 2 * b) * a * (1 - a)
    d = ((16 * a - 12) * a + 4) * a if a <= 0.25 else math.sqrt(a)
    return a + (2 * b - 1) * (d - a)


def hard_light(a: float, b: float) -> float:
    return 2 * a * b if b <= 0.5 else a + (2 * b - 1) - a * (2 * b - 1)


MODES = {
    "normal": lambda a, b: b,
    "multiply": lambda a, b: a * b,
    "screen": lambda a, b: a + b - a * b,
    "overlay": lambda a, b: hard_light(b, a),
    "soft_light": soft_light,
    "difference": lambda a, b: a - b,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0])
def test_blending(mode, factor):
    a, b = picture(9, 8), picture(9, 8, seed=7)
    [got] = run("ImageBlend", image1=a, image2=b, blend_factor=factor, blend_mode=mode)
    for place in np.ndindex(a.shape):
        want = a[place] * (1 - factor) + MODES[mode](float(a[place]), float(b[place])) * factor
        assert got[place] == pytest.approx(min(max(want, 0), 1), abs=1e-6)


def test_blending_fits_the_second_to_the_first():
    a, b = picture(10, 20), picture(30, 30, count=1, channels=4, seed=3)
    [got] = run("ImageBlend", image1=a, image2=b, blend_factor=1.0, blend_mode="normal")
    # Twice as wide as high: 30 x 30 is cut to 30 x 14 (7.5 rounds to 8).
    want = torch_picture(b[:, 8:22, :, :3], 20, 10, "bicubic").clip(0, 1)
    np.testing.assert_allclose(got, np.concatenate([want, want]), atol=1e-5)


def test_blending_needs_one_or_as_many():
    with pytest.raises(Unfit) as refused:
        run("ImageBlend", image1=picture(4, 4, 2), image2=picture(4, 4, 3), blend_mode="screen")
    assert refused.value.name == "image2"


BAYER_4 = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])


def quantized(picture: np.ndarray, colors: int, dither: str) -> np.ndarray:
    """As Pillow does it; Bayer's matrix of 4 x 4 from the book."""
    eight = np.floor(picture * 255).astype(np.uint8)
    palette = Image.fromarray(eight).quantize(colors, Image.Quantize.MEDIANCUT)
    how = Image.Dither.FLOYDSTEINBERG if dither == "floyd-steinberg" else Image.Dither.NONE
    if dither == "bayer-4":
        moved = eight.astype(np.float64)
        for i, j in np.ndindex(moved.shape[:2]):
            moved[i, j] += 512 / colors * ((BAYER_4[i % 4, j % 4] + 0.5) / 16 - 0.5) + 0.5
        eight = np.floor(np.clip(moved, 0, 255)).astype(np.uint8)
    return np.array(Image.fromarray(eight).quantize(palette=palette, dither=how).convert("RGB"))


@pytest.mark.parametrize("dither", ["none", "floyd-steinberg", "bayer-4"])
@pytest.mark.parametrize("colors", [2, 16, 256])
def test_quantizing_is_pillows(dither, colors):
    image = picture(33, 30, channels=4)
    [got] = run("ImageQuantize", image=image, colors=colors, dither=dither)
    for one, result in zip(image, got, strict=True):
        np.testing.assert_array_equal(
            np.round(result[..., :3] * 255), quantized(one[..., :3], colors, dither)
        )
        assert len(np.unique(result[..., :3].reshape(-1, 3), axis=0)) <= colors
    np.testing.assert_array_equal(got[..., 3], image[..., 3])


@pytest.mark.parametrize("side", [2, 4, 8, 16])
def test_ordered_dithering_keeps_the_mean(side):
    """A grey between black and white becomes as many white pixels as it is bright."""
    ramp = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None], 64, 0)
    image = np.repeat(ramp[None, ..., None], 3, -1)
    [got] = run("ImageQuantize", image=image, colors=256, dither=f"bayer-{side}")
    assert abs(got.mean() - image.mean()) < 0.01
    [few] = run("ImageQuantize", image=image, colors=4, dither=f"bayer-{side}")
    [none] = run("ImageQuantize", image=image, colors=4, dither="none")
    # Whole tiles side by side are as bright as the picture there: the steps of the palette are gone.
    tiles = [one.reshape(4, 16, 4, 16, 3).mean((0, 1, 3, 4)) for one in (image[0], few[0], none[0])]
    assert abs(tiles[1] - tiles[0]).max() < 0.2
    assert len(np.unique(few)) == len(np.unique(none))
    assert (few != none).any()
