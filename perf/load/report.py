"""The load report: a Markdown table, every sample as CSV, a plot."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perf.load.client import Sample
from perf.machine import QUIET, describe

if TYPE_CHECKING:
    from perf.load.__main__ import Result

PERCENTILES = (50, 90, 99, 99.9, 100)


def streams_of(result: "Result") -> dict[str, list[Sample]]:
    """Name → samples, in the order they were due."""
    found: dict[str, list[Sample]] = {}
    for sample in sorted(result.run.samples, key=lambda sample: sample.due):
        found.setdefault(sample.stream, []).append(sample)
    return found


def write_report(
    out: Path, results: Sequence["Result"], hash_seconds: float, processes: int, limit_ms: float
) -> list[str]:
    """Writes load.md, load.csv and load.png into `out`; returns what is slower than it may be."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "load.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["scenario", "stream", "requests", *(f"p{p:g}_ms" for p in PERCENTILES), "lag_p99_ms"])
        for result in results:
            for name, samples in streams_of(result).items():
                latency = np.array([sample.latency for sample in samples]) * 1000
                lag = np.percentile([sample.lag for sample in samples], 99) * 1000
                figures = [f"{np.percentile(latency, p):.2f}" for p in PERCENTILES]
                rows.writerow([result.title, name, len(samples), *figures, f"{lag:.2f}"])
    failed = _failures(results, limit_ms)
    (out / "load.md").write_text(_markdown(results, hash_seconds, processes, limit_ms, failed))
    _plot(out / "load.png", results, hash_seconds, limit_ms)
    return failed


def _failures(results: Sequence["Result"], limit_ms: float) -> list[str]:
    found = []
    for result in results:
        wrong = Counter(sample.status for sample in result.run.samples if sample.status != 200)
        if wrong or result.run.errors:
            found.append(
                f"{result.title}: answers other than 200: {dict(wrong)} {Counter(result.run.errors)}"
            )
        for name, samples in streams_of(result).items():
            p99 = float(np.percentile([sample.latency for sample in samples], 99)) * 1000
            if name.startswith("GET") and "beside" not in result.title and p99 > limit_ms:
                found.append(f"{result.title}: p99 is {p99:.1f} ms, and may be {limit_ms:.0f} ms")
    return found


def _markdown(
    results: Sequence["Result"], hash_seconds: float, processes: int, limit_ms: float, failed: list[str]
) -> str:
    lines = [
        "# Load",
        "",
        f"**{'Red' if failed else 'Green'}.** `make load`: {processes} API process(es), PostgreSQL, Valkey and the "
        f"client on one machine: {describe()}. Limit: p99 of authenticated GETs {limit_ms:.0f} ms at 300 requests/s.",
        "",
        *(f"- {sentence}" for sentence in failed),
        *([""] if failed else []),
        "| scenario | requests | n | p50, ms | p90 | p99 | p99.9 | max | client late, p99 | API, cores |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for name, samples in streams_of(result).items():
            latency = np.array([sample.latency for sample in samples]) * 1000
            figures = " | ".join(f"{np.percentile(latency, p):.1f}" for p in PERCENTILES)
            lag = np.percentile([sample.lag for sample in samples], 99) * 1000
            lines.append(
                f"| {result.title} | {name} | {len(samples)} | {figures} | {lag:.1f} | {result.server_cpu:.2f} |"
            )
    noisy = max(result.others for result in results)
    client = max(result.run.client_cpu for result in results)
    lines += [
        "",
        "Requests leave at fixed times, answered or not, and latency runs from the time at which one was due (no "
        "coordinated omission); so the client's own lateness, shown beside it, is in the figures. The client took "
        f"at most {client:.0%} of one core.",
        "",
        f"One Argon2id of the set cost takes {hash_seconds * 1000:.0f} ms here, alone, in one thread; a login is one "
        "of them and a few queries.",
        "",
        f"Others used at most {noisy:.0%} of the cores just before a scenario"
        + (": the machine was noisy, so read the tails with care." if noisy > QUIET else "."),
        "",
        "![Latency by percentile; latency through the run](load.png)",
        "",
    ]
    return "\n".join(lines)


def _plot(path: Path, results: Sequence["Result"], hash_seconds: float, limit_ms: float) -> None:
    from perf.plots import BAD, GOOD, OURS, THEIRS, figure, save

    made, (curve, time, logins) = figure(3)
    gets = [
        (result.title, samples)
        for result in results
        for name, samples in streams_of(result).items()
        if name.startswith("GET")
    ]
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
        (result.title, [s.latency * 1000 for s in samples])
        for result in results
        for name, samples in streams_of(result).items()
        if name == "login"
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
