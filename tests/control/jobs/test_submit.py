"""Submitting: the row, its events, its credits, and what is refused."""

from tests.control.jobs.conftest import submitted
from tests.control.people import Person, made


def test_a_job_is_in_line_with_its_credits_set_aside(ada: Person) -> None:
    job = submitted(ada)
    assert made(ada.get(f"/jobs/{job['id']}")) == job | {"position": 1}
