"""The baseline on disk and the verdict on a run: ratios to the calibration kernel, never bare times."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from perf.gate.calibration import KERNEL
from studio.errors import StudioError

TOLERANCE = 1.5
"""Where a baseline sets none; docs/performance.md says how it compares with the noise."""


class Entry(msgspec.Struct, frozen=True):
    """One model at one concurrency."""

    network: str
    concurrency: int
    milliseconds: float
    """Median latency of a request."""
    calibration: float
    """Milliseconds of the calibration kernel, mean of just before and just after."""
    throughput: float = 0.0
    """Samples a second."""
    p95: float = 0.0
    """Milliseconds."""

    @property
    def key(self) -> tuple[str, int]:
        """What a run and a baseline have in common."""
        return self.network, self.concurrency

    @property
    def ratio(self) -> float:
        """How many calibration kernels one request takes."""
        return self.milliseconds / self.calibration


def middle(entries: Sequence[Entry]) -> Entry:
    """The one with the median ratio; of an even number the lower of the two."""
    return sorted(entries, key=lambda entry: entry.ratio)[(len(entries) - 1) // 2]


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """perf/baseline.json."""

    kernel: str
    threads: int
    tolerance: float
    """How many times a ratio may grow before the gate fails."""
    machine: str
    entries: list[Entry]


class Verdict(msgspec.Struct, frozen=True):
    """One entry beside its baseline."""

    now: Entry
    before: Entry
    tolerance: float

    @property
    def slower(self) -> float:
        """Times as slow as the baseline once the machine's speed is taken out; below 1 is faster."""
        return self.now.ratio / self.before.ratio

    @property
    def expected(self) -> float:
        """Milliseconds that the baseline's ratio comes to on this machine now."""
        return self.before.ratio * self.now.calibration

    @property
    def failed(self) -> bool:
        """Past the tolerance."""
        return self.slower > self.tolerance

    def sentence(self, checkpoint: str) -> str:
        """Which model, at which concurrency, how much slower."""
        return (
            f"{checkpoint}-{self.now.network} at concurrency {self.now.concurrency} takes {self.slower:.2f} times "
            f"as long as its baseline: {self.now.milliseconds:.1f} ms a request where {self.expected:.1f} ms "
            f"are expected of this machine (tolerance {self.tolerance:.2f} times)."
        )


def read_baseline(path: Path) -> Baseline:
    """The baseline at `path`; raises `StudioError` saying how to make one."""
    make_one = "Make one on code you trust with `.venv/bin/python -m perf.gate --update`."
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except FileNotFoundError:
        raise StudioError(f"There is no baseline at {path}. {make_one}") from None
    except msgspec.DecodeError as error:
        raise StudioError(f"{path} is not a baseline ({error}). {make_one}") from None
    if found.kernel != KERNEL:
        raise StudioError(f"{path} was measured against the kernel {found.kernel}, not {KERNEL}. {make_one}")
    return found


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Writes the file, one line an entry's field."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")


def judge(baseline: Baseline, entries: Sequence[Entry], tolerance: float) -> list[Verdict]:
    """A verdict for each entry; raises `StudioError` for one that the baseline does not know."""
    before = {entry.key: entry for entry in baseline.entries}
    unknown = [
        f"{entry.network} at concurrency {entry.concurrency}" for entry in entries if entry.key not in before
    ]
    if unknown:
        raise StudioError(
            f"The baseline has no figure for {', '.join(unknown)}. "
            "Add it on code you trust with `.venv/bin/python -m perf.gate --update`."
        )
    return [Verdict(entry, before[entry.key], tolerance) for entry in entries]
