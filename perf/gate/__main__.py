"""Does this checkout serve as fast as the baseline? Exit 0: yes; 1: something is too slow; 2: could not tell.

`make perf-gate` starts a server of its own over pocket alone. What is past the tolerance is measured once
more before the gate turns red.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from ensembles.manifest import Manifest, read_manifest
from perf.analyzer import analyze, install
from perf.gate.baseline import (
    TOLERANCE,
    Baseline,
    Entry,
    Verdict,
    judge,
    middle,
    read_baseline,
    write_baseline,
)
from perf.gate.calibration import KERNEL, Calibration
from perf.gate.report import Conditions, write_report
from perf.gate.targets import CONCURRENCY, TARGETS, Target
from perf.home import fresh_server
from perf.machine import describe, settle
from studio.errors import StudioError
from studio.settings import ROOT

BASELINE = ROOT / "perf" / "baseline.json"
REPORTS = ROOT / "perf" / "reports"
PASSES = 3
"""Over all targets, for a baseline: a burst of somebody else's work spoils one of them."""
Todo = Sequence[tuple[Target, int]]


class Bench:
    """A server under measurement beside the calibration kernel."""

    def __init__(self, url: str, manifest: Manifest, threads: int, console: Console, *, short: bool) -> None:
        self.url = url
        self.manifest = manifest
        self.console = console
        self.short = short
        self.binary = install(ROOT / "var" / "tools")
        self.others = settle()
        self.calibration = Calibration(threads)
        self.calibrations = [self.calibration.measure()]

    def measure(self, target: Target, concurrency: int) -> Entry:
        """One run of perf_analyzer between two of the kernel."""
        requests = (target.short_requests if self.short else target.requests) * concurrency
        load = target.load(self.manifest, requests, seed=time.time_ns())
        seen = analyze(self.binary, self.url, load, concurrency, requests)
        self.calibrations.append(self.calibration.measure())
        around = sum(self.calibrations[-2:]) / 2
        entry = Entry(target.network, concurrency, seen.p50, around, seen.throughput, seen.p95)
        self.console.print(
            f"{self.manifest.name}-{target.network}, {concurrency} at once: {seen.p50:.1f} ms, "
            f"{entry.ratio:.2f} kernels of {around:.2f} ms",
            style="dim",
        )
        return entry

    def verdicts(self, baseline: Baseline, tolerance: float, todo: Todo) -> list[Verdict]:
        """Each of `todo` beside its baseline; the better of two measurements where the first is too slow."""
        judged = []
        for target, concurrency in todo:
            (verdict,) = judge(baseline, [self.measure(target, concurrency)], tolerance)
            if verdict.failed:
                self.console.print(
                    f"once more, because {verdict.sentence(self.manifest.name)}", style="yellow"
                )
                (again,) = judge(baseline, [self.measure(target, concurrency)], tolerance)
                verdict = min(verdict, again, key=lambda each: each.slower)
            judged.append(verdict)
        return judged


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit status."""
    given = _parser().parse_args(arguments)
    console = Console(stderr=True)
    try:
        return _run(given, console)
    except StudioError as error:
        console.print(f"perf-gate: {error}", style="red", markup=False)
        return 2


def _run(given: argparse.Namespace, console: Console) -> int:
    baseline = None if given.update else read_baseline(given.baseline)
    threads = given.threads or (baseline.threads if baseline else 0) or os.cpu_count() or 1
    if (cores := os.cpu_count() or 1) < threads:
        console.print(f"the baseline is for {threads} threads and there are {cores} cores", style="yellow")
    todo = [(target, concurrency) for target in TARGETS for concurrency in given.concurrency]
    with ExitStack() as stack:
        url, home = given.url, given.home
        if not url:
            state, home = stack.enter_context(fresh_server(console, threads))
            url = state.grpc_url
        manifest = read_manifest(home / "models" / given.checkpoint / "manifest.json")
        bench = Bench(url, manifest, threads, console, short=given.short)
        if baseline is None:
            passes = [[bench.measure(*each) for each in todo] for _ in range(1 if given.short else PASSES)]
            entries = [middle(measured) for measured in zip(*passes, strict=True)]
            made = Baseline(
                KERNEL, threads, given.tolerance or _kept_tolerance(given.baseline), describe(), entries
            )
            write_baseline(given.baseline, made)
            console.print(f"the baseline is in {given.baseline}")
            return 0
        verdicts = bench.verdicts(baseline, given.tolerance or baseline.tolerance, todo)
    conditions = Conditions(threads, bench.calibrations, bench.others)
    write_report(given.out, given.checkpoint, verdicts, conditions, baseline.machine)
    for verdict in verdicts:
        if verdict.failed:
            console.print(
                f"perf-gate: {verdict.sentence(given.checkpoint)}", style="red", markup=False, soft_wrap=True
            )
    failed = any(verdict.failed for verdict in verdicts)
    console.print(f"{'red' if failed else 'green'}; the report is {given.out / 'gate.md'}")
    return 1 if failed else 0


def _kept_tolerance(path: Path) -> float:
    # A new baseline keeps the tolerance that people chose.
    try:
        return read_baseline(path).tolerance
    except StudioError:
        return TOLERANCE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m perf.gate", description=__doc__)
    parser.add_argument(
        "--update", action="store_true", help="measure, and write what was measured as the baseline"
    )
    parser.add_argument(
        "--short", action="store_true", help="a fraction of the requests: for tests of the gate itself"
    )
    parser.add_argument(
        "--concurrency", type=int, nargs="+", default=list(CONCURRENCY), help="requests at once"
    )
    parser.add_argument(
        "--tolerance", type=float, help="times as slow as the baseline; default: what it says"
    )
    parser.add_argument("--threads", type=int, default=0, help="threads an engine; default: as the baseline")
    parser.add_argument("--baseline", type=Path, default=BASELINE)
    parser.add_argument("--out", type=Path, default=REPORTS, help="folder of the report")
    parser.add_argument("--checkpoint", default="pocket")
    parser.add_argument("--url", default="", help="gRPC address of a server that runs already, with --home")
    parser.add_argument("--home", type=Path, default=ROOT / "var", help="STUDIO_HOME of that server")
    return parser


if __name__ == "__main__":
    sys.exit(main())
