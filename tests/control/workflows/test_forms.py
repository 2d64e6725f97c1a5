"""A job as a workflow that paints the same, and a workflow's values as a form."""

import json
from typing import Any

import httpx
import pytest

from control.ids import uuid7
from control.workflows.catalogue import CATALOGUE
from tests.control.people import Person, made, member_of, problem, register, sql

COMFY: dict[str, Any] = {
    "3": {"class_type": "KSampler", "_meta": {"title": "Paint"}, "inputs": {
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0], "seed": 5, "steps": 12,
        "cfg": 4.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["4", 1], "text": "a red circle"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["4", 1], "text": ""}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "form"}},
    "10": {"class_type": "NobodysNode", "inputs": {"x": 1}},
}  # fmt: skip


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


def job_of(who: Person, database_url: str, request: dict[str, Any]) -> str:
    job_id = str(uuid7())
    sql(
        database_url,
        "INSERT INTO jobs (id, organisation_id, user_id, kind, request, model, tier, state, sequence, paused, position, "
        "work, attempt, worker, server, reserved, traceparent, created_at) VALUES ($1, $2, $3, $4, $5, 'pocket', 'free', "
        "'COMPLETED', 1, false, 1, 1, 0, '', '', 0, '', now())",
        job_id, who.organisation_id, who.id, request["kind"], json.dumps(request),
    )  # fmt: skip
    return job_id


def widgets(form: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["node"], one["name"]): one for one in form["items"]}


def test_a_form_has_every_value_that_can_be_another(ada: Person) -> None:
    workflow = made(ada.post("/workflows", name="form", graph=COMFY))
    form = made(ada.get(f"/workflows/{workflow['id']}/inputs"))
    found = widgets(form)
    assert form["unknown_nodes"] == ["10"]
    # All values, and no links.
    assert set(found) == {
        *(("3", name) for name in ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")), ("4", "ckpt_name"),
        *(("5", name) for name in ("width", "height", "batch_size")), ("6", "text"), ("7", "text"), ("9", "filename_prefix"),
    }  # fmt: skip
    assert [one["widget"] for one in form["items"]][:2] == ["prompt", "prompt"]
    assert not form["items"][-1]["main"]
    prompt, seed, steps = found["6", "text"], found["3", "seed"], found["3", "steps"]
    assert (prompt["value"], prompt["multiline"], prompt["main"]) == ("a red circle", True, True)
    assert (seed["widget"], seed["value"], seed["group"]) == ("seed", 5, "Paint")
    kind = CATALOGUE["KSampler"].inputs["steps"]
    assert (steps["value"], steps["minimum"], steps["maximum"], steps["default"]) == (
        12, kind.low, kind.high, kind.default,
    )  # fmt: skip
    assert found["4", "ckpt_name"]["choices"] == ["pocket"]
    assert "dpmpp_2m" in found["3", "sampler_name"]["choices"]
    # What it says is what a run takes.
    graph = {node: given for node, given in COMFY.items() if node != "10"}
    runs = made(ada.post("/workflows", name="form", graph=graph))
    inputs: dict[str, dict[str, Any]] = {}
    for (node, name), one in found.items():
        inputs.setdefault(node, {})[name] = one["value"]
    made(ada.post(f"/workflows/{runs['id']}/run", inputs=inputs | {"6": {"text": "a blue star"}}))


def test_files_to_choose_are_ones_own(ada: Person, database_url: str) -> None:
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }
    workflow = made(ada.post("/workflows", name="file", graph=graph))
    one = widgets(made(ada.get(f"/workflows/{workflow['id']}/inputs")))["1", "image"]
    assert (one["widget"], one["value"], one["choices"], one["main"]) == ("picture", "cat.png", [], True)
    problem(member_of(ada, database_url).get(f"/workflows/{workflow['id']}/inputs"), 404)
    problem(ada.get(f"/workflows/{workflow['id']}/inputs", version=2), 404)


def test_a_job_in_plain_fields_becomes_a_workflow(ada: Person, database_url: str) -> None:
    request = {
        "kind": "txt2img", "prompt": "a red circle <lora:ink:0.5>", "negative_prompt": "blurry", "width": 64, "height": 128,
        "seed": 7, "steps": 9,
    }  # fmt: skip
    workflow = made(ada.post(f"/jobs/{job_of(ada, database_url, request)}/workflow"))
    assert workflow["name"] == "a red circle <lora:ink:0.5>"
    assert workflow["mine"]
    graph = workflow["current"]["graph"]
    [sampler] = [node for node in graph.values() if node["class_type"] == "KSampler"]
    assert (sampler["inputs"]["seed"], sampler["inputs"]["steps"]) == (7, 9)
    titles = {node.get("_meta", {}).get("title") for node in graph.values()}
    assert {"Prompt", "Negative prompt", "Checkpoint"} <= titles
    found = {one["group"]: one for one in made(ada.get(f"/workflows/{workflow['id']}/inputs"))["items"]
             if one["widget"] == "prompt"}  # fmt: skip
    # The tag has become a node of its own.
    assert (found["Prompt"]["value"], found["Negative prompt"]["value"]) == ("a red circle", "blurry")
    assert "LoraLoader" in {node["class_type"] for node in graph.values()}
    # One whose checkpoint is gone is kept all the same.
    gone = job_of(ada, database_url, {**request, "model": "gone", "prompt": "x" * 100})
    assert made(ada.post(f"/jobs/{gone}/workflow", name="Gone"))["name"] == "Gone"


def test_a_workflows_job_becomes_a_workflow_again(ada: Person, database_url: str) -> None:
    graph = {node: given for node, given in COMFY.items() if node != "10"}
    job = job_of(ada, database_url, {"kind": "workflow", "graph": graph})
    kept = made(ada.post(f"/jobs/{job}/workflow"))
    assert kept["current"]["graph"] == graph
    problem(member_of(ada, database_url).post(f"/jobs/{job}/workflow"), 404)


def test_a_jobs_owner_is_told(ada: Person, database_url: str) -> None:
    team = made(ada.post("/teams", name="Painters"))["id"]
    grace = member_of(ada, database_url)
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    job = made(grace.post("/jobs", request={"kind": "txt2img", "prompt": "a star"}, team_id=team))
    assert job["owner"] == "Grace"
    [seen] = [one for one in made(ada.get("/jobs", team_id=team))["items"] if one["id"] == job["id"]]
    assert (seen["owner"], seen["step"], seen["steps"]) == ("Grace", None, None)
    assert seen["position"] is not None
