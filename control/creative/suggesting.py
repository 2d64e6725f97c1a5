"""Prompts to go on with, in words that a checkpoint understands.

A checkpoint with a vocabulary of its own (pocket's has some 800 tokens) is offered the small world of drawn shapes, and
of it what its tokenizer has a word for; others what people ask of models that have seen everything.
"""

from collections.abc import Iterator

from control.creative.schemas import Suggestion
from ensembles.text.tokens import ClipTokenizer, words

MOST = 12
SMALL = 5_000
"""Tokens: CLIP's own tokenizer has 49,408."""

SHAPES = (
    "circle",
    "star",
    "heart",
    "square",
    "triangle",
    "flower",
    "diamond",
    "ring",
    "crescent moon",
    "cross",
)
COLOURS = ("red", "blue", "yellow", "green", "purple", "orange", "pink", "cyan", "white", "black")
SIZES = ("large", "small", "medium")
FINISHES = ("glossy", "outlined", "flat")
PLACES = (
    "in the centre",
    "on the left",
    "on the right",
    "at the top",
    "at the bottom",
    "in the top left corner",
)
GROUNDS = ("blue", "yellow", "white", "green", "pink", "black", "orange", "purple", "red", "cyan")
SCENES = (
    "a large red circle on a blue background", "a yellow star on a purple gradient background",
    "a glossy pink heart on a white background", "a small green square in the top left corner, yellow background",
    "an outlined blue flower on an orange background", "a cyan crescent moon on a black background",
    "a large orange triangle on a green gradient background", "a glossy purple diamond on a pink background",
    "a white ring on a red background", "a yellow cross in the centre on a blue background",
)  # fmt: skip
"""Of the small world: each is a picture that pocket paints."""
IDEAS = (
    "a lighthouse on a cliff at dusk, storm clouds, crashing waves", "portrait of an old fisherman, soft window light",
    "a cosy cabin in a snowy forest, warm light in the windows", "a red fox in tall grass, morning mist",
    "an isometric bakery, pastel colours, clean lines", "a glass teapot with blooming tea, studio light",
    "a winding street of an old town after rain, reflections", "a botanical drawing of a fern, ink on paper",
    "an astronaut resting in a field of poppies", "a steaming bowl of ramen, top view, dark table",
)  # fmt: skip
"""For models that have seen everything."""
ADDITIONS = (
    "soft window light", "golden hour", "shallow depth of field", "35mm photograph", "watercolour on paper",
    "ink drawing", "studio light, plain background", "wide angle", "close-up", "muted colours", "highly detailed",
    "minimalist",
)  # fmt: skip
"""What such prompts may go on with."""


def suggestions(tokenizer: ClipTokenizer, text: str) -> list[Suggestion]:
    """What `text` may become, the likeliest first; whole prompts where nothing was typed yet."""
    typed = " ".join(text.split())
    small = len(tokenizer.backend.get_vocab()) < SMALL
    # The last word may be one under way.
    whole = len(typed) - len(typed.rpartition(" ")[2])
    found: dict[str, Suggestion] = {}
    for one in _small_world(typed) if small else _large_world(typed):
        if not small or _understood(tokenizer, one.text[whole:]):
            found.setdefault(one.text, one)
        if len(found) == MOST:
            break
    return list(found.values())


def _understood(tokenizer: ClipTokenizer, added: str) -> bool:
    """Is each word one that the tokenizer has whole?"""
    return all(len(word.ids) == 1 for word in words(tokenizer, added.replace(",", " ").lstrip()))


def _large_world(typed: str) -> Iterator[Suggestion]:
    if not typed:
        yield from (Suggestion(text=idea, title=idea) for idea in IDEAS)
        return
    low = typed.lower()
    yield from (Suggestion(text=idea, title=idea) for idea in IDEAS if low in idea.lower() and low != idea)
    trimmed = typed.rstrip(" ,")
    for addition in ADDITIONS:
        if addition not in low:
            yield Suggestion(text=f"{trimmed}, {addition}", title=addition)


def _small_world(typed: str) -> Iterator[Suggestion]:
    if not typed:
        yield from (Suggestion(text=scene, title=scene) for scene in SCENES)
        return
    low = typed.lower()
    begun = [scene for scene in SCENES if scene.startswith(low) and scene != low]
    yield from (Suggestion(text=scene, title=scene[len(typed) :].strip()) for scene in begun)
    *before, last = low.split()
    stem = typed[: len(typed) - len(last)]
    # A word under way is finished first.
    if not _known(last):
        for word in _following(before):
            if word.startswith(last) and word != last:
                yield Suggestion(text=f"{stem}{word}", title=word)
        return
    for phrase in _following([*before, last]):
        yield Suggestion(text=f"{typed} {phrase}", title=phrase)


_SHAPE_ENDS = frozenset(shape.split()[-1] for shape in SHAPES) | {"crescent"}
_WORDS = frozenset(
    word for phrase in (*SHAPES, *COLOURS, *SIZES, *FINISHES, *PLACES, "a", "an", "on", "gradient", "background")
    for word in phrase.split()
)  # fmt: skip


def _known(word: str) -> bool:
    return word.strip(",") in _WORDS


def _following(before: list[str]) -> Iterator[str]:
    """What may come next, by what was said already."""
    said = [word.strip(",") for word in before]
    has = set(said)
    last = said[-1] if said else ""
    shaped = bool(has & _SHAPE_ENDS)
    if not said:
        yield from ("a", "an")
    elif not shaped:
        if last in {"on", "background", "gradient"}:
            # The ground was said first: what stands on it comes now.
            yield from (f"with a {colour} {shape}" for colour, shape in zip(COLOURS, SHAPES, strict=True))
            return
        coloured = bool(has & {*COLOURS})
        if not coloured:
            if not has & {*SIZES, *FINISHES}:
                yield from SIZES[:2]
                yield from FINISHES[:2]
            yield from COLOURS
        if coloured or has & {*SIZES, *FINISHES}:
            yield from SHAPES
    elif last in COLOURS and "on" in has:
        yield from ("background", "gradient background")
    elif last == "gradient":
        yield "background"
    elif "background" not in has:
        if last in {"a", "an"}:
            yield from (f"{ground} background" for ground in GROUNDS if ground not in has)
        elif last == "on":
            yield from (f"{_article(ground)} {ground} background" for ground in GROUNDS if ground not in has)
        else:
            grounds = [ground for ground in GROUNDS if ground not in has]
            yield from (f"on {_article(ground)} {ground} background" for ground in grounds[:6])
            if not has & {"centre", "left", "right", "top", "bottom"}:
                yield from PLACES
            yield from (f"on {_article(ground)} {ground} gradient background" for ground in grounds[:3])


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
