"""What a look at a picture's file finds, before a single pixel is decoded."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_METADATA = 4 * 2**20
"""Bytes of a file that may be other than the picture: EXIF, XMP, ICC profile, comments."""
MOST_UNFOLDED = 4 * 2**20
"""Bytes that its compressed metadata may unfold to."""
MOST_PARTS = 100_000
"""Chunks, segments or boxes of a file."""


class Refused(Exception):
    """A file that is not taken; `reason` is a word for programs, the text a sentence for people."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass
class Found:
    """A file that is one picture, from its first byte to its last, as far as its container tells."""

    format: str
    """Pillow's name."""
    width: int = 0
    """Pixels, as they lie in the file: before it is turned upright."""
    height: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    """What it says that it was made of."""
    kept: list[tuple[int, int]] = field(default_factory=list)
    """(begin, end) of what a cleaned file is made of, where that needs no decoding."""
    length: int = 0
    """Bytes of the picture; what follows is padding."""


Walker = Callable[[memoryview, Callable[[int, int], None]], Found]

_INSIDE = re.compile(
    rb"<script|<html|<!doctype html|<\?php|<svg|<iframe|javascript:|%PDF-\d|PK\x03\x04|Rar!\x1a|7z\xbc\xaf\x27\x1c",
    re.IGNORECASE,
)


def innocent(data: bytes | memoryview) -> None:
    """Raises `Refused` where another kind of file seems to begin in this metadata."""
    if found := _INSIDE.search(data):
        raise Refused(
            "polyglot",
            f"This picture carries something else inside ({ascii(bytes(found[0])[:20])[2:-1]}). Save it anew, as a plain picture.",
        )


def ends(data: memoryview, at: int) -> None:
    """Raises `Refused` where something other than padding follows the picture's end."""
    rest = data[at:]
    if bytes(rest[: 2**16]).strip(b"\0") or bytes(rest[2**16 :]).strip(b"\0"):
        raise Refused(
            "polyglot",
            f"{len(rest)} bytes follow the end of the picture. Save it anew, as a plain picture "
            "(without a film, a depth map or other pictures behind it).",
        )


def truncated() -> Refused:
    """The file ends before the picture does."""
    return Refused("truncated", "The picture's file ends too early. Send it again, whole.")


def damaged(why: str) -> Refused:
    """The file contradicts itself."""
    return Refused("damaged", f"The picture's file is damaged: {why}. Save it anew.")


def animated(frames: str) -> Refused:
    """More than one picture."""
    return Refused("animated", f"This file has {frames}; one picture is taken. Save the one that you want.")


class Metadata:
    """Counts what is not the picture."""

    def __init__(self) -> None:
        self.size = self.parts = self.unfolded = 0

    def part(self) -> None:
        """One more chunk."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Refused("bomb", f"The picture's file has more than {MOST_PARTS} parts. Save it anew.")

    def add(self, size: int) -> None:
        """So many bytes more."""
        self.size += size
        if self.size > MOST_METADATA:
            raise Refused(
                "bomb",
                f"The picture carries more than {MOST_METADATA >> 20} MiB beside itself (EXIF, profiles, text). "
                "Save it without.",
            )

    def unfold(self, size: int) -> int:
        """So many unfolded bytes more; how many may still come."""
        self.unfolded += size
        if self.unfolded > MOST_UNFOLDED:
            raise Refused(
                "bomb",
                f"Text or a profile in the picture unfolds to more than {MOST_UNFOLDED >> 20} MiB. Save it without.",
            )
        return MOST_UNFOLDED - self.unfolded
