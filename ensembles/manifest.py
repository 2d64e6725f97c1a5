"""What the models inside Triton must know of a published checkpoint: `manifest.json`."""

from pathlib import Path
from typing import Literal

import msgspec


class LatentRGB(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A linear map from scaled latents to RGB in 0..1: `rgb = latent @ weight + bias`."""

    weight: list[list[float]]
    """[latent channels][3]"""
    bias: list[float]
    """[3]"""


class TextTower(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text encoder of a checkpoint."""

    network: str = "text-encoder"
    """NAME-text-encoder or NAME-text-encoder-2."""
    width: int = 768
    """Numbers of a token; the context's are the sum of its towers'."""
    layers: int = 12
    pad: int | None = None
    """Token that fills a chunk; None: the one that ends a text."""
    skip: int = 1
    """The layer that is used at CLIP_SKIP 1, counted from the last: 2 for the towers of SDXL and SD 2."""
    missing: int = 0
    """Last layers that the checkpoint has not kept, since nothing uses them: folders of SD 2 leave out one."""
    embedding: str = "clip_l"
    """Key of its vectors in a textual-inversion file for several towers: clip_l or clip_g."""

    def layer(self, clip_skip: int) -> int:
        """The network's `clip_skip` for the one that somebody asked for: 1 = its own way, 2 the layer before the last."""
        return max(clip_skip, self.skip) - self.missing


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published checkpoint. Written by `studio export`, read by the models in Triton."""

    name: str
    architecture: str
    """Identity of the graphs: family and a hash over every parameter's name and shape."""
    context_dim: int
    """Width C of the text encoder's hidden state and of the UNet's cross attention."""
    family: str = "sd15"
    """sd15, sd2, sdxl, sdxl-refiner: the folder of export/families that made it."""
    kind: Literal["checkpoint", "vae"] = "checkpoint"
    """A `vae` has the two networks of a VAE alone."""
    towers: tuple[TextTower, ...] = (TextTower(),)
    """Text encoders: their states stand side by side in the context, in this order; the last one's pooled state is used."""
    unet_channels: int = 4
    """Of the UNet's `sample`: 4, or 9 for inpainting (latent, mask, masked latent)."""
    pooled_dim: int = 0
    """Width P of `text_embeds`; 0: the UNet takes none."""
    size_ids: int = 0
    """Numbers of `time_ids`: 6 (height, width, crop y, crop x, target height, target width), 5 for the refiner (height, width,
    crop y, crop x, aesthetic score), 0: the UNet takes none."""
    residuals: int = 0
    """Places at which ControlNets add to the UNet (13 in SD, 10 in SDXL); 0: this checkpoint has no extended UNet."""
    image_layers: int = 0
    """Cross attentions, each of which an IP-Adapter adds to."""
    zero_snr: bool = False
    """Betas rescaled to no signal at the last timestep (Lin et al. 2023, algorithm 1)."""
    organisation: str = ""
    """Whose it is; empty: everybody's."""
    text_layers: int = 12
    """Layers of the text encoder: the highest CLIP_SKIP."""
    prediction: Literal["epsilon", "v_prediction"] = "epsilon"
    beta_schedule: Literal["scaled_linear", "linear"] = "scaled_linear"
    beta_start: float = 0.00085
    beta_end: float = 0.012
    train_timesteps: int = 1000
    latent_channels: int = 4
    vae_factor: int = 8
    """Pixels per latent cell, along each axis."""
    scaling_factor: float = 0.18215
    """latents the UNet sees = VAE latents × scaling_factor"""
    default_size: int = 512
    """Width and height, in pixels, that the checkpoint was trained at."""
    latent_rgb: LatentRGB | None = None
    """For previews; without one a generic map is used."""
    max_batch: dict[str, int] = {}
    """Largest UNet batch per resolution bucket: longest side in pixels, as a string → samples."""
    weights: dict[str, str] = {}
    """network → sha256 of its safetensors file"""
    runtime: Literal["python", "onnxruntime", "tensorrt"] = "python"
    """What runs the networks: the embedded server's Python backend, or a backend of NVIDIA's container."""
    precision: Literal["fp32", "fp16"] = "fp32"
    """What the networks compute in; their inputs and outputs are fp32 in both."""


LARGEST_BATCH = 16
"""Samples in one request to a UNet, whatever its runtime."""


def unet_model(manifest: Manifest, size: int) -> str | None:
    """The Triton model whose UNet takes pictures of `size`, the longest side in pixels; None where none does.

    A TensorRT plan is built for sizes up to a bucket's: there is one model a bucket.
    """
    if manifest.runtime != "tensorrt":
        return f"{manifest.name}-unet"
    bucket = _bucket(manifest, size)
    return None if bucket is None else f"{manifest.name}-unet-{bucket}"


def largest_request(manifest: Manifest, size: int) -> int:
    """Samples that one request to `unet_model` may hold: Triton refuses more. Other runtimes split by themselves."""
    bucket = _bucket(manifest, size) if manifest.runtime == "tensorrt" else None
    return LARGEST_BATCH if bucket is None else min(LARGEST_BATCH, manifest.max_batch[bucket])


def _bucket(manifest: Manifest, size: int) -> str | None:
    return min((bucket for bucket in manifest.max_batch if int(bucket) >= size), key=int, default=None)


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`; raises `FileNotFoundError` or `msgspec.ValidationError`."""
    found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    if len(found.towers) == 1 and found.towers[0].width != found.context_dim:
        # Published before towers were told: it has one, as wide as its context.
        tower = TextTower(width=found.context_dim, layers=found.text_layers)
        found = msgspec.structs.replace(found, towers=(tower,))
    return found
