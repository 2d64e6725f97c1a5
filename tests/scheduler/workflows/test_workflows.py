"""Workflows from submission to their end, with real workers, databases, storage and Triton."""

import io
import itertools
import json
import time
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest
import redis
from PIL import Image

from control.realtime import bus
from tests.control.people import Person, made, member_of, register, sql
from tests.scheduler.conftest import Workers, ended, wait_for
from tests.scheduler.test_worker import effects
from tests.scheduler.workflows.graphs import DEFAULT, content, counts, graph, run, submit

SEEDS = itertools.count(1000)


@pytest.fixture(scope="module")
def person(api: Any) -> Person:
    """Whose organisation has kept nothing yet."""
    return register(api)


def save(node: str, images: str, prefix: str) -> dict[str, Any]:
    return {node: {"class_type": "SaveImage", "inputs": {"images": [images, 0], "filename_prefix": prefix}}}


def listen(redis_url: str, organisation_id: str, until: str, submit_it: Any) -> list[dict[str, Any]]:
    """All events of a job's organisation until that state."""
    with redis.Redis.from_url(redis_url) as client, client.pubsub() as channel:
        channel.subscribe(bus.channel(UUID(organisation_id)))
        channel.get_message(timeout=2)
        submit_it()
        told: list[dict[str, Any]] = []
        while not told or (told[-1]["type"], told[-1].get("state")) != ("state", until):
            message = channel.get_message(timeout=20, ignore_subscribe_messages=True)
            assert message, told
            told.append(json.loads(msgspec.msgpack.decode(message["data"], type=bus.Envelope).text))
    return told


def test_the_default_graph_and_what_of_it_runs_again(
    person: Person, worker: Workers, database_url: str, redis_url: str
) -> None:
    job: dict[str, Any] = {}
    given = graph(n3_seed=7)
    told = listen(redis_url, person.organisation_id, "COMPLETED", lambda: job.update(run(person, given)))
    assert (job["state"], counts(job), job["last"].get("node_errors", [])) == ("COMPLETED", (7, 0), [])
    nodes = [(event["node"], event["state"]) for event in told if event["type"] == "node"]
    assert {node for node, state in nodes if state == "running"} == set(DEFAULT)
    assert [node for node, state in nodes if state == "done"][-1] == "9"
    for node in DEFAULT:
        assert nodes.index((node, "running")) < nodes.index((node, "done"))
    steps = [event for event in told if event["type"] == "progress"]
    assert {event["node"] for event in steps} <= {"3"}
    # Its outputs are told with the node that handed them out, just before the end.
    assert told[-2]["outputs"] == told[-1]["outputs"] == job["outputs"]
    assert {
        "node": "9",
        "folder": "output",
        "subfolder": "",
        "filename": "ComfyUI_00001_.png",
    }.items() <= job["outputs"][0].items()
    assert 0 < job["charged_microcredits"] <= job["reserved_microcredits"]
    assert effects(database_url, job["id"])["spent"] == job["charged_microcredits"]

    renamed = run(person, graph(n3_seed=7, n9_filename_prefix="other/name"))
    assert counts(renamed) == (1, 6)
    assert (renamed["outputs"][0]["subfolder"], renamed["outputs"][0]["filename"]) == (
        "other",
        "name_00001_.png",
    )
    assert renamed["charged_microcredits"] == 0
    assert pixels(person, renamed) == pixels(person, job)

    reworded = run(person, graph(n3_seed=7, n6_text="a blue square"))
    assert counts(reworded) == (4, 3)
    assert pixels(person, reworded) != pixels(person, job)

    # The very same, by a colleague: no node runs, and the file is one of their own.
    colleague = member_of(person, database_url)
    theirs = run(colleague, given)
    assert counts(theirs) == (0, 7)
    assert theirs["charged_microcredits"] == 0
    assert theirs["outputs"][0]["filename"] == "ComfyUI_00001_.png"
    assert theirs["outputs"][0]["asset_id"] != job["outputs"][0]["asset_id"]
    assert content(colleague, theirs) == content(person, job)
    [(blobs,)] = sql(
        database_url, "SELECT count(DISTINCT blob_id) FROM assets WHERE id = ANY($1::uuid[])",
        [theirs["outputs"][0]["asset_id"], job["outputs"][0]["asset_id"]],
    )  # fmt: skip
    assert blobs == 1
    # And again by the first: the numbers of files go on after the reworded one.
    assert run(person, given)["outputs"][0]["filename"] == "ComfyUI_00003_.png"

    # Somebody of another organisation: all of it.
    stranger = register(person.api)
    assert counts(run(stranger, given)) == (7, 0)


def pixels(person: Person, job: dict[str, Any]) -> list[Any]:
    found: list[Any] = np.asarray(Image.open(io.BytesIO(content(person, job)))).tolist()
    return found


def test_a_file_says_what_it_was_made_of(person: Person, worker: Workers, database_url: str) -> None:
    seed = next(SEEDS)
    given = graph(
        n3_seed=seed,
        n5_batch_size=2,
        n6_text="ein Kreis in Grün, 緑",
        n9_filename_prefix="s%KSampler.seed%/%width%",
    )
    job = run(person, given)
    assert job["state"] == "COMPLETED", job
    assert [output["filename"] for output in job["outputs"]] == ["64_00001_.png", "64_00002_.png"]
    assert {output["subfolder"] for output in job["outputs"]} == {f"s{seed}"}
    text = {**Image.open(io.BytesIO(content(person, job, 1))).text}
    assert json.loads(text["prompt"]) == given
    assert {str(node["id"]) for node in json.loads(text["workflow"])["nodes"]} == set(given)
    assert text["parameters"].startswith(
        "ein Kreis in Grün, 緑\nNegative prompt: blurry\nSteps: 4, Sampler: Euler"
    )
    recipe = json.loads(text["studio"])
    assert (recipe["seed"], recipe["batch_size"], recipe["batch_index"], recipe["model"]) == (
        seed,
        2,
        1,
        "pocket",
    )
    asset = made(person.get(f"/assets/{job['outputs'][1]['asset_id']}"))
    assert asset["metadata"]["kind"] == "workflow"
    assert asset["metadata"]["parameters"]["graph"] == given
    [(names,)] = sql(
        database_url, "SELECT count(*) FROM file_names WHERE asset_id = ANY($1::uuid[]) AND user_id = $2",
        [output["asset_id"] for output in job["outputs"]], person.id,
    )  # fmt: skip
    assert names == 2
    document = {"nodes": [], "extra": {"mine": True}}
    kept = run(person, given, document=document)
    assert counts(kept)[0] == 0
    assert json.loads(Image.open(io.BytesIO(content(person, kept))).text["workflow"]) == document


def test_a_file_that_is_loaded_is_a_parent(person: Person, worker: Workers, database_url: str) -> None:
    first = run(person, graph(n3_seed=next(SEEDS)))
    parent = first["outputs"][0]["asset_id"]
    given = {
        "1": {"class_type": "LoadImage", "inputs": {"image": parent}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        **save("3", "2", "inverted"),
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
        "5": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}},
    }
    job = run(person, given)
    assert job["state"] == "COMPLETED", job
    inverted, preview = job["outputs"]
    difference = 255 - np.array(pixels(person, first)) - np.array(pixels(person, job))
    assert np.abs(difference).max() <= 1
    loaded = np.array(Image.open(io.BytesIO(content(person, job, 1))))
    assert np.array_equal(loaded, np.array(pixels(person, first)))
    assert (preview["node"], preview["folder"]) == ("4", "temp")
    assert job["last"]["texts"] == {"5": ["float32 [1, 64, 64, 3]"]}
    rows = sql(
        database_url,
        "SELECT l.parent_id, l.relation, a.temporary FROM lineage l JOIN assets a ON a.id = l.asset_id "
        "WHERE a.id = ANY($1::uuid[]) ORDER BY a.temporary",
        [inverted["asset_id"], preview["asset_id"]],
    )
    assert [(str(row[0]), row[1], row[2]) for row in rows] == [
        (parent, "workflow", False), (parent, "workflow", True),
    ]  # fmt: skip


def test_a_latent_is_saved_and_loaded(person: Person, worker: Workers) -> None:
    seed = next(SEEDS)
    more = {
        "10": {"class_type": "SaveLatent", "inputs": {"samples": ["3", 0], "filename_prefix": "latents/x"}}
    }
    job = run(person, graph(n3_seed=seed, more=more))
    files = {output["node"]: output for output in job["outputs"]}
    assert (files["10"]["subfolder"], files["10"]["filename"]) == ("latents", "x_00001_.latent")
    given = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
        "2": {"class_type": "LoadLatent", "inputs": {"latent": files["10"]["asset_id"]}},
        "3": {"class_type": "VAEDecode", "inputs": {"samples": ["2", 0], "vae": ["1", 2]}},
        **save("4", "3", "again"),
    }
    again = run(person, given)
    assert again["state"] == "COMPLETED", again
    one = np.array(pixels(person, again), float)
    place = [output["node"] for output in job["outputs"]].index("9")
    other = np.asarray(Image.open(io.BytesIO(content(person, job, place))), float)
    assert np.abs(one - other).max() <= 1


def test_a_branch_that_fails_leaves_the_others(person: Person, worker: Workers, database_url: str) -> None:
    picture = run(person, graph(n3_seed=next(SEEDS)))["outputs"][0]["asset_id"]
    more = {
        "20": {"class_type": "LoadLatent", "inputs": {"latent": picture}},
        "21": {"class_type": "VAEDecode", "inputs": {"samples": ["20", 0], "vae": ["4", 2]}},
        **save("22", "21", "never"),
    }
    job = run(person, graph(n3_seed=next(SEEDS), more=more))
    assert (job["state"], [output["node"] for output in job["outputs"]]) == ("COMPLETED", ["9"])
    [error] = job["last"]["node_errors"]
    assert (error["node"], error["class_type"], error["kind"]) == ("20", "LoadLatent", "invalid")
    assert "no .latent file" in error["detail"]
    # Where no output stands it has failed, with the node's name; what was computed for it is kept, and paid for.
    more |= {"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}}
    more["21"]["inputs"]["vae"] = ["1", 2]
    failed = run(person, more)
    assert (failed["state"], failed["error"]["node"]) == ("FAILED", "20")
    assert failed["charged_microcredits"] == 0
    assert effects(database_url, failed["id"])["outputs"] == 0


def test_what_a_failed_job_computed_is_paid_for_and_not_computed_again(
    person: Person, worker: Workers
) -> None:
    seed = next(SEEDS)
    picture = run(person, graph(n3_seed=seed))["outputs"][0]["asset_id"]
    given = graph(
        n3_seed=next(SEEDS), more={"20": {"class_type": "LoadLatent", "inputs": {"latent": picture}}}
    )
    # What is sampled meets what cannot be loaded.
    given["21"] = {"class_type": "LatentAdd", "inputs": {"samples1": ["3", 0], "samples2": ["20", 0]}}
    given["8"]["inputs"]["samples"] = ["21", 0]
    failed = run(person, given)
    assert (failed["state"], failed["error"]["node"]) == ("FAILED", "20")
    assert failed["charged_microcredits"] > 0
    retried = ended(person, made(person.post(f"/jobs/{failed['id']}/retry"))["id"])
    assert (retried["state"], retried["charged_microcredits"]) == ("FAILED", 0)
    del given["20"], given["21"]
    given["8"]["inputs"]["samples"] = ["3", 0]
    again = run(person, given)
    # The two that come after the sampling.
    assert counts(again) == (2, 5)
    assert again["charged_microcredits"] < failed["charged_microcredits"] or not again["charged_microcredits"]


def test_a_running_workflow_is_cancelled_within_a_step(person: Person, worker: Workers) -> None:
    job_id = submit(person, graph(n3_seed=next(SEEDS), n3_steps=150, n5_width=256, n5_height=256))
    wait_for(lambda: made(person.get(f"/jobs/{job_id}/status"))["step"])
    began = time.monotonic()
    made(person.delete(f"/jobs/{job_id}"))
    job = ended(person, job_id)
    assert job["state"] == "CANCELLED"
    assert time.monotonic() - began < 2
    # The next one finds room, and what was done before it.
    assert counts(run(person, graph(n3_seed=next(SEEDS))))[0] <= 6


def test_branches_are_painted_side_by_side(person: Person, worker: Workers, redis_url: str) -> None:
    given = graph(n3_seed=next(SEEDS), n3_steps=30)
    given["13"] = {"class_type": "KSampler", "inputs": {**given["3"]["inputs"], "seed": next(SEEDS)}}
    given["18"] = {"class_type": "VAEDecode", "inputs": {"samples": ["13", 0], "vae": ["4", 2]}}
    given |= save("19", "18", "second")
    told = listen(redis_url, person.organisation_id, "COMPLETED", lambda: run(person, given))
    nodes = [(event["node"], event["state"]) for event in told if event["type"] == "node"]
    first_done = min(nodes.index(("3", "done")), nodes.index(("13", "done")))
    assert max(nodes.index(("3", "running")), nodes.index(("13", "running"))) < first_done
    assert {event["node"] for event in told if event["type"] == "progress"} == {"3", "13"}
    assert {output["node"] for output in told[-1]["outputs"]} == {"9", "19"}
