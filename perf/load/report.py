"""The load report: a Markdown table, every sample as CSV, a plot."""

import csv
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from perf.load.client import Run, Sample
from perf.machine import QUIET, describe

if TYPE_CHECKING:
    from perf.load.__main__ import Result

PERCENTILES = (50, 90, 99, 99.9, 100)
Limits = Mapping[str, float]
"""First word of a stream's name → the most milliseconds of its 99th percentile."""


class Section(NamedTuple):
    """A part of the report that is no table of requests."""

    lines: list[str]
    failed: list[str]
    """What is slower than it may be."""


class Figures(NamedTuple):
    """A stream's latencies in ms: the median round's percentile, and the percentiles of the best and worst round."""

    requests: int
    percentiles: list[float]
    p99_best: float
    p99_worst: float
    lag_p99: float


def streams_of(run: Run) -> dict[str, list[Sample]]:
    """Name → samples, in the order they were due."""
    found: dict[str, list[Sample]] = {}
    for sample in sorted(run.samples, key=lambda sample: sample.due):
        found.setdefault(sample.stream, []).append(sample)
    return found


def figures_of(result: "Result") -> dict[str, Figures]:
    """Stream → its figures over all rounds."""
    rounds = [streams_of(run) for run in result.runs]
    found = {}
    for name in rounds[0]:
        samples = [streams[name] for streams in rounds if name in streams]
        by_round = np.array(
            [np.percentile([sample.latency * 1000 for sample in one], PERCENTILES) for one in samples]
        )
        lag = [np.percentile([sample.lag * 1000 for sample in one], 99) for one in samples]
        found[name] = Figures(
            sum(map(len, samples)),
            [float(value) for value in np.median(by_round, axis=0)],
            float(by_round[:, 2].min()),
            float(by_round[:, 2].max()),
            float(np.median(lag)),
        )
    return found


def write_report(
    out: Path,
    results: Sequence["Result"],
    hash_seconds: float,
    processes: int,
    limits: Limits,
    sections: Sequence["Section"],
) -> list[str]:
    """Writes load.md, load.csv and load.png into `out`; returns what is slower than it may be."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "load.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["scenario", "round", "stream", "requests", *(f"p{p:g}_ms" for p in PERCENTILES), "others"]
        )
        for result in results:
            for number, run in enumerate(result.runs):
                for name, samples in streams_of(run).items():
                    latency = np.percentile([sample.latency * 1000 for sample in samples], PERCENTILES)
                    figures = [f"{value:.2f}" for value in latency]
                    rows.writerow(
                        [result.title, number, name, len(samples), *figures, f"{result.others[number]:.2f}"]
                    )
    failed = _failures(results, limits) + [failure for section in sections for failure in section.failed]
    text = _markdown(results, hash_seconds, processes, limits, failed)
    (out / "load.md").write_text("\n".join([text, *(line for section in sections for line in section.lines)]))
    _plot(out / "load.png", results, hash_seconds, limits["GET"])
    return failed


def _failures(results: Sequence["Result"], limits: Limits) -> list[str]:
    found = []
    for result in results:
        wrong = Counter(
            sample.status for run in result.runs for sample in run.samples if sample.status // 100 != 2
        )
        errors = Counter(error for run in result.runs for error in run.errors)
        if wrong or errors:
            found.append(f"{result.title}: answers other than success: {dict(wrong)} {dict(errors)}")
        for name, figures in figures_of(result).items():
            p99, limit = figures.percentiles[2], limits.get(name.split()[0])
            if limit is not None and p99 > limit:
                found.append(f"{result.title}: p99 is {p99:.1f} ms, and may be {limit:.0f} ms")
    return found


def _markdown(
    results: Sequence["Result"], hash_seconds: float, processes: int, limits: Limits, failed: list[str]
) -> str:
    lines = [
        "# Load",
        "",
        f"**{'Red' if failed else 'Green'}.** `make load`: {processes} API process(es), PostgreSQL, Valkey and the "
        f"client on one machine: {describe()}. Limits of p99: GETs {limits['GET']:.0f} ms at 300 requests/s, "
        f"submissions {limits['submit']:.0f} ms at 100/s while nothing is painted. Beside a worker and Triton on the same "
        "cores (the last row) they have no limit here.",
        "",
        *(f"- {sentence}" for sentence in failed),
        *([""] if failed else []),
        "| scenario | requests | n | p50, ms | p90 | p99 | p99.9 | max | p99 by round | client late, p99 | API, cores |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for name, figures in figures_of(result).items():
            cells = " | ".join(f"{value:.1f}" for value in figures.percentiles)
            lines.append(
                f"| {result.title} | {name} | {figures.requests} | {cells} | {figures.p99_best:.1f}–"
                f"{figures.p99_worst:.1f} | {figures.lag_p99:.1f} | {f'{result.server_cpu:.2f}' if result.server_cpu else '–'} |"
            )
    others = [share for result in results for share in result.others]
    client = max(run.client_cpu for result in results for run in result.runs)
    noisy = float(np.median(others)) > QUIET
    lines += [
        "",
        f"{len(results[0].runs)} rounds; each figure is the median round's. Requests leave at fixed times, answered or "
        "not, and latency runs from the time at which one was due (no coordinated omission); so the client's own "
        f"lateness, shown beside it, is in the figures. The client took at most {client:.0%} of one core.",
        "",
        f"One Argon2id of the set cost takes {hash_seconds * 1000:.0f} ms here, alone, in one thread; a login is one "
        "of them and a few queries.",
        "",
        f"Others used {min(others):.0%} to {max(others):.0%} of the cores just before a round"
        + (": the machine was noisy, so read the tails with care." if noisy else ".")
        + (f" All that is measured ran at niceness {os.nice(0)}, before them." if os.nice(0) < 0 else ""),
        "",
        "![Latency by percentile; latency through the run](load.png)",
        "",
    ]
    return "\n".join(lines)


def _typical(result: "Result") -> Run:
    """The median round."""
    by_p99 = sorted(result.runs, key=lambda run: float(np.percentile([s.latency for s in run.samples], 99)))
    return by_p99[len(by_p99) // 2]


def _plot(path: Path, results: Sequence["Result"], hash_seconds: float, limit_ms: float) -> None:
    from perf.plots import BAD, GOOD, OURS, THEIRS, figure, save

    made, (curve, time, logins) = figure(3)
    # The median round of each: by its 99th percentile.
    typical = [
        (result.title, name, samples)
        for result in results
        for name, samples in streams_of(_typical(result)).items()
    ]
    gets = [(title, samples) for title, name, samples in typical if name.startswith("GET")]
    for (title, samples), colour in zip(gets, (OURS, GOOD, BAD, THEIRS), strict=False):
        latency = np.sort([sample.latency * 1000 for sample in samples])
        beyond = 1 - np.arange(len(latency)) / len(latency)
        curve.plot(1 / beyond, latency, label=title, color=colour, linewidth=1.5)
    curve.axhline(limit_ms, color="black", linestyle="--", linewidth=1)
    curve.text(1.2, limit_ms, "limit for p99", fontsize=7, va="bottom")
    curve.set_xscale("log")
    curve.set_yscale("log")
    curve.set_xticks([1, 2, 10, 100, 1000], ["0", "50", "90", "99", "99.9"])
    curve.minorticks_off()
    curve.axvline(100, color=THEIRS, linewidth=0.8)
    curve.set_xlabel("percentile")
    curve.set_ylabel("latency, ms")
    curve.set_title("Latency of GETs by percentile", fontsize=10)
    curve.legend(fontsize=7, frameon=False)
    for (title, samples), colour in list(zip(gets, (OURS, GOOD, BAD, THEIRS), strict=False))[2::-2]:
        time.plot(
            [s.due for s in samples],
            [s.latency * 1000 for s in samples],
            ".",
            markersize=2,
            color=colour,
            label=title,
        )
    time.axhline(limit_ms, color="black", linestyle="--", linewidth=1)
    time.set_yscale("log")
    time.set_xlabel("seconds")
    time.set_ylabel("latency, ms")
    time.set_title("Every GET /me, with and without logins beside", fontsize=10)
    time.legend(fontsize=7, frameon=False, markerscale=4)
    shown = [
        (result.title, [s.latency * 1000 for run in result.runs for s in streams_of(run).get("login", [])])
        for result in results
        if "login" in streams_of(result.runs[0])
    ]
    logins.boxplot([values for _, values in shown], whis=(1, 99), widths=0.5)
    logins.set_xticks(
        range(1, len(shown) + 1), ["beside 300 GETs/s" if "beside" in t else "alone" for t, _ in shown]
    )
    logins.axhline(hash_seconds * 1000, color=OURS, linestyle="--", linewidth=1)
    logins.text(0.55, hash_seconds * 1000, "one Argon2id", fontsize=7, va="top", color=OURS)
    logins.set_ylim(0)
    logins.set_ylabel("latency, ms")
    logins.set_title("Logins: quartiles, 1st and 99th percentile", fontsize=10)
    save(made, path)
