"""Parts of a file and conditions on it, as RFC 9110 has them: pure functions over headers.

The precedence is section 13.2.2's: If-Match, If-None-Match, Range with If-Range. There is no Last-Modified, so that
conditions on times are never fulfilled.
"""

import re
from typing import NamedTuple

MOST = 50
"""Ranges of one request that are looked at; more of them are no honest request, and the whole is sent."""
_SPEC = re.compile(r"(\d{1,19})-(\d{0,19})|-(\d{1,19})", re.ASCII)
_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


class Part(NamedTuple):
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many."""
        return self.last - self.first + 1


class Unsatisfiable(ValueError):
    """No range of the request lies in the file."""


def requested(header: str | None, size: int) -> Part | None:
    """The part that a Range header asks for of a file of `size` bytes; None: send the whole.

    That is so without a header, for units other than bytes, for what is no range (RFC 9110, 14.2: such a header may
    be ignored), and for several parts, which no client of files needs. Raises `Unsatisfiable`.
    """
    unit, found, ranges = (header or "").partition("=")
    if not found or unit.strip(" \t").lower() != "bytes" or unit != unit.strip(" \t"):
        return None
    specs = [spec for spec in (text.strip(" \t") for text in ranges.split(",")) if spec]
    if not specs or len(specs) > MOST:
        return None
    parts, whole = [], False
    for spec in specs:
        match = _SPEC.fullmatch(spec)
        if match is None:
            return None
        first, last, suffix = match.groups()
        if suffix is not None:
            # Of an empty file this is satisfiable, and no Content-Range could say so.
            whole |= size == 0 and int(suffix) > 0
            if int(suffix) and size:
                parts.append(Part(max(0, size - int(suffix)), size - 1))
        elif last and int(last) < int(first):
            return None
        elif int(first) < size:
            parts.append(Part(int(first), min(int(last or size), size - 1)))
    if whole or len(parts) > 1:
        return None
    if not parts:
        raise Unsatisfiable
    return parts[0]


def tags(header: str) -> list[str] | None:
    """The entity tags of a list; None where it is none."""
    found, rest = [], header.strip(" \t,")
    while rest:
        match = _TAG.match(rest)
        if match is None:
            return None
        found.append(match[0])
        rest = rest[match.end() :].lstrip(" \t")
        if rest and not rest.startswith(","):
            return None
        rest = rest.lstrip(" \t,")
    return found


def unchanged(if_none_match: str | None, etag: str) -> bool:
    """Has the client what it asks for? Compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    if if_none_match.strip(" \t") == "*":
        return True
    return etag in {tag.removeprefix("W/") for tag in tags(if_none_match) or ()}


def matches(if_match: str | None, etag: str) -> bool:
    """Is it still what the client means? Compared strongly (13.1.1)."""
    return if_match is None or if_match.strip(" \t") == "*" or etag in (tags(if_match) or ())


def same(if_range: str | None, etag: str) -> bool:
    """May a part be sent, so that it fits what the client has of it? Compared strongly; a time never fits (13.1.5)."""
    return if_range is None or if_range.strip(" \t") == etag
