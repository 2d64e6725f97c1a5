"""Inspect: what a checkpoint holds, read from its JSON files and safetensors headers alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ensembles.engine.weights import TensorPlace
from ensembles.manifest import LatentRGB
from export.architecture import FAMILY, PARTS, shape_hash
from export.choices import Choices, part_from, read_given
from export.clip_vocabulary import CLIP_TOKENIZER, CLIP_VOCABULARY
from export.errors import ExportError
from export.folder import (
    check_classes,
    check_tokenizer,
    latent_rgb_of,
    part_of_folder,
    scheduler_of,
    tokenizer_of,
)
from export.parts import Part
from export.single_file import check_kind, open_file, part_of_checkpoint, remarks_of

_FLOATS = ("F32", "F16", "BF16")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint of Stable Diffusion 1.5's architecture, of any width."""

    source: Path
    architecture: str
    """`sd15-HASH`; names the graphs"""
    parts: dict[str, Part]
    """text_encoder, unet, vae"""
    scheduler: dict[str, Any]
    tokenizer: list[Path]
    latent_rgb: LatentRGB | None
    remarks: list[str]
    """Sentences on what was left out or taken from elsewhere"""

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """text_encoder, unet, vae → config.json"""
        return {name: part.config for name, part in self.parts.items()}

    @property
    def files(self) -> dict[str, Path]:
        """text_encoder, unet, vae → safetensors file"""
        return {name: part.file for name, part in self.parts.items()}

    @property
    def tensors(self) -> dict[str, dict[str, TensorPlace]]:
        """text_encoder, unet, vae → parameter → place in its file"""
        return {name: part.tensors for name, part in self.parts.items()}

    @property
    def hash(self) -> str:
        """The architecture without its family."""
        return self.architecture.removeprefix(f"{FAMILY}-")

    @property
    def context_dim(self) -> int:
        """Width C of the text encoder's hidden state."""
        return int(self.configs["text_encoder"]["hidden_size"])

    @property
    def latent_channels(self) -> int:
        """Channels of a latent."""
        return int(self.configs["vae"].get("latent_channels", 4))

    @property
    def vae_factor(self) -> int:
        """Pixels per latent cell."""
        return int(2 ** (len(self.configs["vae"]["block_out_channels"]) - 1))

    @property
    def sample_size(self) -> int:
        """Latent cells along each axis that the UNet was trained at."""
        size = self.configs["unet"].get("sample_size") or 64
        return int(max(size)) if isinstance(size, list) else int(size)


def open_checkpoint(source: Path, choices: Choices | None = None) -> Checkpoint:
    """Read and check a diffusers folder, or a single safetensors file in the LDM layout.

    Raises `ExportError` with what to do about the first fault.
    """
    choices = choices or Choices()
    given = read_given(choices.config)
    elsewhere = choices.elsewhere()
    own = [part for part in PARTS if part not in elsewhere]
    if source.is_dir():
        _refuse_for_folders(source, choices)
        check_classes(source, own)
        parts = {part: part_of_folder(source / part, part) for part in own}
        scheduler = scheduler_of(source / "scheduler" / "scheduler_config.json")
        tokenizer: Path | None = source / "tokenizer"
        latent_rgb, remarks = latent_rgb_of(source), []
    elif source.is_file():
        header = open_file(source)
        check_kind(source, header)
        parts = {
            part: part_of_checkpoint(source, header, part, given.configs.get(part), ema=choices.ema)
            for part in own
        }
        scheduler, tokenizer, latent_rgb = given.scheduler or {}, given.tokenizer, given.latent_rgb
        remarks = remarks_of(source, header, ema=choices.ema)
    else:
        raise ExportError(
            f"{source} does not exist: name a diffusers folder, or a checkpoint's .safetensors file."
        )
    parts = {part: parts.get(part) or part_from(elsewhere[part], part, given) for part in PARTS}
    _check_tensors(parts)
    configs = {name: part.config for name, part in parts.items()}
    _check_shape_of_family(source, configs)
    shapes = {name: {key: place.shape for key, place in part.tensors.items()} for name, part in parts.items()}
    return Checkpoint(
        source=source,
        architecture=f"{FAMILY}-{shape_hash(configs, shapes)}",
        parts=parts,
        scheduler=scheduler,
        tokenizer=_tokenizer(source, choices.tokenizer or tokenizer, parts["text_encoder"]),
        latent_rgb=latent_rgb,
        remarks=remarks,
    )


def _refuse_for_folders(source: Path, choices: Choices) -> None:
    """What only a single file can be asked for."""
    if choices.config is not None:
        raise ExportError(f"{source} has configs of its own: leave --config out, or change them there.")
    if choices.ema:
        raise ExportError(f"{source} is a diffusers folder, which holds one set of weights: leave --ema out.")


def _tokenizer(source: Path, folder: Path | None, text_encoder: Part) -> list[Path]:
    """The tokenizer's files: those of `folder`, else CLIP's where the vocabulary is CLIP's."""
    vocabulary = int(text_encoder.config["vocab_size"])
    if folder is None:
        if vocabulary != CLIP_VOCABULARY:
            raise ExportError(
                f"{source} has a vocabulary of {vocabulary} tokens, which is not CLIP's {CLIP_VOCABULARY}: name "
                "its tokenizer with --tokenizer FOLDER."
            )
        folder = CLIP_TOKENIZER
    files = tokenizer_of(folder)
    check_tokenizer(files, vocabulary)
    return files


def _check_tensors(parts: dict[str, Part]) -> None:
    for part in parts.values():
        if not part.tensors:
            raise ExportError(f"{part.file} holds no tensors: save the checkpoint again.")
        for name, place in part.tensors.items():
            if place.dtype not in _FLOATS:
                raise ExportError(
                    f"{part.file} stores {part.names[name]} as {place.dtype}: save it as "
                    f"{', '.join(_FLOATS[:-1])} or BF16."
                )


def _check_shape_of_family(source: Path, configs: dict[str, dict[str, Any]]) -> None:
    """What the contract of the Triton models fixes, whatever the width."""
    text, unet, vae = configs["text_encoder"], configs["unet"], configs["vae"]
    latents = vae.get("latent_channels", 4)
    context = unet.get("cross_attention_dim")
    wanted = [
        ("unet in_channels", unet.get("in_channels", 4), latents),
        ("unet out_channels", unet.get("out_channels", 4), latents),
        ("unet cross_attention_dim", context, text.get("hidden_size")),
        ("unet addition_embed_type", unet.get("addition_embed_type"), None),
        ("unet class_embed_type", unet.get("class_embed_type"), None),
        ("unet encoder_hid_dim", unet.get("encoder_hid_dim"), None),
        ("vae in_channels", vae.get("in_channels", 3), 3),
        ("vae latent_channels", latents, 4),
        ("text_encoder max_position_embeddings", text.get("max_position_embeddings", 77), 77),
    ]
    for what, found, want in wanted:
        if found != want:
            raise ExportError(
                f"{source} is not of Stable Diffusion 1.5's architecture: {what} is {found}, not {want}."
            )
