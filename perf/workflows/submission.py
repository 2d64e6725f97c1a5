"""From a graph of fifty nodes to a job in line: validation, compilation, price, credits set aside, the row."""

import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import numpy as np
import uvloop

from control.workflows.compiling import compile_graph
from control.workflows.known import Known
from ensembles.arrays import Array
from ensembles.manifest import Manifest
from perf.load.client import Run, Stream, drive, post
from perf.load.stack import HOST, Target
from perf.machine import settle
from perf.workflows.graphs import NODES, large

LIMIT_MS = 25.0
"""The 99th percentile that a submission must keep."""
RATE = 20.0
"""Submissions a second."""
SECONDS = 15.0
"""Of a round."""
ROUNDS = 5
COMPILATIONS = 500
PERCENTILES = (10, 50, 90, 99, 99.9, 100)
PLAIN = msgspec.json.encode({"prompt": "a large red circle on a blue background", "steps": 4})


@dataclass
class Submission:
    """What was measured; times in ms."""

    rounds: list[Run] = field(default_factory=list)
    plain: list[Run] = field(default_factory=list)
    """The same of plain requests, for comparison."""
    others: list[float] = field(default_factory=list)
    """Share of all cores that others took just before each round."""
    compiling: list[float] = field(default_factory=list)
    """Validation and compilation alone, in this process."""

    def by_round(self) -> list[Array]:
        """Latencies of each round."""
        return [np.array([sample.latency * 1000 for sample in run.samples]) for run in self.rounds]

    @property
    def p99(self) -> float:
        """The median round's 99th percentile."""
        return statistics.median(float(np.percentile(found, 99)) for found in self.by_round())

    def failures(self) -> list[str]:
        """What is not as it must be."""
        wrong = sum(sample.status != httpx.codes.ACCEPTED for run in self.rounds for sample in run.samples)
        found = [f"{wrong} submissions were refused"] if wrong else []
        found += [error for run in self.rounds for error in run.errors][:5]
        if self.p99 > LIMIT_MS:
            found.append(f"p99 of a submission is {self.p99:.1f} ms, and may be {LIMIT_MS:.0f} ms")
        return found


def measure(people: Target) -> Submission:
    """Rounds of submissions at a constant rate to an API process that does nothing else; no worker takes the jobs."""
    found = Submission(compiling=_compiling())
    seeds = iter(range(1, 1_000_000))

    def bodies(count: int) -> list[bytes]:
        return [
            post(
                "/api/v1/jobs",
                msgspec.json.encode({"request": {"kind": "workflow", "graph": large(next(seeds))}}),
                people.tokens[place % len(people.tokens)],
            )
            for place in range(count)
        ]

    plain = [post("/api/v1/generate/txt2img", PLAIN, token) for token in people.tokens]
    count = int(RATE * SECONDS)
    warm = Stream("warm", RATE, bodies(40)), Stream("plain", RATE, plain)
    uvloop.run(drive(HOST, people.port, warm, 2))
    for _ in range(ROUNDS):
        stream = Stream("workflow", RATE, bodies(count))
        found.others.append(settle(1.0))
        found.rounds.append(uvloop.run(drive(HOST, people.port, [stream], SECONDS)))
        found.plain.append(uvloop.run(drive(HOST, people.port, [Stream("plain", RATE, plain)], SECONDS / 3)))
    return found


def _compiling() -> list[float]:
    """Milliseconds of each of many compilations."""
    known = Known({"pocket": Manifest(name="pocket", architecture="sd15", context_dim=128)})
    taken = []
    for seed in range(COMPILATIONS + 50):
        graph = large(seed)
        began = time.perf_counter()
        compiled = compile_graph(graph, known)
        taken.append((time.perf_counter() - began) * 1000)
        assert compiled.plan is not None, compiled.errors
    return taken[50:]


def markdown(found: Submission) -> list[str]:
    """The section of the report."""
    whole = np.percentile(found.by_round(), PERCENTILES, axis=1)
    rows = {
        f"**a workflow of {NODES} nodes, submitted**": np.median(whole, axis=1),
        "of it: validation and compilation, alone": np.percentile(found.compiling, PERCENTILES),
        "a plain request, submitted": np.median(
            np.percentile(
                [[sample.latency * 1000 for sample in run.samples] for run in found.plain],
                PERCENTILES,
                axis=1,
            ),
            axis=1,
        ),
    }
    return [
        "## From submission to the line",
        "",
        f"`POST /jobs` with {NODES} nodes of {len({node['class_type'] for node in large(0).values()})} classes "
        f"({len(msgspec.json.encode(large(0))) / 1000:.0f} kB), {RATE:.0f} a second, to one API process with PostgreSQL and "
        "Valkey beside it; from when a request was due until its 202 has come: reading, validation, compilation, price, "
        "credits set aside, the job's row and events, commit. Each graph has a seed of its own.",
        "",
        "| ms | p10 | p50 | p90 | p99 | p99.9 | max |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {title} | {' | '.join(f'{value:.1f}' for value in values)} |"
            for title, values in rows.items()
        ),
        "",
        f"{sum(len(run.samples) for run in found.rounds)} submissions in {len(found.rounds)} rounds, each figure the median "
        f"round's; p99 by round {min(whole[3]):.1f}–{max(whole[3]):.1f} ms, limit {LIMIT_MS:.0f} ms. Others used "
        f"{min(found.others):.0%} to {max(found.others):.0%} of the cores just before a round.",
        "",
        "![Submission by percentile](workflows.png)",
        "",
    ]


def plot(path: Path, found: Submission) -> None:
    """Latencies by percentile, every round a line."""
    from perf.plots import OURS, THEIRS, figure, save

    made, (curve, spread) = figure(2)
    for place, each in enumerate(found.by_round()):
        latency = np.sort(each)
        beyond = 1 - np.arange(len(latency)) / len(latency)
        curve.plot(1 / beyond, latency, color=OURS, linewidth=1.2, label="" if place else "each round")
    curve.axhline(LIMIT_MS, color="black", linestyle="--", linewidth=1)
    curve.text(1.1, LIMIT_MS, "limit for p99", fontsize=7, va="bottom")
    curve.set_xscale("log")
    curve.set_xticks([1, 2, 10, 100, 1000], ["0", "50", "90", "99", "99.9"])
    curve.minorticks_off()
    curve.axvline(100, color=THEIRS, linewidth=0.8)
    curve.set_xlabel("percentile")
    curve.set_ylabel("latency, ms")
    curve.set_ylim(0)
    curve.set_title(f"Submission of {NODES} nodes by percentile", fontsize=10)
    curve.legend(fontsize=7, frameon=False)
    both = [np.concatenate(found.by_round()), np.array(found.compiling)]
    spread.hist(
        both,
        bins=60,
        color=[OURS, THEIRS],
        label=["whole submission", "compilation alone"],
        histtype="stepfilled",
        alpha=0.7,
    )
    spread.set_xlabel("ms")
    spread.set_ylabel("submissions")
    spread.set_title("How they are distributed", fontsize=10)
    spread.legend(fontsize=7, frameon=False)
    save(made, path)
