"""Texts to conditionings, and what is done with these: where, when and how much each counts."""

from dataclasses import replace
from typing import Any

import numpy as np

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Clip, Condition, Conditioning, Mask
from ensembles.arrays import Array
from ensembles.sampling.conditions import Area

MAX_TEXT = 10_000
"""Characters of a prompt."""
MAX_SIDE = 16384
"""Pixels, of areas."""
MAX_CONDITIONS = 16
"""Texts of one conditioning: each is a call of the model at every step."""


async def encode_text(
    engine: Engine, text: str, clip: Clip, *, second: str | None = None
) -> tuple[Conditioning]:
    """One condition: the text's hidden states; `second` is what a second encoder reads in its place."""
    layers = engine.manifest(clip.checkpoint).text_layers
    if clip.skip > layers:
        raise Unfit("clip", f"{clip.checkpoint} has {layers} text layers: stop at -1 to -{layers}")
    own = engine.embeddings(text if second is None else f"{text} {second}")
    if own:
        clip = replace(clip, embeddings=own)
    if second is None:
        return (await engine.encode_text(clip, text),)
    return (await engine.encode_text(clip, text, second),)


def last_layer(clip: Clip, stop_at_clip_layer: int) -> tuple[Clip]:
    """The same encoder, read at an earlier layer."""
    return (replace(clip, skip=-stop_at_clip_layer),)


def combine(conditioning_1: Conditioning, conditioning_2: Conditioning) -> tuple[Conditioning]:
    """Both count; where they overlap, the weighted mean of what the model says to each."""
    both = conditioning_1 + conditioning_2
    if len(both) > MAX_CONDITIONS:
        raise Unfit("conditioning_2", f"{len(both)} texts in one conditioning; {MAX_CONDITIONS} are the most")
    return (both,)


def concat(conditioning_to: Conditioning, conditioning_from: Conditioning) -> tuple[Conditioning]:
    """`from`'s first text behind each of `to`, along the tokens."""
    tail = conditioning_from[0].context
    _same_width(conditioning_to, tail)
    return (tuple(replace(one, context=np.concatenate([one.context, tail])) for one in conditioning_to),)


def average(
    conditioning_to: Conditioning, conditioning_from: Conditioning, conditioning_to_strength: float
) -> tuple[Conditioning]:
    """to·strength + from·(1−strength), token by token; `from` is cut, or filled up with zeros, to `to`'s length."""
    share = np.float32(conditioning_to_strength)
    other = conditioning_from[0]
    _same_width(conditioning_to, other.context)

    def mean(one: Condition) -> Condition:
        tokens = len(one.context)
        fitted = np.zeros_like(one.context)
        fitted[: len(other.context)] = other.context[:tokens]
        pooled = one.pooled
        if pooled is not None and other.pooled is not None:
            pooled = pooled * share + other.pooled * (1 - share)
        return replace(
            one,
            context=one.context * share + fitted * (1 - share),
            pooled=other.pooled if pooled is None else pooled,
        )

    return (tuple(mean(one) for one in conditioning_to),)


def _same_width(conditioning: Conditioning, context: Array) -> None:
    if any(one.context.shape[1] != context.shape[1] for one in conditioning):
        raise Unfit("conditioning_from", "it comes from a text encoder of another kind")


def _all(conditioning: Conditioning, **changes: Any) -> tuple[Conditioning]:
    return (tuple(replace(one, **changes) for one in conditioning),)


def set_area(
    conditioning: Conditioning, width: int, height: int, x: int, y: int, strength: float
) -> tuple[Conditioning]:
    """Counts in a rectangle, in pixels, alone."""
    return _all(
        conditioning, area=Area(height // 8, width // 8, y // 8, x // 8), strength=strength, bounds=False
    )


def set_area_percentage(
    conditioning: Conditioning, width: float, height: float, x: float, y: float, strength: float
) -> tuple[Conditioning]:
    """Counts in a rectangle, in shares of the picture, alone."""
    return _all(conditioning, area=Area(height, width, y, x, share=True), strength=strength, bounds=False)


def set_area_strength(conditioning: Conditioning, strength: float) -> tuple[Conditioning]:
    """How much it counts where others count as well."""
    return _all(conditioning, strength=strength)


def set_mask(
    conditioning: Conditioning, mask: Mask, strength: float, set_cond_area: str
) -> tuple[Conditioning]:
    """Counts where the mask is, and as much."""
    bounds = set_cond_area != "default"
    return _all(conditioning, mask=mask, mask_strength=strength, bounds=bounds)


def set_range(conditioning: Conditioning, start: float, end: float) -> tuple[Conditioning]:
    """Counts on a part of the way alone."""
    return _all(conditioning, start=start, end=end)


def zero_out(conditioning: Conditioning) -> tuple[Conditioning]:
    """Says nothing: zeros, which is something else than an empty text."""
    return (
        tuple(
            replace(
                one,
                context=np.zeros_like(one.context),
                pooled=None if one.pooled is None else np.zeros_like(one.pooled),
            )
            for one in conditioning
        ),
    )


def check_range(start: float | None = None, end: float | None = None, **_: Any) -> None:
    """It begins before it ends."""
    if start is not None and end is not None and start > end:
        raise Unfit("end", f"{end:g} lies before start, {start:g}")


_GIVEN = Input("CONDITIONING", tooltip="The encoded text.")
_STRENGTH = Input("FLOAT", 1.0, 0.0, 10.0, 0.01, tooltip="Its weight where several conditionings overlap.")


def _pixels(default: int, low: int, tooltip: str) -> Input:
    return Input("INT", default, low, MAX_SIDE, 8, tooltip=tooltip)


def _share(default: float, tooltip: str) -> Input:
    return Input("FLOAT", default, 0.0, 1.0, 0.01, tooltip=tooltip)


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="CLIPTextEncode",
        title="CLIP Text Encode (Prompt)",
        category="conditioning",
        description="A text as the model reads it; (words:1.2) weighs, embedding:name names a textual inversion.",
        inputs={
            "text": Input(
                "STRING", high=MAX_TEXT, multiline=True, tooltip="What to paint, or to keep away from."
            ),
            "clip": Input("CLIP", tooltip="The text encoder."),
        },
        outputs=outputs("CONDITIONING"),
        run=encode_text,
        asks="text_encode",
        ui={"text": {"dynamicPrompts": True}},
    ),
    NodeType(
        name="CLIPSetLastLayer",
        title="CLIP Set Last Layer",
        category="conditioning",
        description="Takes the text from an earlier layer of its encoder (clip skip).",
        inputs={
            "clip": Input("CLIP", tooltip="The text encoder."),
            "stop_at_clip_layer": Input(
                "INT",
                -1,
                -24,
                -1,
                1,
                tooltip="-1 is the last layer; no more than the checkpoint's encoder has.",
            ),
        },
        outputs=outputs("CLIP"),
        run=last_layer,
    ),
    NodeType(
        name="ConditioningCombine",
        title="Conditioning (Combine)",
        category="conditioning",
        description="Two conditionings that both count: the mean of what the model says to each.",
        inputs={"conditioning_1": _GIVEN, "conditioning_2": _GIVEN},
        outputs=outputs("CONDITIONING"),
        run=combine,
    ),
    NodeType(
        name="ConditioningConcat",
        title="Conditioning (Concat)",
        category="conditioning",
        description="The second text behind the first, as one.",
        inputs={"conditioning_to": _GIVEN, "conditioning_from": _GIVEN},
        outputs=outputs("CONDITIONING"),
        run=concat,
    ),
    NodeType(
        name="ConditioningAverage",
        title="Conditioning (Average)",
        category="conditioning",
        description="A text between two texts.",
        inputs={
            "conditioning_to": _GIVEN,
            "conditioning_from": _GIVEN,
            "conditioning_to_strength": _share(1.0, "The first one's share; the rest is the second's."),
        },
        outputs=outputs("CONDITIONING"),
        run=average,
    ),
    NodeType(
        name="ConditioningSetArea",
        title="Conditioning (Set Area)",
        category="conditioning",
        description="Counts in a rectangle alone, given in pixels.",
        inputs={
            "conditioning": _GIVEN,
            "width": _pixels(64, 64, "Of the rectangle, in pixels."),
            "height": _pixels(64, 64, "Of the rectangle, in pixels."),
            "x": _pixels(0, 0, "Its left edge, in pixels."),
            "y": _pixels(0, 0, "Its upper edge, in pixels."),
            "strength": _STRENGTH,
        },
        outputs=outputs("CONDITIONING"),
        run=set_area,
    ),
    NodeType(
        name="ConditioningSetAreaPercentage",
        title="Conditioning (Set Area with Percentage)",
        category="conditioning",
        description="Counts in a rectangle alone, given in shares of the picture.",
        inputs={
            "conditioning": _GIVEN,
            "width": _share(1.0, "Of the picture's width."),
            "height": _share(1.0, "Of the picture's height."),
            "x": _share(0.0, "Its left edge, of the picture's width."),
            "y": _share(0.0, "Its upper edge, of the picture's height."),
            "strength": _STRENGTH,
        },
        outputs=outputs("CONDITIONING"),
        run=set_area_percentage,
    ),
    NodeType(
        name="ConditioningSetAreaStrength",
        title="Conditioning (Set Area Strength)",
        category="conditioning",
        description="How much it counts where others count as well.",
        inputs={"conditioning": _GIVEN, "strength": _STRENGTH},
        outputs=outputs("CONDITIONING"),
        run=set_area_strength,
    ),
    NodeType(
        name="ConditioningSetMask",
        title="Conditioning (Set Mask)",
        category="conditioning",
        description="Counts where the mask is.",
        inputs={
            "conditioning": _GIVEN,
            "mask": Input("MASK", tooltip="Where it counts, of any size."),
            "strength": Input("FLOAT", 1.0, 0.0, 10.0, 0.01, tooltip="What the mask is multiplied by."),
            "set_cond_area": Input(
                "COMBO",
                "default",
                choices=("default", "mask bounds"),
                tooltip="mask bounds: the model sees the mask's rectangle alone.",
            ),
        },
        outputs=outputs("CONDITIONING"),
        run=set_mask,
    ),
    NodeType(
        name="ConditioningSetTimestepRange",
        title="Conditioning (Set Timestep Range)",
        category="advanced/conditioning",
        description="Counts on a part of the way from noise to picture alone.",
        inputs={
            "conditioning": _GIVEN,
            "start": Input("FLOAT", 0.0, 0.0, 1.0, 0.001, tooltip="Share of the timesteps, 0 is noise."),
            "end": Input("FLOAT", 1.0, 0.0, 1.0, 0.001, tooltip="Share of the timesteps, 1 is the picture."),
        },
        outputs=outputs("CONDITIONING"),
        run=set_range,
        check=check_range,
    ),
    NodeType(
        name="ConditioningZeroOut",
        title="Conditioning (Zero Out)",
        category="advanced/conditioning",
        description="Zeros in place of the text, which some models take for a negative.",
        inputs={"conditioning": _GIVEN},
        outputs=outputs("CONDITIONING"),
        run=zero_out,
    ),
)
