"""What a figure's reader must know of the machine: its processor, and who else used it meanwhile."""

import os
import platform
import time
from pathlib import Path

QUIET = 0.1
"""Share of all cores that others may use before a figure is called noisy."""


def describe() -> str:
    """Processor, cores and versions, in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    wide = next((flag for flag in ("avx512f", "avx2") if any(flag in line for line in lines)), "")
    parts = [name or platform.machine(), wide.upper(), f"{os.cpu_count()} cores", platform.system()]
    return ", ".join(part for part in parts if part)


def _ticks() -> tuple[int, int]:
    """Busy and all ticks of all cores since the machine started; time stolen by its host counts as busy."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def settle(seconds: float = 0.5) -> float:
    """Waits, and says which share of all cores others used meanwhile: a measured server at rest counts as one.

    The wait also lets thread pools that spin after their work go to sleep, so that one side of a
    comparison does not pay for the other.
    """
    (busy, whole), own = _ticks(), time.process_time()
    time.sleep(seconds)
    (after, end), own = _ticks(), time.process_time() - own
    return max(0.0, after - busy - own * os.sysconf("SC_CLK_TCK")) / max(1, end - whole)
