"""1,000 WebSocket clients of one organisation, and jobs whose events all of them are told."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import msgspec
import numpy as np
from redis.asyncio import Redis

from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.ids import uuid7
from control.jobs.states import transition
from control.jobs.tables import Job
from control.realtime import bus
from control.realtime.events import JobPreview, JobProgress, State
from perf.load.stack import HOST, Target, cpu_seconds
from perf.load.watchers import Plan, Seen, key_of
from perf.machine import settle

CLIENTS = 1000
LIMIT_MS = 100.0
"""The 95th percentile of an event's way to a client."""
JOBS = 4
STEPS = 20
STEP_SECONDS = 0.1
"""Twenty steps in two seconds: a picture of 512x512 on a small GPU."""
PREVIEW_EVERY = 5
PREVIEW_BYTES = 6000


@dataclass
class Live:
    """What was measured."""

    latencies: dict[str, list[float]]
    """Kind of event → milliseconds from its publishing to each client, sorted."""
    sent: int
    received: int
    states_missing: list[str]
    """States that did not reach a client: key, once for each."""
    lost: int
    """Connections that the server ended."""
    p95_by_job: list[float]
    api_cores: float
    client_cores: float
    others: list[float]

    @property
    def p95(self) -> float:
        """Over all events and clients."""
        return float(np.percentile(np.concatenate([*map(np.array, self.latencies.values())]), 95))


async def measure(people: Target, folder: Path) -> Live:
    """Connects the clients, moves the jobs along, and joins what was published with what was received."""
    tokens, organisation_id, user_id = await _one_organisation(people)
    piccolo_conf.DB.config["dsn"] = people.database_url
    await open_pool()
    redis = Redis.from_url(people.redis_url)
    out = folder / "seen"
    plan = Plan(HOST, people.port, "/ws?all=1", [tokens[n % len(tokens)] for n in range(CLIENTS)], str(out))
    published: dict[str, int] = {}
    others: list[float] = []
    try:
        async with _clients(plan):
            cpu, began = cpu_seconds(people.pids), time.monotonic()
            jobs = []
            for _ in range(JOBS):
                others.append(await asyncio.to_thread(settle, 0.5))
                jobs.append(await _job(redis, organisation_id, user_id, published))
            await asyncio.sleep(1.0)
            seconds = time.monotonic() - began
            cores = (cpu_seconds(people.pids) - cpu) / seconds
    finally:
        await redis.aclose()
        await close_pool()
    seen = msgspec.msgpack.decode(out.read_bytes(), type=Seen)
    latencies: dict[str, list[float]] = {}
    by_job: dict[str, list[float]] = {str(job): [] for job in jobs}
    missing: list[str] = []
    for key, when in published.items():
        job_id, kind, _ = key.split(":")
        taken = [(moment - when) / 1e6 for moment in seen.times.get(key, ())]
        latencies.setdefault(kind, []).extend(taken)
        by_job[job_id].extend(taken)
        if kind == "state":
            missing += [key] * (CLIENTS - len(taken))
    return Live(
        {kind: sorted(values) for kind, values in latencies.items()},
        len(published) * CLIENTS,
        sum(map(len, latencies.values())),
        missing,
        seen.lost,
        [float(np.percentile(values, 95)) for values in by_job.values()],
        cores,
        seen.cpu / seconds,
        others,
    )


@asynccontextmanager
async def _clients(plan: Plan) -> AsyncIterator[None]:
    """The clients' process, from when all are connected; it has written its file afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "perf.load.watchers",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(msgspec.json.encode(plan) + b"\n")
        async with asyncio.timeout(90):
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("not all clients could connect; see above")
        yield
        process.stdin.close()
        async with asyncio.timeout(60):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _job(redis: Redis, organisation_id: UUID, user_id: UUID, published: dict[str, int]) -> UUID:
    """A job's life: each state in its transaction as a worker does it, steps and previews in between."""
    owner = bus.Owner(organisation_id, user_id)
    job = Job(
        organisation_id=organisation_id, user_id=user_id, kind="txt2img", request="{}", model="pocket", tier="free",
        state="PENDING", position=0.0, work=1.0, created_at=datetime.now(UTC),
    )  # fmt: skip
    await Job.insert(job)
    job_id: UUID = job.id

    async def state(name: State) -> None:
        async with transaction():
            moved = await transition(job_id, name, only_from=["PENDING"] if name == "PENDING" else None)
        assert moved is not None
        published[key_of(str(job_id), "state", name, 0)] = time.monotonic_ns()
        await bus.publish(redis, owner, moved[1])

    await state("PENDING")
    await state("QUEUED")
    await asyncio.sleep(STEP_SECONDS)
    await state("ASSIGNED")
    await state("PROCESSING")
    for step in range(1, STEPS + 1):
        await asyncio.sleep(STEP_SECONDS)
        events: list[JobProgress | JobPreview] = [
            JobProgress(job_id=job_id, attempt=1, step=step, steps=STEPS, eta_seconds=1.0)
        ]
        if step % PREVIEW_EVERY == 0:
            data = os.urandom(PREVIEW_BYTES)
            events.append(JobPreview(job_id=job_id, attempt=1, step=step, data=data))
        for event in events:
            kind = str(event.__struct_config__.tag)
            published[key_of(str(job_id), kind, "", step)] = time.monotonic_ns()
        await bus.publish(redis, owner, *events)
    await state("COMPLETED")
    return job_id


async def _one_organisation(people: Target) -> tuple[list[str], UUID, UUID]:
    """Tokens of all people, now admins of the first one's organisation; that, and the first one."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{people.port}/api/v1", timeout=60) as client:

        async def me(token: str) -> tuple[UUID, UUID]:
            answer = await client.get("/me", headers={"Authorization": f"Bearer {token}"})
            found = answer.raise_for_status().json()
            return UUID(found["id"]), UUID(found["organisation_id"])

        user_id, organisation_id = await me(people.tokens[0])
        tokens = [people.tokens[0]]
        connection = await asyncpg.connect(people.database_url)
        try:
            for token in people.tokens[1:]:
                other, _ = await me(token)
                await connection.execute(
                    "INSERT INTO memberships (id, organisation_id, user_id, role, version, created_at) "
                    "VALUES ($1, $2, $3, 'admin', 1, now())",
                    uuid7(), organisation_id, other,
                )  # fmt: skip
                answer = await client.post(
                    "/auth/switch",
                    json={"organisation_id": str(organisation_id)},
                    headers={"Authorization": f"Bearer {token}"},
                )
                tokens.append(answer.raise_for_status().json()["access_token"])
        finally:
            await connection.close()
    return tokens, organisation_id, user_id
