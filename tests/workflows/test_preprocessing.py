"""Edges, morphology, noise and colour differences, against kornia and torch."""

from pathlib import Path

import kornia
import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scipy import ndimage

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import Unfit
from tests.workflows.running import picture, run

TESTED = {"Canny", "Morphology", "ImageAddNoise", "ImageRGBToYUV", "ImageYUVToRGB"}
PHOTO = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


def planes(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 1)))


def pictures(values: torch.Tensor) -> np.ndarray:
    return np.moveaxis(values.numpy(), 1, -1)


def photo() -> np.ndarray:
    with Image.open(PHOTO) as file:
        return np.asarray(file.convert("RGB").crop((200, 40, 400, 280)), np.float32)[None] / 255


def drawing() -> np.ndarray:
    made = Image.new("RGB", (96, 80), (20, 30, 90))
    draw = ImageDraw.Draw(made)
    draw.rectangle((10, 8, 40, 50), fill=(250, 240, 20))
    draw.ellipse((45, 20, 88, 70), fill=(200, 30, 40))
    draw.polygon(((20, 60), (50, 76), (8, 77)), fill=(120, 120, 120))
    return np.asarray(made, np.float32)[None] / 255


THRESHOLDS = pytest.mark.parametrize(("low", "high"), [(0.4, 0.8), (0.1, 0.2), (0.05, 0.99), (0.3, 0.3)])


@THRESHOLDS
@pytest.mark.parametrize(
    "image", [photo(), ndimage.zoom(picture(20, 17), (1, 3, 3, 1), order=1)], ids=["photo", "noise"]
)
def test_canny_is_kornias(image, low, high):
    [made] = run("Canny", image=image, low_threshold=low, high_threshold=high)
    wanted = pictures(kornia.filters.canny(planes(image), low, high)[1])
    assert set(np.unique(made)) == {0, 1}
    assert np.ptp(made, -1).max() == 0
    # Rounding may decide about a pixel at a threshold or a tie.
    assert np.mean(made[..., :1] != wanted) < 2e-4


@THRESHOLDS
def test_canny_of_a_drawing_is_kornias_but_for_which_of_two_equal_pixels(low, high):
    """On straight edges ridges are two pixels wide, and rounding chooses: kornia's in double precision differs as much."""
    image = drawing()
    [made] = run("Canny", image=image, low_threshold=low, high_threshold=high)
    wanted = pictures(kornia.filters.canny(planes(image), low, high)[1])[0, ..., 0]
    mine = made[0, ..., 0]
    assert mine.sum() == pytest.approx(wanted.sum(), rel=0.05)
    assert wanted.sum() > 100
    for one, other in ((mine, wanted), (wanted, mine)):
        near = ndimage.maximum_filter(other, 3)
        assert near[one == 1].all()


def test_canny_finds_the_outline_of_a_square_and_nothing_else():
    image = np.zeros((1, 40, 40, 3), np.float32)
    image[:, 10:30, 12:28] = 1
    [made] = run("Canny", image=image)
    rows, columns = np.nonzero(made[0, ..., 0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (9, 29, 11, 27)
    assert not made[0, 13:26, 15:24].any()
    assert 60 <= made[0, ..., 0].sum() <= 76
    [nothing] = run("Canny", image=np.full((1, 1, 1, 4), 0.5, np.float32))
    assert nothing.shape == (1, 1, 1, 3)
    assert not nothing.any()


def test_a_weak_line_counts_where_it_meets_a_strong_one():
    image = np.zeros((1, 30, 60, 3), np.float32)
    image[:, :, 30:] = np.linspace(0.02, 0.5, 30)[:, None, None]  # a step that fades upwards
    alone = image * (image < 0.2)
    [joined] = run("Canny", image=image, low_threshold=0.1, high_threshold=0.9)
    [strict] = run("Canny", image=image, low_threshold=0.9, high_threshold=0.9)
    assert strict[0, :10, :, 0].sum() == 0 < joined[0, 3:10, 25:35, 0].sum()
    assert run("Canny", image=alone * 0.4, low_threshold=0.1, high_threshold=0.9)[0].sum() == 0


def test_thresholds_the_wrong_way_round_are_refused_at_submission_and_before_running():
    with pytest.raises(Unfit, match="above high_threshold") as raised:
        CATALOGUE["Canny"].check(image=None, low_threshold=0.5, high_threshold=0.4)
    assert raised.value.name == "low_threshold"
    CATALOGUE["Canny"].check(image=None, low_threshold=None, high_threshold=0.4)
    with pytest.raises(Unfit, match=r"0\.5 is above"):
        CATALOGUE["Canny"].run(image=drawing(), low_threshold=0.5, high_threshold=0.4)


KORNIAS = {
    "erode": kornia.morphology.erosion,
    "dilate": kornia.morphology.dilation,
    "open": kornia.morphology.opening,
    "close": kornia.morphology.closing,
    "gradient": kornia.morphology.gradient,
    "bottom_hat": kornia.morphology.bottom_hat,
    "top_hat": kornia.morphology.top_hat,
}


@pytest.mark.parametrize("size", [3, 4, 7, 45])
@pytest.mark.parametrize("operation", list(KORNIAS))
def test_morphology_is_kornias(operation, size):
    image = picture(31, 22, channels=4)
    [made] = run("Morphology", image=image, operation=operation, kernel_size=size)
    wanted = pictures(KORNIAS[operation](planes(image), torch.ones(size, size)))
    np.testing.assert_allclose(made, wanted, atol=1e-6)
    assert set(CATALOGUE["Morphology"].inputs["operation"].choices) == set(KORNIAS)


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
@pytest.mark.parametrize("shape", [(2, 17, 9, 3), (1, 1, 2, 3)])
def test_noise_is_torchs(seed, shape):
    image = np.random.default_rng(3).random(shape, np.float32)
    # torch takes the low 64 bits as they are.
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).numpy()
    [made] = run("ImageAddNoise", image=image, seed=seed, strength=0.25)
    np.testing.assert_allclose(made, np.clip(image + 0.25 * noise, 0, 1), atol=2e-6)
    np.testing.assert_array_equal(run("ImageAddNoise", image=image, seed=seed, strength=0.0)[0], image)


def test_brightness_and_colour_come_apart_as_in_kornia_and_together_again():
    image = picture(12, 20, channels=4)
    parts = run("ImageRGBToYUV", image=image)
    wanted = pictures(kornia.color.rgb_to_ycbcr(planes(image[..., :3])))
    for channel, part in enumerate(parts):
        assert part.shape == (2, 12, 20, 3)
        np.testing.assert_allclose(part, np.repeat(wanted[..., channel, None], 3, -1), atol=1e-6)
    y, u, v = parts
    [back] = run("ImageYUVToRGB", Y=y, U=u, V=v)
    np.testing.assert_allclose(back, image[..., :3], atol=2e-6)
    odd = picture(12, 20)
    [made] = run("ImageYUVToRGB", Y=odd, U=odd, V=odd)
    grey = np.repeat(odd.mean(-1, keepdims=True), 3, -1)
    np.testing.assert_allclose(made, pictures(kornia.color.ycbcr_to_rgb(planes(grey))), atol=1e-5)


def test_one_part_serves_for_all_and_other_sizes_are_refused():
    image = picture(8, 8)
    y, u, v = run("ImageRGBToYUV", image=image)
    [made] = run("ImageYUVToRGB", Y=y, U=u[:1], V=v)
    assert made.shape == image.shape
    with pytest.raises(Unfit, match="8 x 7"):
        CATALOGUE["ImageYUVToRGB"].run(Y=y, U=u[:, :7], V=v)
    with pytest.raises(Unfit, match="2 pictures"):
        CATALOGUE["ImageYUVToRGB"].run(Y=y[[0, 1, 0]], U=u, V=v[:1])
