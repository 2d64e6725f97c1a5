"""AVIF: boxes of ISO base media (ISO 14496-12), with one picture and no film in them."""

from collections.abc import Callable, Iterator

from control.assets.pictures.found import Found, Metadata, animated, damaged, innocent, truncated

BRANDS = {b"avif", b"avis"}
_BELOW = {b"meta": 4, b"iprp": 0, b"ipco": 0}
"""Box → bytes before the boxes inside it."""


def walk(data: memoryview, check_size: Callable[[int, int], None]) -> Found:
    """Raises `Refused`. It has no `kept`: metadata lies among the pixels, so the picture is written anew."""
    found, metadata, kinds = Found("AVIF"), Metadata(), set()
    for kind, body in boxes(data, metadata):
        kinds.add(kind)
        if kind == b"moov":
            raise animated("several frames (a sequence or a film)")
        if kind == b"meta":
            metadata.add(len(body))
            _sizes(kind, body, found, metadata, check_size)
        elif kind != b"mdat":
            metadata.add(len(body))
            innocent(body)
    if not {b"meta", b"mdat"} <= kinds or not found.width:
        raise damaged("there is no picture in it")
    found.length = len(data)
    return found


def boxes(data: memoryview, metadata: Metadata) -> Iterator[tuple[bytes, memoryview]]:
    """(kind, body) of each; raises `Refused` where they do not end where the data does."""
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise truncated()
        metadata.part()
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8]), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            raise damaged("a part is shorter than its own length")
        if at + size > len(data):
            raise truncated()
        yield kind, data[at + head : at + size]
        at += size


def _sizes(
    kind: bytes, body: memoryview, found: Found, metadata: Metadata, check_size: Callable[[int, int], None]
) -> None:
    if kind == b"ispe":
        width, height = (int.from_bytes(body[i : i + 4], "big") for i in (4, 8))
        check_size(width, height)
        if width * height > found.width * found.height:
            found.width, found.height = width, height
    elif kind in _BELOW:
        for below, inner in boxes(body[_BELOW[kind] :], metadata):
            _sizes(below, inner, found, metadata, check_size)
