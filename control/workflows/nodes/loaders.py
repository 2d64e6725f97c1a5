"""Checkpoints and files.

A published checkpoint is one folder with all its networks: its name serves wherever ComfyUI names the file of a VAE, a
text encoder or a UNet.
"""

from typing import Any

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, outputs
from control.workflows.values import Clip, Image, Latent, Mask, Model, Vae


def load_checkpoint(ckpt_name: str) -> tuple[Model, Clip, Vae]:
    """All networks of a checkpoint. Nothing is read: they stand in Triton."""
    return Model(ckpt_name), Clip(ckpt_name), Vae(ckpt_name)


def load_vae(vae_name: str) -> tuple[Vae]:
    """A checkpoint's VAE."""
    return (Vae(vae_name),)


def load_clip(clip_name: str, **_: Any) -> tuple[Clip]:
    """A checkpoint's text encoder."""
    return (Clip(clip_name),)


def load_unet(unet_name: str, **_: Any) -> tuple[Model]:
    """A checkpoint's UNet."""
    return (Model(unet_name),)


async def load_image(engine: Engine, image: str) -> tuple[Image, Mask]:
    """fp32 [N,H,W,3] and fp32 [N,H,W], where 1 is what the file leaves see-through."""
    loaded = await engine.load_image(image)
    return loaded.image, loaded.mask


CHANNELS = ("alpha", "red", "green", "blue")


async def load_mask(engine: Engine, image: str, channel: str) -> tuple[Mask]:
    """fp32 [N,H,W]: one channel; of alpha what is left to 1."""
    loaded = await engine.load_image(image)
    if channel == "alpha":
        return (loaded.mask,)
    return (loaded.alpha[..., CHANNELS.index(channel) - 1],)


async def load_latent(engine: Engine, latent: str) -> tuple[Latent]:
    """What SaveLatent, or ComfyUI, kept."""
    return (await engine.load_latent(latent),)


_PICTURE = Input("COMBO", folder="input", tooltip="An uploaded picture, by its name or the id of its asset.")
_NAME = "A published checkpoint; a name that ends in .safetensors is looked up without the ending."


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="CheckpointLoaderSimple",
        title="Load Checkpoint",
        category="loaders",
        description="The networks of a published checkpoint: UNet, text encoder, VAE.",
        inputs={"ckpt_name": Input("COMBO", folder="checkpoints", tooltip=_NAME)},
        outputs=outputs("MODEL", "CLIP", "VAE"),
        run=load_checkpoint,
    ),
    NodeType(
        name="VAELoader",
        title="Load VAE",
        category="loaders",
        description="The VAE of a published checkpoint, to be used with another one's UNet.",
        inputs={"vae_name": Input("COMBO", folder="vae", tooltip=_NAME)},
        outputs=outputs("VAE"),
        run=load_vae,
    ),
    NodeType(
        name="CLIPLoader",
        title="Load CLIP",
        category="loaders/advanced",
        description="The text encoder of a published checkpoint.",
        inputs={
            "clip_name": Input("COMBO", folder="clip", tooltip=_NAME),
            "type": Input(
                "COMBO",
                "stable_diffusion",
                choices=("stable_diffusion",),
                tooltip="Its family: Stable Diffusion.",
            ),
            "device": Input(
                "COMBO",
                "default",
                choices=("default", "cpu"),
                optional=True,
                tooltip="The server decides where.",
            ),
        },
        outputs=outputs("CLIP"),
        run=load_clip,
    ),
    NodeType(
        name="UNETLoader",
        title="Load Diffusion Model",
        category="loaders/advanced",
        description="The UNet of a published checkpoint.",
        inputs={
            "unet_name": Input("COMBO", folder="unet", tooltip=_NAME),
            "weight_dtype": Input(
                "COMBO", "default", choices=("default",), tooltip="As the checkpoint was published."
            ),
        },
        outputs=outputs("MODEL"),
        run=load_unet,
    ),
    NodeType(
        name="LoadImage",
        title="Load Image",
        category="image",
        description="An uploaded picture, and as a mask what it leaves see-through.",
        inputs={"image": _PICTURE},
        outputs=outputs("IMAGE", "MASK"),
        run=load_image,
        asks="file",
        size=lambda image=None, **_: (image, image),
        ui={"image": {"image_upload": True}},
    ),
    NodeType(
        name="LoadImageMask",
        title="Load Image (as Mask)",
        category="mask",
        description="One channel of an uploaded picture as a mask.",
        inputs={
            "image": _PICTURE,
            "channel": Input(
                "COMBO",
                "alpha",
                choices=CHANNELS,
                tooltip="alpha: what is see-through is chosen; the others: what is bright in that colour.",
            ),
        },
        outputs=outputs("MASK"),
        run=load_mask,
        asks="file",
        size=lambda image=None, **_: (image,),
        ui={"image": {"image_upload": True}},
    ),
    NodeType(
        name="LoadLatent",
        title="Load Latent",
        category="_for_testing",
        description="A latent that SaveLatent kept, here or in ComfyUI.",
        inputs={"latent": Input("COMBO", folder="latents", tooltip="A .latent file, by its name.")},
        outputs=outputs("LATENT"),
        run=load_latent,
        asks="file",
    ),
)
