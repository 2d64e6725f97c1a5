"""A workflow whose results are all there: from before its submission to COMPLETED at the client, over the whole stack."""

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

from perf.chaos.stack import up
from perf.home import fresh_home
from perf.load.stack import ENDLESS, sign_up
from perf.machine import settle

LIMIT_MS = 150.0
"""The 95th percentile of a job of which nothing runs."""
ROUNDS = 3
JOBS = 40
"""Of a round, one after the other."""
WARM_UP = 5
GRAPH: dict[str, Any] = {
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a large red circle", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 1, "steps": 10, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
        },
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "perf"}},
}  # fmt: skip
_TIMES = (
    "SELECT id::text, queued_at, assigned_at, started_at, finished_at FROM jobs WHERE id = ANY($1::uuid[])"
)


@dataclass
class Taken:
    """One job, in milliseconds."""

    whole: float
    """From before the submission to the COMPLETED event at the client."""
    submit: float
    """Until the submission was answered."""
    line: float
    """From QUEUED to ASSIGNED, by the rows."""
    begin: float
    """From ASSIGNED to PROCESSING, beside which the results are looked up."""
    end: float
    """From PROCESSING to COMPLETED: the file, its rows, the charge."""


@dataclass
class Cached:
    """What was measured."""

    rounds: list[list[Taken]] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @property
    def jobs(self) -> list[Taken]:
        """Of all rounds."""
        return [taken for one in self.rounds for taken in one]

    @property
    def p95(self) -> float:
        """The median round's 95th percentile of whole jobs."""
        return statistics.median(float(np.percentile([one.whole for one in r], 95)) for r in self.rounds)

    def failures(self) -> list[str]:
        """What is not as it must be."""
        if self.p95 <= LIMIT_MS:
            return []
        return [f"p95 of a job of which nothing runs is {self.p95:.1f} ms, and may be {LIMIT_MS:.0f} ms"]


def measure() -> Cached:
    """Starts the stack with one worker and one Triton server, and submits the same graph again and again."""
    tiers = msgspec.json.encode({"free": ENDLESS}).decode()
    with fresh_home() as home, up(home, 1, 1, STUDIO_TIERS=tiers) as stack:
        with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as client:
            token = sign_up(client, "cached@example.com")
        return asyncio.run(_measure(stack.url, stack.services["STUDIO_DATABASE_URL"], token))


async def _measure(url: str, database_url: str, token: str) -> Cached:
    found = Cached()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client,
        connect(f"{url.replace('http', 'ws', 1)}/ws", additional_headers=headers, proxy=None) as socket,
    ):
        await _job(client, socket, nodes=7)
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
    return [
        Taken(
            whole,
            submit,
            *(
                (rows[job][later] - rows[job][earlier]).total_seconds() * 1000
                for earlier, later in (
                    ("queued_at", "assigned_at"), ("assigned_at", "started_at"), ("started_at", "finished_at"),
                )
            ),
        )
        for job, submit, whole in seen
    ]  # fmt: skip


async def _job(
    client: httpx.AsyncClient, socket: ClientConnection, nodes: int = 0
) -> tuple[str, float, float]:
    """Its id, and the milliseconds to the submission's answer and to its end. Raises where other than `nodes` ran."""
    began = time.perf_counter()
    answer = await client.post("/api/v1/jobs", json={"request": {"kind": "workflow", "graph": GRAPH}})
    submitted = time.perf_counter()
    job = str(answer.raise_for_status().json()["id"])
    async with asyncio.timeout(60):
        while True:
            event = msgspec.json.decode(await socket.recv(), type=dict[str, Any])
            if event["job_id"] == job and event.get("state") in {"COMPLETED", "FAILED", "CANCELLED"}:
                break
    ended = time.perf_counter()
    if event["state"] != "COMPLETED" or event["nodes_run"] != nodes:
        raise RuntimeError(f"a job of the measurement did not go as it should: {event}")
    return job, (submitted - began) * 1000, (ended - began) * 1000


def markdown(found: Cached) -> list[str]:
    """The section of the report."""
    lines = [
        "## A job of which nothing runs",
        "",
        f"`studio up` with one worker and one Triton server; {len(found.jobs)} jobs of ComfyUI's first graph (7 nodes, pocket, "
        "128x128), one after the other, whose results are all there from the first. Each gives a file of its own over the same "
        "bytes. From before `POST /jobs` to the COMPLETED event on `/ws`.",
        "",
        "| ms | p10 | p50 | p90 | p95 | p99 | max |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, values in {
        "**whole job**": [taken.whole for taken in found.jobs],
        "of it: until the submission is answered": [taken.submit for taken in found.jobs],
        "of it: in line (QUEUED to ASSIGNED)": [taken.line for taken in found.jobs],
        "of it: ASSIGNED to PROCESSING": [taken.begin for taken in found.jobs],
        "of it: PROCESSING to COMPLETED": [taken.end for taken in found.jobs],
    }.items():
        cells = " | ".join(f"{value:.1f}" for value in np.percentile(values, (10, 50, 90, 95, 99, 100)))
        lines.append(f"| {name} | {cells} |")
    medians = [statistics.median(taken.whole for taken in one) for one in found.rounds]
    lines += [
        "",
        f"Medians of the {len(medians)} rounds: {min(medians):.1f}–{max(medians):.1f} ms; p95 {found.p95:.1f} ms, limit "
        f"{LIMIT_MS:.0f} ms. Others used {min(found.others):.0%} to {max(found.others):.0%} of the cores just before a round.",
        "",
        "![A job of which nothing runs](workflows-cached.png)",
        "",
    ]
    return lines


def plot(path: Any, found: Cached) -> None:
    """How whole jobs are distributed, and what they are made of."""
    from perf.plots import OURS, THEIRS, figure, save

    made, (spread, parts) = figure(2)
    spread.hist([one.whole for one in found.jobs], bins=40, color=OURS)
    spread.axvline(LIMIT_MS, color="black", linestyle="--", linewidth=1)
    spread.set_xlim(0)
    spread.set_xlabel("ms from POST to COMPLETED")
    spread.set_ylabel("jobs")
    spread.set_title("A job of which nothing runs", fontsize=10)
    names = ("submit", "line", "begin", "end")
    medians = [statistics.median(getattr(one, name) for one in found.jobs) for name in names]
    parts.barh(names[::-1], medians[::-1], color=THEIRS)
    parts.set_xlabel("median, ms")
    parts.set_title("What it is made of", fontsize=10)
    save(made, path)
