"""What sharing steps is worth: N jobs one after the other against the same N at once, side by side.

`make bench` writes perf/reports/sharing.md. Rounds of both kinds alternate, so that the machine's noise
falls on both; the report gives medians and the spread.
"""

import argparse
import os
import re
import statistics
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from studio.settings import read_settings
from studio.triton.client import Pictures, stream
from studio.triton.server import Running
from studio.triton.session import temporary_server

REPORT = Path(__file__).parent / "reports" / "sharing.md"
STEPS = 20


def one(url: str, seed: int) -> float:
    """Seconds from asking to the picture."""
    started = time.perf_counter()
    parameters = {"PROMPT": "a large red circle on a blue background", "SEED": seed, "STEPS": STEPS}
    *_, last = stream(url, "pocket", parameters)
    assert isinstance(last, Pictures)
    return time.perf_counter() - started


def in_turn(url: str, jobs: int) -> list[float]:
    """The jobs one after the other."""
    return [one(url, seed) for seed in range(jobs)]


def at_once(url: str, jobs: int) -> list[float]:
    """The jobs all at once."""
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda seed: one(url, seed), range(jobs)))


def counter(state: Running, name: str) -> float:
    """One of Triton's counters of pocket-unet."""
    text = (
        urllib.request.urlopen(f"http://{state.host}:{state.metrics_port}/metrics", timeout=10)
        .read()
        .decode()
    )
    found = re.search(rf'^nv_inference_{name}{{model="pocket-unet",version="1"}} (\S+)$', text, re.MULTILINE)
    assert found is not None
    return float(found[1])


def measure(
    state: Running, ways: dict[str, Callable[[str, int], list[float]]], jobs: int, rounds: int
) -> str:
    """Alternates the ways and renders the table."""
    walls: dict[str, list[float]] = {way: [] for way in ways}
    waits: dict[str, list[float]] = {way: [] for way in ways}
    batches: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            samples, runs = counter(state, "count"), counter(state, "exec_count")
            started = time.perf_counter()
            waits[way] += run(state.grpc_url, jobs)
            walls[way].append(time.perf_counter() - started)
            batches[way].append((counter(state, "count") - samples) / (counter(state, "exec_count") - runs))
    lines = [
        f"{jobs} jobs of pocket, 128x128, {STEPS} steps, guidance on; {rounds} rounds, alternating; {os.cpu_count()} cores.",
        "",
        "| | all jobs, median s (min to max) | one job's wait, median s | average UNet batch |",
        "|---|---|---|---|",
    ]
    for way in ways:
        wall = walls[way]
        lines.append(
            f"| {way} | {statistics.median(wall):.2f} ({min(wall):.2f} to {max(wall):.2f}) "
            f"| {statistics.median(waits[way]):.2f} | {statistics.mean(batches[way]):.1f} |"
        )
    first, second = (statistics.median(walls[way]) for way in ways)
    lines += ["", f"At once is {first / second:.2f} times as fast."]
    return "\n".join(lines)


def main() -> None:
    """Starts a server of its own, measures, writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=REPORT)
    given = parser.parse_args()
    console = Console(stderr=True)
    with temporary_server(read_settings(), console) as state:
        one(state.grpc_url, 0)
        table = measure(state, {"one after the other": in_turn, "at once": at_once}, given.jobs, given.rounds)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(f"# Shared steps\n\n`make bench`: {table}\n")
    console.print(table, markup=False)


if __name__ == "__main__":
    main()
