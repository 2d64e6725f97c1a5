"""How much of a wall time was spent inside ONNX Runtime, and what Triton's own statistics say of it."""

from collections.abc import Iterable
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


def compute_seconds(url: str, checkpoint: str) -> float:
    """Seconds that Triton has counted as `compute_infer` of the checkpoint's networks since it started.

    Taken from the statistics by batch: those by request count a batch once for each request in it. It
    holds the Python around the engine and the way to its process as well.
    """
    client = grpcclient.InferenceServerClient(url)
    try:
        return sum(_compute_ns(client, f"{checkpoint}-{network}") for network in NETWORKS) / 1e9
    finally:
        client.close()


def _compute_ns(client: grpcclient.InferenceServerClient, model: str) -> int:
    (stats,) = client.get_inference_statistics(model).model_stats
    return sum(batch.compute_infer.ns for batch in stats.batch_stats)


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
