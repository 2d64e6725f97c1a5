"""Jobs from submission to picture, with real workers and a real Triton."""

from tests.control.people import Person
from tests.scheduler.conftest import Workers, ended, submit


def test_a_job_becomes_a_picture(person: Person, workers: Workers) -> None:
    workers.start("one")
    job_id = submit(person)
    job = ended(person, job_id)
    print(job)
    assert job["state"] == "COMPLETED", job
