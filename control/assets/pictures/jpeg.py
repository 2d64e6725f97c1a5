"""JPEG (ITU T.81): segments up to the end of the one picture."""

import re
from collections.abc import Callable

from control.assets.pictures.found import Found, Metadata, Refused, damaged, ends, innocent, truncated

SIGNATURE = b"\xff\xd8\xff"
MOST_SCANS = 100
"""A progressive picture is painted anew by each."""
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SOI, _EOI, _SOS, _APP0, _APP2, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE2, 0xEE, 0xFE
_ALONE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {0xC0, 0xC1, 0xC2}
_TABLES = {0xC4, 0xDB, 0xDD}
_OTHER_FRAMES = {*range(0xC3, 0xD0)} - {0xC4, 0xC8, 0xCC}


def walk(data: memoryview, check_size: Callable[[int, int], None]) -> Found:
    """Raises `Refused`. `kept` is the file without EXIF, XMP, comments and thumbnails."""
    found, metadata, at, scans = Found("JPEG", kept=[(0, 2)]), Metadata(), 2, 0
    while True:
        if at + 2 > len(data):
            raise truncated()
        if data[at] != 0xFF:
            raise damaged("a part does not begin where the one before ends")
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        if kind == _EOI:
            if not scans:
                raise damaged("there is no picture in it")
            found.kept.append((at, at + 2))
            ends(data, at + 2)
            found.length = at + 2
            return found
        if kind == _SOI or kind in _ALONE:
            raise damaged("a mark stands where it cannot")
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + size
        if at + 4 > len(data) or end > len(data):
            raise truncated()
        if size < 2:
            raise damaged("a part is shorter than its own length")
        metadata.part()
        body = data[at + 4 : end]
        if kind in _FRAMES:
            _frame(body, found, check_size)
        elif kind in _OTHER_FRAMES:
            raise Refused(
                "unsupported", "This kind of JPEG is not read (lossless or arithmetic). Save it anew."
            )
        if kind == _SOS:
            scans += 1
            if scans > MOST_SCANS:
                raise Refused(
                    "bomb", f"The picture is painted over more than {MOST_SCANS} times. Save it anew."
                )
            after = _NEXT.search(data, end)
            if after is None:
                raise truncated()
            end = after.start()
        elif kind in _FRAMES or kind in _TABLES:
            pass
        else:
            metadata.add(size)
            innocent(body)
        if kind == _SOS or kind in _FRAMES or kind in _TABLES or _colours(kind, bytes(body)):
            found.kept.append((at, end))
        at = end


def _frame(body: memoryview, found: Found, check_size: Callable[[int, int], None]) -> None:
    if found.width:
        raise damaged("there are two pictures in it")
    if len(body) < 6:
        raise truncated()
    found.height, found.width = (int.from_bytes(body[i : i + 2], "big") for i in (1, 3))
    check_size(found.width, found.height)


def _colours(kind: int, body: bytes) -> bool:
    """Is a segment needed to see the colours as they are?"""
    if kind == _APP0 and body.startswith(b"JFIF\0"):
        if len(body) < 14 or len(body) != 14 + 3 * body[12] * body[13]:
            raise Refused("polyglot", "Data is hidden in the picture's head (JFIF). Save it anew.")
        return len(body) == 14
    if kind == _APP2:
        return body.startswith(b"ICC_PROFILE\0")
    return kind == _APP14 and body.startswith(b"Adobe") and len(body) == 12
