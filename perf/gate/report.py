"""The gate's report: a Markdown table, a CSV, a plot."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perf.gate.baseline import Verdict
from perf.machine import QUIET, describe


@dataclass(frozen=True)
class Conditions:
    """What the run saw of the machine."""

    threads: int
    calibrations: Sequence[float]
    """Milliseconds of the calibration kernel, in the order they were measured."""
    others: float
    """Share of all cores that was busy just before the run."""

    @property
    def drift(self) -> float:
        """Slowest calibration over fastest."""
        return max(self.calibrations) / min(self.calibrations)


def write_report(
    out: Path, checkpoint: str, verdicts: Sequence[Verdict], conditions: Conditions, before: str
) -> None:
    """Writes gate.md, gate.csv and gate.png into `out`; `before` describes the baseline's machine."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "gate.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "network",
                "concurrency",
                "p50_ms",
                "p95_ms",
                "samples_per_s",
                "calibration_ms",
                "ratio",
                "baseline_ratio",
                "slower",
                "tolerance",
            ]
        )
        for verdict in verdicts:
            now = verdict.now
            figures = (
                now.milliseconds,
                now.p95,
                now.throughput,
                now.calibration,
                now.ratio,
                verdict.before.ratio,
            )
            rows.writerow(
                [
                    now.network,
                    now.concurrency,
                    *(f"{x:.4g}" for x in figures),
                    f"{verdict.slower:.3f}",
                    verdict.tolerance,
                ]
            )
    (out / "gate.md").write_text(_markdown(checkpoint, verdicts, conditions, before))
    _plot(out / "gate.png", checkpoint, verdicts, conditions)


def _markdown(checkpoint: str, verdicts: Sequence[Verdict], conditions: Conditions, before: str) -> str:
    failed = [verdict for verdict in verdicts if verdict.failed]
    lines = [
        "# Performance gate",
        "",
        f"**{'Red' if failed else 'Green'}.** `make perf-gate`: perf_analyzer against {checkpoint}, "
        f"{conditions.threads} threads an engine. {describe()}. Baseline: {before}.",
        "",
        *(f"- {verdict.sentence(checkpoint)}" for verdict in failed),
        *([""] if failed else []),
        "| model | requests at once | p50, ms | p95, ms | samples/s | expected p50, ms | times as slow as the baseline | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {checkpoint}-{v.now.network} | {v.now.concurrency} | {v.now.milliseconds:.1f} | {v.now.p95:.1f} "
        f"| {v.now.throughput:.1f} | {v.expected:.1f} | {v.slower:.2f} | {'too slow' if v.failed else 'ok'} |"
        for v in verdicts
    ]
    calibrations = conditions.calibrations
    noisy = conditions.others > QUIET
    lines += [
        "",
        f"A calibration kernel ran before, between and after: {min(calibrations):.2f} to {max(calibrations):.2f} ms "
        f"(slowest over fastest {conditions.drift:.2f}). Expected is the baseline's ratio to it, times what it "
        f"took around this measurement. Tolerance {verdicts[0].tolerance:.2f} times.",
        "",
        f"Others used {conditions.others:.0%} of the cores before the run"
        + (": the machine was noisy, so read single figures with care." if noisy else "."),
        "",
        "![Times as slow as the baseline; the calibration kernel through the run](gate.png)",
        "",
    ]
    return "\n".join(lines)


def _plot(path: Path, checkpoint: str, verdicts: Sequence[Verdict], conditions: Conditions) -> None:
    from perf.plots import BAD, OURS, THEIRS, figure, save

    made, (bars, line) = figure(2)
    names = [f"{v.now.network}, {v.now.concurrency} at once" for v in verdicts]
    places = range(len(names))
    bars.barh(places, [v.slower for v in verdicts], color=[BAD if v.failed else OURS for v in verdicts])
    bars.axvline(1, color=THEIRS, linewidth=1)
    bars.axvline(verdicts[0].tolerance, color=BAD, linestyle="--", linewidth=1, label="tolerance")
    bars.set_yticks(places, names)
    bars.invert_yaxis()
    bars.set_xlabel("times as slow as the baseline (1 = as fast)")
    bars.set_title(f"{checkpoint}: median latency against baseline", fontsize=10)
    bars.legend(fontsize=8, frameon=False)
    line.plot(conditions.calibrations, marker="o", color=OURS)
    line.set_ylim(0, max(conditions.calibrations) * 1.2)
    line.set_xlabel("measurement")
    line.set_ylabel("calibration kernel, ms")
    line.set_title("How steady the machine was", fontsize=10)
    save(made, path)
