"""The profile run behind a checkpoint's largest UNet batch per resolution bucket: `models/NAME/tuning.json`."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from ensembles.engine.batching import Array, Arrays
from ensembles.engine.errors import EngineError
from ensembles.engine.network import Network, cells
from ensembles.engine.tuned import FILE, Timing, Tuning

BATCHES = (1, 2, 4, 8, 16)
WORTH = 0.05
"""A larger batch must paint samples this much faster than a smaller one: it makes every job in it wait longer."""
MEMORY_SHARE = 0.5
"""Of the memory that is free before a bucket, what its largest batch may take."""
ROUNDS = 3
TOKENS = 77

Say = Callable[[str, list[Timing]], None]


def profile(
    network: Network, buckets: Sequence[int], *, seconds: float = 2.0, say: Say = lambda *_: None
) -> dict[str, list[Timing]]:
    """Bucket → timings of one UNet step at each batch size that memory allows, square pictures, `seconds` each.

    Rounds go over all batch sizes in turn, so that a busy moment of the machine does not fall on one of them.
    `say` is told of each bucket when it is done. Raises `EngineError` when not even one sample runs.
    """
    found: dict[str, list[Timing]] = {}
    for bucket in buckets:
        samples: dict[int, list[float]] = {}
        for batch in _that_fit(network, bucket):
            samples[batch] = []
        for _ in range(ROUNDS):
            for batch, taken in samples.items():
                inputs = random_step(network, bucket, batch)
                until = time.perf_counter() + seconds / ROUNDS
                while not taken or time.perf_counter() < until:
                    taken.append(_seconds(network, inputs))
        found[str(bucket)] = [
            Timing(batch, *(float(q) for q in np.quantile(taken, (0.5, 0.25, 0.75))))
            for batch, taken in samples.items()
        ]
        say(str(bucket), found[str(bucket)])
    return found


def choose(timings: Sequence[Timing]) -> int:
    """The smallest batch whose time per sample is within `WORTH` of the best."""
    best = min(timing.per_sample for timing in timings)
    return min(timing.batch for timing in timings if timing.per_sample <= best * (1 + WORTH))


def write_tuning(folder: Path, tuning: Tuning) -> None:
    """Put `tuning.json` beside the manifest of the published `folder`, whole or not at all."""
    partial = folder / f".{FILE}.partial"
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(tuning), indent=1) + b"\n")
    partial.replace(folder / FILE)


def _that_fit(network: Network, bucket: int) -> list[int]:
    """The batch sizes to measure: doubled for as long as the next is expected to fit into memory."""
    fitting: list[int] = []
    before = _available()
    for batch in BATCHES:
        low = _Lowest()
        with low:
            try:
                _seconds(network, random_step(network, bucket, batch))
            except EngineError:
                if not fitting:
                    raise
                break
        fitting.append(batch)
        if 2 * (before - low.bytes) > MEMORY_SHARE * before:
            break
    return fitting


class _Lowest:
    """The least memory that was available while the block ran, sampled 50 times a second."""

    def __enter__(self) -> None:
        self.bytes, self._ended = _available(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.bytes = min(self.bytes, _available())

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def _available() -> int:
    """Bytes that programs may still take, as the kernel estimates."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 1 << 62


def random_step(network: Network, bucket: int, batch: int) -> Arrays:
    """Random inputs of one UNet step: `batch` samples of bucket² pixels."""
    random = np.random.default_rng(0)
    side = cells(network.manifest, bucket)
    known = {"batch": batch, "height": side, "width": side, "tokens": TOKENS}
    inputs: dict[str, Array] = {
        port.name: random.standard_normal(
            [known[axis] if isinstance(axis, str) else axis for axis in port.shape], dtype=np.float32
        )
        for port in network.meta.inputs
    }
    return inputs | {"timestep": np.full((batch, 1), 500, np.float32)}


def _seconds(network: Network, inputs: Arrays) -> float:
    began = time.perf_counter()
    network.run(inputs)
    return time.perf_counter() - began
