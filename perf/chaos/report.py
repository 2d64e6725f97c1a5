"""The chaos report: what was killed when, what became of the jobs; a table of each as CSV, a plot."""

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from perf.chaos.storm import Outcome
from perf.machine import describe


def write_report(out: Path, outcome: Outcome, seed: int) -> None:
    """Writes chaos.md, chaos.csv and chaos.png into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "chaos.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["job", "kind", "state", "attempts", "submitted_s", "begun_s", "ended_s", "why"])
        for job in outcome.jobs:
            times = [_seconds(job[name]) for name in ("at", "began", "ended")]
            rows.writerow([job["id"], job["kind"], job["state"], job["attempt"], *times, job["why"]])
    (out / "chaos.md").write_text(_markdown(outcome, seed))
    _plot(out / "chaos.png", outcome)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _markdown(outcome: Outcome, seed: int) -> str:
    jobs, tally = outcome.jobs, outcome.tally
    storm = [job for job in jobs if job["at"] >= 0]
    states = Counter(job["state"] for job in storm)
    attempts = Counter(job["attempt"] for job in storm if job["state"] == "COMPLETED")
    cancelled = [s for s in outcome.submissions if s.cancelled]
    lines = [
        "# Chaos",
        "",
        f"**{'Red' if outcome.violations else 'Green'}.** `make chaos` (seed {seed}): `studio up` with two workers and two "
        f"Triton servers, {len(outcome.submissions)} jobs of six people in three organisations over the public API, "
        f"{len(outcome.kills)} processes killed with SIGKILL at random moments, all on one machine: {describe()}."
        + (f" All of it ran at niceness {os.nice(0)}, before others on that machine." if os.nice(0) < 0 else ""),
        "",
        *(f"- {sentence}" for sentence in outcome.violations),
        *([""] if outcome.violations else []),
        "## Jobs",
        "",
        "| | |",
        "|---|---|",
        *(f"| {state} | {count} |" for state, count in sorted(states.items())),
        f"| img2img among them | {sum(job['kind'] == 'img2img' for job in storm)} |",
        f"| asked to cancel | {len(cancelled)} |",
        "| completed at attempt " + ", ".join(map(str, sorted(attempts))) + " | "
        + ", ".join(str(attempts[number]) for number in sorted(attempts)) + " |",
        f"| from submission to the end, s: median, 90th percentile, longest | {_spread(storm, 'at')} |",
        f"| of that from the last attempt's begin, s | {_spread(storm, 'began')} |",
        f"| requests that broke off, answers of \"not now\", all sent again | {tally.broken}, {tally.again} |",
        f"| WebSockets that broke and caught up | {tally.reconnects} |",
        f"| from the first submission to the last end | {outcome.seconds:.0f} s |",
        "",
        *_failures(storm),
        "Checked at the end, by queries of the database and through the API (`perf/chaos/checks.py`): every job that was "
        "accepted is there, once, and has ended, with a reason where it failed; its events have no gap and one end; a "
        "completed one has all its pictures, which can be downloaded and opened; nothing was charged twice, or for "
        "nothing; no hold is open; every posting comes to zero; each organisation has its grant less what its jobs "
        "cost; each person's WebSocket was told every state of every job of theirs.",
        "",
        "## What was killed",
        "",
        "| at, s | process | running again after, s |",
        "|---|---|---|",
        *(f"| {kill.at:.1f} | {kill.part} | {_seconds(kill.back) or 'never'} |" for kill in outcome.kills),
        "",
        "Seconds from the kill until the stack had started it again and it answered.",
        "",
        "![Each job's life; what was killed when](chaos.png)",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _spread(jobs: list[dict[str, Any]], since: str) -> str:
    took = [job["ended"] - job[since] for job in jobs if job["state"] == "COMPLETED"]
    if not took:
        return "none was completed"
    return ", ".join(f"{value:.1f}" for value in np.percentile(took, (50, 90, 100)))


def _failures(jobs: list[dict[str, Any]]) -> list[str]:
    why = Counter(job["why"] for job in jobs if job["state"] == "FAILED")
    return [*(f"- {count} failed: {reason}" for reason, count in why.items()), ""] if why else []


def _plot(path: Path, outcome: Outcome) -> None:
    from perf.plots import BAD, GOOD, OURS, THEIRS, figure, save

    made, [axis] = figure(1, height=7)
    made.set_size_inches(11, 7)
    colours = {"COMPLETED": GOOD, "FAILED": BAD, "CANCELLED": THEIRS}
    storm = [job for job in outcome.jobs if job["at"] >= 0]
    for place, job in enumerate(storm):
        end = job["ended"] or outcome.seconds
        axis.plot([job["at"], end], [place, place], color=THEIRS, linewidth=1)
        if job["began"] is not None:
            axis.plot([job["began"], end], [place, place], color=OURS, linewidth=3, solid_capstyle="butt")
        axis.plot([end], [place], "o", markersize=4, color=colours.get(job["state"], BAD))
        if job["attempt"] > 1:
            axis.text(end + 0.6, place, f"attempt {job['attempt']}", fontsize=6, va="center")
    for kill in outcome.kills:
        axis.axvspan(kill.at, kill.at + (kill.back or 0.3), color=BAD, alpha=0.12, linewidth=0)
        axis.axvline(kill.at, color=BAD, linewidth=0.8)
        axis.text(kill.at, len(storm) + 0.5, kill.part, rotation=60, fontsize=7, va="bottom", color=BAD)
    axis.set_xlabel(
        "seconds; grey: waiting or another attempt before; blue: the last attempt; red: killed, and away"
    )
    axis.set_ylabel("job")
    save(made, path)
