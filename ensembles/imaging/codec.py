"""Pictures as arrays and as PNG, WebP or JPEG bytes, with the text that travels inside them."""

import io
import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from ensembles.imaging.errors import ImageError

U8 = NDArray[np.uint8]

MAX_PIXELS = 64 * 2**20
"""8192 × 8192: what a file may unfold to."""
MAX_BYTES = 128 * 2**20
_ROWS = 256
FORMATS = ("PNG", "WEBP", "JPEG", "GIF", "BMP", "TIFF")
"""What is decoded; the formats of pillow that run other programs (EPS) are not among them."""

_EXIF_IFD, _USER_COMMENT, _MODEL, _MAKE = 0x8769, 0x9286, 0x0110, 0x010F
# Where ComfyUI's own WebP files carry their graphs: EXIF strings "prompt:…" and "workflow:…".
_WEBP_TAGS = {"prompt": _MODEL, "workflow": _MAKE}


def to_uint8(image: NDArray[np.float32]) -> U8:
    """−1..1 → 0..255: `clip(255·(x/2 + 0.5))`, truncated (facts/diffusion.md, "PNG"); NaN becomes 0.

    Shape [...,3,H,W] becomes [...,H,W,3].
    """
    halved = np.asarray(image, np.float32) / 2 + np.float32(0.5)
    scaled = np.nan_to_num(halved, posinf=1, neginf=0) * np.float32(255)
    return np.ascontiguousarray(np.moveaxis(np.clip(scaled, 0, 255).astype(np.uint8), -3, -1))


def to_float(image: U8) -> NDArray[np.float32]:
    """uint8[...,H,W,3] → f32[...,3,H,W] in −1..1, contiguous: `x/255·2 − 1`."""
    scaled = image.astype(np.float32) / np.float32(255) * 2 - 1
    return np.ascontiguousarray(np.moveaxis(scaled, -1, -3))


def encode_png(image: U8, text: Mapping[str, str] | None = None, *, compress_level: int = 4) -> bytes:
    """uint8[H,W,3] RGB as PNG bytes. `text` becomes text chunks: `parameters`, `prompt`, `workflow`.

    A value outside Latin-1 goes into an iTXt chunk (UTF-8), any other into tEXt. `compress_level` is
    zlib's, 0..9. Raises `ImageError` for another shape or type.
    """
    chunks = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        chunks.add_text(key, value)
    out = io.BytesIO()
    _as_picture(image).save(out, "PNG", pnginfo=chunks, compress_level=compress_level)
    return out.getvalue()


def encode_webp(
    image: U8, text: Mapping[str, str] | None = None, *, lossless: bool = False, quality: int = 90
) -> bytes:
    """uint8[H,W,3] RGB as WebP bytes; `quality` 0..100 (with `lossless`: effort).

    Of `text`, `parameters` goes into EXIF UserComment (UTF-16, as AUTOMATIC1111 writes it), `prompt` and
    `workflow`, which are JSON and therefore ASCII once escaped, into EXIF strings as ComfyUI writes them.
    Raises `ImageError` for another shape or type, and for a side over 16383 pixels.
    """
    if max(image.shape[:2], default=0) > 16383:
        raise ImageError("WebP holds at most 16383 pixels a side; save as PNG.")
    out = io.BytesIO()
    exif = _exif(text or {})
    _as_picture(image).save(out, "WEBP", lossless=lossless, quality=quality, method=4, exif=exif)
    return out.getvalue()


def decode(data: bytes, *, background: tuple[int, int, int] = (255, 255, 255)) -> U8:
    """The picture in `data` (PNG, WebP, JPEG, GIF's first frame, BMP, TIFF): uint8[H,W,3] RGB.

    It is turned upright by its EXIF orientation, and what is transparent shows `background`.
    Raises `ImageError` for what is no such picture, is damaged, or holds over 64 megapixels.
    """
    image = _open(data)
    try:
        return np.asarray(_opaque(ImageOps.exif_transpose(image), background), np.uint8).copy()
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"The picture is damaged ({error}); send it again.") from error


def decode_fitted(
    data: bytes, width: int, height: int, *, background: tuple[int, int, int] = (255, 255, 255)
) -> U8:
    """As `decode`, scaled to uint8[height,width,3]; sides are cropped where the shapes differ.

    Of a large picture no more than one copy is held in full. Raises `ImageError` as `decode` does.
    """
    image = _open(data)
    try:
        # Of either side, as it may have to be turned; twice that, so that the last step is a good filter's.
        least = 2 * max(width, height)
        image.draft(None, (least, least))
        turned = image.getexif().get(ExifTags.Base.Orientation, 1)
        small = _reduced(image, max(1, min(image.size) // least), background)
        image.close()
        small.getexif()[ExifTags.Base.Orientation] = turned
        fitted = ImageOps.fit(ImageOps.exif_transpose(small), (width, height), Image.Resampling.LANCZOS)
        return np.asarray(fitted, np.uint8).copy()
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"The picture is damaged ({error}); send it again.") from error


def decode_rgba(data: bytes, most: int = MAX_PIXELS) -> U8:
    """The picture in `data` as uint8[H,W,4], upright: its colours as they are beneath what is transparent, and alpha.

    Raises `ImageError` as `decode` does, and for one of more than `most` pixels.
    """
    image = _open(data)
    if image.width * image.height > most:
        raise ImageError(
            f"The picture has {image.width}×{image.height} pixels and at most {most} are taken here; scale it down."
        )
    try:
        upright = ImageOps.exif_transpose(image)
        return np.asarray(_to_8_bit(upright).convert("RGBA"), np.uint8).copy()
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"The picture is damaged ({error}); send it again.") from error


def read_text(data: bytes) -> dict[str, str]:
    """The text inside a PNG or WebP: what `encode_png` and `encode_webp` were given.

    Raises `ImageError` as `decode` does.
    """
    image = _open(data)
    try:
        if image.format == "PNG":
            image.load()  # chunks after the pixels count too
            return {key: str(value) for key, value in getattr(image, "text", {}).items()}
        return _read_exif(image.getexif())
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        raise ImageError(f"The picture is damaged ({error}); send it again.") from error


def _open(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise ImageError(f"The picture's file is over {MAX_BYTES >> 20} MiB; send a smaller one.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise ImageError("This is no picture that can be read; send PNG, WebP or JPEG.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageError(f"The picture cannot be read ({error}); send PNG, WebP or JPEG.") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {image.width}×{image.height} pixels and at most {MAX_PIXELS} are taken; "
            "scale it down."
        )
    return image


def _as_picture(image: U8) -> Image.Image:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise ImageError(
            f"A picture is uint8 [H,W,3]; this one is {image.dtype} {list(image.shape)}: convert it."
        )
    return Image.fromarray(np.ascontiguousarray(image))


def _opaque(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """As RGB, over the background."""
    if image.has_transparency_data:
        below = Image.new("RGBA", image.size, (*background, 255))
        image = Image.alpha_composite(below, image.convert("RGBA"))
    return _to_8_bit(image).convert("RGB")


def _reduced(image: Image.Image, factor: int, background: tuple[int, int, int]) -> Image.Image:
    """As RGB, over the background, each side divided by `factor`: some rows at a time."""
    made = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    rows = factor * max(1, _ROWS // factor)
    for top in range(0, image.height, rows):
        some = image.crop((0, top, image.width, min(image.height, top + rows)))
        made.paste(_opaque(some, background).reduce(factor), (0, top // factor))
    return made


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Sixteen-bit grey, which pillow would clip on conversion, is scaled down instead."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.clip(np.asarray(image, np.int64), 0, 65535) >> 8).astype(np.uint8))


def _exif(text: Mapping[str, str]) -> Image.Exif:
    exif = Image.Exif()
    for key, tag in _WEBP_TAGS.items():
        if key in text:
            exif[tag] = f"{key}:{_ascii_json(text[key])}"
    if "parameters" in text:
        comment = b"UNICODE\0" + text["parameters"].encode("utf-16-be", "surrogatepass")
        exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = comment
    return exif


def _read_exif(exif: Image.Exif) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, tag in _WEBP_TAGS.items():
        value = exif.get(tag)
        if isinstance(value, str) and value.startswith(f"{key}:"):
            found[key] = value.removeprefix(f"{key}:")
    comment = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    if isinstance(comment, bytes) and comment.startswith(b"UNICODE\0"):
        found["parameters"] = comment[8:].decode("utf-16-be", "surrogatepass")
    return found


def _ascii_json(value: str) -> str:
    """EXIF strings are ASCII; JSON can be written so without loss."""
    if value.isascii():
        return value
    try:
        return json.dumps(json.loads(value), separators=(",", ":"))
    except ValueError as error:
        raise ImageError("WebP takes `prompt` and `workflow` as JSON only; save as PNG.") from error
