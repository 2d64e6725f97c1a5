"""Write: the files of a published folder, but for its report."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from ensembles.engine.graph import WEIGHT_FILES
from ensembles.engine.weights import WeightFile
from ensembles.manifest import Manifest, read_manifest
from export.architecture import PARTS
from export.checkpoint import Checkpoint, open_checkpoint
from export.errors import ExportError
from export.networks import NETWORKS
from export.report import WeightReport
from export.repository import rendered, write_repository

MAX_BATCH = {"256": 16, "512": 8, "768": 4, "1024": 2}
"""Samples at once per resolution bucket: attention's scores grow with the fourth power of the side."""

_CHUNK = 1 << 22

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
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def place_weights(checkpoint: Checkpoint, folder: Path, progress: Progress) -> dict[str, WeightReport]:
    """Link the checkpoint's files into `folder`; part → report.

    Raises `ExportError` when a tensor holds NaN or infinity.
    """
    folder.mkdir()
    reports: dict[str, WeightReport] = {}
    targets = {kind.part: WEIGHT_FILES[network] for network, kind in NETWORKS.items()}
    for number, part in enumerate(PARTS):
        progress(f"reading {part}", number / len(PARTS))
        source, target = checkpoint.files[part], folder / targets[part]
        linked = link_or_copy(source, target)
        _check_finite(target, source)
        reports[part] = WeightReport(
            file=target.name,
            source=str(source),
            bytes=target.stat().st_size,
            dtypes=sorted({place.dtype for place in checkpoint.tensors[part].values()}),
            sha256=file_hash(target),
            linked=linked,
        )
    return reports


def _check_finite(path: Path, source: Path) -> None:
    weights = WeightFile(path)
    for name in weights.places:
        if not np.isfinite(weights.tensor(name)).all():
            raise ExportError(
                f"{source}: {name} holds NaN or infinity, so no picture can come of it; take another file."
            )


def make_manifest(checkpoint: Checkpoint, name: str, weights: dict[str, WeightReport]) -> Manifest:
    """What the models in Triton must know of this checkpoint."""
    scheduler = checkpoint.scheduler
    return Manifest(
        name=name,
        architecture=checkpoint.architecture,
        context_dim=checkpoint.context_dim,
        text_layers=int(checkpoint.configs["text_encoder"].get("num_hidden_layers", 12)),
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
        weights={network: weights[kind.part].sha256 for network, kind in NETWORKS.items()},
    )


def is_current(folder: Path, source: Path) -> bool:
    """Whether the published `folder` is what exporting the diffusers folder `source` would publish now."""
    try:
        manifest = read_manifest(folder / "manifest.json")
    except (OSError, msgspec.DecodeError):
        return False
    checkpoint = open_checkpoint(source)
    hashes = {part: file_hash(file) for part, file in checkpoint.files.items()}
    return (
        manifest.architecture == checkpoint.architecture
        and manifest.weights == {network: hashes[kind.part] for network, kind in NETWORKS.items()}
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
    for network in NETWORKS:
        for suffix in (".onnx", ".json"):
            # Copied, not linked: they are small, and tracing anew must not touch what is published.
            shutil.copyfile(graphs / f"{network}{suffix}", folder / "graphs" / f"{network}{suffix}")
    (folder / "tokenizer").mkdir()
    for file in checkpoint.tokenizer:
        shutil.copyfile(file, folder / "tokenizer" / file.name)
    write_repository(manifest, folder / "repository")
