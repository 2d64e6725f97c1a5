"""The storm: jobs are submitted and cancelled while services are killed; then what became of each is looked at."""

import asyncio
import os
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from perf.chaos import checks, kills, stack
from perf.chaos.people import Person, Refused, Tally, gather_people

COLOURS = ("red", "blue", "green", "yellow")
SHAPES = ("circle", "square", "star", "triangle")
END_SECONDS = 150.0
"""How long jobs may take to end after the last submission and the last kill."""
CATCH_UP_SECONDS = 15.0
"""How long watchers may take to have heard of everything then."""


@dataclass
class Submission:
    """A job that was accepted."""

    job_id: str
    person: Person
    kind: str
    at: float
    """Seconds after the first one."""
    cancelled: str = ""
    """What the API said where it was cancelled."""


@dataclass
class Outcome:
    """What a storm left."""

    seconds: float
    submissions: list[Submission]
    kills: list[kills.Kill]
    tally: Tally
    jobs: list[dict[str, Any]] = field(default_factory=list)
    """Rows of the table, with `began` (time of the first submission) beside."""
    violations: list[str] = field(default_factory=list)
    """What must not be."""


def run(home: Path, *, jobs: int, rounds: int, seconds: float, seed: int, steps: tuple[int, int]) -> Outcome:
    """A storm over a stack of its own in `home`; `steps`: fewest and most denoising steps of a job."""
    with stack.up(home) as running:
        return asyncio.run(
            _storm(
                home, running.url, running.services["STUDIO_DATABASE_URL"], jobs, rounds, seconds, seed, steps
            )
        )


async def _storm(
    home: Path,
    url: str,
    database_url: str,
    jobs: int,
    rounds: int,
    seconds: float,
    seed: int,
    steps: tuple[int, int],
) -> Outcome:
    chance, tally = random.Random(seed), Tally()
    people = await gather_people(url, home, tally, organisations=3, each=2)
    try:
        for person in people:
            await _first_picture(person)
        began, wall = time.monotonic(), time.time()
        plan = kills.schedule(rounds, seconds, chance)
        times = sorted(chance.uniform(0, seconds) for _ in range(jobs))
        orders = [
            _submit(chance.choice(people), at, began, random.Random(f"{seed}-{number}"), steps)
            for number, at in enumerate(times)
        ]
        killing = asyncio.create_task(kills.carry_out(home, plan, began, chance))
        submitted = await asyncio.gather(*orders, return_exceptions=True)
        killed = await killing
        outcome = Outcome(0.0, [s for s in submitted if isinstance(s, Submission)], killed, tally)
        outcome.violations += [
            f"a submission failed: {error!r}" for error in submitted if isinstance(error, BaseException)
        ]
        outcome.violations += [
            f"{kill.part}, killed at {kill.at:.0f} s, did not come back"
            for kill in killed
            if kill.back is None
        ]
        connection = await asyncpg.connect(database_url, timeout=30)
        try:
            await _wait_ended(connection, END_SECONDS)
            outcome.seconds = time.monotonic() - began
            outcome.jobs = await checks.jobs(connection, wall)
            outcome.violations += await checks.violations(connection, [s.job_id for s in outcome.submissions])
            outcome.violations += await _unheard(connection, people)
        finally:
            await connection.close()
        outcome.violations += await checks.unreadable(outcome.jobs, people)
        outcome.violations += await checks.balances(outcome.jobs, people)
        outcome.violations += [
            f"studio {' '.join(words)}: {said}"
            for words in (("credits", "verify"), ("audit", "verify"))
            if (said := await _verify(home, *words))
        ]
        outcome.violations += checks.bugs(home)
        outcome.violations += tally.wrong
        return outcome
    finally:
        for person in people:
            await person.close()


async def _verify(home: Path, *words: str) -> str:
    """What a checking command of `studio` says, where it finds something."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("studio"),
        *words,
        env={**os.environ, "STUDIO_HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode().strip() if process.returncode else ""


async def _first_picture(person: Person) -> None:
    """One in calm weather, which others begin with."""
    job = await person.submit("txt2img", {"prompt": "a red circle", "steps": 4})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = await person.ask("GET", f"/jobs/{job}")
        if found["state"] == "COMPLETED":
            person.pictures.append(found["outputs"][0]["asset_id"])
            return
        if found["state"] in {"FAILED", "CANCELLED"}:
            raise Refused(0, f"the first picture is {found['state']}: {found['error']}")
        await asyncio.sleep(0.2)
    raise Refused(0, "the first picture has taken 60 s")


async def _submit(
    person: Person, at: float, began: float, chance: random.Random, steps: tuple[int, int]
) -> Submission:
    await asyncio.sleep(max(0.0, began + at - time.monotonic()))
    request: dict[str, Any] = {
        "prompt": f"a {chance.choice(COLOURS)} {chance.choice(SHAPES)}",
        "steps": chance.randint(*steps),
        "batch": chance.choice((1, 1, 1, 2)),
        "preview_every": chance.choice((0, 5)),
    }
    size = chance.choice((128, 192, 256))
    kind = "img2img" if chance.random() < 0.2 else "txt2img"
    request |= (
        {"image": person.pictures[0], "strength": 0.6}
        if kind == "img2img"
        else {"width": size, "height": size}
    )
    made = Submission(await person.submit(kind, request), person, kind, at)
    if chance.random() < 0.15:
        await asyncio.sleep(chance.uniform(0.1, 6))
        try:
            made.cancelled = (await person.ask("DELETE", f"/jobs/{made.job_id}"))["state"]
        except Refused as error:
            # It was quicker.
            made.cancelled = str(error)
    return made


async def _wait_ended(connection: asyncpg.Connection, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not await connection.fetchval(
            "SELECT count(*) FROM jobs WHERE state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')"
        ):
            return
        await asyncio.sleep(0.25)


async def _unheard(connection: asyncpg.Connection, people: list[Person]) -> list[str]:
    """States that a person's WebSocket did not tell them, after they had time to catch up."""
    rows = await connection.fetch(
        "SELECT u.email, e.job_id::text, e.sequence, e.state FROM job_events e JOIN users u ON u.id = e.user_id"
    )
    seen = {person.email: person.seen for person in people}
    deadline, missing = time.monotonic() + CATCH_UP_SECONDS, list(rows)
    while missing and time.monotonic() < deadline:
        missing = [r for r in rows if seen[r["email"]].get(r["job_id"], {}).get(r["sequence"]) != r["state"]]
        await asyncio.sleep(0.2)
    return [
        f"{r['email']} was not told that job {r['job_id']} was {r['state']} (event {r['sequence']})"
        for r in missing
    ]
