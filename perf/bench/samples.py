"""What was measured, one row a number: kept as CSV, from which every table and plot is made."""

import csv
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from perf.machine import settle


class Sample(msgspec.Struct, frozen=True):
    """One number."""

    part: str
    """What was compared, such as `picture`."""
    side: str
    """Which of the things compared."""
    round: int
    """Samples of one round were taken one after the other."""
    value: float
    unit: str
    others: float
    """Share of all cores that others used just before."""
    when: str
    """UTC, to the minute."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float
    count: int

    def text(self, digits: int | None = None) -> str:
        """As tables print it: `digits` after the point, or three that count."""
        median, low, high = (
            _short(x) if digits is None else f"{x:.{digits}f}" for x in (self.median, self.low, self.high)
        )
        return median if self.count == 1 else f"{median} ({low} to {high})"


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(middle, low, high, len(values))


class Samples:
    """The samples of a run, in order."""

    def __init__(self, rows: Iterable[Sample] = ()) -> None:
        self.rows = list(rows)

    def add(self, part: str, side: str, round_: int, value: float, unit: str, others: float) -> None:
        """One more."""
        when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        self.rows.append(Sample(part, side, round_, value, unit, others, when))

    def of(self, part: str, side: str) -> list[Sample]:
        """In the order of their rounds."""
        return [row for row in self.rows if (row.part, row.side) == (part, side)]

    def spread(self, part: str, side: str) -> Spread | None:
        """None where nothing was measured."""
        rows = self.of(part, side)
        return spread([row.value for row in rows]) if rows else None

    def ratio(self, part: str, over: str, under: str) -> Spread | None:
        """`over` / `under`, round by round: what slows a whole round falls out."""
        unders = {row.round: row.value for row in self.of(part, under)}
        ratios = [row.value / unders[row.round] for row in self.of(part, over) if row.round in unders]
        return spread(ratios) if ratios else None

    def parts(self) -> list[str]:
        """In the order they were measured."""
        return list(dict.fromkeys(row.part for row in self.rows))

    def sides(self, part: str) -> list[str]:
        """In the order they were measured."""
        return list(dict.fromkeys(row.side for row in self.rows if row.part == part))


def alternate(
    samples: Samples, part: str, sides: Mapping[str, Callable[[int], float]], rounds: int, unit: str = "s"
) -> None:
    """ABAB…: every side once a round, so that what the machine does falls on all of them.

    A side takes the round's number and returns its figure. One round before the first is thrown away.
    """
    for side in sides.values():
        side(-1)
    for number in range(rounds):
        # Every other round the other way about: who comes second does not always come second.
        order = list(sides.items())[:: 1 if number % 2 == 0 else -1]
        for name, side in order:
            others = settle()
            samples.add(part, name, number, side(number), unit, others)


def seconds(work: Callable[[int], object]) -> Callable[[int], float]:
    """`work` as a side whose figure is the seconds it takes."""

    def timed(number: int) -> float:
        started = time.perf_counter()
        work(number)
        return time.perf_counter() - started

    return timed


def write_csv(path: Path, samples: Samples) -> None:
    """One row a sample."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Sample.__struct_fields__)
        for row in samples.rows:
            rows.writerow(
                [
                    *msgspec.structs.astuple(row)[:3],
                    f"{row.value:.6g}",
                    row.unit,
                    f"{row.others:.3f}",
                    row.when,
                ]
            )


def read_csv(path: Path) -> Samples:
    """What `write_csv` wrote; empty where there is no file."""
    if not path.is_file():
        return Samples()
    with path.open() as file:
        return Samples(msgspec.convert(row, Sample, strict=False) for row in csv.DictReader(file))
