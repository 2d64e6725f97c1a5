"""Texts by plain computation; patterns against Python's own re."""

import re
import time

import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import Unfit
from perf.parity.nodes import run_node

TESTED = {
    "StringConcatenate", "StringSubstring", "StringLength", "CaseConverter", "StringTrim", "StringReplace", "StringContains",
    "StringCompare", "RegexMatch", "RegexExtract", "RegexReplace", "Note", "MarkdownNote",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "want"),
    [
        ("StringConcatenate", {"string_a": "a", "string_b": "b", "delimiter": ", "}, "a, b"),
        ("StringConcatenate", {"string_a": "", "string_b": "b"}, "b"),
        ("StringSubstring", {"string": "abcdef", "start": 1, "end": 4}, "bcd"),
        ("StringSubstring", {"string": "abcdef", "start": -3, "end": -1}, "de"),
        ("StringSubstring", {"string": "abc", "start": 2, "end": 99}, "c"),
        ("StringLength", {"string": "äöü€"}, 4),
        ("CaseConverter", {"string": "a red Circle", "mode": "UPPERCASE"}, "A RED CIRCLE"),
        ("CaseConverter", {"string": "A RED", "mode": "lowercase"}, "a red"),
        ("CaseConverter", {"string": "a RED", "mode": "Capitalize"}, "A red"),
        ("CaseConverter", {"string": "a red circle", "mode": "Title Case"}, "A Red Circle"),
        ("StringTrim", {"string": " \ta b\n", "mode": "Both"}, "a b"),
        ("StringTrim", {"string": " a ", "mode": "Left"}, "a "),
        ("StringTrim", {"string": " a ", "mode": "Right"}, " a"),
        (
            "StringReplace",
            {"string": "a red, red circle", "find": "red", "replace": "blue"},
            "a blue, blue circle",
        ),
        ("StringContains", {"string": "A Red", "substring": "red", "case_sensitive": True}, False),
        ("StringContains", {"string": "A Red", "substring": "red", "case_sensitive": False}, True),
        ("StringCompare", {"string_a": "Red circle", "string_b": "red", "mode": "Starts With"}, False),
        (
            "StringCompare",
            {"string_a": "Red circle", "string_b": "red", "mode": "Starts With", "case_sensitive": False},
            True,
        ),
        ("StringCompare", {"string_a": "Red circle", "string_b": "circle", "mode": "Ends With"}, True),
        ("StringCompare", {"string_a": "Red", "string_b": "Red", "mode": "Equal"}, True),
        ("StringCompare", {"string_a": "Red", "string_b": "red", "mode": "Equal"}, False),
    ],
)
async def test_texts(name, given, want):
    assert await run_node(None, name, **given) == (want,)


TEXT = "a (red:1.2) Circle,\nb (blue:0.8) square\nRED"
PATTERNS = [
    r"\((\w+):([\d.]+)\)",
    r"red",
    r"^b",
    r"$",
    r"e.*b",
    r"(?P<x>r)(e)?",
    r"no",
    r"\b",
    r"(a)|(b)",
    r"[^\W\d]+?",
]
FLAGS = [(False, False, False), (True, True, False), (True, False, True)]


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("pattern", PATTERNS)
async def test_patterns_are_pythons(pattern, flags):
    wanted = dict(zip(("case_insensitive", "multiline", "dotall"), flags, strict=True))
    compiled = re.compile(pattern, sum(f for f, on in zip((re.I, re.M, re.S), flags, strict=True) if on))
    given = {"string": TEXT, "regex_pattern": pattern, **wanted}
    first = compiled.search(TEXT)
    assert await run_node(None, "RegexMatch", **given) == (first is not None,)

    async def extracted(mode: str, group: int = 1) -> str:
        return (await run_node(None, "RegexExtract", **given, mode=mode, group_index=group))[0]

    assert await extracted("First Match") == (first[0] if first else "")
    every = [one[0] if isinstance(one, tuple) else one for one in compiled.findall(TEXT)]
    assert await extracted("All Matches") == "\n".join(every)
    for group in (0, 1, 2, 3):
        there = group <= compiled.groups
        assert await extracted("First Group", group) == ((first[group] or "") if first and there else "")
        groups = [match[group] or "" for match in compiled.finditer(TEXT)] if there else []
        assert await extracted("All Groups", group) == "\n".join(groups)
    for count in (0, 2):
        got = await run_node(None, "RegexReplace", **given, replace=r"<\g<0>>", count=count)
        assert got == (compiled.sub(r"<\g<0>>", TEXT, count=count),)


@pytest.mark.parametrize(
    ("name", "given", "blamed", "why"),
    [
        ("RegexMatch", {"regex_pattern": "(a"}, "regex_pattern", "is no pattern"),
        ("RegexMatch", {"regex_pattern": r"(a|a|b)*(a|a)*(a|a)*$\d"}, "regex_pattern", "longer than 1 s"),
        (
            "RegexReplace",
            {"regex_pattern": "a", "replace": r"\2"},
            "replace",
            "a group that the pattern does not have",
        ),
        (
            "RegexReplace",
            {"regex_pattern": "a", "replace": "b" * 3000},
            "replace",
            "longer than 100000 characters",
        ),
        ("StringReplace", {"find": "a", "replace": "b" * 3000}, "replace", "longer than 100000 characters"),
        ("StringReplace", {"find": "", "replace": "b" * 3000}, "replace", "longer than 100000 characters"),
    ],
)
async def test_what_cannot_be_searched_is_said(name, given, blamed, why):
    began = time.monotonic()
    with pytest.raises(Unfit, match=why) as raised:
        await run_node(None, name, string="a" * 60 + "!", **given)
    assert raised.value.name == blamed
    assert time.monotonic() - began < 5


async def test_texts_do_not_grow_without_end():
    long = "x" * 60_000
    with pytest.raises(Unfit, match="longer than 100000"):
        await run_node(None, "StringConcatenate", string_a=long, string_b=long)
    with pytest.raises(Unfit, match="longer than 100000"):
        await run_node(None, "RegexExtract", string=long, regex_pattern="x", mode="All Matches")


async def test_notes_do_nothing():
    for name in ("Note", "MarkdownNote"):
        assert await run_node(None, name, text="# Words") == ()
        assert not CATALOGUE[name].output
