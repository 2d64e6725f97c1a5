"""What files are called: a prefix with folders and placeholders, and a number that only grows.

%date:yyyy-MM-dd%  %year% %month% %day% %hour% %minute% %second%   when the job ended, UTC
%width% %height%   of the picture, in pixels
%batch_num%        its place among those that the node hands out, from 0 on
%KSampler.seed%    what a node's input is, by the node's title, class or id
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from control.assets.tables import FileNumber
from control.ids import uuid7
from control.realtime.bus import Owner

LONGEST = 200
"""Characters of a name up to its number."""
LONGEST_FOLDER = 400
_WORD = re.compile(r"%([^%\n]{1,200})%")
_DATE = re.compile(r"yyyy|yy|MM|M|dd|d|hh|h|mm|m|ss|s")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_UNSAFE_VALUE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_NUMBER = """
INSERT INTO file_numbers (id, organisation_id, user_id, folder, prefix, number)
SELECT id, {}::uuid, {}::uuid, folder, prefix, many
FROM unnest({}::uuid[], {}::text[], {}::text[], {}::int[]) AS new (id, folder, prefix, many) ORDER BY folder, prefix
ON CONFLICT (organisation_id, user_id, folder, prefix) DO UPDATE SET number = file_numbers.number + excluded.number
RETURNING folder, prefix, number
"""


class Prefix(NamedTuple):
    """Where a file goes, and what its name begins with."""

    folder: str
    """output or temp"""
    subfolder: str
    stem: str

    @property
    def path(self) -> str:
        """As numbers are counted by."""
        return f"{self.subfolder}/{self.stem}" if self.subfolder else self.stem

    def name(self, number: int, ending: str) -> str:
        """As ComfyUI writes it: NAME_00001_.png"""
        return f"{self.stem}_{number:05}_.{ending}"


def prefix_of(
    folder: str,
    prefix: str,
    graph: Mapping[str, Any],
    now: datetime,
    *,
    width: int = 0,
    height: int = 0,
    place: int = 0,
) -> Prefix:
    """What a prefix comes to; `graph` as it was submitted. Nothing leads out of the folder, whatever is written there."""
    sizes = {"width": str(width), "height": str(height), "batch_num": str(place)}

    def said(match: re.Match[str]) -> str:
        word = match[1]
        if word in sizes:
            return sizes[word]
        if word.startswith("date:"):
            return _UNSAFE_VALUE.sub("_", date(word.removeprefix("date:"), now))
        if word in _PARTS:
            return date(_PARTS[word], now)
        if word == "date":
            return date("yyyyMMddhhmmss", now)
        found = _widget(graph, word)
        return match[0] if found is None else _UNSAFE_VALUE.sub("_", found)[:100]

    path = _UNSAFE.sub("_", _WORD.sub(said, prefix).replace("\\", "/"))
    parts = [part.strip() for part in path.split("/")]
    *folders, stem = [part for part in parts if part.strip(".")] or [""]
    # A path that ends in a slash names a folder, and leaves the name to us.
    if parts and not parts[-1]:
        folders, stem = [*folders, stem], ""
    return Prefix(
        folder,
        "/".join(one for one in folders if one)[:LONGEST_FOLDER].strip("/"),
        stem[:LONGEST] or "ComfyUI",
    )


_PARTS = {"year": "yyyy", "month": "MM", "day": "dd", "hour": "hh", "minute": "mm", "second": "ss"}


def date(form: str, now: datetime) -> str:
    """`form` with yyyy, yy, MM, M, dd, d, hh, h, mm, m, ss and s filled in."""
    values = {"y": now.year, "M": now.month, "d": now.day, "h": now.hour, "m": now.minute, "s": now.second}

    def part(match: re.Match[str]) -> str:
        word = match[0]
        digits = str(values[word[0]])
        return digits[-2:] if word == "yy" else digits.rjust(len(word), "0")

    return _DATE.sub(part, form)


def _widget(graph: Mapping[str, Any], word: str) -> str | None:
    """`TITLE.INPUT` of the first such node: by its title, its class, or its id."""
    title, _, name = word.rpartition(".")
    for same in _BY:
        for key, node in graph.items():
            # What no output needs may be anything.
            if not isinstance(node, dict) or not isinstance(inputs := node.get("inputs"), dict):
                continue
            value = inputs.get(name)
            if title and same(key, node) == title and isinstance(value, str | int | float):
                return str(value)
    return None


def _title(_key: str, node: Mapping[str, Any]) -> Any:
    meta = node.get("_meta")
    return meta.get("title") if isinstance(meta, dict) else None


_BY: tuple[Callable[[str, Mapping[str, Any]], Any], ...] = (
    _title, lambda _key, node: node.get("class_type"), lambda key, _node: key,
)  # fmt: skip


async def numbers(owner: Owner, wanted: Mapping[Prefix, int]) -> dict[Prefix, int]:
    """The first of so many new numbers for each; in the transaction that uses them, which others wait for."""
    many: dict[tuple[str, str], int] = {}
    for prefix, count in wanted.items():
        many[prefix.folder, prefix.path] = many.get((prefix.folder, prefix.path), 0) + count
    if not many:
        return {}
    rows = await FileNumber.raw(
        _NUMBER, owner.organisation_id, owner.user_id, [uuid7() for _ in many],
        [folder for folder, _ in many], [path for _, path in many], list(many.values()),
    )  # fmt: skip
    last = {(row["folder"], row["prefix"]): row["number"] for row in rows}
    return {
        prefix: last[prefix.folder, prefix.path] - many[prefix.folder, prefix.path] + 1 for prefix in wanted
    }


__all__ = ["Prefix", "date", "numbers", "prefix_of"]
