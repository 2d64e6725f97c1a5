"""The real perf_analyzer: fetched once, run against one model, its table read back.

The binary is in the tritonclient 2.50.0 wheel (later ones carry none for this C library); it is taken
out of the wheel into var/tools, not installed over the client. The two libraries it wants under names
of their own are in the nvidia-pytriton wheel already.
"""

import csv
import os
import subprocess
import sys
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ensembles.arrays import Array
from studio.errors import StudioError
from studio.triton.binary import find_distribution

WHEEL = "tritonclient==2.50.0"
LIBRARIES = {"libb64.so.0d": "libb64-*.so.0d", "libcudart.so.12": "libcudart-*.so.12*"}
"""Name that perf_analyzer was linked with → where the wheel has it."""
TIMEOUT_SECONDS = 540


@dataclass(frozen=True)
class Load:
    """What perf_analyzer sends to one model."""

    model: str
    data: Sequence[dict[str, Any]]
    """One dict of input → value a request, in turn: an array without its batch axis, or a string."""
    batch: int = 1
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Extents of the inputs that have free ones in the model's config."""


@dataclass(frozen=True)
class Measured:
    """What perf_analyzer saw: latencies in milliseconds, as the client measures them."""

    throughput: float
    """Requests a second, times `Load.batch`."""
    p50: float
    p90: float
    p95: float
    printed: str
    """All that it printed."""


def install(tools: Path) -> Path:
    """perf_analyzer under `tools`, fetched from its wheel once; returns the executable."""
    binary = tools / "perf_analyzer"
    if not binary.is_file():
        tools.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(tools), WHEEL]
        if subprocess.run(pip, check=False).returncode:
            raise StudioError(f"{WHEEL} could not be fetched with pip; perf_analyzer is inside it.")
        with zipfile.ZipFile(next(tools.glob("tritonclient-*.whl"))) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith("data/bin/perf_analyzer"))
            binary.write_bytes(wheel.read(name))
        binary.chmod(0o755)
    for wanted, pattern in LIBRARIES.items():
        link = tools / wanted
        link.unlink(missing_ok=True)
        link.symlink_to(next(find_distribution().libraries.glob(pattern)))
    return binary


def analyze(binary: Path, url: str, load: Load, concurrency: int, requests: int) -> Measured:
    """`requests` requests of `load`, always `concurrency` of them under way, over gRPC to `url`.

    Raises `StudioError` with the end of what it printed where perf_analyzer fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, table = Path(folder) / "data.json", Path(folder) / "table.csv"
        data.write_bytes(msgspec.json.encode({"data": [_step(values) for values in load.data]}))
        command = [
            str(binary),
            *("-m", load.model, "-i", "grpc", "-u", url, "-b", str(load.batch)),
            *("--input-data", str(data), "--concurrency-range", f"{concurrency}:{concurrency}"),
            # Pictures take longer than its time windows, so requests are counted instead.
            *("--request-count", str(requests), "--percentile", "95"),
            *("-f", str(table), "--verbose-csv"),
        ]
        for name, shape in load.shapes.items():
            command += ["--shape", f"{name}:{','.join(map(str, shape))}"]
        environment = os.environ | {"LD_LIBRARY_PATH": f"{binary.parent}:{find_distribution().libraries}"}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
        if done.returncode or not table.is_file():
            raise StudioError(
                f"perf_analyzer ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}"
            )
        with table.open() as rows:
            (row,) = csv.DictReader(rows)
    p50, p90, p95 = (float(row[f"{name} latency"]) / 1000 for name in ("p50", "p90", "p95"))
    return Measured(float(row["Inferences/Second"]), p50, p90, p95, done.stdout)


def _step(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _content(value) for name, value in values.items()}


def _content(value: Any) -> Any:
    # Bytes rather than numbers: a context of 768 channels would be a megabyte of decimals.
    if isinstance(value, np.ndarray):
        array: Array = np.ascontiguousarray(value)
        return {"b64": b64encode(array.tobytes()).decode()}
    return [value]
