"""The sixty malformed graphs of tests/control/workflows/bad_graphs.py over /comfy/prompt."""

import time

import pytest

from tests.control.gateway.conftest import Artist
from tests.control.workflows.bad_graphs import Bad, bad_graphs

SECONDS = 0.1
"""For each, its way over HTTP included."""


def test_each_is_refused_in_their_words_and_quickly(ada: Artist) -> None:
    took: dict[str, float] = {}
    for bad in bad_graphs():
        body = f'{{"prompt": {bad.text}, "client_id": "c"}}'.encode()
        tries = []
        for _ in range(3):
            began = time.perf_counter()
            answer = ada.request("POST", "/prompt", content=body)
            tries.append(time.perf_counter() - began)
            check(bad, answer.status_code, answer.json())
        took[bad.name] = min(tries)
    slow = {name: seconds for name, seconds in took.items() if seconds > SECONDS}
    assert not slow
    assert ada.get("/queue").json() == {"queue_running": [], "queue_pending": []}


def check(bad: Bad, status: int, said: dict[str, object]) -> None:
    assert status == 400, (bad.name, said)
    error, nodes = said["error"], said["node_errors"]
    assert isinstance(error, dict)
    assert isinstance(nodes, dict)
    assert error.keys() == {"type", "message", "details", "extra_info"}
    # Where nothing more can be said: what is no JSON, or cannot be kept.
    assert error["type"] in (
        {bad.prompt} if bad.prompt else {"invalid_prompt", "prompt_outputs_failed_validation"}
    )
    assert bad.nodes <= {one["type"] for node in nodes.values() for one in node["errors"]}, bad.name


@pytest.mark.parametrize("text", ["", " ", "null", "5", '"x"', "[]"])
def test_bodies_that_are_no_prompt(ada: Artist, text: str) -> None:
    answer = ada.request("POST", "/prompt", content=text.encode())
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] in {"no_prompt", "invalid_prompt"}
