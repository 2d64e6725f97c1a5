"""GIF (87a, 89a): blocks up to the trailer, with one picture in them."""

from collections.abc import Callable

from control.assets.pictures.found import Found, Metadata, animated, damaged, ends, innocent, truncated


def walk(data: memoryview, check_size: Callable[[int, int], None]) -> Found:
    """Raises `Refused`."""
    found, metadata, pictures = Found("GIF"), Metadata(), 0
    if len(data) < 13:
        raise truncated()
    found.width, found.height = (int.from_bytes(data[i : i + 2], "little") for i in (6, 8))
    check_size(found.width, found.height)
    at = 13 + _table(data[10])
    while True:
        if at + 1 > len(data):
            raise truncated()
        kind = data[at]
        metadata.part()
        if kind == 0x3B:
            if not pictures:
                raise damaged("there is no picture in it")
            ends(data, at + 1)
            found.length = at + 1
            return found
        if kind == 0x2C:
            if at + 11 > len(data):
                raise truncated()
            pictures += 1
            if pictures > 1:
                raise animated("several frames (animated GIF)")
            x, y, wide, high = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (1, 3, 5, 7))
            # Larger than the screen, it makes the screen larger.
            found.width, found.height = max(found.width, x + wide), max(found.height, y + high)
            check_size(found.width, found.height)
            at, _ = _blocks(data, at + 11 + _table(data[at + 9]))
        elif kind == 0x21:
            at, body = _blocks(data, at + 2)
            metadata.add(len(body))
            innocent(body)
        else:
            raise damaged("a part does not begin where the one before ends")


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: memoryview, at: int) -> tuple[int, bytes]:
    pieces: list[memoryview] = []
    while True:
        if at >= len(data):
            raise truncated()
        size = data[at]
        if not size:
            return at + 1, b"".join(pieces)
        pieces.append(data[at + 1 : at + 1 + size])
        at += 1 + size
