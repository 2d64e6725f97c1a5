"""The process that looks at one file of a stranger's: `main` with limits that the kernel holds it to.

It reads file descriptor `source`, writes the cleaned picture to file descriptor `target`, and says on stdout what it
found, or why the file is not taken.
"""

import io
import json
import mmap
import os
import resource
import sys
from typing import Any

from control.assets.pictures import avif, gif, jpeg, png, webp
from control.assets.pictures.found import Found, Refused, Walker, damaged

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MOST_TEXT = 2**18
"""Characters of one text that are kept; a longer one is dropped."""
MOST_SETTINGS = 4000
"""Characters of a line of settings that are read."""
_ORIENTATION, _EXIF, _COMMENT = 0x0112, 0x8769, 0x9286
_WEBP_TAGS = {0x0110: "prompt", 0x010F: "workflow"}
_OTHERS = (
    (b"%PDF-", "a PDF"), (b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "a gzip archive"),
    (b"BM", "a BMP"), (b"II*\0", "a TIFF"), (b"MM\0*", "a TIFF"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
    (b"<?xml", "an XML or SVG file"), (b"<svg", "an SVG"), (b"<!doctype html", "a web page"), (b"<html", "a web page"),
    (b"8BPS", "a Photoshop file"), (b"\0\0\1\0", "an icon"), (b"\xff\x0a", "a JPEG XL"), (b"RIFF", "a film or a sound"),
)  # fmt: skip
ACCEPTED = "PNG, JPEG, WebP, AVIF and GIF"


def main(arguments: list[str]) -> None:
    """Arguments: source, target, most pixels, bytes of memory, seconds, bytes of the target."""
    source, target, pixels, memory, seconds, most = map(int, arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        answer = examine(source, target, pixels)
    except Refused as error:
        answer = {"reason": error.reason, "text": str(error)}
    except (MemoryError, OverflowError):
        answer = {"reason": "bomb", "text": "The picture takes more memory than one may. Scale it down."}
    sys.stdout.write(json.dumps(answer))


def examine(source: int, target: int, most_pixels: int) -> dict[str, Any]:
    """What the file is; the cleaned picture is written to `target`. Raises `Refused`."""
    if not os.fstat(source).st_size:
        raise Refused("empty", "The file is empty.")

    def check_size(width: int, height: int) -> None:
        if not width or not height:
            raise damaged("it has no width or no height")
        if width * height > most_pixels:
            raise Refused(
                "too_many_pixels",
                f"The picture has {width} x {height} pixels, and {most_pixels} may be uploaded. Scale it down.",
            )

    # Not closed before the process ends: errors hold on to parts of it.
    data = memoryview(mmap.mmap(source, 0, access=mmap.ACCESS_READ))
    found = walker(bytes(data[:64]))(data, check_size)
    _no_archive(source)
    return _decoded(source, target, data, found)


def walker(head: bytes) -> Walker:
    """Who reads files that begin so; raises `Refused` for kinds that are not taken."""
    if head.startswith(png.SIGNATURE):
        return png.walk
    if head.startswith(jpeg.SIGNATURE):
        return jpeg.walk
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return webp.walk
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return gif.walk
    if head[4:8] == b"ftyp":
        size = int.from_bytes(head[:4], "big")
        brands = {head[i : i + 4] for i in (8, *range(16, min(size, len(head)), 4))}
        if avif.BRANDS & brands:
            return avif.walk
        raise Refused(
            "wrong_type", f"This is a film or a HEIC picture; {ACCEPTED} are taken. Save it as one of them."
        )
    said = next(
        (name for start, name in _OTHERS if head.lstrip().lower().startswith(start.lower())), "none of them"
    )
    raise Refused("wrong_type", f"{ACCEPTED} are taken; by its content this file is {said}.")


def _no_archive(source: int) -> None:
    import zipfile

    with os.fdopen(os.dup(source), "rb") as file:
        if zipfile.is_zipfile(file):
            raise Refused(
                "polyglot", "This file is a picture and an archive at once. Save it anew, as a plain picture."
            )


def _decoded(source: int, target: int, data: memoryview, found: Found) -> dict[str, Any]:
    from PIL import Image, ImageOps, PngImagePlugin

    # The size was looked at; text and profiles too.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 8 * 2**20
    try:
        with os.fdopen(os.dup(source), "rb") as file:
            file.seek(0)
            picture: Any = Image.open(file, formats=[found.format])
            if picture.size != (found.width, found.height):
                raise damaged("its picture has another size than its head says")
            if getattr(picture, "n_frames", 1) != 1:
                raise Refused("animated", "This file has several frames; one picture is taken.")
            picture.load()
            exif = picture.getexif()
            turned = exif.get(_ORIENTATION, 1) not in {0, 1}
            texts = found.texts or _exif_texts(exif, found.format)
            upright = ImageOps.exif_transpose(picture) if turned else picture
            icc = _profile(upright.info.get("icc_profile"))
            # What Pillow would write along, unasked.
            upright.info = {name: upright.info[name] for name in ("transparency",) if name in upright.info}
            kind = _write(target, data, found, upright, icc, picture if turned else None)
    except (Refused, MemoryError):
        raise
    except Exception as error:
        # Pillow's words for a damaged file are many.
        raise damaged(f"it cannot be decoded ({str(error)[:100] or type(error).__name__})") from None
    return {
        "media_type": kind,
        "width": upright.width,
        "height": upright.height,
        "texts": _sane(texts),
        "recipe": _recipe(texts),
    }


def _profile(icc: bytes | None) -> bytes | None:
    """A colour profile, if it is one."""
    return icc if icc and len(icc) >= 128 and icc[36:40] == b"acsp" else None


def _write(target: int, data: memoryview, found: Found, upright: Any, icc: bytes | None, turned: Any) -> str:
    """Writes the picture without what else was in the file, and without losing a pixel; its media type.

    `turned` is the picture as it lay in the file, where it did not stand upright.
    """
    with os.fdopen(os.dup(target), "wb") as out:
        if found.format == "JPEG":
            if turned is None:
                out.writelines(data[begin:end] for begin, end in found.kept)
            else:
                from PIL import JpegImagePlugin

                sampling = JpegImagePlugin.get_sampling(turned)
                upright.save(
                    out, "JPEG", qtables=turned.quantization, subsampling=max(0, sampling), icc_profile=icc
                )  # fmt: skip
            return MEDIA_TYPES["JPEG"]
        if found.format == "WEBP":
            if turned is None:
                out.write(webp.clean(data, found))
            else:
                lossless = any(bytes(data[begin : begin + 4]) == b"VP8L" for begin, _ in found.kept)
                upright.save(out, "WEBP", lossless=lossless, quality=75 if lossless else 95, icc_profile=icc)
            return MEDIA_TYPES["WEBP"]
        # AVIF's and GIF's pixels as they are; PNG's as they are in 8 bits, and in 16 where there is one channel.
        plain = io.BytesIO()
        upright.save(plain, "PNG", icc_profile=icc, compress_level=4)
        out.write(plain.getbuffer())
    return MEDIA_TYPES["PNG"]


def _exif_texts(exif: Any, kind: str) -> dict[str, str]:
    """What AUTOMATIC1111 and ComfyUI write into EXIF."""
    found: dict[str, str] = {}
    comment = exif.get_ifd(_EXIF).get(_COMMENT)
    if isinstance(comment, bytes) and comment.startswith(b"UNICODE\0"):
        found["parameters"] = comment[8:].decode("utf-16-be", "replace")
    if kind == "WEBP":
        for tag, name in _WEBP_TAGS.items():
            if isinstance(value := exif.get(tag), str) and value.startswith(f"{name}:"):
                found[name] = value.removeprefix(f"{name}:")
    return found


def _sane(texts: dict[str, str]) -> dict[str, str]:
    """As PostgreSQL can hold them."""
    return {
        name: text.replace("\0", "").encode("utf-8", "replace").decode()
        for name, text in texts.items()
        if len(text) <= MOST_TEXT
    }


def _recipe(texts: dict[str, str]) -> dict[str, Any] | None:
    """What `studio` or `parameters` say, if they can be read."""
    import msgspec

    from ensembles.imaging import provenance

    for name, read in (("studio", provenance.from_json), ("parameters", provenance.from_parameters)):
        text = _sane(texts).get(name, "")
        if text and len(text.rpartition("\n")[2]) <= (MOST_TEXT if name == "studio" else MOST_SETTINGS):
            try:
                found: dict[str, Any] = msgspec.to_builtins(read(text))
            except (ValueError, msgspec.MsgspecError, RecursionError):
                continue
            return found
    return None
