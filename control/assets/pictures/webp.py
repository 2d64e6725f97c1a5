"""WebP (RFC 9649): chunks of one RIFF."""

from collections.abc import Callable

from control.assets.pictures.found import Found, Metadata, animated, damaged, ends, innocent, truncated

_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}


def walk(data: memoryview, check_size: Callable[[int, int], None]) -> Found:
    """Raises `Refused`. `kept` are the chunks without EXIF, XMP and those that nobody knows."""
    found, metadata = Found("WEBP"), Metadata()
    length = 8 + int.from_bytes(data[4:8], "little")
    if length > len(data):
        raise truncated()
    at, pictures = 12, 0
    while at < length:
        if at + 8 > length:
            raise damaged("its last part is cut off")
        kind, size = bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if end > length:
            raise truncated()
        metadata.part()
        body = data[at + 8 : at + 8 + size]
        if kind in {b"ANIM", b"ANMF"}:
            raise animated("several frames (animated WebP)")
        if kind in {b"VP8 ", b"VP8L"}:
            pictures += 1
            width, height = (_lossy if kind == b"VP8 " else _lossless)(body)
            check_size(width, height)
            found.width, found.height = found.width or width, found.height or height
            if (found.width, found.height) != (width, height):
                raise damaged("its picture has another size than its head says")
        elif kind == b"VP8X":
            if len(body) < 10 or found.width:
                raise damaged("its head is wrong")
            found.width, found.height = (1 + int.from_bytes(body[i : i + 3], "little") for i in (4, 7))
            check_size(found.width, found.height)
        elif kind != b"ALPH":
            metadata.add(size)
            innocent(body)
        if kind in _KEPT:
            found.kept.append((at, end))
        at = end
    if pictures != 1:
        raise damaged(f"it has {pictures} pictures")
    ends(data, length)
    found.length = length
    return found


def clean(data: memoryview, found: Found) -> bytes:
    """The file without what is not kept."""
    chunks = bytearray(b"".join(data[begin:end] for begin, end in found.kept))
    if chunks.startswith(b"VP8X"):
        # Neither EXIF (8) nor XMP (4) any more.
        chunks[8] &= ~0x0C & 0xFF
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks


def _lossy(body: memoryview) -> tuple[int, int]:
    if len(body) < 10:
        raise truncated()
    if body[0] & 1 or bytes(body[3:6]) != b"\x9d\x01\x2a":
        raise damaged("its picture does not begin as one")
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _lossless(body: memoryview) -> tuple[int, int]:
    if len(body) < 5:
        raise truncated()
    if body[0] != 0x2F:
        raise damaged("its picture does not begin as one")
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
