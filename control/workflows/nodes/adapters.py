"""LoRAs: files that change a checkpoint's weights a little, at work in its UNet and its text encoders."""

import math
from dataclasses import replace
from typing import Any

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Clip, Model
from ensembles.engine.variant import UsedLora
from ensembles.sampling.parameters import MAX_LORA, MOST_BLOCKS

MOST_LORAS = 16
"""At work in one network."""


async def load(
    engine: Engine, model: Model, clip: Clip, lora_name: str, strength_model: float, strength_clip: float
) -> tuple[Model, Clip]:
    """The networks with a LoRA at work in both. Nothing is read: it is done where they stand."""
    used = UsedLora(engine.adapter("loras", lora_name).sha256)
    return _with(model, used, strength_model), _with(clip, used, strength_clip)


async def load_model_only(
    engine: Engine, model: Model, lora_name: str, strength_model: float
) -> tuple[Model]:
    """The UNet with a LoRA at work in it."""
    return (_with(model, UsedLora(engine.adapter("loras", lora_name).sha256), strength_model),)


async def load_blocks(
    engine: Engine,
    model: Model,
    clip: Clip,
    lora_name: str,
    strength_model: float,
    strength_clip: float,
    block_vector: str,
) -> tuple[Model, Clip]:
    """As `load`, each block of the networks with a weight of its own."""
    used = UsedLora(engine.adapter("loras", lora_name).sha256, blocks=blocks_of(block_vector))
    return _with(model, used, strength_model), _with(clip, used, strength_clip)


def blocks_of(text: str) -> tuple[float, ...] | None:
    """Numbers of a block vector, apart by commas; None for an empty one. Raises `Unfit`."""
    if not text.strip():
        return None
    try:
        found = tuple(float(one) for one in text.split(","))
    except ValueError:
        raise Unfit("block_vector", "write numbers, apart by commas: 1,0.5,0,…") from None
    if len(found) > MOST_BLOCKS or not all(map(math.isfinite, found)):
        raise Unfit(
            "block_vector",
            f"there are {len(found)} numbers; write 17 for SD (BASE, 6 IN, MID, 9 OUT), 12 for SDXL "
            "(BASE, 4 IN, MID, 6 OUT), each finite",
        )
    return found


def _with(network: Any, used: UsedLora, strength: float) -> Any:
    """A network with one more LoRA: of no strength it is as it was."""
    if not strength:
        return network
    if len(network.loras) >= MOST_LORAS:
        raise Unfit("lora_name", f"{MOST_LORAS} LoRAs in one network are the most")
    return replace(network, loras=(*network.loras, replace_strength(used, strength)))


def replace_strength(used: UsedLora, strength: float) -> UsedLora:
    """The same LoRA, so strong."""
    return UsedLora(used.sha256, strength, used.blocks)


def check_blocks(block_vector: str | None = None, **_: Any) -> None:
    """Raises `Unfit` for what is no block vector."""
    if block_vector is not None:
        blocks_of(block_vector)


_MODEL = Input("MODEL", tooltip="The UNet that is changed.")
_CLIP = Input("CLIP", tooltip="The text encoder that is changed.")
_NAME = Input("COMBO", folder="loras", tooltip="A LoRA, of everybody's or of your organisation's.")


def _strength(what: str) -> Input:
    return Input(
        "FLOAT", 1.0, -MAX_LORA, MAX_LORA, 0.01, tooltip=f"How much {what} is changed; below 0 the other way."
    )


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="LoraLoader",
        title="Load LoRA",
        category="loaders",
        description="A LoRA at work in a checkpoint's UNet and text encoder; several may follow one another.",
        inputs={
            "model": _MODEL,
            "clip": _CLIP,
            "lora_name": _NAME,
            "strength_model": _strength("the UNet"),
            "strength_clip": _strength("the text encoder"),
        },
        outputs=outputs("MODEL", "CLIP"),
        run=load,
        asks="manifest",
    ),
    NodeType(
        name="LoraLoaderModelOnly",
        title="Load LoRA (Model Only)",
        category="loaders",
        description="A LoRA at work in a checkpoint's UNet alone.",
        inputs={"model": _MODEL, "lora_name": _NAME, "strength_model": _strength("the UNet")},
        outputs=outputs("MODEL"),
        run=load_model_only,
        asks="manifest",
    ),
    NodeType(
        name="StudioLoraBlocks",
        title="Load LoRA (Block Weights)",
        category="loaders",
        description="A LoRA at work with a weight for each block of the UNet, as block weight tools of other programs have it.",
        inputs={
            "model": _MODEL,
            "clip": _CLIP,
            "lora_name": _NAME,
            "strength_model": _strength("the UNet"),
            "strength_clip": _strength("the text encoder"),
            "block_vector": Input(
                "STRING",
                "",
                high=1000,
                tooltip="17 numbers for SD or 12 for SDXL, apart by commas: BASE (the text encoder), then the blocks IN, MID "
                "and OUT that have attention. Empty: 1 for all.",
            ),
        },
        outputs=outputs("MODEL", "CLIP"),
        run=load_blocks,
        asks="manifest",
        check=check_blocks,
    ),
)
