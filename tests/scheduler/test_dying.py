"""Workers that are killed, stopped, or without Redis; none of their jobs is lost or done twice."""

import time
from pathlib import Path

from scheduler import status
from tests.control.people import Person, sql
from tests.scheduler.conftest import Workers, ended, job_of, submit, wait_for
from tests.scheduler.test_worker import LONG, effects, events, running


def test_a_killed_workers_job_is_finished_by_another_one(
    person: Person, workers: Workers, database_url: str
) -> None:
    for name in ("one", "two"):
        workers.start(name)
    job_id = submit(person, **LONG)
    wait_for(lambda: running(person, job_id))
    [(worker,)] = sql(database_url, "SELECT worker FROM jobs WHERE id = $1", job_id)
    dead = worker.rpartition(":")[2]
    workers.kill(dead)
    killed = time.monotonic()
    wait_for(lambda: job_of(person, job_id)["attempt"] == 2, 15)
    assert time.monotonic() - killed < 15
    job = ended(person, job_id, 60)
    assert (job["state"], job["attempt"]) == ("COMPLETED", 2)
    [(worker,)] = sql(database_url, "SELECT worker FROM jobs WHERE id = $1", job_id)
    assert worker.rpartition(":")[2] in {"one", "two"} - {dead}
    found = effects(database_url, job_id)
    assert found == {"outputs": 1, "assets": 1, "ends": 1, "spent": job["charged_microcredits"]}
    why = [detail["error"]["kind"] for _, _, _, detail in events(database_url, job_id) if "error" in detail]
    assert why == ["lost"]


def test_a_worker_that_is_told_to_end_hands_its_jobs_back(
    person: Person, workers: Workers, database_url: str, control_home: Path
) -> None:
    # Two hours of time for a job would not help: it is given a second.
    workers.start("one", STUDIO_STOP_SECONDS="1")
    job_id = submit(person, **LONG)
    wait_for(lambda: running(person, job_id))
    began = time.monotonic()
    assert workers.stop("one")
    assert time.monotonic() - began < 4
    job = job_of(person, job_id)
    # This was no attempt.
    assert (job["state"], job["attempt"]) == ("QUEUED", 0)
    assert status.read(control_home, "one") is None
    workers.start("two")
    job = ended(person, job_id, 60)
    assert (job["state"], job["attempt"]) == ("COMPLETED", 1)
    assert effects(database_url, job_id)["ends"] == 1


def test_without_redis_jobs_are_found_all_the_same(
    person: Person, workers: Workers, database_url: str
) -> None:
    # Nothing listens there.
    workers.start("one", STUDIO_REDIS_URL="redis://127.0.0.1:1/0")
    job = ended(person, submit(person))
    assert job["state"] == "COMPLETED"
