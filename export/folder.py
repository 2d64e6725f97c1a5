"""A diffusers folder, read from its JSON files and safetensors headers alone."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from ensembles.manifest import LatentRGB
from export.errors import ExportError
from export.families import FAMILIES, PIPELINES, Family, family_of_folder
from export.lookalikes import PICKLES
from export.parts import Part, diffusers_part
from export.single_file import open_file

CLASSES = {
    "text_encoder": "CLIPTextModel",
    "text_encoder_2": "CLIPTextModelWithProjection",
    "unet": "UNet2DConditionModel",
    "vae": "AutoencoderKL",
}
TOKENIZERS = ("tokenizer", "tokenizer_2")
"""Folders of which the first is published: the text encoders of a checkpoint share a vocabulary."""
TOKENIZER_FILES = ("vocab.json", "merges.txt", "added_tokens.json", "tokenizer.json", "tokenizer_config.json")
PREDICTIONS = ("epsilon", "v_prediction")
BETA_SCHEDULES = ("scaled_linear", "linear")

_STEMS = {
    "text_encoder": "model",
    "text_encoder_2": "model",
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
}
_NEEDED = {
    "text_encoder": ("hidden_size", "vocab_size"),
    "text_encoder_2": ("hidden_size", "vocab_size", "projection_dim"),
    "unet": ("block_out_channels", "cross_attention_dim"),
    "vae": ("block_out_channels",),
}
"""Config keys without which nothing can be said of a part."""


def read_json(path: Path, otherwise: str) -> dict[str, Any]:
    """The object in a JSON file; raises `ExportError`, which ends with `otherwise` when there is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError as error:
        raise ExportError(f"{path.parent} has no {path.name}: {otherwise}.") from error
    except (OSError, msgspec.DecodeError) as error:
        raise ExportError(f"{path} cannot be read as JSON: {error}.") from error


def open_folder(source: Path, elsewhere: Collection[str]) -> Family:
    """The family of a diffusers folder; raises `ExportError` for another pipeline, or parts of other classes.

    What is `elsewhere` need not be there.
    """
    index = read_json(
        source / "model_index.json", "name a diffusers folder, or a checkpoint's .safetensors file"
    )
    pipeline = index.get("_class_name")
    if pipeline in PIPELINES:
        unet = read_config(source / "unet" / "config.json", "unet", "it is incomplete")
        family = family_of_folder(index, unet)
        own = [part for part in family.parts if part not in elsewhere] if family else []
    else:
        family, own = None, [part for part in CLASSES if index.get(part)]
    found = {part: (index.get(part) or [None, None])[-1] for part in own}
    if family is None or any(found[part] != family.classes[part] for part in own):
        known = ", ".join(f"{one.title} ({min(one.pipelines)})" for one in FAMILIES.values() if one.pipelines)
        raise ExportError(
            f"{source} is a {pipeline} ({', '.join(f'{part}: {name}' for part, name in found.items())}); "
            f"what can be exported is of the architecture of {known}."
        )
    return family


def tokenizer_folder(source: Path) -> Path | None:
    """The folder of a diffusers folder's tokenizer, or None."""
    return next((source / name for name in TOKENIZERS if (source / name).is_dir()), None)


def read_config(path: Path, part: str, otherwise: str) -> dict[str, Any]:
    """A part's config.json; raises `ExportError` when it leaves out what everything hangs on."""
    config = read_json(path, otherwise)
    for key in _NEEDED[part]:
        if config.get(key) is None:
            raise ExportError(f"{path} does not say {key}, so it is no {CLASSES[part]}'s: name another.")
    return config


def part_of_folder(folder: Path, part: str) -> Part:
    """A part of a diffusers checkpoint from its own folder (`SOURCE/unet` and the like)."""
    config = read_config(folder / "config.json", part, "it is incomplete")
    file = _weight_file(folder, part)
    return diffusers_part(config, file, open_file(file))


def _weight_file(folder: Path, part: str) -> Path:
    """The one safetensors file of a part: the plain one, else a variant such as .fp16."""
    stem = _STEMS[part]
    plain = folder / f"{stem}.safetensors"
    if plain.is_file():
        return plain
    if (folder / f"{stem}.safetensors.index.json").is_file():
        raise ExportError(
            f"{folder} is in shards: load it with diffusers and save it with max_shard_size='20GB'."
        )
    variants = sorted(folder.glob(f"{stem}.*.safetensors"))
    if variants:
        return variants[0]
    if any(PICKLES.match(file.name) for file in folder.iterdir()):
        raise ExportError(
            f"{folder} holds pickled weights only, which may run code when opened: save them with "
            "safe_serialization=True, or download the safetensors ones."
        )
    raise ExportError(f"{folder} has no {stem}.safetensors: download the checkpoint's weights again.")


def scheduler_of(path: Path) -> dict[str, Any]:
    """A scheduler_config.json whose schedule is known."""
    config = read_json(path, "it is incomplete")
    prediction = config.get("prediction_type", "epsilon")
    betas = config.get("beta_schedule", "scaled_linear")
    if prediction not in PREDICTIONS:
        raise ExportError(f"{path} predicts {prediction!r}: only {' and '.join(PREDICTIONS)} are sampled.")
    if str(config.get("_class_name")).startswith("EDM"):
        raise ExportError(
            f"{path} is of an EDM model, whose noise levels are others: it is not sampled so far."
        )
    if betas not in BETA_SCHEDULES or config.get("trained_betas") is not None:
        raise ExportError(
            f"{path} has a noise schedule {betas!r} of its own: only {BETA_SCHEDULES} are known."
        )
    return config


def tokenizer_of(folder: Path) -> list[Path]:
    """The files of a tokenizer folder."""
    present = {name: folder / name for name in TOKENIZER_FILES if (folder / name).is_file()}
    if "tokenizer.json" not in present and not {"vocab.json", "merges.txt"} <= set(present):
        raise ExportError(f"{folder} needs vocab.json and merges.txt, or tokenizer.json: add them.")
    return list(present.values())


def check_tokenizer(files: list[Path], vocabulary: int) -> None:
    """Refuse a tokenizer that knows more tokens than the text encoder has embeddings for."""
    ids: list[int] = [0]
    for file in files:
        try:
            if file.name in ("vocab.json", "added_tokens.json"):
                ids += json.loads(file.read_bytes()).values()
            elif file.name == "tokenizer.json":
                ids += json.loads(file.read_bytes())["model"]["vocab"].values()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExportError(f"{file} is no tokenizer's: take it from the checkpoint again.") from error
    if max(ids) >= vocabulary:
        raise ExportError(
            f"{files[0].parent} is another model's tokenizer: it has ids up to {max(ids)}, and the text encoder "
            f"{vocabulary} tokens; name the right one with --tokenizer FOLDER."
        )


def latent_rgb_of(source: Path) -> LatentRGB | None:
    """A checkpoint's own map from latents to colours, where it has one."""
    path = source / "latent_rgb.json"
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=LatentRGB)
    except msgspec.DecodeError as error:
        raise ExportError(f"{path} must hold weight [channels][3] and bias [3]: {error}.") from error
