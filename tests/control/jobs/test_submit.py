"""Submitting: the row, its events, its credits, its wake-up, and what is refused."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import msgspec
import pytest
from redis import Redis

from control.ids import uuid7
from control.jobs.requests import Work
from control.realtime import bus
from control.workflows.plan import Plan
from control.workflows.short_forms import as_json
from tests.control.jobs.conftest import QUEUED, REQUEST, advance, submitted
from tests.control.people import Person, made, member_of, problem, sql


def held(database_url: str, person: Person) -> dict[str, int]:
    """Micro-credits on the organisation's two accounts."""
    rows = sql(
        database_url,
        "SELECT account, sum(amount)::bigint FROM ledger_entries WHERE organisation_id = $1 "
        "AND account IN ('available', 'held') GROUP BY account",
        person.organisation_id,
    )
    return dict(rows)


def test_a_job_is_in_line_with_its_credits_set_aside(ada: Person, database_url: str) -> None:
    job = submitted(ada)
    assert (job["state"], job["kind"], job["user_id"]) == ("QUEUED", "txt2img", ada.id)
    request = job["request"]
    assert request["prompt"] == REQUEST["prompt"]
    # Nothing is left open: the checkpoint's own size, and a seed that any JSON reader can hold.
    assert (request["width"], request["height"], request["sampler"]) == (128, 128, "dpmpp_2m")
    assert 0 <= request["seed"] < 2**53
    assert job["reserved_microcredits"] == 62_500
    balance = held(database_url, ada)
    assert balance == {"available": 100_000_000 - 62_500, "held": 62_500}
    again = made(ada.get(f"/jobs/{job['id']}"))
    assert again == job | {name: again[name] for name in ("position", "eta_seconds")}
    history = made(ada.get(f"/jobs/{job['id']}/history"))["items"]
    assert [(e["sequence"], e["state"]) for e in history] == [(1, "PENDING"), (2, "QUEUED")]
    assert history[0]["id"] < history[1]["id"]


def test_watchers_and_workers_are_told(ada: Person, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        channels = [bus.channel(UUID(ada.organisation_id)), bus.WAKE]
        heard.subscribe(*channels)
        while heard.get_message(timeout=0.1):
            pass
        job = submitted(ada)
        found: dict[str, list[bytes]] = {}
        for _ in range(20):
            if message := heard.get_message(timeout=0.5):
                found.setdefault(message["channel"].decode(), []).append(message["data"])
            if len(found.get(channels[0], [])) == 2 and channels[1] in found:
                break
        assert len(found[channels[0]]) == 2
        assert all(job["id"].encode() in data for data in found[channels[0]])


def test_the_short_forms(ada: Person, database_url: str) -> None:
    job = made(ada.post("/generate/txt2img", prompt="a blue square", steps=4, seed=2**64 - 1, width=256))
    assert job["request"]["kind"] == "txt2img"
    assert (job["request"]["width"], job["request"]["height"]) == (256, 128)
    assert job["request"]["seed"] == 2**64 - 1
    # The kind stands in the address already.
    problem(ada.post("/generate/txt2img", kind="txt2img", prompt="a"), 400, "unknown field `kind`")
    answer = ada.post("/generate/img2img", prompt="a", image="0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de")
    problem(answer, 404)
    assert held(database_url, ada)["held"] == job["reserved_microcredits"]


def test_a_workflow_is_a_job_with_a_plan(ada: Person, database_url: str) -> None:
    plain = made(
        ada.post("/jobs", request={"kind": "txt2img", "prompt": "a red star", "steps": 4, "seed": 3})
    )
    graph = as_json(msgspec.convert(plain["request"], Work))
    job = made(ada.post("/jobs", request={"kind": "workflow", "graph": graph}))
    assert (job["kind"], job["state"], job["node_errors"]) == ("workflow", "QUEUED", {})
    assert job["request"]["graph"] == graph
    assert job["reserved_microcredits"] == plain["reserved_microcredits"]
    assert made(ada.get(f"/jobs/{job['id']}"))["request"] == job["request"]
    [(plan, model, work, hold)] = sql(
        database_url,
        "SELECT j.plan, j.model, j.work, h.model FROM jobs j JOIN holds h ON h.id = j.hold_id WHERE j.id = $1",
        job["id"],
    )
    assert (model, hold) == ("pocket", "pocket")
    kept = msgspec.json.decode(plan, type=Plan)
    assert (kept.amount, kept.effort) == (job["reserved_microcredits"], work)
    assert kept.outputs == ["11"]
    assert [j["id"] for j in made(ada.get("/jobs", kind="workflow"))["items"]] == [job["id"]]
    graph["9"]["inputs"]["cfg"] = 99
    answer = ada.post("/jobs", request={"kind": "workflow", "graph": graph})
    problem(answer, 400, "KSampler: cfg: 99.0 is too much; give 0 to 30")
    assert [(error["path"], error["type"]) for error in answer.json()["errors"]] == [
        ("request.graph.9.inputs.cfg", "value_bigger_than_max")
    ]


def test_a_workflow_s_other_outputs_and_its_files(ada: Person, database_url: str) -> None:
    image = _picture(database_url, ada, 200, 100)
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": image}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["77", 0]}},
    }
    job = made(ada.post("/jobs", request={"kind": "workflow", "graph": graph}))
    # What samples nothing costs nothing, and needs no checkpoint.
    assert job["reserved_microcredits"] == 0
    assert [e["type"] for e in job["node_errors"]["4"]["errors"]] == ["bad_linked_input"]
    [(plan, model)] = sql(database_url, "SELECT plan, model FROM jobs WHERE id = $1", job["id"])
    kept = msgspec.json.decode(plan, type=Plan)
    assert (model, kept.outputs) == ("", ["3"])
    assert (str(kept.files[image].asset_id), kept.files[image].width) == (image, 200)
    # A file of somebody else's is none.
    other = member_of(ada, database_url)
    answer = other.post("/jobs", request={"kind": "workflow", "graph": graph})
    problem(answer, 400, "there is no")
    made(ada.delete(f"/jobs/{job['id']}"))
    again = made(ada.post(f"/jobs/{job['id']}/retry"))
    assert (again["retried_from"], again["request"]) == (job["id"], job["request"])


def test_a_workflow_s_files_have_names(ada: Person, database_url: str) -> None:
    image = _picture(database_url, ada, 200, 100)
    for folder, subfolder, filename in (("input", "", "cat.png"), ("output", "a/b", "cat_00001_.png")):
        sql(
            database_url,
            "INSERT INTO file_names (id, organisation_id, user_id, folder, subfolder, filename, asset_id, created_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, now())",
            str(uuid7()), ada.organisation_id, ada.id, folder, subfolder, filename, image,
        )  # fmt: skip

    def asked(name: str) -> Any:
        graph = {
            "1": {"class_type": "LoadImage", "inputs": {"image": name}},
            "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
        }
        return ada.post("/jobs", request={"kind": "workflow", "graph": graph})

    for name in ("cat.png", "cat.png [input]", "a/b/cat_00001_.png [output]"):
        made(asked(name))
    problem(asked("cta.png"), 400, "Did you mean cat.png")
    problem(asked("cat.png [output]"), 400, r"there is no 'cat.png \[output\]' in input")


def test_what_an_editor_keeps_is_in_no_list(ada: Person) -> None:
    graph = {
        "1": {"class_type": "EmptyImage"},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    document = {"nodes": [{"id": 1, "type": "EmptyImage"}], "links": []}
    request = {"kind": "workflow", "graph": graph, "document": document, "outputs": ["2"]}
    job = made(ada.post("/jobs", request=request))
    assert job["request"]["document"] == document
    assert made(ada.get(f"/jobs/{job['id']}"))["request"] == job["request"]
    [listed] = made(ada.get("/jobs"))["items"]
    assert listed["request"] == job["request"] | {"document": None}


def test_a_workflow_s_size_and_price_are_looked_at(ada: Person, database_url: str) -> None:
    request = {"kind": "txt2img", "prompt": "a", "width": 512, "height": 512, "seed": 1}
    work = msgspec.convert(request, Work)
    wide = {"kind": "workflow", "graph": as_json(msgspec.structs.replace(work, width=2048, height=1024))}
    problem(ada.post("/jobs", request=wide), 403, "2048x1024 is 2,097,152 pixels")
    asked = {"kind": "workflow", "graph": as_json(work)}
    quote = made(ada.post("/quotes", **asked))
    assert quote["amount_microcredits"] == 1_000_000
    assert [line["text"] for line in quote["lines"]] == ["KSampler of 512x512 (node 9)"]
    # The seed is nobody's business but the picture's.
    asked["graph"]["9"]["inputs"]["seed"] = 77
    job = made(ada.post("/jobs", request=asked, quote_id=quote["id"]))
    assert job["reserved_microcredits"] == 1_000_000
    other = made(ada.post("/quotes", **asked))
    asked["graph"]["9"]["inputs"]["steps"] = 19
    problem(ada.post("/jobs", request=asked, quote_id=other["id"]), 409, "another request")
    problem(ada.post("/quotes", kind="workflow", graph={}), 400, "Add a SaveImage")
    large = {
        "kind": "workflow",
        "graph": as_json(msgspec.structs.replace(work, width=1024, height=1024, batch=8)),
    }
    for _ in range(3):
        made(ada.post("/jobs", request=large))
    answer = problem(ada.post("/jobs", request=large), 402)
    assert answer["needed"] == 32_000_000


def test_img2img_begins_with_a_picture_of_ones_own(ada: Person, database_url: str) -> None:
    image = _picture(database_url, ada, 203, 101)
    job = made(ada.post("/generate/img2img", prompt="a", image=image))
    # The picture's own size, to the nearest multiple of 8.
    assert (job["request"]["width"], job["request"]["height"]) == (200, 104)
    other = member_of(ada, database_url)
    problem(other.post("/generate/img2img", prompt="a", image=image), 404)


def _picture(database_url: str, person: Person, width: int, height: int) -> str:
    blob, asset = str(uuid7()), str(uuid7())
    sql(
        database_url,
        "INSERT INTO blobs (id, organisation_id, sha256, key, size, media_type, tier, created_at, used_at) "
        "VALUES ($1, $2, $3, $3, 1, 'image/png', 'hot', now(), now())",
        blob, person.organisation_id, "0" * 64,
    )  # fmt: skip
    sql(
        database_url,
        "INSERT INTO assets (id, organisation_id, user_id, blob_id, kind, name, media_type, width, height, place, "
        "prompt, model, rating, temporary, created_at) "
        "VALUES ($1, $2, $3, $4, 'upload', '', 'image/png', $5, $6, 0, '', '', 0, false, now())",
        asset, person.organisation_id, person.id, blob, width, height,
    )  # fmt: skip
    return asset


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"steps": 0}, 400, "steps"),
        ({"steps": "20"}, 400, "steps"),
        ({"width": 65}, 400, "width"),
        ({"width": 4096}, 400, "width"),
        ({"sampler": "nothing"}, 400, "sampler"),
        ({"clip_skip": 12}, 400, "clip_skip: pocket has 3 text layers"),
        ({"seed": -1}, 400, "seed"),
        ({"seed": 2**64}, 400, "seed"),
        ({"prompt": "a\0b"}, 400, "prompt"),
        ({"prompt": "x" * 10_001}, 400, "prompt"),
        ({"colour": "red"}, 400, "colour"),
        ({"kind": "video"}, 400, "kind"),
        ({"model": "poket"}, 404, "Did you mean pocket"),
        ({"model": "../pocket"}, 404, "There is no checkpoint"),
        # The free tier paints no more pixels.
        ({"width": 2048, "height": 1024}, 403, "pixels"),
    ],
)
def test_what_cannot_be_painted_is_refused_and_costs_nothing(
    ada: Person, database_url: str, change: dict[str, Any], status: int, says: str
) -> None:
    problem(ada.post("/jobs", request={**REQUEST, **change}), status, says)
    assert sql(database_url, "SELECT id FROM jobs WHERE organisation_id = $1", ada.organisation_id) == []
    assert held(database_url, ada).get("held", 0) == 0


def test_who_cannot_pay_is_told_what_is_missing(ada: Person, database_url: str) -> None:
    submitted(ada)
    # Pictures of 1024² at 4 credits, 8 at a time: three fit into 100 credits.
    big = {**REQUEST, "width": 1024, "height": 1024, "batch": 8}
    for _ in range(3):
        made(ada.post("/jobs", request=big))
    answer = problem(ada.post("/jobs", request=big), 402)
    assert answer["needed"] == 32_000_000
    assert answer["available"] == 100_000_000 - 3 * 32_000_000 - 62_500
    assert held(database_url, ada)["held"] == 3 * 32_000_000 + 62_500


def test_only_so_many_jobs_of_a_member_wait(ada: Person, database_url: str) -> None:
    with ThreadPoolExecutor(QUEUED + 4) as pool:
        answers = list(pool.map(lambda _: ada.post("/jobs", request=REQUEST), range(QUEUED + 4)))
    refused = [answer for answer in answers if answer.status_code == 429]
    # However many come at once.
    assert len(refused) == 4, [answer.status_code for answer in answers]
    body = problem(refused[0], 429, f"You have {QUEUED} jobs in line")
    assert body["limit"] == QUEUED
    assert int(refused[0].headers["retry-after"]) >= 1
    assert held(database_url, ada)["held"] == QUEUED * 62_500
    # A colleague's are counted for themselves; and a place comes free.
    submitted(member_of(ada, database_url))
    job = made(ada.get("/jobs", mine=True))["items"][0]
    made(ada.delete(f"/jobs/{job['id']}"))
    submitted(ada)


def test_a_job_for_a_team_is_seen_by_it(ada: Person, database_url: str) -> None:
    team = made(ada.post("/teams", name="Animation"))["id"]
    inside, outside = member_of(ada, database_url), member_of(ada, database_url)
    made(ada.put(f"/teams/{team}/members/{inside.id}"))
    problem(outside.post("/jobs", request=REQUEST, team_id=team), 404, "no such team that you are in")
    job = made(inside.post("/jobs", request=REQUEST, team_id=team))
    other = submitted(inside)
    grace = member_of(ada, database_url)
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    assert [j["id"] for j in made(grace.get("/jobs"))["items"]] == [job["id"]]
    made(grace.get(f"/jobs/{job['id']}/status"))
    problem(grace.get(f"/jobs/{other['id']}"), 404)
    # To see is not to command.
    for act in ("pause", "resume", "retry"):
        problem(grace.post(f"/jobs/{job['id']}/{act}"), 403)
    problem(grace.delete(f"/jobs/{job['id']}"), 403)
    problem(outside.get(f"/jobs/{job['id']}"), 404)
    assert {j["id"] for j in made(ada.get("/jobs", team_id=team))["items"]} == {job["id"]}


def test_a_quote_binds(ada: Person) -> None:
    request = {**REQUEST, "seed": 3, "width": 512, "height": 512}
    quote = made(ada.post("/quotes", **request))
    job = made(ada.post("/jobs", request=request, quote_id=quote["id"]))
    assert job["reserved_microcredits"] == quote["amount_microcredits"] == 1_000_000
    problem(ada.post("/jobs", request=request, quote_id=quote["id"]), 409)


def test_jobs_are_listed_by_state_kind_and_page(ada: Person, database_url: str) -> None:
    jobs = [submitted(ada)["id"] for _ in range(5)]
    made(ada.post(f"/jobs/{jobs[0]}/pause"))
    made(ada.delete(f"/jobs/{jobs[1]}"))
    latest = [job["id"] for job in made(ada.get("/jobs"))["items"]]
    assert latest == jobs[::-1]
    assert [j["id"] for j in made(ada.get("/jobs", state="QUEUED"))["items"]] == jobs[:1:-1]
    both = made(ada.get("/jobs", state=["PENDING", "CANCELLED"]))["items"]
    assert [(j["id"], j["paused"]) for j in both] == [(jobs[1], False), (jobs[0], True)]
    assert made(ada.get("/jobs", kind="img2img"))["items"] == []
    problem(ada.get("/jobs", state="DONE"), 400)
    first = made(ada.get("/jobs", limit=3))
    second = made(ada.get("/jobs", limit=3, cursor=first["next_cursor"]))
    assert [j["id"] for j in first["items"] + second["items"]] == jobs[::-1]
    assert second["next_cursor"] is None
    # An admin sees everybody's, and their own when they like.
    other = submitted(member_of(ada, database_url))["id"]
    assert made(ada.get("/jobs"))["items"][0]["id"] == other
    assert len(made(ada.get("/jobs", mine=True))["items"]) == 5


def test_a_running_job_s_steps_are_the_worker_s(ada: Person, database_url: str, redis_url: str) -> None:
    job = submitted(ada)["id"]
    status = made(ada.get(f"/jobs/{job}/status"))
    assert (status["state"], status["step"]) == ("QUEUED", None)
    # The line is looked through once in a while for all who ask.
    deadline = time.monotonic() + 15
    while (place := made(ada.get(f"/jobs/{job}/status"))["position"]) is None:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert place >= 1
    advance(database_url, job, "ASSIGNED", "PROCESSING")
    with Redis.from_url(redis_url) as client:
        client.hset(f"job:{job}:progress", mapping={"step": 7, "steps": 20, "node": "sampler", "eta": 1.5})
    status = made(ada.get(f"/jobs/{job}/status"))
    assert status == {
        "id": job, "state": "PROCESSING", "paused": False, "attempt": 0, "cancel_requested": False,
        "position": None, "node": "sampler", "step": 7, "steps": 20, "eta_seconds": 1.5,
    }  # fmt: skip
