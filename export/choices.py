"""What the person who exports says besides the source: configs and parts from elsewhere."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ensembles.manifest import LatentRGB
from export.errors import ExportError
from export.families import Family
from export.folder import (
    CLASSES,
    latent_rgb_of,
    part_of_folder,
    read_config,
    read_json,
    scheduler_of,
    tokenizer_folder,
)
from export.parts import Part
from export.single_file import open_file, part_of_file


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of `studio export`; each is a path or None."""

    config: Path | None = None
    """A diffusers folder whose configs a single file takes, or one config.json of it"""
    vae: Path | None = None
    """A file or folder whose VAE takes the place of the source's"""
    text_encoder: Path | None = None
    text_encoder_2: Path | None = None
    """Of Stable Diffusion XL: its larger text encoder"""
    tokenizer: Path | None = None
    """A folder with vocab.json and merges.txt, or tokenizer.json"""
    ema: bool = False
    """Take the UNet's averaged weights out of a single file that has both."""
    prediction: str | None = None
    """epsilon or v_prediction, where the source does not say it or is wrong"""

    def elsewhere(self) -> dict[str, Path]:
        """part → where it comes from instead of the source"""
        found = {
            "vae": self.vae,
            "text_encoder": self.text_encoder,
            "text_encoder_2": self.text_encoder_2,
        }
        return {part: path for part, path in found.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Given:
    """The configs that `Choices.config` names."""

    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """part → config.json, for those that are there"""
    scheduler: dict[str, Any] | None = None
    tokenizer: Path | None = None
    """Its folder, of the first text encoder that has one"""
    latent_rgb: LatentRGB | None = None


def read_given(path: Path | None) -> Given:
    """The configs of a diffusers folder, or of one JSON file; raises `ExportError` when there is none."""
    if path is None:
        return Given()
    if path.name == "model_index.json":
        path = path.parent
    if not path.is_dir():
        return _read_one(path)
    configs = {
        part: read_config(path / part / "config.json", part, "it is incomplete")
        for part in CLASSES
        if (path / part / "config.json").is_file()
    }
    if not configs:
        raise ExportError(
            f"{path} holds no config: name a diffusers folder (unet/config.json and so on), or one such file."
        )
    scheduler = path / "scheduler" / "scheduler_config.json"
    return Given(
        configs,
        scheduler_of(scheduler) if scheduler.is_file() else None,
        tokenizer_folder(path),
        latent_rgb_of(path),
    )


def _read_one(path: Path) -> Given:
    """A single config.json or scheduler_config.json, told apart by the class it names."""
    config = read_json(path, "name a diffusers folder, or one config.json of it")
    names = {config.get("_class_name"), *(config.get("architectures") or [])}
    for part, name in CLASSES.items():
        if name in names:
            return Given({part: read_config(path, part, "")})
    if "beta_schedule" in config or "num_train_timesteps" in config:
        return Given(scheduler=scheduler_of(path))
    raise ExportError(
        f"{path} is no config of a UNet, VAE, CLIP text encoder or scheduler: name a diffusers folder, or one "
        "config.json of it."
    )


def part_from(path: Path, part: str, given: Given, family: Family) -> Part:
    """`part` from where --vae or --text-encoder says: a file, its own folder, or a whole checkpoint's."""
    if path.is_dir():
        return part_of_folder(path / part if (path / part).is_dir() else path, part)
    return part_of_file(path, open_file(path), part, given.configs.get(part), family)
