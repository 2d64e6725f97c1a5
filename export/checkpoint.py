"""Inspect: what a checkpoint holds, read from its JSON files and safetensors headers alone."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ensembles.engine.places import Places, places
from ensembles.engine.weights import TensorPlace
from ensembles.manifest import LatentRGB
from export.architecture import shape_hash
from export.choices import Choices, Given, part_from, read_given
from export.clip_vocabulary import CLIP_TOKENIZER, CLIP_VOCABULARY
from export.errors import ExportError
from export.families import FAMILIES, Family, family_of_file
from export.folder import (
    PREDICTIONS,
    check_tokenizer,
    latent_rgb_of,
    open_folder,
    part_of_folder,
    scheduler_of,
    tokenizer_folder,
    tokenizer_of,
)
from export.networks import Layout
from export.parts import Part
from export.single_file import (
    REPLACING,
    TITLES,
    check_kind,
    open_file,
    part_of_checkpoint,
    remarks_of,
    scheduler_in,
)

_FLOATS = ("F32", "F16", "BF16")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint of a known architecture, of any width; or a VAE by itself."""

    source: Path
    family: Family
    architecture: str
    """`sd15-HASH`; names the graphs"""
    parts: dict[str, Part]
    """Those of `Family.parts`: text_encoder, text_encoder_2, unet, vae"""
    scheduler: dict[str, Any]
    tokenizer: list[Path]
    latent_rgb: LatentRGB | None
    remarks: list[str]
    """Sentences on what was left out or taken from elsewhere"""

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """part → config.json"""
        return {name: part.config for name, part in self.parts.items()}

    @property
    def files(self) -> dict[str, Path]:
        """part → safetensors file"""
        return {name: part.file for name, part in self.parts.items()}

    @property
    def tensors(self) -> dict[str, dict[str, TensorPlace]]:
        """part → parameter → place in its file"""
        return {name: part.tensors for name, part in self.parts.items()}

    @property
    def hash(self) -> str:
        """The architecture without its family."""
        return self.architecture.removeprefix(f"{self.family.name}-")

    @property
    def context_dim(self) -> int:
        """Width C of what the UNet attends to: the text encoders' hidden states, side by side."""
        return sum(int(self.configs[tower.part]["hidden_size"]) for tower in self.family.towers)

    @property
    def pooled_dim(self) -> int:
        """Width P of the pooled text that the UNet takes; 0: it takes none."""
        if not self.family.size_ids:
            return 0
        return int(self.configs[self.family.towers[-1].part]["projection_dim"])

    @property
    def latent_channels(self) -> int:
        """Channels of a latent."""
        return int(self.configs["vae"].get("latent_channels", 4))

    @property
    def sample_channels(self) -> int:
        """Channels S of what the UNet takes."""
        return int(self.configs["unet"].get("in_channels", 4)) if "unet" in self.configs else 0

    @property
    def residuals(self) -> int:
        """Places at which ControlNets add to the UNet: what it keeps on its way down, and the middle."""
        return len(self._places.residuals) if "unet" in self.parts else 0

    @property
    def image_layers(self) -> int:
        """Cross attentions of the UNet."""
        return len(self._places.image_layers) if "unet" in self.parts else 0

    @property
    def _places(self) -> Places:
        return places({name: place.shape for name, place in self.tensors["unet"].items()})

    @property
    def vae_factor(self) -> int:
        """Pixels per latent cell."""
        return int(2 ** (len(self.configs["vae"]["block_out_channels"]) - 1))

    @property
    def sample_size(self) -> int:
        """Latent cells along each axis that the UNet was trained at."""
        size = self.configs.get("unet", {}).get("sample_size") or 64
        return int(max(size)) if isinstance(size, list) else int(size)

    def layout(self, network: str) -> Layout:
        """The extents of `network`'s inputs and outputs."""
        part = self.family.networks[network].part
        return Layout(
            self.context_dim,
            self.latent_channels,
            self.sample_channels,
            int(self.configs[part].get("hidden_size", 0)),
            self.pooled_dim,
            self.family.size_ids,
            self.residuals,
        )


def open_checkpoint(source: Path, choices: Choices | None = None) -> Checkpoint:
    """Read and check a diffusers folder, or a single safetensors file in the LDM layout.

    Raises `ExportError` with what to do about the first fault.
    """
    choices = choices or Choices()
    given = read_given(choices.config)
    elsewhere = choices.elsewhere()
    if source.is_dir():
        _refuse_for_folders(source, choices)
        family = open_folder(source, elsewhere)
        parts = {part: part_of_folder(source / part, part) for part in family.parts if part not in elsewhere}
        scheduler = scheduler_of(source / "scheduler" / "scheduler_config.json")
        tokenizer: Path | None = tokenizer_folder(source) or source / "tokenizer"
        latent_rgb, remarks = latent_rgb_of(source), []
    elif source.is_file():
        header = open_file(source)
        check_kind(source, header)
        family = family_of_file(header)
        parts = {
            part: part_of_checkpoint(source, header, part, given.configs.get(part), family, ema=choices.ema)
            for part in family.parts
            if part not in elsewhere
        }
        remarks = remarks_of(source, header, ema=choices.ema)
        scheduler, said = scheduler_in(header, family, given.scheduler, choices.prediction)
        remarks += [f"{source.name} {said}"] * bool(said)
        tokenizer, latent_rgb = given.tokenizer, given.latent_rgb
    else:
        raise ExportError(
            f"{source} does not exist: name a diffusers folder, or a checkpoint's .safetensors file."
        )
    surplus = next((part for part in elsewhere if part not in family.parts), None)
    if surplus:
        raise ExportError(
            f"{source} is of {family.title}, which has no {TITLES[surplus]}: leave {REPLACING[surplus]} out."
        )
    parts = {
        part: parts.get(part) or part_from(elsewhere[part], part, given, family) for part in family.parts
    }
    _check_tensors(parts)
    found = Checkpoint(
        source=source,
        family=family,
        architecture=_architecture(family, parts),
        parts=parts,
        scheduler=_predicting(scheduler, choices.prediction),
        tokenizer=[],
        latent_rgb=latent_rgb or family.latent_rgb,
        remarks=remarks,
    )
    _check_shape_of_family(found)
    towers = [parts[tower.part] for tower in family.towers]
    return replace(found, tokenizer=_tokenizer(source, choices.tokenizer or tokenizer, towers))


def open_vae(source: Path) -> Checkpoint:
    """Read and check a VAE alone: its diffusers folder, a file in LDM names, or what is in a whole checkpoint.

    Raises `ExportError` with what to do about the first fault.
    """
    family = FAMILIES["vae"]
    if not source.exists():
        raise ExportError(
            f"{source} does not exist: name a VAE's .safetensors file, or its diffusers folder."
        )
    parts = {"vae": part_from(source, "vae", Given(), family)}
    _check_tensors(parts)
    found = Checkpoint(source, family, _architecture(family, parts), parts, {}, [], None, [])
    _check_shape_of_family(found)
    return found


def _architecture(family: Family, parts: dict[str, Part]) -> str:
    configs = {name: part.config for name, part in parts.items()}
    shapes = {name: {key: place.shape for key, place in part.tensors.items()} for name, part in parts.items()}
    return f"{family.name}-{shape_hash(family.name, configs, shapes)}"


def _predicting(scheduler: dict[str, Any], prediction: str | None) -> dict[str, Any]:
    """The schedule with the prediction that was asked for."""
    if prediction not in (None, *PREDICTIONS):
        raise ExportError(f"--prediction {prediction!r} is unknown: name {' or '.join(PREDICTIONS)}.")
    return scheduler | ({"prediction_type": prediction} if prediction else {})


def _refuse_for_folders(source: Path, choices: Choices) -> None:
    """What only a single file can be asked for."""
    if choices.config is not None:
        raise ExportError(f"{source} has configs of its own: leave --config out, or change them there.")
    if choices.ema:
        raise ExportError(f"{source} is a diffusers folder, which holds one set of weights: leave --ema out.")


def _tokenizer(source: Path, folder: Path | None, towers: list[Part]) -> list[Path]:
    """The tokenizer's files: those of `folder`, else CLIP's where the vocabulary is CLIP's."""
    sizes = sorted({int(tower.config["vocab_size"]) for tower in towers})
    vocabulary = sizes[0]
    if len(sizes) > 1:
        raise ExportError(
            f"{source} has text encoders of {' and '.join(map(str, sizes))} tokens: they must share a vocabulary."
        )
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


def _check_shape_of_family(checkpoint: Checkpoint) -> None:
    """What the contract of the Triton models fixes, whatever the width."""
    family, configs = checkpoint.family, checkpoint.configs
    vae, latents = configs["vae"], checkpoint.latent_channels
    wanted: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("vae in_channels", vae.get("in_channels", 3), (3,)),
        ("vae latent_channels", latents, (4,)),
    ]
    for tower in family.towers:
        positions = configs[tower.part].get("max_position_embeddings", 77)
        wanted.append((f"{tower.part} max_position_embeddings", positions, (77,)))
    if "unet" in configs:
        unet = configs["unet"]
        inpainting = (2 * latents + 1,) if family.inpainting else ()
        sizes = family.size_ids * int(unet.get("addition_time_embed_dim") or 0)
        embedded = checkpoint.pooled_dim + sizes if family.size_ids else None
        wanted += [
            ("unet in_channels", checkpoint.sample_channels, (latents, *inpainting)),
            ("unet out_channels", unet.get("out_channels", 4), (latents,)),
            ("unet cross_attention_dim", unet.get("cross_attention_dim"), (checkpoint.context_dim,)),
            (
                "unet addition_embed_type",
                unet.get("addition_embed_type"),
                ("text_time" if family.size_ids else None,),
            ),
            ("unet class_embed_type", unet.get("class_embed_type"), (None,)),
            (
                "unet projection_class_embeddings_input_dim",
                unet.get("projection_class_embeddings_input_dim"),
                (embedded,),
            ),
            ("unet encoder_hid_dim", unet.get("encoder_hid_dim"), (None,)),
            ("unet time_cond_proj_dim", unet.get("time_cond_proj_dim"), (None,)),
        ]
    for what, found, allowed in wanted:
        if found not in allowed:
            raise ExportError(
                f"{checkpoint.source} is not of {family.title}'s architecture: {what} is {found}, not "
                f"{' or '.join(map(str, allowed))}."
            )
