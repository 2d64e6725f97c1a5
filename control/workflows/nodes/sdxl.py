"""SDXL's texts: two encoders, and the sizes that the UNet is told."""

from dataclasses import replace
from typing import Any

from control.workflows.engine import Engine
from control.workflows.nodes.conditioning import MAX_SIDE, MAX_TEXT, encode_text
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Clip, Conditioning


def load_dual(clip_name1: str, clip_name2: str, **_: Any) -> tuple[Clip]:
    """Both text encoders of a checkpoint."""
    check_dual(clip_name1, clip_name2)
    return (Clip(clip_name1),)


def check_dual(clip_name1: str | None = None, clip_name2: str | None = None, **_: Any) -> None:
    """Raises `Unfit` for encoders of two checkpoints."""
    if clip_name1 is not None and clip_name2 is not None and clip_name1 != clip_name2:
        raise Unfit(
            "clip_name2",
            f"a checkpoint has both its text encoders under one name: write {clip_name1} here as well",
        )


async def encode(
    engine: Engine,
    clip: Clip,
    width: int,
    height: int,
    crop_w: int,
    crop_h: int,
    target_width: int,
    target_height: int,
    text_g: str,
    text_l: str,
) -> tuple[Conditioning]:
    """Two texts, each by its encoder, and the size that the picture shall seem to come from."""
    _sized(engine, clip, 6)
    sizes = tuple(map(float, (height, width, crop_h, crop_w, target_height, target_width)))
    [found] = await encode_text(engine, text_l, clip, second=None if text_g == text_l else text_g)
    return (_all(found, sizes),)


async def encode_refiner(
    engine: Engine, ascore: float, width: int, height: int, text: str, clip: Clip
) -> tuple[Conditioning]:
    """A text for the refiner, the size that the picture shall seem to come from, and how beautiful it shall be."""
    _sized(engine, clip, 5)
    [found] = await encode_text(engine, text, clip)
    return (_all(found, (float(height), float(width), 0.0, 0.0, ascore)),)


def _all(conditioning: Conditioning, sizes: tuple[float, ...]) -> Conditioning:
    return tuple(replace(one, sizes=sizes) for one in conditioning)


def _sized(engine: Engine, clip: Clip, numbers: int) -> None:
    """Raises `Unfit` for a checkpoint that is told other sizes."""
    manifest = engine.manifest(clip.checkpoint)
    if manifest.size_ids != numbers:
        kind = "SDXL's base model" if numbers == 6 else "SDXL's refiner"
        raise Unfit("clip", f"{manifest.name} is not of the kind of {kind}: take CLIPTextEncode")


_CLIP = Input("CLIP", tooltip="The text encoders.")
_TEXT = Input("STRING", high=MAX_TEXT, multiline=True, tooltip="What to paint, or to keep away from.")
_DYNAMIC = {"dynamicPrompts": True}


def _pixels(default: int, tooltip: str) -> Input:
    return Input("INT", default, 0, MAX_SIDE, 1, tooltip=tooltip)


_ORIGINAL = {
    "width": _pixels(1024, "Of the picture that it shall seem to come from: small ones were blurred."),
    "height": _pixels(1024, "Of the picture that it shall seem to come from."),
}


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="DualCLIPLoader",
        title="DualCLIPLoader",
        category="loaders/advanced",
        description="Both text encoders of a published checkpoint.",
        inputs={
            "clip_name1": Input("COMBO", folder="clip", tooltip="A published checkpoint."),
            "clip_name2": Input("COMBO", folder="clip", tooltip="The same one: it has both."),
            "type": Input("COMBO", "sdxl", choices=("sdxl",), tooltip="Its family."),
            "device": Input(
                "COMBO",
                "default",
                choices=("default", "cpu"),
                optional=True,
                tooltip="The server decides where.",
            ),
        },
        outputs=outputs("CLIP"),
        run=load_dual,
        check=check_dual,
    ),
    NodeType(
        name="CLIPTextEncodeSDXL",
        title="CLIPTextEncodeSDXL",
        category="advanced/conditioning",
        description="A text for each of SDXL's encoders, and the sizes that its UNet is told.",
        inputs={
            "clip": _CLIP,
            **_ORIGINAL,
            "crop_w": _pixels(0, "Pixels that seem to be cut off at the left."),
            "crop_h": _pixels(0, "Pixels that seem to be cut off at the top."),
            "target_width": _pixels(1024, "The width that it shall be painted for."),
            "target_height": _pixels(1024, "The height that it shall be painted for."),
            "text_g": _TEXT,
            "text_l": _TEXT,
        },
        outputs=outputs("CONDITIONING"),
        run=encode,
        asks="text_encode",
        ui={"text_g": _DYNAMIC, "text_l": _DYNAMIC},
    ),
    NodeType(
        name="CLIPTextEncodeSDXLRefiner",
        title="CLIPTextEncodeSDXLRefiner",
        category="advanced/conditioning",
        description="A text for SDXL's refiner, with a size and an aesthetic score.",
        inputs={
            "ascore": Input(
                "FLOAT", 6.0, 0.0, 1000.0, 0.01, tooltip="How beautiful: 6 is usual, 2.5 for the negative."
            ),
            **_ORIGINAL,
            "text": _TEXT,
            "clip": _CLIP,
        },
        outputs=outputs("CONDITIONING"),
        run=encode_refiner,
        asks="text_encode",
        ui={"text": _DYNAMIC},
    ),
)
