"""Pictures made larger by a network."""

import re
from typing import Any

from control.workflows.engine import Engine
from control.workflows.nodes.pure import possible, size_of
from control.workflows.types import Input, NodeType, Size, outputs
from control.workflows.values import Image, UpscaleModel

_FACTOR = re.compile(r"(?:^|[-_])(?:x([2-8])|([2-8])x)", re.IGNORECASE)


def factor_of(name: str) -> int | None:
    """How many times as wide and high an upscaler's pictures become, as its name tells: by custom `x4` or `4x` in it."""
    found = _FACTOR.search(name)
    return int(found[1] or found[2]) if found else None


def load(model_name: str) -> tuple[UpscaleModel]:
    """A published upscaler. Nothing is read: it stands in Triton."""
    return (UpscaleModel(model_name),)


async def upscale(engine: Engine, upscale_model: UpscaleModel, image: Image) -> tuple[Image]:
    """fp32 [N,H,W,3 or 4] → fp32 [N,kH,kW,3]; alpha is left out."""
    check(factor_of(upscale_model.name), size_of(image))
    return (await engine.upscale(upscale_model, image[..., :3]),)


def size(upscale_model: int | None = None, image: Size | None = None, **_: Any) -> tuple[Size | None]:
    """Of the result; `upscale_model` is its factor."""
    if upscale_model is None or image is None:
        return (None,)
    return (Size(image.pictures, image.width * upscale_model, image.height * upscale_model),)


def check(upscale_model: int | None = None, image: Size | None = None, **_: Any) -> None:
    """Raises `Unfit` where the result would be too large."""
    (larger,) = size(upscale_model, image)
    if larger is not None:
        possible(larger, "image")


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="UpscaleModelLoader",
        title="Load Upscale Model",
        category="loaders",
        description="A network that makes pictures larger.",
        inputs={
            "model_name": Input(
                "COMBO", folder="upscale_models", tooltip="`studio upscalers` lists and adds them."
            )
        },
        outputs=outputs("UPSCALE_MODEL"),
        run=load,
        size=lambda model_name=None, **_: (factor_of(model_name) if model_name else None,),
    ),
    NodeType(
        name="ImageUpscaleWithModel",
        title="Upscale Image (using Model)",
        category="image/upscaling",
        description="Pictures made larger by a network, tile by tile; alpha is left out.",
        inputs={
            "upscale_model": Input("UPSCALE_MODEL", tooltip="The network."),
            "image": Input("IMAGE", tooltip="The pictures."),
        },
        outputs=outputs("IMAGE"),
        run=upscale,
        asks="upscale",
        item="upscale",
        check=check,
        size=size,
    ),
)
