"""Jobs from submission to their end, with real workers and a real Triton."""

import io
import json
import time
from typing import Any
from uuid import UUID

import httpx
import msgspec
import numpy as np
import pytest
import redis
from PIL import Image

from control.jobs.requests import Work
from control.realtime import bus
from control.workflows.editor.draw import drawn
from control.workflows.short_forms import as_json, graph_of
from tests.conftest import Served
from tests.control.people import Person, made, sql
from tests.scheduler.conftest import Workers, ended, job_of, submit, wait_for

LONG = {"steps": 150, "sampler": "euler"}
"""Seconds of work."""


def effects(database_url: str, job_id: str) -> dict[str, int]:
    """What stands in the database of a job: pictures, files, charges, what was spent."""
    [(outputs,)] = sql(database_url, "SELECT count(*) FROM job_outputs WHERE job_id = $1", job_id)
    [(assets,)] = sql(database_url, "SELECT count(*) FROM assets WHERE job_id = $1", job_id)
    [(ends,)] = sql(
        database_url, "SELECT count(*) FROM ledger_postings WHERE job_id = $1 AND key LIKE 'settle:%'", job_id
    )
    [(spent,)] = sql(
        database_url,
        "SELECT coalesce(sum(e.amount), 0)::bigint FROM ledger_entries e JOIN ledger_postings p ON p.id = e.posting_id "
        "WHERE p.job_id = $1 AND e.account = 'spent'",
        job_id,
    )
    return {"outputs": outputs, "assets": assets, "ends": ends, "spent": spent}


def events(database_url: str, job_id: str) -> list[tuple[int, str, int, dict[str, Any]]]:
    """Sequence, state, attempt and detail of each event."""
    rows = sql(
        database_url,
        "SELECT sequence, state, attempt, detail FROM job_events WHERE job_id = $1 ORDER BY sequence",
        job_id,
    )
    return [(sequence, state, attempt, json.loads(detail)) for sequence, state, attempt, detail in rows]


def running(person: Person, job_id: str) -> bool:
    return bool(job_of(person, job_id)["state"] == "PROCESSING")


def content(person: Person, job: dict[str, Any], place: int = 0) -> bytes:
    answer = person.get(job["outputs"][place]["url"].removeprefix("/api/v1"))
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.content


def test_a_job_becomes_pictures(person: Person, worker: Workers, database_url: str, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client, client.pubsub() as channel:
        channel.subscribe(bus.channel(UUID(person.organisation_id)))
        channel.get_message(timeout=2)
        job_id = submit(person, batch=2, preview_every=2, steps=8)
        told = []
        while not told or told[-1]["type"] != "state" or told[-1]["state"] != "COMPLETED":
            message = channel.get_message(timeout=20, ignore_subscribe_messages=True)
            assert message, told
            told.append(json.loads(msgspec.msgpack.decode(message["data"], type=bus.Envelope).text))
    job = ended(person, job_id)
    assert job["state"] == "COMPLETED"
    assert (job["attempt"], len(job["outputs"])) == (1, 2)
    states = [state for _, state, _, _ in events(database_url, job_id)]
    assert states == ["PENDING", "QUEUED", "ASSIGNED", "PROCESSING", "COMPLETED"]
    assert [event["state"] for event in told if event["type"] == "state"] == states
    assert [sequence for sequence, *_ in events(database_url, job_id)] == [1, 2, 3, 4, 5]
    steps = [event["step"] for event in told if event["type"] == "progress"]
    assert steps == sorted(set(steps))
    # Each preview is of the step that was told just before it.
    for number, event in enumerate(told):
        if event["type"] == "preview":
            before = [e for e in told[:number] if e["type"] == "progress"]
            assert before[-1]["step"] >= event["step"]
    assert effects(database_url, job_id) == {
        "outputs": 2, "assets": 2, "ends": 1, "spent": job["charged_microcredits"],
    }  # fmt: skip
    assert job["charged_microcredits"] == job["reserved_microcredits"] > 0
    assert events(database_url, job_id)[-1][3]["engine_ms"] > 0


def test_a_file_says_what_it_was_made_of(person: Person, worker: Workers, triton: Served) -> None:
    job = ended(person, submit(person, prompt="ein Quadrat in Grün, 緑", seed=5))
    image = Image.open(io.BytesIO(content(person, job)))
    text = {**image.text}
    request = msgspec.convert(job["request"], Work)
    assert json.loads(text["prompt"]) == as_json(request)
    assert json.loads(text["workflow"]) == drawn(graph_of(request))
    assert "Steps: 4" in text["parameters"]
    assert json.loads(text["studio"])["seed"] == 5
    # The same pixels as Triton's own.
    from ensembles.serving.fields import PROMPTING, SAMPLING, STREAMING
    from studio.triton.client import Pictures, stream

    fields = {field.name for field in (*PROMPTING, *SAMPLING, *STREAMING)}
    request = {name.upper(): value for name, value in job["request"].items() if name.upper() in fields}
    *_, last = stream(triton.grpc, "pocket", request)
    assert isinstance(last, Pictures)
    assert np.array_equal(np.asarray(image), last.images[0])


def test_a_picture_of_a_picture(person: Person, worker: Workers, database_url: str) -> None:
    first = ended(person, submit(person, steps=8))
    asset_id = first["outputs"][0]["asset_id"]
    # Little is repainted: it looks like the one before; and it is scaled.
    job = ended(
        person, submit(person, kind="img2img", image=asset_id, strength=0.05, width=64, height=64, steps=20)
    )
    assert job["state"] == "COMPLETED", job
    before = Image.open(io.BytesIO(content(person, first))).resize((64, 64), Image.Resampling.LANCZOS)
    after = Image.open(io.BytesIO(content(person, job)))
    assert after.size == (64, 64)
    assert np.abs(np.asarray(before, float) - np.asarray(after, float)).mean() < 20
    [(parent,)] = sql(
        database_url, "SELECT parent_id FROM lineage WHERE asset_id = $1", job["outputs"][0]["asset_id"]
    )
    assert str(parent) == asset_id


@pytest.mark.parametrize("way", ["told", "found"])
def test_a_running_job_is_cancelled(person: Person, worker: Workers, database_url: str, way: str) -> None:
    # Redis tells at once; without it the next heartbeat finds it in the row.
    job_id = submit(person, **LONG)
    wait_for(lambda: running(person, job_id))
    if way == "told":
        made(person.delete(f"/jobs/{job_id}"))
    else:
        sql(database_url, "UPDATE jobs SET cancel_requested_at = now() WHERE id = $1", job_id)
    began = time.monotonic()
    job = ended(person, job_id)
    assert time.monotonic() - began < (1 if way == "told" else 3)
    assert (job["state"], job["charged_microcredits"]) == ("CANCELLED", 0)
    assert effects(database_url, job_id) == {"outputs": 0, "assets": 0, "ends": 1, "spent": 0}


def test_several_jobs_are_under_way_at_a_time(person: Person, worker: Workers, database_url: str) -> None:
    job_ids = [submit(person, seed=seed, steps=60, sampler="euler") for seed in range(4)]
    jobs = [ended(person, job_id) for job_id in job_ids]
    assert {job["state"] for job in jobs} == {"COMPLETED"}
    # The tier free may have two at a time: so many, and no more, overlap.
    spans = [(job["started_at"], job["finished_at"]) for job in jobs]
    most = max(sum(a <= start < b for a, b in spans) for start, _ in spans)
    assert most == 2


def test_figures_stand_beside_the_apis(person: Person, worker: Workers, api: httpx.Client) -> None:
    def completed() -> float:
        lines = api.get("/metrics").text.splitlines()
        return sum(
            float(line.split()[-1])
            for line in lines
            if line.startswith('studio_jobs_ended_total{state="COMPLETED"}')
        )

    before = completed()
    assert ended(person, submit(person))["state"] == "COMPLETED"
    wait_for(lambda: completed() == before + 1, 5)
    names = api.get("/metrics").text
    for name in (
        "studio_job_wait_seconds_count",
        "studio_job_engine_seconds_count",
        "studio_worker_jobs",
        "studio_job_attempts_total",
    ):
        assert name in names
