"""For which server a checkpoint is exported, in which precision, and where to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ensembles.manifest import Manifest
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.report import WrittenReport

RuntimeName = Literal["python", "onnxruntime", "tensorrt"]
Precision = Literal["fp32", "fp16"]

PRECISION: dict[RuntimeName, Precision] = {"python": "fp32", "onnxruntime": "fp32", "tensorrt": "fp16"}
"""runtime → the precision when none is asked for"""

CONTAINER = "container"
"""Folder of the studio's home for what NVIDIA's container serves; it is laid out like a home."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Target:
    """What `studio export` was asked for."""

    runtime: RuntimeName
    precision: Precision
    home: Path
    """Holds `models/NAME` and `repository/`."""


def choose_target(home: Path, runtime: RuntimeName, precision: Precision | None, out: Path | None) -> Target:
    """The target for the options of `studio export`; raises `ExportError` for those that do not go together."""
    if runtime == "python":
        if out is not None or precision == "fp16":
            raise ExportError(
                "--out and --precision fp16 are for NVIDIA's container: name --runtime onnxruntime or tensorrt, "
                "or leave them out."
            )
        return Target(runtime, "fp32", home)
    folder = (home / CONTAINER if out is None else out).expanduser().resolve()
    if folder == home.resolve():
        raise ExportError(
            f"--out {folder} is the studio's own home, whose server cannot run these models: name another folder."
        )
    return Target(runtime, precision or PRECISION[runtime], folder)


def write_networks(
    target: Target, folder: Path, manifest: Manifest, checkpoint: Checkpoint, progress: Progress
) -> list[WrittenReport]:
    """Write what the target's backend loads into the verified `folder`; what it came to, network by network."""
    if target.runtime == "python":
        return []
    try:
        from export.runtimes.models import write_models
    except ImportError as error:
        raise ExportError(
            f"--runtime {target.runtime} rewrites graphs, for which {error.name} is missing: run "
            "pip install -c constraints.txt -e '.[export]' and export again."
        ) from error
    return write_models(folder, manifest, checkpoint, progress)
