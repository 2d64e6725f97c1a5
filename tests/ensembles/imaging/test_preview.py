import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ensembles.imaging.preview import SD15_RGB, latent_to_rgb, preview_jpeg
from ensembles.manifest import LatentRGB

POCKET = Path(__file__).parents[3] / "export/pocket/weights/latent_rgb.json"


def test_the_map_is_linear_and_clipped():
    plain = LatentRGB(weight=[[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], bias=[0.5, 0.5, 0.5])
    latent = np.array([0.25, -0.25, 9, 7], np.float32).reshape(4, 1, 1)
    assert latent_to_rgb(latent, plain)[0, 0].tolist() == [191, 63, 255]


def test_the_generic_map_is_grey_at_zero_and_brighter_up_channel_one():
    assert latent_to_rgb(np.zeros((4, 2, 3), np.float32)).tolist() == np.full((2, 3, 3), 127).tolist()
    assert (np.asarray(SD15_RGB.weight)[0] > 0).all()


def test_values_that_are_not_finite_are_black():
    latent = np.zeros((4, 1, 2), np.float32)
    latent[0, 0, 0] = np.nan
    assert latent_to_rgb(latent)[0].tolist() == [[0, 0, 0], [127, 127, 127]]


@pytest.mark.parametrize(
    ("cells", "size"), [((16, 16), (128, 128)), ((64, 48), (192, 256)), ((1, 400), (256, 1))]
)
@pytest.mark.parametrize("smooth", [True, False])
def test_the_jpeg_is_bounded_and_keeps_its_shape(cells, size, smooth):
    latent = np.random.default_rng(0).normal(size=(4, *cells)).astype(np.float32)
    image = Image.open(io.BytesIO(preview_jpeg(latent, smooth=smooth)))
    assert (image.format, image.size) == ("JPEG", size)


def test_pockets_own_map_is_one():
    chosen = LatentRGB(**json.loads(POCKET.read_text()))
    assert latent_to_rgb(np.ones((4, 2, 2), np.float32), chosen).shape == (2, 2, 3)
