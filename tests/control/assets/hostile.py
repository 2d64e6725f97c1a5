"""Pictures as people have them, and as they should not be."""

import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import numpy as np
from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD

SECRET = "Ada lives at 12 Analytical Row"
PICTURE = (np.indices((40, 64)).sum(0)[..., None] * [2, 1, 2] % 256).astype(np.uint8)


def saved(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    file = BytesIO()
    (picture or Image.fromarray(PICTURE)).save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> bytes:
    """EXIF with a place, a name, a comment and a thumbnail."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = "Phone"
    found[0x013B] = SECRET
    found.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    found.get_ifd(IFD.GPSInfo)[GPS.GPSAreaInformation] = b"ASCII\0\0\0" + SECRET.encode()
    found.get_ifd(IFD.Exif)[0x9286] = b"UNICODE\0" + SECRET.encode("utf-16-be")
    return found.tobytes()


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, pixels: bytes, *, before: bytes = b"", after: bytes = b"", grey: int = 0
) -> bytes:
    """A PNG of 8 bits grey (0) or RGB (2), whose IDAT unfolds to `pixels`."""
    header = struct.pack(">IIBBBBB", width, height, 8, grey, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(pixels, 9)) + after
        + chunk(b"IEND", b"")
    )  # fmt: skip


def with_chunk(data: bytes, extra: bytes) -> bytes:
    """`data`, a PNG, with another chunk behind its header."""
    return data[:33] + extra + data[33:]


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """`data`, a JPEG, with another segment at its beginning."""
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def archive() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as made:
        made.writestr("run.js", "alert(1)")
    return file.getvalue()


def bomb_100_megapixels() -> bytes:
    """10,000 x 10,000 pixels in 20 KB."""
    return saved("PNG", Image.new("1", (10_000, 10_000)), optimize=True)


def zip_bomb(kind: bytes) -> bytes:
    """A chunk whose text or profile unfolds to 40 MB."""
    packed = zlib.compress(bytes(40_000_000), 1)
    head = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0\0\0", b"iCCP": b"ICC\0\0"}[kind]
    return with_chunk(saved("PNG"), chunk(kind, head + packed))


def small() -> bytes:
    return saved("PNG", Image.new("RGB", (4, 4)))


def frames(kind: str) -> bytes:
    pictures = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    return saved(kind, pictures[0], save_all=True, append_images=pictures[1:], duration=100)


def _png_text(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    return saved("PNG", pnginfo=info)


def _deep_gif() -> bytes:
    """A GIF whose picture is larger than its screen: 65,535 x 65,535."""
    data = bytearray(saved("GIF"))
    at = data.index(b"\x2c", 13 + 3 * 2 ** ((data[10] & 7) + 1))
    data[at + 5 : at + 9] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def _wide_avif() -> bytes:
    data = bytearray(saved("AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    return bytes(data)


def _wide_webp() -> bytes:
    data = bytearray(saved("WEBP", exif=exif()))
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = (16_000).to_bytes(3, "little") * 2
    return bytes(data)


def _wide_jpeg() -> bytes:
    data = bytearray(saved("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def _many_scans() -> bytes:
    data = saved("JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * 200 + data[-2:]


def _jfif_script() -> bytes:
    """The trick by which a JPEG is JavaScript: a head of 0x2F2A (`/*`) bytes."""
    data = saved("JPEG")
    body = data[6:20] + b"\0" * (0x2F2A - 16 - 11) + b"*/=alert(1)"
    return data[:2] + b"\xff\xe0" + struct.pack(">H", 0x2F2A) + body + data[20:]


P, J, W, A, G = (saved(kind) for kind in ("PNG", "JPEG", "WEBP", "AVIF", "GIF"))
_AFTER = {"PNG": P, "JPEG": J, "GIF": G, "WEBP": W}

HOSTILE: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    # Nothing that is taken, whatever it is called.
    "empty": ("empty", b""),
    "text": ("wrong_type", b"hello"),
    "a web page": ("wrong_type", b"<!DOCTYPE html><script>alert(1)</script>"),
    "SVG": ("wrong_type", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    "PDF": ("wrong_type", b"%PDF-1.7\n"),
    "ZIP": ("wrong_type", archive()),
    "BMP": ("wrong_type", saved("BMP")),
    "TIFF": ("wrong_type", saved("TIFF")),
    "a program": ("wrong_type", b"\x7fELF" + bytes(100)),
    "HEIC": ("wrong_type", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50)),
    "MP4": ("wrong_type", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(50)),
    # Cut off.
    **{f"{kind} cut": ("truncated", data[: len(data) * 2 // 3]) for kind, data in _AFTER.items()},
    "AVIF cut": ("truncated", A[:-10]),
    "PNG without its end": ("truncated", P[:-12]),
    "JPEG without its end": ("truncated", J[:-2]),
    "GIF without its end": ("truncated", G[:-1]),
    "PNG of fewer pixels than it says": ("truncated", png(64, 64, bytes(65 * 63))),
    "only a signature": ("truncated", P[:8]),
    # Damaged.
    "PNG with a wrong checksum": ("damaged", P[:40] + bytes([P[40] ^ 1]) + P[41:]),
    "PNG with noise for pixels": ("damaged", with_chunk(P, chunk(b"IDAT", b"noise"))),
    "PNG that begins with pixels": ("damaged", P[:8] + chunk(b"IDAT", b"") + P[8:]),
    "PNG with two headers": ("damaged", P[:33] + P[8:]),
    "PNG of no width": ("damaged", png(0, 8, b"")),
    "JPEG of no pixels": ("damaged", J[:2] + J[-2:]),
    "JPEG with a second beginning": ("damaged", J[:2] + J),
    "WebP without a picture": ("damaged", b"RIFF\x04\0\0\0WEBP"),
    "WebP with two": ("damaged", b"RIFF" + struct.pack("<I", 4 + 2 * len(W[12:])) + b"WEBP" + W[12:] * 2),
    "GIF without a picture": ("damaged", G[:13] + bytes(3 * 2 ** ((G[10] & 7) + 1)) + b";"),
    "AVIF without a picture": ("damaged", A[: int.from_bytes(A[:4], "big")]),
    # Something else inside or behind.
    **{f"{kind} with a page behind": ("polyglot", data + b"<html><script>x</script>") for kind, data in _AFTER.items()},
    **{f"{kind} with an archive behind": ("polyglot", data + archive()) for kind, data in _AFTER.items()},
    "JPEG with another behind": ("polyglot", J + J),
    "PNG with much behind": ("polyglot", P + bytes(2**17) + b"PK"),
    "PNG with data behind its pixels": ("polyglot", with_chunk(P, b"")[:-12] + chunk(b"IDAT", b"hidden") + P[-12:]),
    "PNG with a page in a chunk": ("polyglot", with_chunk(P, chunk(b"prVt", b"<SCRIPT>alert(1)</script>"))),
    "PNG with a page in a comment": ("polyglot", _png_text(Comment="<html><body>")),
    "PNG with a PDF in it": ("polyglot", with_chunk(P, chunk(b"prVt", b"\n%PDF-1.4\n1 0 obj"))),
    "PNG with an archive in it": ("polyglot", P[:-12] + chunk(b"prVt", archive()) + P[-12:]),
    "PNG with PHP in it": ("polyglot", _png_text(Comment="<?php system($_GET[0]); ?>")),
    "PNG with a packed page": (
        "polyglot", with_chunk(P, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"<html><script>")))
    ),
    "JPEG with a page in a comment": ("polyglot", with_segment(J, 0xFE, b"<html><script>alert(1)</script>")),
    "JPEG with a PDF in it": ("polyglot", with_segment(J, 0xE5, b"%PDF-1.4")),
    "JPEG that is JavaScript": ("polyglot", _jfif_script()),
    "GIF with a page in a comment": ("polyglot", G[:-1] + b"\x21\xfe\x0e<html><script>\0;"),
    "WebP with a page in a chunk": (
        "polyglot", b"RIFF" + struct.pack("<I", len(W) - 8 + 22) + W[8:] + b"EVIL\x0e\0\0\0<html><script>"
    ),
    # More than one.
    "APNG": ("animated", frames("PNG")),
    "GIF film": ("animated", frames("GIF")),
    "WebP film": ("animated", frames("WEBP")),
    "AVIF film": ("animated", frames("AVIF")),
    # Bombs.
    "100 megapixels in 20 KB": ("too_many_pixels", bomb_100_megapixels),
    "PNG of 4 billion pixels": ("too_many_pixels", png(65_000, 65_000, b"")),
    "JPEG of 4 billion pixels": ("too_many_pixels", _wide_jpeg()),
    "GIF of 4 billion pixels": ("too_many_pixels", _deep_gif()),
    "AVIF of 3 billion pixels": ("too_many_pixels", _wide_avif()),
    "WebP of 256 million pixels": ("too_many_pixels", _wide_webp()),
    "PNG that unfolds to more than it says": ("bomb", png(64, 64, bytes(50_000_000))),
    "zTXt of 40 MB": ("bomb", partial(zip_bomb, b"zTXt")),
    "iTXt of 40 MB": ("bomb", partial(zip_bomb, b"iTXt")),
    "iCCP of 40 MB": ("bomb", partial(zip_bomb, b"iCCP")),
    "PNG of 150,000 chunks": ("bomb", with_chunk(small(), chunk(b"prVt", b"") * 150_000)),
    "PNG with 5 MB of EXIF": ("bomb", with_chunk(small(), chunk(b"eXIf", bytes(5_000_000)))),
    "JPEG with 5 MB of comments": (
        "bomb", J[:2] + (b"\xff\xfe" + struct.pack(">H", 60_002) + b" " * 60_000) * 84 + J[2:]
    ),
    "JPEG painted over 200 times": ("bomb", _many_scans()),
}  # fmt: skip
"""What it is → the reason that it is refused for, and its bytes (or what makes them, where that takes its time)."""


def bytes_of(what: str) -> bytes:
    data = HOSTILE[what][1]
    return data if isinstance(data, bytes) else data()
