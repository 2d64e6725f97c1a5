"""`make load`: requests at a constant rate, 1,000 WebSocket clients, a job's overhead → perf/reports/load.md, .csv, .png."""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import uvloop

from control.identity.passwords import hash_password
from perf.chaos.stack import up
from perf.home import fresh_home
from perf.load import live, live_report, overhead
from perf.load.client import Run, Stream, drive, get, post
from perf.load.report import Section, write_report
from perf.load.stack import ENDLESS, HOST, PASSWORD, PEOPLE, Target, cpu_seconds, sign_up, target
from perf.machine import settle
from studio.settings import ROOT

RATE = 300.0
LOGINS = 3.0
SUBMISSIONS = 100.0
LIMITS = {"GET": 15.0, "submit": 40.0}
"""First word of a stream's name → the 99th percentile that it must keep, in ms."""
REQUEST = msgspec.json.encode({"prompt": "a large red circle on a blue background", "steps": 4})


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
    """Alone, beside logins, logins alone, submissions, and what a request without any work costs."""
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
        Scenario(
            f"POST /generate/txt2img, {SUBMISSIONS:.0f}/s, no workers",
            (Stream("submit", SUBMISSIONS, submissions(people.tokens)),),
        ),
        Scenario(f"GET /healthz, {RATE:.0f}/s", (Stream("GET /healthz", RATE, alive),)),
    ]


def submissions(tokens: list[str]) -> list[bytes]:
    """One of each."""
    return [post("/api/v1/generate/txt2img", REQUEST, token) for token in tokens]


def hash_seconds() -> float:
    """What one Argon2id of the set cost takes on this machine, alone: the median of ten."""
    times = []
    for _ in range(10):
        began = time.perf_counter()
        asyncio.run(hash_password(PASSWORD))
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measures, writes the report; exit code 1 where something is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1, help="API processes")
    given = parser.parse_args()
    hashing = hash_seconds()
    with target(given.processes) as people:
        # What is loaded at the first request is not what is measured.
        warm = [get("/api/v1/me", people.tokens[0])], submissions(people.tokens)
        uvloop.run(drive(HOST, people.port, [Stream("", 100, warm[0]), Stream("", 20, warm[1])], 3))
        planned = scenarios(people)
        results = [Result(scenario.title, [], 0.0, []) for scenario in planned]
        # Round by round, so that who else uses the machine for a while disturbs a round of each and not all of one.
        for _ in range(given.rounds):
            for place, scenario in enumerate(planned):
                results[place] = _round(
                    HOST,
                    people.port,
                    scenario,
                    results[place],
                    given.seconds,
                    lambda: cpu_seconds(people.pids),
                )
        with tempfile.TemporaryDirectory() as folder:
            watched = asyncio.run(live.measure(people, Path(folder)))
    whole, beside = _whole(given.seconds)
    sections = [live_report.section(watched), whole]
    failed = write_report(given.out, [*results, beside], hashing, given.processes, LIMITS, sections)
    print((given.out / "load.md").read_text())
    sys.exit(1 if failed else 0)


def _whole(seconds: float) -> tuple[Section, Result]:
    """What only the whole stack shows: a job's overhead, and submissions while workers paint."""
    title = f"POST /generate/txt2img, {SUBMISSIONS:.0f}/s, beside a worker and Triton painting"
    tiers = msgspec.json.encode({"free": ENDLESS}).decode()
    with fresh_home() as home, up(home, 1, 1, STUDIO_TIERS=tiers) as stack:
        address = urlsplit(stack.url)
        host, port = address.hostname or HOST, address.port or 80
        with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as client:
            tokens = [sign_up(client, f"load{number}@example.com") for number in range(PEOPLE)]
        database_url = stack.services["STUDIO_DATABASE_URL"]
        taken = asyncio.run(overhead.measure(stack.url, database_url, tokens[0]))
        # Last, as it leaves a long line behind. Named apart: with Triton on the same cores it has no limit.
        stream = Stream("submissions", SUBMISSIONS, submissions(tokens))
        scenario, beside = Scenario(title, (stream,)), Result(title, [], 0.0, [])
        for _ in range(2):
            beside = _round(host, port, scenario, beside, seconds, lambda: 0.0)
    return overhead.section(taken), beside


def _round(
    host: str, port: int, scenario: Scenario, before: Result, seconds: float, cpu: Callable[[], float]
) -> Result:
    others = settle(1.0)
    used, began = cpu(), time.monotonic()
    run = uvloop.run(drive(host, port, scenario.streams, seconds))
    cores = (cpu() - used) / (time.monotonic() - began)
    return Result(before.title, [*before.runs, run], max(before.server_cpu, cores), [*before.others, others])


if __name__ == "__main__":
    main()
