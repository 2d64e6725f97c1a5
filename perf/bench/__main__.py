"""`make bench`: pocket beside torch, in one run. `--full`: a random checkpoint of Stable Diffusion 1.5's size.

Writes bench.* or full.* into perf/reports: CSV, Markdown, plot. `--only` measures some parts anew and keeps
the other figures of the CSV.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from export.command import export_checkpoint
from perf.bench import disk
from perf.bench.parts import PARTS, Bench, Subject, publish_timed
from perf.bench.report import write_report
from perf.bench.samples import Samples, read_csv
from perf.bench.targets import FULL, LDM, POCKET
from perf.home import POCKET as WEIGHTS
from perf.home import fresh_home
from studio.errors import StudioError
from studio.settings import ROOT

REPORTS = ROOT / "perf" / "reports"
GENERATOR = ROOT / "tests" / "tools" / "random_checkpoint.py"
RANDOM = ROOT / "var" / "perf-full"
ON_DISK = ("export", "graphs")
"""Parts of a full run beside those of `PARTS`."""


def pocket(threads: int, samples: Samples) -> dict[str, Callable[[], None]]:
    """Part → what measures it."""
    rounds = {"picture": 15, "together": 7, "share": 7, "step 128": 20, "start": 5, "memory": 3}
    subject = Subject("pocket", WEIGHTS, 128, 20, (128,), parity_steps=10, rounds=rounds)
    parts = _parts(subject, WEIGHTS, threads, samples)
    del parts["compiled"]  # it loads in no time as it is
    return parts


def full(threads: int, samples: Samples) -> dict[str, Callable[[], None]]:
    """The same at full size, from both layouts; makes the checkpoint where it is not there yet."""
    folder, file = random_checkpoint()
    rounds = {"picture": 3, "share": 3, "step 256": 5, "step 512": 3, "start": 3, "memory": 1, "export": 1}
    subject = Subject("sd15", folder, 256, 4, (256, 512), parity_steps=4, rounds=rounds)
    parts = _parts(subject, folder, threads, samples)
    del parts["together"]
    other = _parts(subject, file, threads, samples, LDM)
    return (
        parts
        | {"graphs": lambda: _on_disk(subject, threads, samples, "", {"first": folder, "second": file})}
        | {f"{LDM}{part}": other[part] for part in ("start", "memory", "parity", "export")}
    )


def _parts(
    subject: Subject, source: Path, threads: int, samples: Samples, tag: str = ""
) -> dict[str, Callable[[], None]]:
    def publish(home: Path, name: str) -> None:
        export_checkpoint(source, name, home, verify=False)

    def measured(part: str) -> Callable[[], None]:
        def run() -> None:
            with ExitStack() as stack:
                plain, timed = (stack.enter_context(fresh_home()) for _ in range(2))
                bench = Bench(subject, publish, plain, timed, threads, samples, tag)
                for home in (plain, timed):
                    export_checkpoint(WEIGHTS, "pocket", home, verify=False)
                if part == "share":
                    publish_timed(bench)
                elif source != WEIGHTS:
                    publish(plain, subject.name)
                PARTS[part](bench)

        return run

    made = {part: measured(part) for part in PARTS}
    if source != WEIGHTS:
        made["export"] = lambda: _on_disk(subject, threads, samples, tag, {"": source})
    return made


def _on_disk(subject: Subject, threads: int, samples: Samples, tag: str, sources: dict[str, Path]) -> None:
    bench = Bench(subject, lambda home, name: None, Path(), Path(), threads, samples, tag)
    if len(sources) > 1:
        disk.graphs(bench, sources)
    else:
        disk.export(bench, *sources.values())


def random_checkpoint() -> tuple[Path, Path]:
    """The random fp16 checkpoint as a diffusers folder and as a single file."""
    folder, file = RANDOM / "diffusers", RANDOM / "checkpoint.safetensors"
    if not (folder.is_dir() and file.is_file()):
        command = [
            sys.executable,
            str(GENERATOR),
            "--width",
            "sd15",
            "--layout",
            "both",
            "--out",
            str(RANDOM),
        ]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise StudioError(f"{GENERATOR} could not write the random checkpoint to {RANDOM}.")
    return folder, file


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. A missed target is printed, not an error: what fails a release is the gate."""
    parser = argparse.ArgumentParser(prog="python -m perf.bench", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="full size instead of pocket (about 10 GB of memory)"
    )
    parser.add_argument("--only", nargs="+", metavar="PART", help="measure these parts anew, keep the others")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=REPORTS)
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    name = "full" if given.full else "bench"
    samples = read_csv(given.out / f"{name}.csv") if given.only else Samples()
    targets = FULL if given.full else POCKET
    title = "Full size beside torch" if given.full else "Pocket beside torch"
    about = (
        "`make bench-full`: a random checkpoint of Stable Diffusion 1.5's architecture, stored in fp16, on the CPU."
        if given.full
        else "`make bench`: the embedded family, 128×128, 20 steps, dpmpp_2m on karras, guidance 7, on the CPU."
    )
    parts = (full if given.full else pocket)(given.threads, samples)
    if unknown := set(given.only or ()) - set(parts):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(parts)}")
    for part, run in parts.items():
        if given.only and part not in given.only:
            continue
        console.print(f"measuring: {part}", style="dim")
        before = len(samples.rows)
        run()
        fresh = {row.part for row in samples.rows[before:]}
        samples.rows = [row for row in samples.rows[:before] if row.part not in fresh] + samples.rows[before:]
        text = write_report(given.out, name, title, about, samples, targets, given.threads)
    console.print(text, markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
