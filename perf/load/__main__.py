"""`make load`: authenticated GETs at a constant rate, alone and beside logins → perf/reports/load.md, .csv, .png."""

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvloop

from control.identity.passwords import hash_password
from perf.load.client import Run, Stream, drive, get, post
from perf.load.report import write_report
from perf.load.stack import HOST, PASSWORD, Target, cpu_seconds, target
from perf.machine import settle
from studio.settings import ROOT

RATE = 300.0
LOGINS = 3.0
LIMIT_MS = 15.0
"""The 99th percentile that authenticated GETs must keep at RATE."""


@dataclass(frozen=True)
class Scenario:
    """Streams, and what they showed."""

    title: str
    streams: tuple[Stream, ...]


@dataclass(frozen=True)
class Result:
    """A scenario's outcome."""

    title: str
    runs: list[Run]
    """One a round."""
    server_cpu: float
    """Cores that the API processes took."""
    others: list[float]
    """Share of all cores that others took just before each round."""


def scenarios(people: Target) -> list[Scenario]:
    """Alone, beside logins, logins alone, and what a request without any work costs."""
    mine = [get("/api/v1/me", token) for token in people.tokens]
    teams = [get("/api/v1/teams?limit=20", token) for token in people.tokens]
    login = [
        post("/api/v1/auth/login", msgspec.json.encode({"email": email, "password": PASSWORD}))
        for email in people.emails
    ]
    alive = [b"GET /healthz HTTP/1.1\r\nHost: load\r\n\r\n"]
    return [
        Scenario(f"GET /me, {RATE:.0f}/s", (Stream("GET /me", RATE, mine),)),
        Scenario(f"GET /teams, {RATE:.0f}/s", (Stream("GET /teams", RATE, teams),)),
        Scenario(
            f"GET /me, {RATE:.0f}/s, beside {LOGINS:.0f} logins/s",
            (Stream("GET /me", RATE, mine), Stream("login", LOGINS, login)),
        ),
        Scenario(f"{LOGINS:.0f} logins/s alone", (Stream("login", LOGINS, login),)),
        Scenario(f"GET /healthz, {RATE:.0f}/s", (Stream("GET /healthz", RATE, alive),)),
    ]


def hash_seconds() -> float:
    """What one Argon2id of the set cost takes on this machine, alone: the median of ten."""
    times = []
    for _ in range(10):
        began = time.perf_counter()
        asyncio.run(hash_password(PASSWORD))
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measures, writes the report; exit code 1 where GETs are slower than they may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1, help="API processes")
    given = parser.parse_args()
    hashing = hash_seconds()
    with target(given.processes) as people:
        # What is loaded at the first request is not what is measured.
        uvloop.run(drive(HOST, people.port, [Stream("", 100, [get("/api/v1/me", people.tokens[0])])], 3))
        planned = scenarios(people)
        results = [Result(scenario.title, [], 0.0, []) for scenario in planned]
        # Round by round, so that who else uses the machine for a while disturbs a round of each and not all of one.
        for _ in range(given.rounds):
            for place, scenario in enumerate(planned):
                results[place] = _round(people, scenario, results[place], given.seconds)
    failed = write_report(given.out, results, hashing, given.processes, LIMIT_MS)
    print((given.out / "load.md").read_text())
    sys.exit(1 if failed else 0)


def _round(people: Target, scenario: Scenario, before: Result, seconds: float) -> Result:
    others = settle(1.0)
    used, began = cpu_seconds(people.pids), time.monotonic()
    run = uvloop.run(drive(HOST, people.port, scenario.streams, seconds))
    cores = (cpu_seconds(people.pids) - used) / (time.monotonic() - began)
    return Result(before.title, [*before.runs, run], max(before.server_cpu, cores), [*before.others, others])


if __name__ == "__main__":
    main()
