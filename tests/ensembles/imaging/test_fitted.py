"""A picture is scaled while it is decoded: the same as afterwards, with a fraction of the memory."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from ensembles.imaging.codec import decode, decode_fitted
from ensembles.imaging.errors import ImageError

MEASURE = """
import resource, sys
from ensembles.imaging.codec import decode_fitted
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert decode_fitted(data, 512, 512).shape == (512, 512, 3)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def smooth(width: int, height: int) -> Image.Image:
    """Different in each corner."""
    corners = np.array([[[250, 10, 10], [10, 250, 10]], [[10, 10, 250], [240, 240, 20]]], np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BILINEAR)


def file(image: Image.Image, kind: str = "PNG", turned: int = 1) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    image.save(out, kind, exif=exif)
    return out.getvalue()


def afterwards(data: bytes, width: int, height: int) -> np.ndarray:
    """Decoded in full, then scaled."""
    return np.asarray(ImageOps.fit(Image.fromarray(decode(data)), (width, height), Image.Resampling.LANCZOS))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "CMYK"])
@pytest.mark.parametrize("size", [(150, 90), (1201, 803)])
def test_it_is_as_if_scaled_afterwards(mode: str, size: tuple[int, int]) -> None:
    image = smooth(*size)
    if mode in {"RGBA", "LA"}:
        image.putalpha(Image.linear_gradient("L").resize(size))
    data = file(image.convert(mode), "TIFF" if mode == "CMYK" else "PNG")
    found, wanted = decode_fitted(data, 64, 48), afterwards(data, 64, 48)
    assert found.shape == (48, 64, 3)
    difference = np.abs(found.astype(float) - wanted)
    # A small one goes the same way; of a large one, the noise of two colours is another.
    assert difference.max() == 0 if size[0] < 200 else difference.mean() < (6 if mode in {"1", "P"} else 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_it_is_turned_upright(kind: str, turned: int) -> None:
    data = file(smooth(1600, 1000), kind, turned)
    found = decode_fitted(data, 60, 80)
    assert np.abs(found.astype(float) - afterwards(data, 60, 80)).mean() < 2


def test_sixteen_bits_and_damage() -> None:
    grey = Image.fromarray(np.full((900, 900), 0x8000, np.uint16))
    out = io.BytesIO()
    grey.save(out, "PNG")
    assert set(decode_fitted(out.getvalue(), 64, 64).ravel()) == {0x80}
    with pytest.raises(ImageError, match="damaged"):
        decode_fitted(file(smooth(900, 900))[:-3000], 64, 64)


def test_a_large_one_is_held_once(tmp_path) -> None:
    path = tmp_path / "large.png"
    smooth(5000, 5000).convert("RGBA").save(path, compress_level=1)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    # Pillow's own four bytes a pixel, and little beside them: in full, over the background, they were 21.
    assert int(done.stdout) / 5000**2 < 6
