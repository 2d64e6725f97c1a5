"""What a job takes beyond its engine's time: from the submission to its last event, over the whole stack."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import msgspec
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from perf.load.report import Section
from perf.machine import settle

LIMIT_MS = 60.0
"""The median of what a job may take beyond its engine's time."""
ROUNDS = 3
JOBS = 12
"""Of a round, one after the other."""
WARM_UP = 5
REQUEST = {"prompt": "a large red circle on a blue background", "steps": 10}
_TIMES = """
SELECT j.id::text AS id, (e.detail->>'engine_ms')::float AS engine, j.queued_at, j.assigned_at, j.started_at, j.finished_at
FROM jobs j JOIN job_events e ON e.job_id = j.id AND e.state = 'COMPLETED' WHERE j.id = ANY($1::uuid[])
"""


@dataclass
class Taken:
    """One job, in milliseconds."""

    whole: float
    """From before the submission to the COMPLETED event at the client."""
    submit: float
    """Until the submission was answered."""
    engine: float
    """Triton's own time, as the worker saw it."""
    line: float
    """From QUEUED to ASSIGNED, by the rows."""
    end: float
    """From the end of Triton's stream to COMPLETED, by the rows: storing the picture and the last transaction."""

    @property
    def overhead(self) -> float:
        """What is not the engine's."""
        return self.whole - self.engine


@dataclass
class Overhead:
    """What was measured."""

    rounds: list[list[Taken]] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Of all jobs."""
        return statistics.median(taken.overhead for taken in self.jobs)

    @property
    def jobs(self) -> list[Taken]:
        """Of all rounds."""
        return [taken for one in self.rounds for taken in one]


async def measure(url: str, database_url: str, token: str) -> Overhead:
    """Submits one job after the other and follows them over a WebSocket."""
    found = Overhead()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client,
        connect(f"{url.replace('http', 'ws', 1)}/ws", additional_headers=headers, proxy=None) as socket,
    ):
        for _ in range(WARM_UP):
            await _job(client, socket)
        for _ in range(ROUNDS):
            found.others.append(await asyncio.to_thread(settle, 1.0))
            found.rounds.append(await _round(client, socket, database_url))
    return found


async def _round(client: httpx.AsyncClient, socket: ClientConnection, database_url: str) -> list[Taken]:
    seen = [await _job(client, socket) for _ in range(JOBS)]
    connection = await asyncpg.connect(database_url)
    try:
        rows = {row["id"]: row for row in await connection.fetch(_TIMES, [job for job, _, _ in seen])}
    finally:
        await connection.close()
    taken = []
    for job, submit, whole in seen:
        row = rows[job]
        line = (row["assigned_at"] - row["queued_at"]).total_seconds() * 1000
        running = (row["finished_at"] - row["assigned_at"]).total_seconds() * 1000
        taken.append(Taken(whole, submit, row["engine"], line, running - row["engine"]))
    return taken


async def _job(client: httpx.AsyncClient, socket: ClientConnection) -> tuple[str, float, float]:
    """Its id, and the milliseconds to the submission's answer and to its end. Raises where it does not complete."""
    began = time.perf_counter()
    answer = await client.post("/api/v1/generate/txt2img", json=REQUEST)
    submitted = time.perf_counter()
    job = str(answer.raise_for_status().json()["id"])
    async with asyncio.timeout(60):
        while True:
            event = msgspec.json.decode(await socket.recv(), type=dict[str, Any])
            if event["job_id"] == job and event.get("state") in {"COMPLETED", "FAILED", "CANCELLED"}:
                break
    ended = time.perf_counter()
    if event["state"] != "COMPLETED":
        raise RuntimeError(f"a job of the measurement did not complete: {event}")
    return job, (submitted - began) * 1000, (ended - began) * 1000


def section(overhead: Overhead) -> Section:
    """The part of the report, and what is slower than it may be."""
    failed = []
    if overhead.median > LIMIT_MS:
        failed.append(
            f"Overhead of a job: its median is {overhead.median:.1f} ms, and may be {LIMIT_MS:.0f} ms"
        )
    lines = [
        "## Overhead of a job",
        "",
        f"`studio up` with one worker and one Triton server; {len(overhead.jobs)} jobs (pocket, {REQUEST['steps']} steps, "
        "default size) one after the other, followed over `/ws`. From before the submission to the COMPLETED event at "
        "the client, less the time that Triton's stream took.",
        "",
        "| | p10, ms | median | p90 | max |",
        "|---|---|---|---|---|",
    ]
    for name, values in {
        "**overhead**": [taken.overhead for taken in overhead.jobs],
        "of it: until the submission is answered": [taken.submit for taken in overhead.jobs],
        "of it: in line (QUEUED to ASSIGNED)": [taken.line for taken in overhead.jobs],
        "of it: ASSIGNED to COMPLETED, without Triton": [taken.end for taken in overhead.jobs],
        "Triton": [taken.engine for taken in overhead.jobs],
        "whole job": [taken.whole for taken in overhead.jobs],
    }.items():
        cells = " | ".join(f"{value:.1f}" for value in (*np.percentile(values, (10, 50, 90)), max(values)))
        lines.append(f"| {name} | {cells} |")
    medians = [statistics.median(taken.overhead for taken in one) for one in overhead.rounds]
    lines += [
        "",
        f"Medians of the {len(medians)} rounds: {min(medians):.1f}–{max(medians):.1f} ms; limit {LIMIT_MS:.0f} ms. Others "
        f"used {min(overhead.others):.0%} to {max(overhead.others):.0%} of the cores just before a round.",
        "",
    ]
    return Section(lines, failed)
