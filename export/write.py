"""Write: the files of a published folder, but for its report."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import LAYOUT, WeightFile, WeightLayout, read_layout
from ensembles.manifest import Manifest, TextTower, read_manifest
from export.checkpoint import Checkpoint, open_checkpoint
from export.errors import ExportError
from export.families.family import Tower
from export.parts import Part
from export.report import WeightReport
from export.repository import rendered, write_repository
from export.runtimes.target import Target

MAX_BATCH = {"256": 16, "512": 8, "768": 4, "1024": 2}
"""Samples at once per resolution bucket: attention's scores grow with the fourth power of the side."""

STEMS = {"text_encoder": "text-encoder", "text_encoder_2": "text-encoder-2", "unet": "unet", "vae": "vae"}
"""part → what its file is called in a published folder when it serves no other"""
OPEN_CLIP_H = 24
"""Layers of Stable Diffusion 2's text encoder, of which its folders keep all but the last."""
SHARED = "checkpoint.safetensors"
"""What a file that serves several parts is called."""

Progress = Callable[[str, float], None]


def link_or_copy(source: Path, target: Path) -> bool:
    """Put `source`'s bytes at `target`: a hard link (True) where the file system allows, else a copy."""
    # A Hugging Face cache holds symbolic links: what is to be shared is the file behind.
    real = source.resolve()
    try:
        os.link(real, target)
    except OSError:
        shutil.copyfile(real, target)
        return False
    return True


def file_hash(path: Path) -> str:
    """sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place_weights(checkpoint: Checkpoint, folder: Path, progress: Progress) -> dict[str, WeightReport]:
    """Link the checkpoint's files into `folder`, each once, and write `layout.json`; part → report.

    Raises `ExportError` when a tensor holds NaN or infinity.
    """
    folder.mkdir()
    reports: dict[Path, WeightReport] = {}
    layouts = {}
    for number, (name, part) in enumerate(checkpoint.parts.items()):
        progress(f"reading {name}", number / len(checkpoint.parts))
        sharing = [other for other in checkpoint.parts if checkpoint.files[other] == part.file]
        target = folder / (f"{STEMS[name]}.safetensors" if len(sharing) == 1 else SHARED)
        if part.file not in reports:
            linked = link_or_copy(part.file, target)
            reports[part.file] = WeightReport(
                file=target.name,
                parts=sharing,
                source=str(part.file),
                bytes=target.stat().st_size,
                dtypes=sorted({place.dtype for key in sharing for place in checkpoint.tensors[key].values()}),
                sha256=file_hash(target),
                linked=linked,
            )
        layouts[name] = part.layout(target.name)
        _check_finite(WeightFile(target, part.tensors), part)
    (folder / LAYOUT).write_bytes(msgspec.json.encode(WeightLayout(layouts)))
    return {name: reports[part.file] for name, part in checkpoint.parts.items()}


def _check_finite(weights: WeightFile, part: Part) -> None:
    for name in weights.places:
        if not weights.is_finite(name):
            raise ExportError(
                f"{part.file}: {part.names[name]} holds NaN or infinity, so no picture can come of it; "
                "take another file."
            )


def make_manifest(
    checkpoint: Checkpoint, name: str, weights: dict[str, WeightReport], target: Target
) -> Manifest:
    """What the models in Triton must know of this checkpoint."""
    scheduler, family = checkpoint.scheduler, checkpoint.family
    towers = tuple(_tower(checkpoint, tower) for tower in family.towers)
    return Manifest(
        name=name,
        architecture=checkpoint.architecture,
        context_dim=checkpoint.context_dim,
        family=family.name,
        kind="checkpoint" if towers else "vae",
        towers=towers,
        unet_channels=checkpoint.sample_channels,
        pooled_dim=checkpoint.pooled_dim,
        size_ids=family.size_ids,
        residuals=checkpoint.residuals,
        image_layers=checkpoint.image_layers,
        zero_snr=bool(scheduler.get("rescale_betas_zero_snr", False)),
        text_layers=min((tower.layers + tower.missing for tower in towers), default=0),
        prediction=scheduler.get("prediction_type", "epsilon"),
        beta_schedule=scheduler.get("beta_schedule", "scaled_linear"),
        beta_start=float(scheduler.get("beta_start", 0.00085)),
        beta_end=float(scheduler.get("beta_end", 0.012)),
        train_timesteps=int(scheduler.get("num_train_timesteps", 1000)),
        latent_channels=checkpoint.latent_channels,
        vae_factor=checkpoint.vae_factor,
        scaling_factor=float(checkpoint.configs["vae"].get("scaling_factor", 0.18215)),
        default_size=checkpoint.sample_size * checkpoint.vae_factor,
        latent_rgb=checkpoint.latent_rgb,
        max_batch=MAX_BATCH,
        weights={network: weights[kind.part].sha256 for network, kind in family.networks.items()},
        runtime=target.runtime,
        precision=target.precision,
    )


def _tower(checkpoint: Checkpoint, tower: Tower) -> TextTower:
    """A text encoder as its manifest tells it."""
    config = checkpoint.configs[tower.part]
    layers = int(config.get("num_hidden_layers", 12))
    # All 24 layers of OpenCLIP's ViT-H, where somebody kept them.
    whole = tower.left_out and layers == OPEN_CLIP_H
    return TextTower(
        network=tower.network,
        width=int(config["hidden_size"]),
        layers=layers,
        pad=tower.pad,
        skip=tower.skip,
        missing=0 if whole else tower.left_out,
        embedding=tower.embedding,
    )


def is_current(folder: Path, source: Path) -> bool:
    """Whether the published `folder` is what exporting the diffusers folder `source` would publish now."""
    try:
        manifest = read_manifest(folder / "manifest.json")
        layout = read_layout(folder)
    except (OSError, EngineError, msgspec.DecodeError):
        return False
    checkpoint = open_checkpoint(source)
    names = {name: part.names for name, part in checkpoint.parts.items()}
    hashes = {part: file_hash(file) for part, file in checkpoint.files.items()}
    return (
        manifest.architecture == checkpoint.architecture
        and manifest.weights
        == {network: hashes[kind.part] for network, kind in checkpoint.family.networks.items()}
        and {name: part.tensors for name, part in layout.parts.items()} == names
        and all(
            path.is_file() and path.read_text() == text
            for path, text in rendered(manifest, folder / "repository")
        )
    )


def write_folder(checkpoint: Checkpoint, manifest: Manifest, graphs: Path, folder: Path) -> None:
    """Write manifest, graphs, tokenizer and Triton's model directories into `folder`."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / "manifest.json").write_bytes(text + b"\n")
    (folder / "graphs").mkdir()
    for network in checkpoint.family.networks:
        for suffix in (".onnx", ".json"):
            # Linked: checkpoints of one architecture share them. Tracing anew makes new files.
            link_or_copy(graphs / f"{network}{suffix}", folder / "graphs" / f"{network}{suffix}")
    if checkpoint.tokenizer:
        (folder / "tokenizer").mkdir()
    for file in checkpoint.tokenizer:
        shutil.copyfile(file, folder / "tokenizer" / file.name)
    write_repository(manifest, folder / "repository")
