"""What has ended: made of jobs, their pictures and their events."""

import secrets
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from control.gateway.comfy import reading
from control.realtime.events import JobError
from tests.control.gateway.conftest import GRAPH, Artist, Worker, asked
from tests.control.gateway.test_prompts import jobs_of
from tests.control.people import made, sql


def picture() -> bytes:
    file = BytesIO()
    Image.frombytes("RGB", (8, 8), secrets.token_bytes(192)).save(file, "PNG")
    return file.getvalue()


def opened(data: bytes) -> bytes:
    """Its pixels."""
    with Image.open(BytesIO(data)) as image:
        return image.tobytes()


async def upload(artist: Artist, data: bytes) -> UUID:
    """The asset of a file that they send."""
    files = {"file": ("a.png", data, "image/png")}
    return UUID(made(await asked(artist.person.request, "POST", "/uploads", files=files))["id"])


async def test_a_completed_prompt(ada: Artist, grace: Artist, worker: Worker, database_url: str) -> None:
    data = picture()
    asset_id = await upload(ada, data)
    number = (await asked(ada.queue, prompt_id="p1", client_id="c"))["number"]
    assert made(await asked(ada.get, "/history/p1")) == {}
    [job_id] = await asked(jobs_of, ada, database_url)
    await worker.begin(job_id)
    assert made(await asked(ada.get, "/history/p1")) == {}
    await worker.complete(ada, job_id, asset_id, texts={"9": ["said"]})
    found = made(await asked(ada.get, "/history/p1"))
    assert made(await asked(ada.get, "/history")) == found
    [entry] = found.values()
    assert entry.keys() == {"prompt", "outputs", "status", "meta"}
    assert entry["prompt"][:3] == [number, "p1", GRAPH]
    assert entry["prompt"][3]["client_id"] == "c"
    assert entry["prompt"][4] == ["7"]
    file = {"filename": "ComfyUI_00001_.png", "subfolder": "day", "type": "output"}
    assert entry["outputs"] == {"7": {"images": [file]}, "9": {"text": ["said"]}}
    assert entry["meta"]["7"] == {
        "node_id": "7",
        "display_node": "7",
        "parent_node": None,
        "real_node_id": "7",
    }
    status = entry["status"]
    assert (status["status_str"], status["completed"]) == ("success", True)
    kinds = [kind for kind, _ in status["messages"]]
    assert kinds == ["execution_start", "execution_cached", "execution_success"]
    times = [said["timestamp"] for _, said in status["messages"]]
    assert times == sorted(times)
    assert times[0] > 1.7e12
    # What it names can be fetched, by its owner.
    seen = await asked(ada.get, "/view", **file)
    assert opened(seen.content) == opened(data)
    assert made(await asked(grace.get, "/history")) == {}
    assert made(await asked(grace.get, "/history/p1")) == {}
    assert (await asked(grace.get, "/view", **file)).status_code == 404


async def test_nodes_that_were_there_from_before(ada: Artist, worker: Worker, database_url: str) -> None:
    asset_id = await upload(ada, picture())
    await asked(ada.queue, prompt_id="p1")
    [job_id] = await asked(jobs_of, ada, database_url)
    await worker.begin(job_id)
    await worker.complete(ada, job_id, asset_id, nodes_run=5, nodes_cached=2, cached=["1", "2"])
    messages = dict(made(await asked(ada.get, "/history/p1"))["p1"]["status"]["messages"])
    assert messages["execution_cached"]["nodes"] == ["1", "2"]


async def test_an_answer_is_bounded_in_bytes(
    ada: Artist, worker: Worker, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c", "d"):
        await asked(ada.queue, prompt_id=name, extra_data={"x": "y" * 50_000})
    who: Any = SimpleNamespace(organisation_id=UUID(ada.organisation_id), user_id=UUID(ada.id))
    monkeypatch.setattr(reading, "MOST_BYTES", 110_000)
    assert [item[1] for item in (await reading.queue(who))["queue_pending"]] == ["a", "b"]
    first, *others = await asked(jobs_of, ada, database_url)
    await worker.begin(first)
    await worker.complete(ada, first, await upload(ada, picture()))
    for job_id in others:
        await worker.begin(job_id)
        await worker.move(job_id, "CANCELLED")
    assert list(await reading.histories(who, None, -1)) == ["c", "d"]
    assert list(await reading.histories(who, None, 1)) == ["b", "c"]
    monkeypatch.setattr(reading, "OUTPUT", 60_000)
    assert list(await reading.histories(who, None, 0)) == ["a"]
    monkeypatch.setattr(reading, "MOST_BYTES", 1)
    assert list(await reading.histories(who, None, -1)) == ["d"]
    assert list(await reading.history(who, "a")) == ["a"]


async def test_a_failed_one(ada: Artist, worker: Worker, database_url: str) -> None:
    await asked(ada.queue, prompt_id="p2")
    [job_id] = await asked(jobs_of, ada, database_url)
    await worker.begin(job_id)
    error = JobError(kind="out_of_memory", detail="It is too large.", node="5", class_type="KSampler")
    await worker.move(job_id, "FAILED", error=error)
    entry = made(await asked(ada.get, "/history/p2"))["p2"]
    assert (entry["outputs"], entry["status"]["status_str"], entry["status"]["completed"]) == (
        {},
        "error",
        False,
    )
    kind, said = entry["status"]["messages"][-1]
    assert kind == "execution_error"
    assert (said["node_id"], said["node_type"]) == ("5", "KSampler")
    assert (said["exception_type"], said["exception_message"]) == ("out_of_memory", "It is too large.")


async def test_one_whose_other_output_failed(ada: Artist, worker: Worker, database_url: str) -> None:
    asset_id = await upload(ada, picture())
    await asked(ada.queue, prompt_id="p3")
    [job_id] = await asked(jobs_of, ada, database_url)
    await worker.begin(job_id)
    error = JobError(kind="invalid", detail="The text is empty.", node="8", class_type="PreviewAny")
    await worker.complete(ada, job_id, asset_id, node_errors=[error])
    entry = made(await asked(ada.get, "/history/p3"))["p3"]
    assert list(entry["outputs"]) == ["7"]
    assert (entry["status"]["status_str"], entry["status"]["completed"]) == ("error", False)
    assert entry["status"]["messages"][-1][1]["node_id"] == "8"


async def test_parts_of_it_and_forgetting(
    ada: Artist, grace: Artist, worker: Worker, database_url: str
) -> None:
    names = ["a", "b", "c", "d"]
    for artist in (ada, grace):
        for name in names:
            await asked(artist.queue, prompt_id=name)
        for job_id in await asked(jobs_of, artist, database_url):
            await worker.begin(job_id)
            await worker.move(job_id, "CANCELLED")
    assert list(made(await asked(ada.get, "/history"))) == names
    assert list(made(await asked(ada.get, "/history", max_items=2))) == ["c", "d"]
    assert list(made(await asked(ada.get, "/history", max_items=2, offset=1))) == ["b", "c"]
    assert list(made(await asked(ada.get, "/history", max_items=0))) == []
    assert (await asked(ada.get, "/history", max_items="many")).status_code == 400
    await asked(ada.queue, prompt_id="waits")
    assert (await asked(ada.post, "/history", delete=["b", "waits", "unknown"])).status_code == 200
    assert list(made(await asked(ada.get, "/history"))) == ["a", "c", "d"]
    assert (await asked(ada.post, "/history", clear=True)).status_code == 200
    assert made(await asked(ada.get, "/history")) == {}
    assert list(made(await asked(grace.get, "/history"))) == names
    # The job that waited comes to the history when it ends, and the house's own record holds them all.
    jobs = await asked(jobs_of, ada, database_url)
    assert len(jobs) == 5
    await worker.begin(jobs[-1])
    await worker.move(jobs[-1], "CANCELLED")
    assert list(made(await asked(ada.get, "/history"))) == ["waits"]


async def test_what_was_taken_out_of_the_queue_has_no_history(
    ada: Artist, worker: Worker, database_url: str
) -> None:
    for name in ("ran", "deleted", "cleared"):
        await asked(ada.queue, prompt_id=name)
    first, *_ = await asked(jobs_of, ada, database_url)
    await worker.begin(first)
    made(await asked(ada.post, "/queue", delete=["deleted"]))
    made(await asked(ada.post, "/queue", clear=True))
    await worker.move(first, "CANCELLED")
    assert list(made(await asked(ada.get, "/history"))) == ["ran"]
    assert list(made(await asked(ada.get, "/history", max_items=3))) == ["ran"]
    assert made(await asked(ada.get, "/history/deleted")) == {}
    assert made(await asked(ada.get, "/history/cleared")) == {}


async def test_jobs_of_another_door_are_not_in_it(ada: Artist, database_url: str) -> None:
    made(await asked(ada.person.post, "/jobs", request={"kind": "txt2img", "prompt": "a circle"}))
    assert made(await asked(ada.get, "/queue")) == {"queue_running": [], "queue_pending": []}
    assert made(await asked(ada.get, "/prompt"))["exec_info"]["queue_remaining"] == 0
    [job_id] = await asked(jobs_of, ada, database_url)
    await asked(ada.post, "/queue", clear=True)
    assert await asked(sql, database_url, "SELECT state FROM jobs WHERE id = $1", job_id) == [("QUEUED",)]
