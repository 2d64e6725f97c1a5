"""A picture's file without what it says of itself: the same pixels, bit for bit, and their colours."""

from collections.abc import Callable, Iterator

from control.assets.pictures import jpeg, webp
from control.assets.pictures.found import damaged
from control.assets.pictures.png import SIGNATURE

_KEPT = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT",
    b"bKGD", b"pHYs",
})  # fmt: skip
"""PNG's chunks that say how the picture looks."""


def plain(data: bytes, media_type: str) -> bytes:
    """PNG, JPEG or WebP without text, EXIF, XMP and comments; raises `Refused` for a file that is damaged."""
    return _PLAIN[media_type](data)


def _png(data: bytes) -> bytes:
    return SIGNATURE + b"".join(_chunks(memoryview(data)))


def _chunks(data: memoryview) -> Iterator[memoryview]:
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = bytes(data[at + 4 : at + 8])
        if end > len(data):
            raise damaged("it ends too early")
        if kind in _KEPT:
            yield data[at:end]
        at = end


def _webp(data: bytes) -> bytes:
    view = memoryview(data)
    return webp.clean(view, webp.walk(view, _any_size))


def _jpeg(data: bytes) -> bytes:
    view = memoryview(data)
    return b"".join(view[begin:end] for begin, end in jpeg.walk(view, _any_size).kept)


def _any_size(_width: int, _height: int) -> None:
    """What is kept already is not refused for its size."""


_PLAIN: dict[str, Callable[[bytes], bytes]] = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
PLAIN = frozenset(_PLAIN)
"""Media types that there is a plain file of."""
