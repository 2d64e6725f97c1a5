"""Range, If-Range, If-Match and If-None-Match, as RFC 9110 says: its own examples, and the edges of each rule."""

import pytest

from control.assets import ranges
from control.assets.ranges import Part

WHOLE, UNSATISFIABLE = None, "unsatisfiable"


def asked(header: str | None, size: int) -> object:
    try:
        return ranges.requested(header, size)
    except ranges.Unsatisfiable:
        return UNSATISFIABLE


@pytest.mark.parametrize(
    ("header", "size", "part"),
    [
        # 14.1.2: of 10,000 bytes.
        ("bytes=0-499", 10_000, Part(0, 499)),
        ("bytes=500-999", 10_000, Part(500, 999)),
        ("bytes=-500", 10_000, Part(9500, 9999)),
        ("bytes=9500-", 10_000, Part(9500, 9999)),
        # Several parts: we need not send them, and send the whole.
        ("bytes=0-0,-1", 10_000, WHOLE),
        ("bytes= 0-0, -2", 10_000, WHOLE),
        ("bytes= 0-999, 4500-5499, -1000", 10_000, WHOLE),
        ("bytes=500-600,601-999", 10_000, WHOLE),
        # The last byte may lie beyond the end, the first may not.
        ("bytes=0-", 10, Part(0, 9)),
        ("bytes=0-9", 10, Part(0, 9)),
        ("bytes=0-10", 10, Part(0, 9)),
        ("bytes=9-99999999999999999", 10, Part(9, 9)),
        ("bytes=9-9", 10, Part(9, 9)),
        ("bytes=10-", 10, UNSATISFIABLE),
        ("bytes=10-10", 10, UNSATISFIABLE),
        ("bytes=999-1000", 10, UNSATISFIABLE),
        # A suffix longer than the file is the file; one of nothing is nothing.
        ("bytes=-10", 10, Part(0, 9)),
        ("bytes=-99", 10, Part(0, 9)),
        ("bytes=-1", 10, Part(9, 9)),
        ("bytes=-0", 10, UNSATISFIABLE),
        # Of several, those that lie in the file count.
        ("bytes=99-100,0-4", 10, Part(0, 4)),
        ("bytes=-0,3-4", 10, Part(3, 4)),
        ("bytes=99-100,200-", 10, UNSATISFIABLE),
        # Empty elements of a list are none (5.6.1.2), and space is where lists have it.
        ("bytes=,0-4,", 10, Part(0, 4)),
        ("bytes= 0-4\t", 10, Part(0, 4)),
        # What is no range is ignored (14.2).
        (None, 10, WHOLE),
        ("", 10, WHOLE),
        ("bytes", 10, WHOLE),
        ("bytes=", 10, WHOLE),
        ("bytes=,", 10, WHOLE),
        ("bytes=-", 10, WHOLE),
        ("bytes=a-b", 10, WHOLE),
        ("bytes=0-4;", 10, WHOLE),
        ("bytes=4-0", 10, WHOLE),
        ("bytes=0-4,4-0", 10, WHOLE),
        ("bytes=+0-4", 10, WHOLE),
        ("bytes=0 - 4", 10, WHOLE),
        ("bytes =0-4", 10, WHOLE),
        ("bytes: 0-4", 10, WHOLE),
        ("bytes=0-4-5", 10, WHOLE),
        ("bytes=\u0661-4", 10, WHOLE),
        ("bytes=0x0-4", 10, WHOLE),
        ("bytes=" + "9" * 30 + "-", 10, WHOLE),
        # A unit is a token, whose case means nothing (14.1); others than bytes are not known here.
        ("BYTES=0-4", 10, Part(0, 4)),
        ("Bytes=-4", 10, Part(6, 9)),
        ("items=0-4", 10, WHOLE),
        ("seconds=0-4", 10, WHOLE),
        # An empty file has no first byte; all of it is a suffix, which Content-Range cannot say.
        ("bytes=0-", 0, UNSATISFIABLE),
        ("bytes=0-0", 0, UNSATISFIABLE),
        ("bytes=-1", 0, WHOLE),
        ("bytes=-0", 0, UNSATISFIABLE),
        # No honest request.
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 10_000, WHOLE),
    ],
)
def test_range(header: str | None, size: int, part: object) -> None:
    assert asked(header, size) == part


def test_a_part_knows_its_length() -> None:
    assert Part(0, 0).length == 1
    assert Part(500, 999).length == 500


E = '"e"'


@pytest.mark.parametrize(
    ("header", "same"),
    [
        (None, False),
        ("*", True),
        (E, True),
        ('"other"', False),
        ('"other", "e"', True),
        ('"other","e","third"', True),
        (', "e" ,', True),
        # Weakly: it is the same for who has it in a cache.
        ('W/"e"', True),
        ('w/"e"', False),
        ("e", False),
        ('"e', False),
        ('"a" "e"', False),
        ('"a,b", "e"', True),
        ('"*"', False),
        ("", False),
    ],
)
def test_if_none_match(header: str | None, same: bool) -> None:
    assert ranges.unchanged(header, E) is same


@pytest.mark.parametrize(
    ("header", "fits"),
    [(None, True), ("*", True), (E, True), ('"a", "e"', True), ('W/"e"', False), ('"a"', False), ("", False)],
)
def test_if_match(header: str | None, fits: bool) -> None:
    assert ranges.matches(header, E) is fits


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        (None, True),
        (E, True),
        ('"a"', False),
        # Strongly, and one tag: parts of what is only alike do not fit together.
        ('W/"e"', False),
        ('"a", "e"', False),
        ("*", False),
        ("Sun, 22 Nov 2026 08:00:00 GMT", False),
    ],
)
def test_if_range(header: str | None, fits: bool) -> None:
    assert ranges.same(header, E) is fits
