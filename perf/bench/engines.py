"""How much of a wall time was spent inside ONNX Runtime, and what Triton's own statistics say of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tritonclient.grpc as grpcclient

from perf.wrap import wrap

TIMED = Path(__file__).with_name("timed_model.py")
NETWORKS = ("text-encoder", "unet", "vae-decoder")
"""What paints a picture."""
Interval = tuple[int, int]


def time_engines(folder: Path) -> list[Path]:
    """Makes the networks of the published `folder` write their runs down; the files they write to."""
    return [wrap(folder, network, TIMED) / "runs.bin" for network in NETWORKS]


def union(intervals: Iterable[Interval], start: int, end: int) -> int:
    """How much of `start`…`end` lies in at least one interval: networks that run side by side count once."""
    covered, reached = 0, start
    for began, ended in sorted(intervals):
        first, last = max(began, reached), min(ended, end)
        if last > first:
            covered += last - first
            reached = last
    return covered


def read_runs(files: Iterable[Path]) -> list[Interval]:
    """All runs so far, in nanoseconds of the monotonic clock."""
    return [
        (int(began), int(ended))
        for file in files
        if file.is_file()
        for began, ended in np.frombuffer(file.read_bytes(), np.uint64).reshape(-1, 2)
    ]


@dataclass(frozen=True)
class Account:
    """Seconds that Triton has counted since it started."""

    compute: float
    """`compute_infer` of a checkpoint's networks: the engines, the Python around them, the way to their process."""
    queue: float
    """Requests waiting in the UNet's queue, for others to join them or for their turn."""


def account(url: str, checkpoint: str) -> Account:
    """Triton's own account of a checkpoint.

    `compute` is taken from the statistics by batch: those by request count a batch once for each request in it.
    """
    client = grpcclient.InferenceServerClient(url)
    try:
        stats = {
            name: client.get_inference_statistics(f"{checkpoint}-{name}").model_stats[0] for name in NETWORKS
        }
    finally:
        client.close()
    compute = sum(batch.compute_infer.ns for each in stats.values() for batch in each.batch_stats)
    return Account(compute / 1e9, stats["unet"].inference_stats.queue.ns / 1e9)


def average_batch(
    url: str, checkpoint: str, before: tuple[int, int] = (0, 0)
) -> tuple[float, tuple[int, int]]:
    """Samples a run of the UNet since `before`, and the counts to hand in as `before` the next time."""
    client = grpcclient.InferenceServerClient(url)
    try:
        (stats,) = client.get_inference_statistics(f"{checkpoint}-unet").model_stats
    finally:
        client.close()
    samples, runs = stats.inference_count, stats.execution_count
    return (samples - before[0]) / max(1, runs - before[1]), (samples, runs)
