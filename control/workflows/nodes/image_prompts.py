"""IP-Adapters: pictures that guide as a text does.

Names and inputs are those of the community's ComfyUI_IPAdapter_plus, as far as they mean something here.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Image, ImageAdapter, ImagePrompt, Model

MOST_PICTURES = 8
"""That guide together."""
COMBINED = ("average", "concat")


async def load(engine: Engine, ipadapter_file: str) -> tuple[ImageAdapter]:
    """An IP-Adapter of the registry, its picture encoder with it."""
    return (ImageAdapter(engine.adapter("ipadapter", ipadapter_file).sha256, ipadapter_file),)


async def apply(
    engine: Engine,
    model: Model,
    ipadapter: ImageAdapter,
    image: Image,
    weight: float,
    start_at: float,
    end_at: float,
    combine_embeds: str = "average",
    **_: Any,
) -> tuple[Model]:
    """The model guided by the pictures `image`, between two shares of the way. What guides is one: their mean, or all
    their tokens behind one another."""
    check(image=Size(len(image), image.shape[2], image.shape[1]), start_at=start_at, end_at=end_at)
    if not weight:
        return (model,)
    if model.image_prompt is not None:
        raise Unfit("model", "an IP-Adapter is at work in it already; give all pictures to one of them")
    tokens, negative = await engine.image_prompt(ipadapter, model.checkpoint, image[..., :3])
    if combine_embeds == "concat":
        negative = np.tile(negative, (1, len(tokens), 1))
        tokens = tokens.reshape(1, -1, tokens.shape[-1])
    else:
        tokens = tokens.mean(0, keepdims=True, dtype=np.float32)
    prompt = ImagePrompt(ipadapter.sha256, tokens, negative, weight, start_at, end_at)
    return (replace(model, image_prompt=prompt),)


def check(
    image: Size | None = None, start_at: float | None = None, end_at: float | None = None, **_: Any
) -> None:
    """Raises `Unfit` for a range that ends before it begins, and for too many pictures."""
    if start_at is not None and end_at is not None and start_at > end_at:
        raise Unfit("end_at", f"{end_at:g} lies before start_at, {start_at:g}")
    if image is not None and image.pictures > MOST_PICTURES:
        raise Unfit("image", f"{image.pictures} pictures; {MOST_PICTURES} are the most that guide together")


_MODEL = Input("MODEL", tooltip="The model that is guided.")
_ADAPTER = Input("IPADAPTER", tooltip="The IP-Adapter, of its loader.")
_IMAGE = Input("IMAGE", tooltip="The pictures that guide: the middle square of each is looked at.")
_WEIGHT = Input("FLOAT", 1.0, -1.0, 3.0, 0.05, tooltip="How much they count beside the text.")
_TIMES = {
    "start_at": Input(
        "FLOAT", 0.0, 0.0, 1.0, 0.001, tooltip="Share of the timesteps from which they count; 0 is noise."
    ),
    "end_at": Input(
        "FLOAT",
        1.0,
        0.0,
        1.0,
        0.001,
        tooltip="Share of the timesteps up to which they count; 1 is the picture.",
    ),
}


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="IPAdapterModelLoader",
        title="IPAdapter Model Loader",
        category="loaders",
        description="An IP-Adapter of the registry, with the picture encoder that it was added with.",
        inputs={
            "ipadapter_file": Input(
                "COMBO", folder="ipadapter", tooltip="An IP-Adapter, of everybody's or of your organisation's."
            )
        },
        outputs=outputs("IPADAPTER"),
        run=load,
        asks="manifest",
    ),
    NodeType(
        name="IPAdapter",
        title="IPAdapter",
        category="conditioning/ipadapter",
        description="Pictures that guide beside the text; of several the mean.",
        inputs={
            "model": _MODEL,
            "ipadapter": _ADAPTER,
            "image": _IMAGE,
            "weight": _WEIGHT,
            **_TIMES,
            "weight_type": Input(
                "COMBO", "standard", choices=("standard",), tooltip="All cross attentions alike."
            ),
        },
        outputs=outputs("MODEL"),
        run=apply,
        asks="image_prompt",
        check=check,
    ),
    NodeType(
        name="IPAdapterAdvanced",
        title="IPAdapter Advanced",
        category="conditioning/ipadapter",
        description="Pictures that guide beside the text, and a say in how several become one.",
        inputs={
            "model": _MODEL,
            "ipadapter": _ADAPTER,
            "image": _IMAGE,
            "weight": _WEIGHT,
            "weight_type": Input(
                "COMBO", "linear", choices=("linear",), tooltip="All cross attentions alike."
            ),
            "combine_embeds": Input(
                "COMBO",
                "concat",
                choices=("concat", "average"),
                tooltip="concat: all their tokens, one behind the other; average: the mean.",
            ),
            **_TIMES,
        },
        outputs=outputs("MODEL"),
        run=apply,
        asks="image_prompt",
        check=check,
    ),
)  # fmt: skip
