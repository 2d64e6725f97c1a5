"""What hands a workflow's results out."""

from typing import Any

import numpy as np

from control.workflows.types import Input, NodeType, Unfit
from control.workflows.values import Handed, Image, Latent, Mask

MAX_PREFIX = 200
MAX_SHOWN = 20_000
"""Characters of a value that PreviewAny shows."""


def save_image(images: Image, filename_prefix: str) -> Handed:
    """fp32 [N,H,W,3 or 4]: N files that stay."""
    return Handed("output", images=images, prefix=filename_prefix)


def preview_image(images: Image) -> Handed:
    """fp32 [N,H,W,3 or 4]: N files that are swept away in time."""
    return Handed("temp", images=images, prefix="ComfyUI_temp")


def preview_mask(mask: Mask) -> Handed:
    """fp32 [N,H,W]: N grey pictures that are swept away in time."""
    grey = np.repeat(mask[..., None], 3, axis=-1)
    return Handed("temp", images=grey, prefix="ComfyUI_temp")


def save_latent(samples: Latent, filename_prefix: str) -> Handed:
    """A .latent file (safetensors)."""
    return Handed("output", latent=samples, prefix=filename_prefix)


def shown(value: object) -> str:
    """A value as text: numbers and texts as they are, arrays by kind and shape."""
    if isinstance(value, np.ndarray):
        text = f"{value.dtype} {list(value.shape)}"
        return f"{text}: {value.tolist()}" if value.ndim == 1 else text
    if isinstance(value, Latent):
        return f"latent {list(value.samples.shape)}"
    return str(value)


def preview_any(source: Any) -> Handed:
    """One text."""
    text = shown(source)
    return Handed("temp", texts=(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…",))


def check_prefix(filename_prefix: str | None = None, **_: Any) -> None:
    """File names stay inside their owner's folder."""
    parts = (filename_prefix or "").replace("\\", "/").split("/")
    if ".." in parts or (len(parts) > 1 and not parts[0]) or "\0" in (filename_prefix or ""):
        raise Unfit("filename_prefix", "it leads out of the output folder; use a name or folder/name")


def _prefix(default: str) -> Input:
    return Input(
        "STRING",
        default,
        high=MAX_PREFIX,
        tooltip="The files' name up to their number; may hold folders and placeholders: %date:yyyy-MM-dd%, %width%.",
    )


_PICTURES = Input("IMAGE", tooltip="The pictures.")


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="SaveImage",
        title="Save Image",
        category="image",
        description="Keeps pictures as PNG files that hold their workflow.",
        inputs={"images": _PICTURES, "filename_prefix": _prefix("ComfyUI")},
        outputs=(),
        run=save_image,
        output=True,
        check=check_prefix,
    ),
    NodeType(
        name="PreviewImage",
        title="Preview Image",
        category="image",
        description="Shows pictures, which are not kept for long.",
        inputs={"images": _PICTURES},
        outputs=(),
        run=preview_image,
        output=True,
    ),
    NodeType(
        name="MaskPreview",
        title="Preview Mask",
        category="mask",
        description="Shows masks as grey pictures: white is chosen.",
        inputs={"mask": Input("MASK", tooltip="The masks.")},
        outputs=(),
        run=preview_mask,
        output=True,
    ),
    NodeType(
        name="SaveLatent",
        title="Save Latent",
        category="_for_testing",
        description="Keeps a latent as a .latent file, which LoadLatent reads here and in ComfyUI.",
        inputs={
            "samples": Input("LATENT", tooltip="The latent."),
            "filename_prefix": _prefix("latents/ComfyUI"),
        },
        outputs=(),
        run=save_latent,
        output=True,
        check=check_prefix,
    ),
    NodeType(
        name="PreviewAny",
        title="Preview as Text",
        category="utilities",
        description="Shows any value as text.",
        inputs={"source": Input("*", tooltip="What is to be shown.")},
        outputs=(),
        run=preview_any,
        output=True,
    ),
)
