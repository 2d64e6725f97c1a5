"""Graphs of the tests, and what becomes of them."""

import copy
from typing import Any

import httpx

from tests.control.people import Person, made
from tests.scheduler.conftest import ended

Graph = dict[str, dict[str, Any]]
DEFAULT: Graph = {
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 1, "steps": 4, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
        },
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}},
}  # fmt: skip
"""The graph that every ComfyUI begins with."""


def graph(*, more: Graph | None = None, **changes: Any) -> Graph:
    """`DEFAULT` with other inputs, named by node and input: `n3_seed=5`."""
    given = copy.deepcopy(DEFAULT)
    for name, value in changes.items():
        node, _, wanted = name.removeprefix("n").partition("_")
        given[node]["inputs"][wanted] = value
    return given | (more or {})


def submit(person: Person, given: Graph, **request: Any) -> str:
    """The id of a new job."""
    return str(made(person.post("/jobs", request={"kind": "workflow", "graph": given, **request}))["id"])


def run(person: Person, given: Graph, **request: Any) -> dict[str, Any]:
    """A job that has ended, and its last event (`last`)."""
    job_id = submit(person, given, **request)
    job = ended(person, job_id)
    return job | {"last": made(person.get(f"/jobs/{job_id}/history"))["items"][-1]}


def counts(job: dict[str, Any]) -> tuple[int, int]:
    """Nodes that ran, and nodes that were cached."""
    return job["last"]["nodes_run"], job["last"]["nodes_cached"]


def content(person: Person, job: dict[str, Any], place: int = 0) -> bytes:
    answer = person.get(job["outputs"][place]["url"].removeprefix("/api/v1"))
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.content
