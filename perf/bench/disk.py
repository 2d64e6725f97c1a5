"""What publishing costs: seconds, and bytes on disk that were not there before."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from export.command import export_checkpoint
from perf.home import fresh_home
from perf.machine import settle
from studio.errors import StudioError

if TYPE_CHECKING:  # it brings torch
    from perf.bench.parts import Bench

GRAPHS = "graphs on disk"


def export(bench: "Bench", source: Path) -> None:
    """Seconds of `studio export SOURCE` as a user types it, and of the same without the comparison."""
    for number in range(bench.rounds("export")):
        with fresh_home() as home:
            others = settle()
            started = time.perf_counter()
            studio = Path(sys.executable).with_name("studio")
            command = [str(studio), "export", str(source), "--name", bench.subject.name]
            done = subprocess.run(
                command,
                env=os.environ | {"STUDIO_HOME": str(home)},
                capture_output=True,
                text=True,
                check=False,
            )
            bench.add("export", "compared with torch", number, time.perf_counter() - started, "s", others)
            if done.returncode:
                raise StudioError(
                    f"studio export {source} ended with {done.returncode}: {done.stderr[-800:]}"
                )
        with fresh_home() as home:
            others = settle()
            started = time.perf_counter()
            export_checkpoint(source, bench.subject.name, home, verify=False)
            bench.add("export", "not compared", number, time.perf_counter() - started, "s", others)


def graphs(bench: "Bench", sources: dict[str, Path]) -> None:
    """Bytes of the graphs of two checkpoints of one architecture, published in one home."""
    with fresh_home() as home:
        for name, source in sources.items():
            export_checkpoint(source, name, home, verify=False)
        folders = [home / "models" / name for name in sources]
        one = stored(folders[:1], "graphs/*.onnx*")
        bench.add(GRAPHS, "one checkpoint", 0, one / 1e6, "MB")
        bench.add(GRAPHS, "two checkpoints", 0, stored(folders, "graphs/*.onnx*") / 1e6, "MB")
        own = sum(stored([folder], "**/*", linked=False) for folder in folders)
        bench.add(GRAPHS, "written anew for both, weights and all", 0, own / 1e6, "MB")


def stored(folders: Iterable[Path], pattern: str, *, linked: bool = True) -> int:
    """Bytes of the files that match, each inode once; with `linked` off only what has no other hard link."""
    found = {}
    for folder in folders:
        for path in folder.glob(pattern):
            if path.is_file():
                status = path.stat()
                if linked or status.st_nlink == 1:
                    found[status.st_dev, status.st_ino] = status.st_size
    return sum(found.values())
