"""The folder in which all API processes of one machine count together; nothing here imports prometheus-client."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus-client reads it when it is imported, and makes its first files."""


def prepare(folder: Path) -> None:
    """Joins the processes that count in `folder`; the first of them after all have ended finds it empty.

    Counters of a process that ended stay in the sums, which must not fall; what it had under way does not.
    """
    os.environ[VARIABLE] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = list(folder.glob("*.db")) + list(folder.glob("*.pid"))
        dead = [file for file in files if not _runs(_process_of(file))]
        nobody = len(dead) == len(files)
        for file in dead:
            if nobody or file.name.startswith("gauge_live") or file.suffix == ".pid":
                file.unlink(missing_ok=True)
        (folder / f"{os.getpid()}.pid").touch()


def leave(folder: Path) -> None:
    """This process ends: what it has under way counts no longer."""
    for file in folder.glob(f"gauge_live*_{os.getpid()}.db"):
        file.unlink(missing_ok=True)
    (folder / f"{os.getpid()}.pid").unlink(missing_ok=True)


def _process_of(file: Path) -> int:
    """Of `counter_PID.db` or `PID.pid`."""
    with suppress(ValueError):
        return int(file.stem.rpartition("_")[2])
    return 0


def _runs(process: int) -> bool:
    return process > 0 and Path(f"/proc/{process}").exists()
