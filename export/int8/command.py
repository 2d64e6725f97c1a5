"""`studio quantize`: round → compare with fp32 → keep it where it pays."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import onnxruntime

from ensembles.engine.bind import INT8_ON, default_threads
from ensembles.engine.graph import read_meta
from ensembles.engine.int8 import int8_file
from ensembles.engine.providers import choose_providers
from ensembles.manifest import read_manifest
from export.errors import ExportError
from export.int8.compare import compare, loaded
from export.int8.file import MINIMUM, write_int8
from export.int8.inputs import encode_prompts, step_inputs
from export.int8.report import Int8Comparison, Int8Report
from export.publish import locked
from export.report import keep_int8, read_report

LIMIT = 0.05
"""Relative L2 distance from fp32 above which 8 bits are refused."""
FASTER = 0.05
"""Share of the time that must be saved at every size to be called faster."""
SMALLER = 0.25
"""Share of the memory that must be saved to be called smaller."""
ROUNDS = 7

NETWORK = "unet"
Progress = Callable[[str], None]


def quantize(
    folder: Path,
    sizes: Sequence[int] = (),
    *,
    keep: bool = False,
    threads: int | None = None,
    rounds: int = ROUNDS,
    minimum: int = MINIMUM,
    progress: Progress = lambda _: None,
) -> tuple[Int8Report, bool]:
    """Round the UNet's linear layers in the published `folder` (`models/NAME`) and compare them with fp32.

    Returns what was found, and whether it is kept: where it pays (`pays`) or with `keep`. `sizes` are in
    pixels, by default the checkpoint's own. Raises `ExportError` or `EngineError` when it cannot be done or
    is further than `LIMIT` from fp32; then nothing has changed.
    """
    threads = threads or default_threads()
    _check(folder, threads)
    target = int8_file(folder, NETWORK)
    partial = _partial(target)
    with _alone(folder):
        try:
            progress("rounding the weights")
            layers, values = write_int8(folder, NETWORK, partial, minimum)
            progress("loading it in fp32 and in 8 bits")
            context = encode_prompts(folder, threads)
            sizes = sizes or [read_manifest(folder / "manifest.json").default_size]
            comparisons = []
            with loaded(folder, partial, threads) as (fp32, int8):
                for size in sizes:
                    progress(f"comparing at {size}²")
                    comparisons.append(compare(fp32, int8, step_inputs(folder, context, size), size, rounds))
            parameters = read_meta(folder / "graphs" / f"{NETWORK}.json").parameters
            report = Int8Report(
                layers=layers,
                values=values,
                parameters=sum(math.prod(shape) for shape in parameters.values()),
                bytes=partial.stat().st_size,
                comparisons=comparisons,
                memory_fp32=fp32.memory,
                memory_int8=int8.memory,
                threads=threads,
                onnxruntime=onnxruntime.__version__,
            )
            check_distance(folder.name, comparisons)
            kept = keep or pays(report)
            if kept:
                # The report first: what is served is never without its distance.
                keep_int8(folder, report)
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return report, kept


def remove(folder: Path) -> bool:
    """Go back to fp32; False where no 8-bit weights were. Raises `ExportError`."""
    target = int8_file(folder, NETWORK)
    with _alone(folder):
        there = target.exists()
        target.unlink(missing_ok=True)
        _partial(target).unlink(missing_ok=True)  # of a run that was killed
        if read_report(folder).int8 is not None:
            keep_int8(folder, None)
    return there


def pays(report: Int8Report) -> bool:
    """Whether it is faster at every size that was measured, or a quarter smaller in memory."""
    faster = all(one.int8.median <= (1 - FASTER) * one.fp32.median for one in report.comparisons)
    return faster or report.memory_int8 <= (1 - SMALLER) * report.memory_fp32


def check_distance(name: str, comparisons: Sequence[Int8Comparison]) -> None:
    """Raise `ExportError` where outputs are not finite or further than `LIMIT` from fp32."""
    for one in comparisons:
        if not math.isfinite(one.difference):
            raise ExportError(f"{name} paints NaN or infinity at {one.size}²: nothing was kept.")
        if one.relative > LIMIT:
            raise ExportError(
                f"{name} in 8 bits is {one.relative:.1%} from fp32 at {one.size}², and {LIMIT:.0%} is the "
                "limit: nothing was kept."
            )


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial")


def _check(folder: Path, threads: int) -> None:
    """Raise `ExportError` where 8-bit weights would not be used."""
    runtime = read_manifest(folder / "manifest.json").runtime
    if runtime != "python":
        raise ExportError(
            f"{folder.name} was exported for {runtime}: 8-bit weights are for the runtime python; "
            "export it with --precision fp16 instead."
        )
    first, _ = choose_providers(threads=threads)[0]
    if first not in INT8_ON:
        raise ExportError(
            f"Networks run on {first} here: 8-bit weights are for the CPU. STUDIO_PROVIDERS=cpu takes it."
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Neither an export to that name nor another run of this beside it."""
    try:
        with locked(folder.parent / f".{folder.name}.lock", wait=False):
            yield
    except BlockingIOError as error:
        raise ExportError(
            f"An export to {folder.name}, or another `studio quantize`, is running: wait for it."
        ) from error
