"""Inspect: what a diffusers folder holds, read from its JSON files and safetensors headers alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, read_header
from ensembles.manifest import LatentRGB
from export.architecture import FAMILY, PARTS, shape_hash
from export.errors import ExportError
from export.parts import Part, diffusers_part

PIPELINES = frozenset({"StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline"})
CLASSES = {"text_encoder": "CLIPTextModel", "unet": "UNet2DConditionModel", "vae": "AutoencoderKL"}
TOKENIZER_FILES = ("vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json")
PREDICTIONS = ("epsilon", "v_prediction")
BETA_SCHEDULES = ("scaled_linear", "linear")

_STEMS = {"text_encoder": "model", "unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}
_PICKLES = re.compile(r".*\.(bin|ckpt|pt|pth)$")
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


def open_checkpoint(source: Path) -> Checkpoint:
    """Read and check a diffusers folder; raises `ExportError` with what to do about the first fault."""
    if not source.is_dir():
        what = "is a file" if source.is_file() else "does not exist"
        raise ExportError(f"{source} {what}: name a diffusers folder, the one with model_index.json in it.")
    index = _read_json(source / "model_index.json", "name a diffusers folder")
    _check_classes(source, index)
    configs = {part: _read_json(source / part / "config.json", "it is incomplete") for part in PARTS}
    files = {part: _weight_file(source, part) for part in PARTS}
    try:
        parts = {part: diffusers_part(configs[part], files[part], read_header(files[part])) for part in PARTS}
    except EngineError as error:
        raise ExportError(str(error)) from error
    tensors = {name: part.tensors for name, part in parts.items()}
    _check_tensors(files, tensors)
    _check_shape_of_family(source, configs)
    shapes = {part: {name: place.shape for name, place in tensors[part].items()} for part in PARTS}
    return Checkpoint(
        source=source,
        architecture=f"{FAMILY}-{shape_hash(configs, shapes)}",
        parts=parts,
        scheduler=_scheduler(source),
        tokenizer=_tokenizer(source),
        latent_rgb=_latent_rgb(source),
    )


def _read_json(path: Path, otherwise: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError as error:
        raise ExportError(f"{path.parent} has no {path.name}: {otherwise}.") from error
    except (OSError, msgspec.DecodeError) as error:
        raise ExportError(f"{path} cannot be read as JSON: {error}.") from error


def _check_classes(source: Path, index: dict[str, Any]) -> None:
    pipeline = index.get("_class_name")
    found = {part: (index.get(part) or [None, None])[-1] for part in CLASSES}
    if pipeline not in PIPELINES or found != CLASSES:
        raise ExportError(
            f"{source} is a {pipeline} ({', '.join(f'{part}: {name}' for part, name in found.items())}); "
            "only Stable Diffusion 1.5's architecture (StableDiffusionPipeline) can be exported so far."
        )


def _weight_file(source: Path, part: str) -> Path:
    """The one safetensors file of a part: the plain one, else a variant such as .fp16."""
    folder, stem = source / part, _STEMS[part]
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
    if any(_PICKLES.match(file.name) for file in folder.iterdir()):
        raise ExportError(
            f"{folder} holds pickled weights only, which may run code when opened: save them with "
            "safe_serialization=True, or download the safetensors ones."
        )
    raise ExportError(f"{folder} has no {stem}.safetensors: download the checkpoint's weights again.")


def _check_tensors(files: dict[str, Path], tensors: dict[str, dict[str, TensorPlace]]) -> None:
    for part, places in tensors.items():
        if not places:
            raise ExportError(f"{files[part]} holds no tensors: save the checkpoint again.")
        for name, place in places.items():
            if place.dtype not in _FLOATS:
                raise ExportError(
                    f"{files[part]} stores {name} as {place.dtype}: save it as {', '.join(_FLOATS[:-1])} or BF16."
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


def _scheduler(source: Path) -> dict[str, Any]:
    config = _read_json(source / "scheduler" / "scheduler_config.json", "it is incomplete")
    prediction = config.get("prediction_type", "epsilon")
    betas = config.get("beta_schedule", "scaled_linear")
    if prediction not in PREDICTIONS:
        raise ExportError(f"{source} predicts {prediction!r}: only {' and '.join(PREDICTIONS)} are sampled.")
    if betas not in BETA_SCHEDULES or config.get("trained_betas") is not None:
        raise ExportError(
            f"{source} has a noise schedule {betas!r} of its own: only {BETA_SCHEDULES} are known."
        )
    return config


def _tokenizer(source: Path) -> list[Path]:
    files = [source / "tokenizer" / name for name in TOKENIZER_FILES]
    present = {file.name: file for file in files if file.is_file()}
    if "tokenizer.json" not in present and not {"vocab.json", "merges.txt"} <= set(present):
        raise ExportError(f"{source}/tokenizer needs vocab.json and merges.txt, or tokenizer.json: add them.")
    return list(present.values())


def _latent_rgb(source: Path) -> LatentRGB | None:
    path = source / "latent_rgb.json"
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=LatentRGB)
    except msgspec.DecodeError as error:
        raise ExportError(f"{path} must hold weight [channels][3] and bias [3]: {error}.") from error
