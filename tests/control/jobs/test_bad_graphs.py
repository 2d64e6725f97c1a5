"""Sixty malformed graphs to the real API: each a 400 that says what is wrong, quickly; and none of them a job."""

import time

import httpx
import pytest

from tests.control.people import Person, register, sql
from tests.control.workflows.bad_graphs import Bad, bad_graphs

SECONDS = 0.1
"""For each."""


@pytest.fixture(scope="module")
def sender(jobs_api: httpx.Client) -> Person:
    """Who sends them all."""
    return register(jobs_api)


@pytest.mark.parametrize("bad", bad_graphs(), ids=lambda bad: bad.name)
def test_it_is_refused_with_the_right_types(bad: Bad, sender: Person) -> None:
    body = f'{{"request": {{"kind": "workflow", "graph": {bad.text}}}}}'.encode()
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/json"}
    took = []
    # The machine is busy with other tests: one of a few is undisturbed.
    for _ in range(5):
        began = time.perf_counter()
        answer = sender.api.post("/api/v1/jobs", content=body, headers=headers)
        took.append(time.perf_counter() - began)
        if took[-1] < SECONDS:
            break
    assert answer.status_code == 400, answer.text[:1000]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"]
    assert len(answer.content) < 500_000
    if bad.prompt:
        kinds = {error["type"] for error in problem["errors"]}
        assert problem["type"] == "/problems/wrong-workflow"
        assert bad.nodes <= kinds, problem
        assert bad.nodes or bad.prompt == "prompt_outputs_failed_validation" or kinds == {bad.prompt}
        for error in problem["errors"]:
            assert error["path"].startswith("request.graph")
            assert error["message"].endswith((".", "?"))
    assert min(took) < SECONDS


def test_none_of_them_is_a_job(sender: Person, database_url: str) -> None:
    [(jobs,)] = sql(
        database_url, "SELECT count(*) FROM jobs WHERE organisation_id = $1", sender.organisation_id
    )
    assert jobs == 0
