"""The plans of a container's checkpoints: a stripped one per architecture and GPU, a refitted one per checkpoint."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ensembles.engine.errors import EngineError
from ensembles.engine.graph import PARTS, read_meta
from ensembles.engine.weights import open_weights
from ensembles.manifest import Manifest, read_manifest
from export.errors import ExportError
from export.repository import Served, served
from export.tensorrt.build import build_plan, refit
from export.tensorrt.dialects import Dialect, load_dialect
from export.tensorrt.profiles import profile

PLANS = "plans"
"""Folder of the container's folder: stripped plans, which checkpoints of one architecture share."""
REPORT = "plans.json"
"""In a published folder, beside manifest.json."""

Progress = Callable[[str], None]


class PlanReport(msgspec.Struct, frozen=True):
    """One plan."""

    model: str
    file: str
    bytes: int
    stripped: str
    """The stripped plan that it was refitted from; empty: it was built whole."""
    seconds: float
    built: bool
    """False: the stripped plan was there, and only refitted."""


class PlansReport(msgspec.Struct, frozen=True):
    """`plans.json` of a published checkpoint."""

    package: str
    version: str
    device: str
    precision: str
    plans: list[PlanReport]


def gpu_name() -> str:
    """The first GPU's name as NVIDIA's driver says it; empty where there is none."""
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout.strip().splitlines() or [""])[0]


def make_plans(home: Path, name: str, package: str, progress: Progress | None = None) -> PlansReport:
    """Make the plans of checkpoint `name` in the container's folder `home`, which `studio export` wrote.

    With a GPU a stripped plan is built for each Triton model, unless there is one of this architecture,
    package, version and GPU, and refitted with the checkpoint's weights; without one only TensorRT-RTX
    builds, and whole plans. Plans that Triton can load are put where it looks for them. Raises `ExportError`.
    """
    folder = home / "models" / name
    manifest = _read(folder, home, name)
    dialect, trt = load_dialect(package)
    device = gpu_name()
    if not device and dialect.strips_without_gpu is None:
        raise ExportError(
            f"{package} builds for the GPU that is there, and there is none: run this in NVIDIA's TensorRT container on "
            "the machine that will serve. tensorrt-rtx builds anywhere, but Triton cannot load its plans."
        )
    # Timings and code in a plan are those of one version on one GPU.
    key = _slug("-".join([package, trt.__version__, device or "any", manifest.precision]))
    plans = []
    for model in served(manifest):
        if progress:
            progress(model.model)
        try:
            plans.append(_make(trt, dialect, home, manifest, model, key, stripped=bool(device)))
        except EngineError as error:
            raise ExportError(str(error)) from error
        except OSError as error:
            raise ExportError(f"{error.filename or home}: {error.strerror}.") from error
    report = PlansReport(package, trt.__version__, device or "none", manifest.precision, plans)
    (folder / REPORT).write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    return report


def _read(folder: Path, home: Path, name: str) -> Manifest:
    try:
        manifest = read_manifest(folder / "manifest.json")
    except (OSError, msgspec.DecodeError) as error:
        raise ExportError(
            f"{home} has no checkpoint {name}: `studio export SOURCE --name {name} --runtime tensorrt --out {home}` "
            "makes it."
        ) from error
    if manifest.runtime != "tensorrt":
        raise ExportError(
            f"{name} was exported for {manifest.runtime}: export it with --runtime tensorrt first."
        )
    return manifest


def _make(
    trt: Any,
    dialect: Dialect,
    home: Path,
    manifest: Manifest,
    model: Served,
    key: str,
    *,
    stripped: bool,
) -> PlanReport:
    started = time.perf_counter()
    folder = home / "models" / manifest.name
    meta = read_meta(folder / "graphs" / f"{model.network}.json")
    weights = open_weights(folder, PARTS[model.network])
    # Checkpoints of one architecture share it, so it is called by the network alone.
    stem = model.network if model.bucket is None else f"{model.network}-{model.bucket}x{model.max_batch}"
    shared = home / PLANS / manifest.architecture / key / f"{stem}.plan"
    built = not (stripped and shared.is_file())
    if built:
        plan = build_plan(
            trt,
            dialect,
            folder / "graphs" / f"{model.network}.onnx",
            weights,
            meta.parameters,
            manifest.precision,
            profile(manifest, model, meta.inputs),
            strip=stripped,
        )
        if stripped:
            _write(shared, plan)
    if stripped:
        plan = refit(trt, shared.read_bytes(), weights, manifest.precision)
    if dialect.triton:
        target = folder / "repository" / model.model / "1" / "model.plan"
    else:
        target = home / PLANS / manifest.name / key / f"{model.model}.plan"
    _write(target, plan)
    return PlanReport(
        model=model.model,
        file=str(target.relative_to(home)),
        bytes=len(plan),
        stripped=str(shared.relative_to(home)) if stripped else "",
        seconds=time.perf_counter() - started,
        built=built,
    )


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: a server may be looking."""
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        building.write_bytes(content)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-").lower()
