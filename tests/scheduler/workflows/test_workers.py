"""Workers that come and go: what one has computed, the next one need not."""

import itertools
import time
from typing import Any

import pytest

from tests.control.people import Person, made, register, sql
from tests.scheduler.conftest import Workers, ended, job_of, wait_for
from tests.scheduler.test_worker import effects
from tests.scheduler.workflows.graphs import counts, graph, run, submit

SEEDS = itertools.count(1)


@pytest.fixture(scope="module")
def person(api: Any) -> Person:
    """Whose organisation has kept nothing yet."""
    return register(api)


def test_what_another_worker_kept_is_found(person: Person, workers: Workers) -> None:
    seed = next(SEEDS)
    workers.start("one")
    assert counts(run(person, graph(n3_seed=seed))) == (7, 0)
    workers.stop("one")
    workers.start("two")
    assert counts(run(person, graph(n3_seed=seed))) == (0, 7)
    assert counts(run(person, graph(n3_seed=seed, n9_filename_prefix="x"))) == (1, 6)
    assert counts(run(person, graph(n3_seed=seed, n6_text=f"a green star {seed}"))) == (4, 3)


def test_the_next_worker_goes_on_where_one_was_killed(
    person: Person, workers: Workers, database_url: str
) -> None:
    """Two passes: the first is done when the worker dies in the second."""
    given = graph(n3_seed=next(SEEDS))
    second = {**given["3"]["inputs"], "seed": next(SEEDS), "steps": 150, "latent_image": ["12", 0]}
    upscale = {"upscale_method": "bilinear", "width": 192, "height": 192, "crop": "disabled"}
    given |= {
        "12": {"class_type": "LatentUpscale", "inputs": {"samples": ["3", 0], **upscale}},
        "13": {"class_type": "KSampler", "inputs": second},
    }
    given["8"]["inputs"]["samples"] = ["13", 0]
    workers.start("one", STUDIO_LEASE_SECONDS="2")
    job_id = submit(person, given)
    wait_for(lambda: made(person.get(f"/jobs/{job_id}/status"))["node"] == "13")
    # What was computed is on its way to the storage at once.
    time.sleep(0.5)
    workers.kill("one")
    workers.start("two", STUDIO_LEASE_SECONDS="2")
    wait_for(lambda: job_of(person, job_id)["attempt"] == 2, 15)
    job = ended(person, job_id, 60)
    last = made(person.get(f"/jobs/{job_id}/history"))["items"][-1]
    assert (job["state"], job["attempt"]) == ("COMPLETED", 2)
    # The upscaling (which is quicker than fetching), the second pass, and what comes after it.
    assert last["nodes_run"] <= 4
    assert effects(database_url, job_id)["outputs"] == 1


def test_damaged_and_missing_results_are_computed_again(
    person: Person, workers: Workers, database_url: str
) -> None:
    seed = next(SEEDS)
    workers.start("one")
    run(person, graph(n3_seed=seed))
    workers.stop("one")
    sql(database_url, "UPDATE node_results SET value = 'damaged'::bytea WHERE value IS NOT NULL AND organisation_id = $1",
        person.organisation_id)  # fmt: skip
    # Says that it is in the storage, where it is not.
    sql(database_url, "UPDATE node_results SET key = overlay(key placing '00' from 1 for 2) WHERE value IS NULL AND organisation_id = $1",
        person.organisation_id)  # fmt: skip
    workers.start("two")
    again = run(person, graph(n3_seed=seed))
    assert (again["state"], counts(again)) == ("COMPLETED", (7, 0))


def test_a_workflow_has_so_much_time(person: Person, workers: Workers) -> None:
    workers.start("one", STUDIO_JOB_TIMEOUT="1")
    job = run(person, graph(n3_seed=next(SEEDS), n3_steps=150, n5_width=512, n5_height=512))
    assert (job["state"], job["error"]["kind"], job["attempt"]) == ("FAILED", "timeout", 1)
