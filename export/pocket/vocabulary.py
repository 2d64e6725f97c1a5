"""The words and colours of the pocket world, and the pairs that training never sees.

Everything is a plain tuple or mapping of literals, so that no order depends on a hash seed.
"""

from __future__ import annotations

from typing import Final

#: Shape names; the index is the judge's label.
SHAPES: Final = (
    "circle",
    "square",
    "triangle",
    "star",
    "heart",
    "ring",
    "cross",
    "crescent",
    "diamond",
    "flower",
)

#: Colour name to sRGB in 0..1. They serve as foreground and as background; chosen far apart, so
#: that a gradient of +-18 % lightness never carries one over to a neighbour.
COLOURS: Final[dict[str, tuple[float, float, float]]] = {
    "red": (0.86, 0.12, 0.12),
    "orange": (1.00, 0.55, 0.05),
    "yellow": (0.98, 0.88, 0.12),
    "green": (0.13, 0.65, 0.22),
    "cyan": (0.15, 0.85, 0.88),
    "blue": (0.12, 0.25, 0.86),
    "purple": (0.52, 0.14, 0.70),
    "pink": (1.00, 0.55, 0.78),
    "white": (0.97, 0.97, 0.97),
    "black": (0.06, 0.06, 0.06),
}
COLOUR_NAMES: Final = tuple(COLOURS)

SIZES: Final = ("small", "medium", "large")
#: Position name to its direction in image coordinates (x to the right, y down).
POSITIONS: Final[dict[str, tuple[int, int]]] = {
    "centre": (0, 0),
    "left": (-1, 0),
    "right": (1, 0),
    "top": (0, -1),
    "bottom": (0, 1),
    "top left": (-1, -1),
    "top right": (1, -1),
    "bottom left": (-1, 1),
    "bottom right": (1, 1),
}
POSITION_NAMES: Final = tuple(POSITIONS)
STYLES: Final = ("flat", "outlined", "glossy")

#: Colour-shape pairs never drawn in training: each shape lacks one colour and each colour one
#: shape (10 % of all pairs), so that both halves of every such pair are well known apart.
HELD_OUT: Final = frozenset(
    (SHAPES[i], COLOUR_NAMES[(3 * i + 1) % len(COLOUR_NAMES)]) for i in range(len(SHAPES))
)

SHAPE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "circle": ("circle", "circle", "disc", "dot"),
    "square": ("square", "square", "box"),
    "triangle": ("triangle",),
    "star": ("star",),
    "heart": ("heart",),
    "ring": ("ring", "ring", "hoop", "donut"),
    "cross": ("cross", "cross", "plus sign"),
    "crescent": ("crescent", "crescent", "crescent moon", "moon"),
    "diamond": ("diamond", "diamond", "rhombus"),
    "flower": ("flower", "flower", "blossom"),
}
COLOUR_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "red": ("red", "red", "red", "crimson"),
    "orange": ("orange",),
    "yellow": ("yellow",),
    "green": ("green",),
    "cyan": ("cyan", "cyan", "turquoise", "aqua"),
    "blue": ("blue",),
    "purple": ("purple", "purple", "purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
    "black": ("black",),
}
SIZE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "small": ("small", "little", "tiny"),
    "medium": ("medium", "medium-sized"),
    "large": ("large", "big", "huge"),
}
STYLE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "flat": ("flat", "plain"),
    "outlined": ("outlined",),
    "glossy": ("glossy", "shiny"),
}
POSITION_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "centre": ("in the centre", "in the center", "in the middle", "centered"),
    "left": ("on the left", "at the left"),
    "right": ("on the right", "at the right"),
    "top": ("at the top",),
    "bottom": ("at the bottom",),
    "top left": ("in the top left corner", "at the top left"),
    "top right": ("in the top right corner", "at the top right"),
    "bottom left": ("in the bottom left corner", "at the bottom left"),
    "bottom right": ("in the bottom right corner", "at the bottom right"),
}
OPENERS: Final = (
    "a picture of",
    "a drawing of",
    "an image of",
    "an illustration of",
    "a photo of",
    "a painting of",
    "an icon of",
)
CLOSERS: Final = (
    "simple",
    "minimalist",
    "high quality",
    "masterpiece",
    "best quality",
    "highly detailed",
    "4k",
    "clean",
    "beautiful",
    "vector art",
    "digital art",
    "cinematic lighting",
    "sharp focus",
    "studio light",
    "icon",
    "poster",
)
