import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ensembles.imaging import codec
from ensembles.imaging.errors import ImageError

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (24, 17, 3), np.uint8)
TEXT = {
    "parameters": "a cat – 日本 🎨\nNegative prompt: dog\nSteps: 2",
    "prompt": json.dumps({"1": {"class_type": "KSampler"}}),
    "workflow": json.dumps({"nodes": [], "title": "été"}, ensure_ascii=False),
}


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_floats_are_truncated_as_the_field_does():
    values = np.array([-2, -1, -0.001, 0, 0.5, 0.9999, 1, 2, np.nan, np.inf, -np.inf], np.float32)
    image = np.broadcast_to(values, (2, 3, 1, len(values)))
    got = codec.to_uint8(image)
    assert got.shape == (2, 1, len(values), 3)
    assert got.flags.c_contiguous
    assert got[0, 0, :, 0].tolist() == [0, 0, 127, 127, 191, 254, 255, 255, 0, 255, 0]


def test_uint8_survives_the_way_through_floats():
    every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    floats = codec.to_float(every)
    assert floats.dtype == np.float32
    assert floats.shape == (3, 16, 16)
    assert (floats.min(), floats.max()) == (-1, 1)
    # Truncation may lose one level to rounding, never more.
    assert np.abs(codec.to_uint8(floats).astype(int) - every).max() <= 1


def test_png_keeps_pixels_and_text():
    data = codec.encode_png(PICTURE, TEXT)
    np.testing.assert_array_equal(codec.decode(data), PICTURE)
    assert codec.read_text(data) == TEXT
    assert codec.read_text(codec.encode_png(PICTURE)) == {}


def test_webp_keeps_pixels_when_lossless_and_text():
    data = codec.encode_webp(PICTURE, TEXT, lossless=True)
    np.testing.assert_array_equal(codec.decode(data), PICTURE)
    got = codec.read_text(data)
    assert got["parameters"] == TEXT["parameters"]
    assert json.loads(got["workflow"]) == json.loads(TEXT["workflow"])
    assert got["prompt"] == TEXT["prompt"]


def test_lossy_files_are_smaller_and_near():
    smooth = np.linspace(0, 255, 64 * 64 * 3).reshape(64, 64, 3).astype(np.uint8)
    data = codec.encode_webp(smooth, quality=90)
    assert len(data) < len(smooth.tobytes()) / 4
    assert np.abs(codec.decode(data).astype(int) - smooth).mean() < 4


def test_what_webp_cannot_hold_is_refused():
    with pytest.raises(ImageError, match="PNG"):
        codec.encode_webp(np.zeros((1, 16384, 3), np.uint8))
    with pytest.raises(ImageError, match="JSON"):
        codec.encode_webp(PICTURE, {"workflow": "é"})


@pytest.mark.parametrize("bad", [PICTURE[..., 0], PICTURE.astype(np.float32), PICTURE[:0], PICTURE[..., :2]])
def test_what_is_no_picture_is_not_encoded(bad):
    with pytest.raises(ImageError, match=r"uint8 \[H,W,3\]"):
        codec.encode_png(bad)


def test_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    data = saved(Image.fromarray(PICTURE), "PNG", exif=exif)
    np.testing.assert_array_equal(codec.decode(data), np.rot90(PICTURE, -1))


def test_transparency_shows_the_background():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0] = (255, 0, 0, 255)
    data = saved(Image.fromarray(rgba), "PNG")
    assert codec.decode(data)[:, 0].tolist() == [[255, 0, 0], [255, 255, 255]]
    assert codec.decode(data, background=(0, 0, 9))[1, 0].tolist() == [0, 0, 9]
    assert codec.decode_rgba(data)[:, 0, 3].tolist() == [255, 0]
    assert (codec.decode_rgba(codec.encode_png(PICTURE))[..., 3] == 255).all()


def test_a_palette_with_transparency_is_flattened():
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putdata([0, 1])
    data = saved(image, "PNG", transparency=0)
    assert codec.decode(data)[0].tolist() == [[255, 255, 255], [0, 255, 0]]


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "RGB"])
def test_other_modes_become_rgb(mode):
    data = saved(Image.fromarray(PICTURE).convert(mode), "TIFF")
    assert codec.decode(data).shape == PICTURE.shape


def test_sixteen_bit_grey_is_scaled_not_clipped():
    grey = np.array([[0, 32768, 65535]], np.uint16)
    assert codec.decode(saved(Image.fromarray(grey), "PNG"))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    "data", [b"", b"no picture", codec.encode_png(PICTURE)[:80], b"%!PS-Adobe-3.0 EPSF\n"]
)
def test_what_cannot_be_read_is_refused(data):
    for read in (codec.decode, codec.decode_rgba, codec.read_text):
        with pytest.raises(ImageError):
            read(data)


def test_a_bomb_is_refused_before_it_unfolds():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for width, height in ((20_000, 20_000), (9000, 9000)):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        data = (
            b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
        )
        with pytest.raises(ImageError, match=r"scale it down|exceeds limit"):
            codec.decode(data)
