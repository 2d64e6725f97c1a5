"""PNG (ISO 15948): chunks, and whether the pixels' stream is as long as the picture."""

import zlib
from collections.abc import Callable

from control.assets.pictures.found import (
    Found,
    Metadata,
    Refused,
    animated,
    damaged,
    ends,
    innocent,
    truncated,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = ("parameters", "prompt", "workflow", "studio")
"""Text chunks that tell how a picture was made, ours and those of the field."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PIECE = 2**20


def walk(data: memoryview, check_size: Callable[[int, int], None]) -> Found:
    """Raises `Refused`."""
    found, metadata, at, pixels, first = Found("PNG"), Metadata(), len(SIGNATURE), None, True
    while True:
        if at + 12 > len(data):
            raise truncated()
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        body = data[at + 8 : at + 8 + size]
        if at + 12 + size > len(data):
            raise truncated()
        metadata.part()
        if zlib.crc32(data[at + 4 : at + 8 + size]) != int.from_bytes(
            data[at + 8 + size : at + 12 + size], "big"
        ):
            raise damaged(f"the checksum of a part ({ascii(kind)[2:-1]}) is wrong")
        at += 12 + size
        if first != (kind == b"IHDR"):
            raise damaged("its first part is not the header, or the header comes twice")
        if kind == b"IHDR":
            pixels = _header(body, found, check_size)
        elif kind == b"IDAT":
            assert pixels is not None
            pixels.add(body)
        elif kind == b"IEND":
            assert pixels is not None
            pixels.end()
            ends(data, at)
            found.length = at
            return found
        elif kind in {b"acTL", b"fcTL", b"fdAT"}:
            raise animated("several frames (APNG)")
        else:
            metadata.add(size)
            _other(kind, bytes(body), found, metadata)
        first = False


def _other(kind: bytes, body: bytes, found: Found, metadata: Metadata) -> None:
    if kind in {b"tEXt", b"zTXt", b"iTXt"}:
        name, text = _text(kind, body, metadata)
        if name in TEXTS:
            found.texts.setdefault(name, text)
            return
        innocent(text.encode(errors="replace"))
    elif kind == b"iCCP":
        body = _unfold(body.partition(b"\0")[2][1:], metadata)
    elif kind[0:1].isupper() and kind != b"PLTE":
        raise damaged("it has a part that is not known and that it cannot be read without")
    innocent(body)


def _text(kind: bytes, body: bytes, metadata: Metadata) -> tuple[str, str]:
    name, _, rest = body.partition(b"\0")
    if kind == b"tEXt":
        return name.decode("latin1"), rest.decode("latin1")
    if kind == b"zTXt":
        return name.decode("latin1"), _unfold(rest[1:], metadata).decode("latin1")
    packed, rest = rest[:1] == b"\1", rest[2:]
    rest = rest.partition(b"\0")[2].partition(b"\0")[2]
    return name.decode("latin1"), (_unfold(rest, metadata) if packed else rest).decode("utf-8", "replace")


def _unfold(packed: bytes, metadata: Metadata) -> bytes:
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(packed, metadata.unfold(0) + 1)
    except zlib.error:
        raise damaged("compressed text or a profile cannot be unfolded") from None
    metadata.unfold(len(found))
    return found


class _Pixels:
    """The IDAT chunks' one stream: it must unfold to just the picture."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.stream = zlib.decompressobj()

    def add(self, body: memoryview) -> None:
        for begin in range(0, len(body), _PIECE):
            piece: bytes | memoryview = body[begin : begin + _PIECE]
            while piece:
                if self.stream.eof:
                    raise Refused("polyglot", "Data is hidden behind the picture's pixels. Save it anew.")
                try:
                    self.left -= len(self.stream.decompress(piece, _PIECE))
                except zlib.error:
                    raise damaged("its pixels cannot be unfolded") from None
                if self.left < 0:
                    raise Refused("bomb", "The picture unfolds to more than its size says. Save it anew.")
                piece = self.stream.unconsumed_tail
            if self.stream.unused_data:
                raise Refused("polyglot", "Data is hidden behind the picture's pixels. Save it anew.")

    def end(self) -> None:
        try:
            self.left -= len(self.stream.flush())
        except zlib.error:
            raise damaged("its pixels cannot be unfolded") from None
        if self.left or not self.stream.eof:
            raise truncated()


def _header(body: memoryview, found: Found, check_size: Callable[[int, int], None]) -> _Pixels:
    if len(body) != 13:
        raise damaged("its header has another length than 13")
    found.width, found.height = (int.from_bytes(body[i : i + 4], "big") for i in (0, 4))
    depth, colour, compression, filtering, interlaced = body[8:13]
    check_size(found.width, found.height)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlaced > 1:
        raise damaged("its header says what no PNG can be")
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    size = 0
    for x, y, dx, dy in passes:
        wide, high = -(-(found.width - x) // dx), -(-(found.height - y) // dy)
        if wide > 0 and high > 0:
            size += high * (1 + (wide * bits + 7) // 8)
    return _Pixels(size)
