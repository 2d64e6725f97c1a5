"""The same UNet steps in fp32 and in 8 bits: how far apart, how fast, in how much memory."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path

import numpy as np

from ensembles.engine.batching import Array, Arrays
from ensembles.engine.network import Network
from ensembles.engine.tuned import Timing
from export.errors import ExportError
from export.int8.report import Int8Comparison

TIMESTEPS = (999, 750, 500, 250, 1)


class Unet:
    """One UNet in a process of its own, so that its memory can be told from another's."""

    def __init__(self, pool: ProcessPoolExecutor, folder: Path, int8: Path | None, threads: int) -> None:
        self._pool = pool
        self.memory: int = pool.submit(_load, folder, int8, threads).result()
        """Private bytes that loading took."""

    def step(self, inputs: Arrays) -> tuple[Array, float]:
        """The output, and the seconds that it took."""
        return self._pool.submit(_step, inputs).result()


_loaded: list[Network] = []
"""In a process of a pool: its network."""


def _begin() -> None:
    """Ctrl-C is the command's to handle, and who holds gigabytes must not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _load(folder: Path, int8: Path | None, threads: int) -> int:
    before = private_bytes()
    _loaded.append(Network(folder, "unet", threads=threads, int8=int8))
    return private_bytes() - before


def _step(inputs: Arrays) -> tuple[Array, float]:
    began = time.perf_counter()
    (output,) = _loaded[0].run(inputs).values()
    return output, time.perf_counter() - began


def private_bytes() -> int:
    """Memory that belongs to this process alone and to no file."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise ExportError(
        "/proc/self/smaps_rollup does not say how much memory is in use: Linux 4.14 or later is needed."
    )


@contextmanager
def loaded(folder: Path, int8: Path, threads: int) -> Iterator[tuple[Unet, Unet]]:
    """The UNet of the published `folder` in fp32 and with the file `int8`.

    Raises `EngineError` when one does not load, `ExportError` when a process dies.
    """
    pool = partial(ProcessPoolExecutor, 1, mp_context=get_context("spawn"), initializer=_begin)
    try:
        with pool() as first, pool() as second:
            yield Unet(first, folder, None, threads), Unet(second, folder, int8, threads)
    except BrokenProcessPool as error:
        raise ExportError(
            f"A process that held the UNet of {folder.name} died, most likely for want of memory: fp32 and "
            "8 bits are compared side by side; free some memory and try again."
        ) from error


def compare(
    fp32: Unet, int8: Unet, inputs: Callable[[int], Arrays], size: int, rounds: int
) -> Int8Comparison:
    """Steps of both in turn over `inputs(timestep)`, pictures of `size`² pixels: `rounds` and all timesteps.

    Differences are NaN where an output holds NaN or infinity.
    """
    for unet in (fp32, int8):
        unet.step(inputs(TIMESTEPS[0]))  # the first step of a size asks for its memory
    found, seconds = [], []
    for round_ in range(max(rounds, len(TIMESTEPS))):
        given = inputs(TIMESTEPS[round_ % len(TIMESTEPS)])
        # Who comes first may find the machine in another state: they take turns at it.
        if round_ % 2:
            (got, fast), (wanted, slow) = int8.step(given), fp32.step(given)
        else:
            (wanted, slow), (got, fast) = fp32.step(given), int8.step(given)
        found.append(_apart(wanted, got))
        seconds.append((slow, fast))
    relative, difference, magnitude = np.max(found, axis=0).tolist()
    batch = len(given["sample"])
    quartiles = np.quantile(seconds, (0.5, 0.25, 0.75), axis=0).T.tolist()
    slow_timing, fast_timing = (Timing(batch, *row) for row in quartiles)
    return Int8Comparison(
        size=size,
        timesteps=list(TIMESTEPS),
        relative=relative,
        difference=difference,
        magnitude=magnitude,
        fp32=slow_timing,
        int8=fast_timing,
    )


def _apart(wanted: Array, got: Array) -> tuple[float, float, float]:
    """The largest relative L2 distance of a sample, the largest difference, the largest number."""
    reference = wanted.reshape(len(wanted), -1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = got.reshape(len(got), -1).astype(np.float64) - reference
        lengths = np.linalg.norm(difference, axis=1) / np.linalg.norm(reference, axis=1)
    return float(lengths.max()), float(np.abs(difference).max()), float(np.abs(reference).max())
