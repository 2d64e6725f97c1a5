"""The field's prompt syntax: emphasis by parentheses, and `embedding:name`."""

import re
from typing import NamedTuple

from ensembles.text.errors import PromptError

MAX_CHARACTERS = 10_000
EMPHASIS = 1.1
MAX_WEIGHT = 1000.0
"""Weights are kept within ±this, so that deep nesting and `(x:1e400)` stay finite in fp32."""

ENDINGS = ".!?:'\")]}"
"""Marks that may stand behind a reference, and are text where no name ends with them: `embedding:dusk.`"""

_TOKEN = re.compile(r"\\[()]|[()]|[^()\\]+|\\")
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*")
_REFERENCE = re.compile(r"(?<!\S)embedding:([^\s,;]+)")


class Span(NamedTuple):
    """A stretch of prompt text under one weight. Parentheses and weights are already taken out."""

    text: str
    weight: float


class Reference(NamedTuple):
    """A textual inversion named in the text as `embedding:name`."""

    name: str


def parse(prompt: str) -> list[Span]:
    r"""The spans of `prompt`, in order, none of them empty.

    `(x)` multiplies the weight around it by 1.1, also when nested; `(x:1.3)` sets it, whatever stands
    around. `\(` and `\)` are parentheses of the text. A parenthesis without a partner is text too. A
    colon that has nothing before it, as in `(:3)`, sets no weight. Weights lie within ±1000.

    Raises `PromptError` when `prompt` is no string or has more than 10 000 characters.
    """
    if not isinstance(prompt, str):
        raise PromptError(f"The prompt is a {type(prompt).__name__}; send it as text.")
    if len(prompt) > MAX_CHARACTERS:
        raise PromptError(
            f"The prompt has {len(prompt)} characters and at most {MAX_CHARACTERS} are taken; shorten it."
        )
    tokens = _TOKEN.findall(prompt)
    closing = _pairs(tokens)
    openings = set(closing.values())
    tokens = [token[1:] if token in (r"\(", r"\)") else token for token in tokens]

    weights: dict[int, float] = {}  # opening parenthesis → the weight that it sets
    for close, opening in closing.items():
        cut = _explicit_weight(tokens, close, closing, openings)
        if cut is not None:
            first, text, weights[opening] = cut
            tokens[first:close] = [text] + [""] * (close - first - 1)

    spans: list[Span] = []
    stack = [1.0]
    text = ""
    for index, token in enumerate(tokens):
        if index not in openings and index not in closing:
            text += token
            continue
        spans.append(Span(text, stack[-1]))
        text = ""
        if index in closing:
            stack.pop()
        else:
            stack.append(_bounded(weights.get(index, stack[-1] * EMPHASIS)))
    spans.append(Span(text, stack[-1]))
    return [span for span in spans if span.text]


def escape(text: str) -> str:
    """`text` with its parentheses escaped: `parse` gives it back as written, at weight 1."""
    return re.sub(r"([()])", r"\\\1", text)


def pieces(text: str) -> list[str | Reference]:
    """A span's text split at its `embedding:name` references, which count only at a word's start.

    A name ends at white space, a comma or a semicolon.
    """
    found: list[str | Reference] = []
    start = 0
    for match in _REFERENCE.finditer(text):
        found += [text[start : match.start()], Reference(match[1])]
        start = match.end()
    found.append(text[start:])
    return [piece for piece in found if piece]


def references(prompt: str) -> list[str]:
    """Names of the textual inversions that `prompt` refers to, as written: `(embedding:dusk:1.2)` refers to `dusk`.

    None in what is too long to be a prompt.
    """
    if "embedding:" not in prompt or len(prompt) > MAX_CHARACTERS:
        return []
    return [
        piece.name for span in parse(prompt) for piece in pieces(span.text) if isinstance(piece, Reference)
    ]


def spellings(name: str) -> list[str]:
    """Names by which the one of a reference may be kept, the likeliest first."""
    bare = name.removesuffix(".safetensors")
    plain = name.rstrip(ENDINGS).removesuffix(".safetensors")
    return list(dict.fromkeys(one for one in (bare, plain) if one))


def _pairs(tokens: list[str]) -> dict[int, int]:
    """Index of each closing parenthesis that has a partner → index of its opening one."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token == "(":
            opened.append(index)
        elif token == ")" and opened:
            pairs[index] = opened.pop()
    return pairs


def _explicit_weight(
    tokens: list[str], close: int, closing: dict[int, int], openings: set[int]
) -> tuple[int, str, float] | None:
    """The `:1.3` before `close`: (first token of the text before it, that text without it, weight)."""
    first = close
    while first - 1 not in openings and first - 1 not in closing:
        first -= 1
    text, colon, number = "".join(tokens[first:close]).rpartition(":")
    match = _NUMBER.fullmatch(number)
    nothing_before = not text.strip() and first - 1 in openings
    if not colon or match is None or nothing_before:
        return None
    return first, text, float(match[1])


def _bounded(weight: float) -> float:
    return min(max(weight, -MAX_WEIGHT), MAX_WEIGHT)
