"""What is in line and cannot be read does not stop the line."""

from uuid import UUID

from control.jobs.tables import Job
from scheduler.claims import claim
from scheduler.settings import SchedulerSettings
from tests.control.people import Person
from tests.scheduler.conftest import submit
from tests.scheduler.test_once import effects, looked, person, pool, settings

__all__ = ["person", "pool", "settings"]


async def test_a_request_that_nobody_understands_fails_and_the_others_are_taken(
    person: Person, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    strange, other = submit(person), submit(person)
    # As another version may have left it, or a bug.
    await Job.raw(
        "UPDATE jobs SET request = request || jsonb_build_object('steps', 0) WHERE id = {}", UUID(strange)
    )
    found, events = await claim(settings, "worker", 50)
    assert [str(one.job_id) for one in found] == [other]
    assert {(str(event.job_id), event.state) for _, event in events} == {
        (strange, "FAILED"),
        (other, "ASSIGNED"),
    }
    job = (await looked(person.get, f"/jobs/{strange}/history")).json()["items"][-1]
    assert (job["state"], job["error"]["kind"], job["charged_microcredits"]) == ("FAILED", "invalid", 0)
    assert await looked(effects, database_url, strange) == {"outputs": 0, "assets": 0, "ends": 1, "spent": 0}
