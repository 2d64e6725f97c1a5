"""From an image encoder's states to an IP-Adapter's tokens: its three forms (Ye et al. 2023), as graphs.

Parameters are called as in the files that its authors publish: `image_proj.…`.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

import onnx

from ensembles.engine.building import Builder, Shapes
from ensembles.engine.vision_graph import EMBEDS, HIDDEN

TOKENS = "tokens"
HEAD = 64
"""Channels of one head of the resampler's attention, in all that were published."""
_LAYER = re.compile(r"^image_proj\.layers\.(\d+)\.")


def _base(shapes: Shapes) -> onnx.ModelProto:
    """One layer: `image_embeds` → k tokens at once."""
    made = Builder("base", {EMBEDS: ["batch", shapes["image_proj.proj.weight"][1]]}, shapes)
    flat = made.linear(EMBEDS, "image_proj.proj")
    width = made.width("image_proj.norm.weight")
    split = made.make("Reshape", flat, made.constant([0, -1, width]))
    return made.done({TOKENS: made.norm(split, "image_proj.norm")})


def _full(shapes: Shapes) -> onnx.ModelProto:
    """Two layers: every one of `penultimate` becomes a token."""
    made = Builder("full", {HIDDEN: ["batch", "places", shapes["image_proj.proj.0.weight"][1]]}, shapes)
    inner = made.activation(made.linear(HIDDEN, "image_proj.proj.0"))
    return made.done({TOKENS: made.norm(made.linear(inner, "image_proj.proj.2"), "image_proj.proj.3")})


def _plus(shapes: Shapes) -> onnx.ModelProto:
    """A resampler (Alayrac et al. 2022): learned queries read `penultimate`."""
    made = Builder("plus", {HIDDEN: ["batch", "places", shapes["image_proj.proj_in.weight"][1]]}, shapes)
    seen = made.linear(HIDDEN, "image_proj.proj_in")
    batch = made.make(
        "Slice", made.make("Shape", HIDDEN), made.constant([0]), made.constant([1]), made.constant([0])
    )
    count, width = (made.width("image_proj.latents", axis) for axis in (1, 2))
    extent = made.make("Concat", batch, made.constant([count, width]), axis=0)
    queries = made.make("Expand", made.own("image_proj.latents"), extent)
    for number in range(1 + max(int(match[1]) for name in shapes if (match := _LAYER.match(name)))):
        attention, forward = f"image_proj.layers.{number}.0", f"image_proj.layers.{number}.1"
        inner = made.width(f"{attention}.to_q.weight")
        own = made.norm(queries, f"{attention}.norm2")
        read = made.make("Concat", made.norm(seen, f"{attention}.norm1"), own, axis=1)
        both = made.linear(read, f"{attention}.to_kv")
        key, value = (
            made.make("Slice", both, *(made.constant([n]) for n in (start, start + inner, 2)))
            for start in (0, inner)
        )
        attended = made.attention(made.linear(own, f"{attention}.to_q"), key, value, inner // HEAD, inner)
        queries = made.make("Add", queries, made.linear(attended, f"{attention}.to_out"))
        middle = made.activation(made.linear(made.norm(queries, f"{forward}.0"), f"{forward}.1"))
        queries = made.make("Add", queries, made.linear(middle, f"{forward}.3"))
    return made.done({TOKENS: made.norm(made.linear(queries, "image_proj.proj_out"), "image_proj.norm_out")})


@dataclass(frozen=True, slots=True)
class Form:
    """One way from states to tokens."""

    sign: str
    """A parameter that it alone has."""
    reads: str
    """Which of the image encoder's outputs."""
    entry: str
    """The parameter whose second axis is as wide as that output."""
    exit: str
    """The parameter that is as wide as a token."""
    graph: Callable[[Shapes], onnx.ModelProto]


FORMS: dict[str, Form] = {
    "base": Form("image_proj.proj.weight", EMBEDS, "image_proj.proj.weight", "image_proj.norm.weight", _base),
    "plus": Form(
        "image_proj.latents", HIDDEN, "image_proj.proj_in.weight", "image_proj.norm_out.weight", _plus
    ),
    "full": Form(
        "image_proj.proj.3.weight", HIDDEN, "image_proj.proj.0.weight", "image_proj.proj.3.weight", _full
    ),
}
"""name → form; face variants are files of these"""


def form_of(names: Collection[str]) -> str | None:
    """Which form a file with these parameters has; None for another."""
    return next((name for name, form in FORMS.items() if form.sign in names), None)
