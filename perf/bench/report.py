"""The report of a bench: targets first, then every comparison, then what the figures stand on."""

from collections.abc import Sequence
from pathlib import Path

from perf.bench.samples import Samples, write_csv
from perf.bench.targets import Target
from perf.machine import QUIET, describe


def write_report(
    out: Path, name: str, title: str, about: str, samples: Samples, targets: Sequence[Target], threads: int
) -> str:
    """Writes NAME.csv, NAME.md and NAME.png into `out`; returns the Markdown."""
    from perf.bench.plots import plot

    out.mkdir(parents=True, exist_ok=True)
    write_csv(out / f"{name}.csv", samples)
    plot(out / f"{name}.png", samples, targets)
    text = "\n".join(
        [
            f"# {title}",
            "",
            f"{about} {describe()}; {threads} threads an engine and as many for torch.",
            "",
            *_verdicts(samples, targets),
            "",
            f"![The same as plots]({name}.png)",
            "",
            *_tables(samples),
        ]
    )
    (out / f"{name}.md").write_text(text)
    return text


def _verdicts(samples: Samples, targets: Sequence[Target]) -> list[str]:
    lines = ["| what | target | measured: median (quartiles) | met? |", "|---|---|---|---|"]
    for target in targets:
        measured = target.measure(samples)
        if measured is None:
            shown, verdict = "not measured", "not known"
        else:
            shown = f"{measured.text(target.digits)} {target.unit}"
            verdict = "yes" if target.met(measured) else "**no**"
        lines.append(f"| {target.title} | {target.wanted()} | {shown} | {verdict} |")
    return lines


def _tables(samples: Samples) -> list[str]:
    lines = [
        "| comparison | side | median (quartiles) | unit | rounds | others' use of the cores | when, UTC |",
        "|---|---|---|---|---|---|---|",
    ]
    noisy = False
    for part in samples.parts():
        for side in samples.sides(part):
            rows = samples.of(part, side)
            figures = samples.spread(part, side)
            assert figures is not None
            others = sorted(row.others for row in rows)[len(rows) // 2]
            noisy |= others > QUIET
            lines.append(
                f"| {part} | {side} | {figures.text()} | {rows[0].unit} | {figures.count} "
                f"| {others:.0%}{' (noisy)' if others > QUIET else ''} | {rows[-1].when} |"
            )
    lines += [
        "",
        "Sides of a comparison alternate within a round, ABAB. Ratios are taken round by round and the table "
        "above gives their median; targets are judged by it, without rounding.",
    ]
    if noisy:
        lines.append(
            f"**Noisy**: before some rounds others used more than {QUIET:.0%} of the cores; those figures are "
            "marked. Ratios between sides that alternate suffer less from it than the figures themselves."
        )
    return [*lines, ""]
