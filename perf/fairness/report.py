"""The report on fairness: a page and a plot."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from control.jobs.policy import WEIGHTS
from control.settings import Tier
from perf.fairness.scenarios import CAPACITY, SLOTS, SPREAD, Result, bounds, served, spread
from perf.plots import BAD, GOOD, OURS, THEIRS, figure, save

COLOURS: dict[Tier, str] = {"enterprise": OURS, "pro": GOOD, "standard": THEIRS, "free": BAD}


def broken(alike: Result, beside: Result) -> list[str]:
    """Promises that are not kept."""
    found = []
    for tier, users in served(alike.done, alike.window).items():
        if (apart := spread(users.values())) > SPREAD:
            found.append(f"Users of {tier} are {apart:.1%} apart.")
    for name, result in (("all tiers", alike), ("beside enterprise", beside)):
        late = sum(one.wait > most for one, most in bounds(result, "free"))
        if late:
            found.append(f"{late} free jobs waited longer than they may ({name}).")
        if len(result.done) < len(result.jobs):
            found.append(f"{len(result.jobs) - len(result.done)} jobs were never begun ({name}).")
    return found


def write_report(out: Path, alike: Result, beside: Result) -> None:
    """fairness.md and fairness.png in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    missed = broken(alike, beside)
    waits = np.array([one.wait for one, _ in bounds(beside, "free")])
    parts = max(one.wait / most for one, most in bounds(beside, "free"))
    enterprise = np.array([one.wait for one in beside.done if one.head.tier == "enterprise"])
    last = max(one.started for one, _ in bounds(beside, "free"))
    lines = [
        "# Fairness",
        "",
        "Made by `python -m perf.fairness`: the policy that workers claim jobs by (`control/jobs/policy.py`) on a simulated",
        f"line of {len(alike.jobs):,} jobs, {SLOTS} at a time, {CAPACITY:g} work (steps × pictures × megapixels) a second.",
        "How it works: [scheduling](../../docs/scheduling.md).",
        "",
        "**All promises are kept.**" if not missed else "**Broken: " + " ".join(missed) + "**",
        "",
        "## All tiers ask for more than there is",
        "",
        "In each tier some users ask for small pictures and some for pictures seventeen times as large; some submit",
        f"all at once and some one by one. Work begun in the {alike.window[1]:.0f} s in which everybody had jobs in line:",
        "",
        "| tier | users | jobs begun | part of the work | by weight | users apart (most − least) / mean |",
        "|---|---|---|---|---|---|",
        *_rows(alike),
        "",
        f"Promised: users of a tier at most {SPREAD:.0%} apart.",
        "",
        "## Enterprise never stops asking",
        "",
        f"{len(enterprise):,} enterprise jobs are in line from the first moment to the last ({beside.window[1]:.0f} s); "
        f"{len(waits)} free jobs come now and then.",
        "",
        "| | free | enterprise |",
        "|---|---|---|",
        f"| wait, median | {np.median(waits):.0f} s | {np.median(enterprise):.0f} s |",
        f"| wait, longest | {waits.max():.0f} s | {enterprise.max():.0f} s |",
        f"| last one begun after | {last:.0f} s | {beside.window[1]:.0f} s |",
        "",
        "Promised: no free job waits longer than its bound, which follows from the free tier's part of the work, its users,",
        f"and what the job's own user has before it. The nearest to it waited {parts:.0%} of its bound.",
        "",
        "![work served, and waits](fairness.png)",
        "",
    ]
    (out / "fairness.md").write_text("\n".join(lines))
    _plot(out / "fairness.png", alike, beside)


def _rows(result: Result) -> list[str]:
    work = served(result.done, result.window)
    whole = sum(sum(users.values()) for users in work.values())
    rows = []
    for tier, users in work.items():
        begun = sum(o.head.tier == tier and o.started < result.window[1] for o in result.done)
        part, weight = sum(users.values()) / whole, WEIGHTS[tier] / sum(WEIGHTS.values())
        apart = spread(users.values())
        rows.append(f"| {tier} | {len(users)} | {begun:,} | {part:.1%} | {weight:.1%} | {apart:.1%} |")
    return rows


def _plot(path: Path, alike: Result, beside: Result) -> None:
    made, (work, users, waits) = figure(3)
    _work(work, alike)
    _users(users, alike)
    _waits(waits, beside)
    save(made, path)


def _work(axis: Axes, result: Result) -> None:
    for tier, colour in COLOURS.items():
        begun = sorted(
            (one.started, one.head.work)
            for one in result.done
            if one.head.tier == tier and one.started < result.window[1]
        )
        times, work = zip(*begun, strict=True)
        axis.plot(times, np.cumsum(work), color=colour, label=f"{tier}, weight {WEIGHTS[tier]:g}")
    axis.set(title="All tiers ask: work begun", xlabel="seconds", ylabel="work")
    axis.legend(frameon=False, fontsize=8)


def _users(axis: Axes, result: Result) -> None:
    place = 0
    ticks: list[float] = []
    work = served(result.done, result.window)
    for tier, colour in COLOURS.items():
        values: Sequence[float] = list(work[tier].values())
        mean = float(np.mean(values))
        axis.bar(range(place, place + len(values)), [value / mean for value in values], color=colour)
        ticks.append(place + (len(values) - 1) / 2)
        place += len(values) + 1
    for edge in (1 - SPREAD / 2, 1 + SPREAD / 2):
        axis.axhline(edge, color="black", linewidth=0.8, linestyle=":")
    axis.set(
        title="Work of each user, by the tier's mean",
        ylim=(0.8, 1.2),
        xticks=ticks,
        xticklabels=list(COLOURS),
    )


def _waits(axis: Axes, result: Result) -> None:
    free = bounds(result, "free")
    axis.scatter(
        [one.head.queued_at for one, _ in free],
        [one.wait for one, _ in free],
        s=6,
        color=BAD,
        label="free: wait",
    )
    axis.scatter(
        [one.head.queued_at for one, _ in free],
        [most for _, most in free],
        s=4,
        color=THEIRS,
        label="free: bound",
    )
    axis.axhline(result.window[1], color=OURS, linewidth=1, label="enterprise: longest wait")
    axis.set(
        title="Beside enterprise that never stops",
        xlabel="submitted, seconds",
        ylabel="seconds",
        yscale="symlog",
    )
    axis.legend(frameon=False, fontsize=8)
