"""Texts: joined, cut, searched."""

from collections.abc import Callable, Iterator
from typing import Any

import regex

from control.workflows.nodes.numbers import MAX_TEXT
from control.workflows.types import Input, NodeType, Unfit, outputs

MAX_PATTERN = 1000
"""Characters."""
PATTERN_SECONDS = 1.0
"""How long a pattern may search one text: some take longer than the world lasts."""


def fitting(text: str, name: str = "string") -> tuple[str]:
    """A text that is not too long; `name` is the input to be blamed."""
    _hold(len(text), name)
    return (text,)


def _hold(characters: int, name: str) -> None:
    if characters > MAX_TEXT:
        raise Unfit(name, f"the text becomes longer than {MAX_TEXT} characters")


def concatenate(string_a: str, string_b: str, delimiter: str) -> tuple[str]:
    """One behind the other."""
    return fitting(delimiter.join((string_a, string_b)), "string_b")


def substring(string: str, start: int, end: int) -> tuple[str]:
    """Characters from `start` up to `end`, without it; negative places count from the text's end."""
    return (string[start:end],)


def length(string: str) -> tuple[int]:
    """How many characters there are."""
    return (len(string),)


CASES: dict[str, Callable[[str], str]] = {
    "UPPERCASE": str.upper,
    "lowercase": str.lower,
    "Capitalize": str.capitalize,
    "Title Case": str.title,
}


def convert_case(string: str, mode: str) -> tuple[str]:
    """In capitals, or not."""
    return fitting(CASES[mode](string))


TRIMS: dict[str, Callable[[str], str]] = {"Both": str.strip, "Left": str.lstrip, "Right": str.rstrip}


def trim(string: str, mode: str) -> tuple[str]:
    """Without blanks at its ends."""
    return (TRIMS[mode](string),)


def replace(string: str, find: str, replace: str) -> tuple[str]:
    """With all of one text replaced by another."""
    _hold(len(string) + string.count(find) * (len(replace) - len(find)), "replace")
    return (string.replace(find, replace),)


def contains(string: str, substring: str, case_sensitive: bool) -> tuple[bool]:
    """Is it in there?"""
    return (_cased(substring, case_sensitive) in _cased(string, case_sensitive),)


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "Starts With": str.startswith,
    "Ends With": str.endswith,
    "Equal": str.__eq__,
}


def compare(string_a: str, string_b: str, mode: str, case_sensitive: bool) -> tuple[bool]:
    """How two texts stand to each other."""
    return (COMPARISONS[mode](_cased(string_a, case_sensitive), _cased(string_b, case_sensitive)),)


def _cased(text: str, sensitive: bool) -> str:
    return text if sensitive else text.lower()


def found(
    string: str, pattern: str, *, case_insensitive: bool, multiline: bool, dotall: bool
) -> Iterator[Any]:
    """All places where a pattern fits; raises `Unfit` for a pattern that is none, or takes too long."""
    flags = (
        (regex.IGNORECASE if case_insensitive else 0)
        | (regex.MULTILINE if multiline else 0)
        | (regex.DOTALL if dotall else 0)
    )
    try:
        yield from regex.compile(pattern, flags).finditer(string, timeout=PATTERN_SECONDS)
    except regex.error as error:
        raise Unfit(
            "regex_pattern", f"it is no pattern: {error.msg} at character {(error.pos or 0) + 1}"
        ) from None
    except (RecursionError, OverflowError, MemoryError):
        raise Unfit("regex_pattern", "it is nested too deep, or repeats too much") from None
    except TimeoutError:
        raise Unfit(
            "regex_pattern",
            f"it searches this text for longer than {PATTERN_SECONDS:g} s; avoid repetitions within repetitions",
        ) from None


def matches(string: str, regex_pattern: str, **flags: bool) -> tuple[bool]:
    """Does the pattern fit somewhere?"""
    return (next(found(string, regex_pattern, **flags), None) is not None,)


def _whole(match: Any, group_index: int) -> str | None:
    # As re.findall: of a pattern with groups the first one.
    return match.group(1 if match.groups() else 0) or ""


def _group(match: Any, group_index: int) -> str | None:
    return (match.group(group_index) or "") if group_index <= len(match.groups()) else None


MODES: dict[str, tuple[bool, Callable[[Any, int], str | None]]] = {
    "First Match": (False, lambda match, group_index: match.group(0)),
    "All Matches": (True, _whole),
    "First Group": (False, _group),
    "All Groups": (True, _group),
}
"""Mode → (all places?, what is taken of one)."""


def extract(string: str, regex_pattern: str, mode: str, group_index: int, **flags: bool) -> tuple[str]:
    """What fits, or groups of it, a line each; empty where nothing does."""
    every, taken = MODES[mode]
    lines: list[str] = []
    characters = 0
    for match in found(string, regex_pattern, **flags):
        if (line := taken(match, group_index)) is not None:
            lines.append(line)
            characters += len(line) + 1
            _hold(characters - 1, "string")
        if not every:
            break
    return ("\n".join(lines),)


def substitute(string: str, regex_pattern: str, replace: str, count: int, **flags: bool) -> tuple[str]:
    r"""With what fits replaced, at most `count` times where that is not 0; `\1` is the first group."""
    parts: list[str] = []
    characters, place = 0, 0
    for number, match in enumerate(found(string, regex_pattern, **flags), 1):
        try:
            parts += [string[place : match.start()], match.expand(replace)]
        except (regex.error, IndexError):
            raise Unfit("replace", "it names a group that the pattern does not have") from None
        place = match.end()
        characters += len(parts[-1]) + len(parts[-2])
        _hold(characters, "replace")
        if number == count:
            break
    return fitting("".join([*parts, string[place:]]), "replace")


def note(**_: Any) -> tuple[()]:
    """Nothing."""
    return ()


def _text(tooltip: str, *, multiline: bool = True, high: int = MAX_TEXT, default: str | None = None) -> Input:
    return Input("STRING", default, high=high, multiline=multiline, tooltip=tooltip)


_STRING = _text("The text.")
_CASE_SENSITIVE = Input("BOOLEAN", True, tooltip="On: A is not a.")
_PATTERN = _text("A regular expression as Python reads them.", high=MAX_PATTERN)
_FLAGS = {
    "case_insensitive": Input("BOOLEAN", True, optional=True, tooltip="On: A is a."),
    "multiline": Input("BOOLEAN", False, optional=True, tooltip="On: ^ and $ are at each line's ends."),
    "dotall": Input("BOOLEAN", False, optional=True, tooltip="On: a dot is a line's end as well."),
}


def _node(
    name: str,
    title: str,
    run: Callable[..., Any],
    description: str,
    inputs: dict[str, Input],
    gives: str | tuple[str, str] = "STRING",
    constant: bool = True,
) -> NodeType:
    # Patterns may take their second: they are none of what is computed while somebody waits for an answer.
    return NodeType(
        name,
        title,
        "utilities/string",
        inputs,
        outputs(gives),
        run,
        description=description,
        constant=constant,
    )


NODES: tuple[NodeType, ...] = (
    _node(
        "StringConcatenate",
        "Concatenate",
        concatenate,
        "One text behind the other.",
        {
            "string_a": _text("The first text."),
            "string_b": _text("The second text."),
            "delimiter": _text("What stands between them.", multiline=False, default=""),
        },
    ),
    _node(
        "StringSubstring",
        "Substring",
        substring,
        "A part of a text.",
        {
            "string": _STRING,
            "start": Input("INT", 0, tooltip="Its first character, counted from 0; below 0 from the end."),
            "end": Input("INT", 0, tooltip="The first character that is not in it any more."),
        },
    ),
    _node(
        "StringLength",
        "Length",
        length,
        "How many characters a text has.",
        {"string": _STRING},
        ("INT", "length"),
    ),
    _node(
        "CaseConverter",
        "Case Converter",
        convert_case,
        "A text in capitals, or not.",
        {"string": _STRING, "mode": Input("COMBO", "UPPERCASE", choices=tuple(CASES), tooltip="How.")},
    ),
    _node(
        "StringTrim",
        "Trim",
        trim,
        "A text without blanks at its ends.",
        {"string": _STRING, "mode": Input("COMBO", "Both", choices=tuple(TRIMS), tooltip="At which end.")},
    ),
    _node(
        "StringReplace",
        "Replace",
        replace,
        "A text with all of one text replaced by another.",
        {"string": _STRING, "find": _text("What is replaced."), "replace": _text("What stands there then.")},
    ),
    _node(
        "StringContains",
        "Contains",
        contains,
        "Is one text part of another?",
        {"string": _STRING, "substring": _text("What is looked for."), "case_sensitive": _CASE_SENSITIVE},
        ("BOOLEAN", "contains"),
    ),
    _node(
        "StringCompare",
        "Compare",
        compare,
        "Is a text another one, its beginning, its end?",
        {
            "string_a": _text("The text."),
            "string_b": _text("What it may be, begin or end with."),
            "mode": Input("COMBO", "Starts With", choices=tuple(COMPARISONS), tooltip="What is asked."),
            "case_sensitive": _CASE_SENSITIVE,
        },
        "BOOLEAN",
    ),
    _node(
        "RegexMatch",
        "Regex Match",
        matches,
        "Does a pattern fit somewhere in a text?",
        {"string": _STRING, "regex_pattern": _PATTERN, **_FLAGS},
        ("BOOLEAN", "matches"),
        constant=False,
    ),
    _node(
        "RegexExtract",
        "Regex Extract",
        extract,
        "What of a text a pattern fits, a line each.",
        {
            "string": _STRING,
            "regex_pattern": _PATTERN,
            "mode": Input("COMBO", "First Match", choices=tuple(MODES), tooltip="What is taken."),
            **_FLAGS,
            "group_index": Input("INT", 1, 0, 100, optional=True, tooltip="Which group; 0 is all that fits."),
        },
        constant=False,
    ),
    _node(
        "RegexReplace",
        "Regex Replace",
        substitute,
        "A text with what a pattern fits replaced.",
        {
            "string": _STRING,
            "regex_pattern": _PATTERN,
            "replace": _text(r"What stands there then; \1 is the pattern's first group."),
            **_FLAGS,
            "count": Input("INT", 0, 0, 100, optional=True, tooltip="How often at most; 0 is without end."),
        },
        constant=False,
    ),
    *(
        NodeType(
            name=name,
            title=title,
            category="utils",
            description="Words for who reads the workflow. It does nothing and never runs.",
            inputs={"text": _text("The words.", default="")},
            outputs=(),
            run=note,
        )
        for name, title in (("Note", "Note"), ("MarkdownNote", "Markdown Note"))
    ),
)
