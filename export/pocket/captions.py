"""Captions for scenes: English templates, synonyms, attributes left out, filler words.

A caption carries what it *states*, so that a reader (the text encoder's heads) or a judge is only
asked about what the words say.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from export.pocket.scenes import Scene
from export.pocket.vocabulary import (
    CLOSERS,
    COLOUR_WORDS,
    OPENERS,
    POSITION_WORDS,
    SHAPE_WORDS,
    SIZE_WORDS,
    STYLE_WORDS,
)


@dataclass(frozen=True, slots=True)
class Caption:
    """A prompt and what it states; an attribute it leaves open is None."""

    text: str
    shape: str | None
    colour: str | None
    background: str | None
    size: str | None = None
    position: str | None = None
    style: str | None = None
    gradient: bool | None = None


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[rng.integers(len(words))]


def _article(phrase: str) -> str:
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def describe(scene: Scene, rng: np.random.Generator, *, full: bool = False) -> Caption:
    """Describe a scene in words.

    ``full`` always states colour and background and adds no filler (evaluation); otherwise the
    colour is left out in 4 % of captions, the background in 8 %, and a quarter carries fillers.
    """
    says_colour = full or rng.random() >= 0.04
    says_background = full or rng.random() >= 0.08
    says_size = rng.random() < 0.5
    says_style = rng.random() < (0.85 if scene.style != "flat" else 0.25)
    says_position = rng.random() < (0.85 if scene.position != "centre" else 0.4)

    shape = _pick(rng, SHAPE_WORDS[scene.shape])
    colour = _pick(rng, COLOUR_WORDS[scene.colour]) if says_colour else ""
    before = [
        _pick(rng, SIZE_WORDS[scene.size]) if says_size else "",
        _pick(rng, STYLE_WORDS[scene.style]) if says_style else "",
    ]
    where = _pick(rng, POSITION_WORDS[scene.position]) if says_position else ""
    if colour and not full and rng.random() < 0.06:
        noun = _article(" ".join(word for word in (*before, shape) if word)) + f" in {colour}"
    else:
        noun = _article(" ".join(word for word in (*before, colour, shape) if word))
    subject = f"{noun} {where}".strip()

    text = subject
    if says_background:
        tone = _pick(rng, COLOUR_WORDS[scene.background])
        kind = f"{tone} gradient background" if scene.gradient else f"{tone} background"
        form = 0 if full and rng.random() < 0.5 else int(rng.integers(6))
        text = (
            f"{subject} on {_article(kind)}",
            f"{subject} on {_article(kind)}",
            f"{subject}, {kind}",
            f"{_article(kind)} with {subject}",
            f"{subject} against {_article(kind)}",
            f"{kind}, {subject}",
        )[form]
    if not full and rng.random() < 0.25:
        if rng.random() < 0.6:
            text = f"{_pick(rng, OPENERS)} {text}"
        if rng.random() < 0.6:
            text = f"{text}, {_pick(rng, CLOSERS)}"
    return Caption(
        text=text,
        shape=scene.shape,
        colour=scene.colour if says_colour else None,
        background=scene.background if says_background else None,
        size=scene.size if says_size else None,
        position=scene.position if says_position else None,
        style=scene.style if says_style else None,
        gradient=scene.gradient if says_background else None,
    )


def reserved(text: str) -> bool:
    """Whether a caption belongs to evaluation: one text in sixteen, by its checksum."""
    return zlib.crc32(text.encode()) % 16 == 0


def training_caption(scene: Scene, seed: int, index: int) -> Caption:
    """The caption of training scene ``index``, never a reserved one; its stream is its own."""
    rng = np.random.default_rng([seed, 0xCA97, index])
    while True:
        caption = describe(scene, rng)
        if not reserved(caption.text):
            return caption
