"""What becomes of a job whose attempt fails. The faults are a fake Triton's; all else is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.faults import told
from scheduler.leases import pause
from tests.control.people import Person
from tests.scheduler.conftest import Workers, ended, job_of, submit, wait_for
from tests.scheduler.fake_triton import FakeTriton
from tests.scheduler.test_worker import effects, events


@pytest.fixture
def fake(control_home: Path) -> Iterator[FakeTriton]:
    made = FakeTriton([path.name for path in (control_home / "models/pocket/repository").iterdir()])
    yield made
    made.close()


def test_a_lost_server_is_tried_again_after_a_pause(
    person: Person, workers: Workers, fake: FakeTriton, database_url: str
) -> None:
    workers.start("one", STUDIO_TRITON_URL=fake.url, STUDIO_JOB_ATTEMPTS="2")
    job_id = submit(person)
    job = ended(person, job_id, 30)
    assert (job["state"], job["attempt"]) == ("FAILED", 2)
    assert job["error"]["kind"] == "lost"
    assert job["error"]["retryable"]
    assert fake.requests == 2
    assert effects(database_url, job_id) == {"outputs": 0, "assets": 0, "ends": 1, "spent": 0}
    states = [state for _, state, _, _ in events(database_url, job_id)]
    again = ["QUEUED", "ASSIGNED", "PROCESSING"]
    assert states == ["PENDING", *again, "PENDING", *again, "FAILED"]


def test_pauses_grow() -> None:
    for attempt, seconds in ((1, 1), (2, 4), (3, 16)):
        found = [pause(attempt) for _ in range(100)]
        assert all(0.8 * seconds <= one <= 1.2 * seconds for one in found)
        assert len(set(found)) > 1


def test_a_lost_servers_job_goes_on_elsewhere(
    person: Person, workers: Workers, fake: FakeTriton, environment: dict[str, str], database_url: str
) -> None:
    # Until the fake one has lost a job, either may get them.
    workers.start("one", STUDIO_TRITON_URL=f"{fake.url},{environment['STUDIO_TRITON_URL']}")
    for seed in range(20):
        job_id = submit(person, seed=seed)
        job = ended(person, job_id)
        assert job["state"] == "COMPLETED"
        assert effects(database_url, job_id)["ends"] == 1
        if fake.requests:
            break
    assert job["attempt"] > 1
    states = [state for _, state, _, _ in events(database_url, job_id)]
    # At once: it did not wait out a pause.
    assert states[:5] == ["PENDING", "QUEUED", "ASSIGNED", "PROCESSING", "QUEUED"]


def test_a_job_that_takes_too_long_is_stopped(
    person: Person, workers: Workers, fake: FakeTriton, database_url: str
) -> None:
    fake.behaviour = "silent"
    workers.start("one", STUDIO_TRITON_URL=fake.url, STUDIO_JOB_TIMEOUT="1")
    job_id = submit(person)
    job = ended(person, job_id)
    assert (job["state"], job["attempt"], job["error"]["kind"]) == ("FAILED", 1, "timeout")
    wait_for(lambda: fake.cancelled == 1, 5)
    assert effects(database_url, job_id)["spent"] == 0


SAID = [
    ("embedding:nobody: there is no such embedding.", "invalid", 1),
    ("UNAVAILABLE: pocket-unet was lost while it worked for this request.", "lost", 2),
    ("The server failed (KeyError). Try again; its log tells more.", "internal", 2),
    ("onnxruntime: bad_alloc", "out_of_memory", 2),
]
"""What Triton says, the kind of error that it is, and how many attempts it is given of two."""


def test_what_triton_says_decides(person: Person, workers: Workers, fake: FakeTriton) -> None:
    workers.start("one", STUDIO_TRITON_URL=fake.url, STUDIO_JOB_ATTEMPTS="2")
    for message, kind, attempts in SAID:
        fake.behaviour = message
        job = ended(person, submit(person))
        assert (job["state"], job["attempt"], job["error"]["kind"]) == ("FAILED", attempts, kind)
        assert job["error"]["retryable"] == (kind != "invalid")
        if kind == "invalid":
            assert job["error"]["detail"] == message


@pytest.mark.parametrize(
    ("message", "code", "kind", "lost", "begun"),
    [
        (
            "failed to connect to all addresses; last error: … Connection refused",
            "UNAVAILABLE",
            "lost",
            True,
            False,
        ),
        ("Request for unknown model: 'x-txt2img-stream' is not found", "", "lost", False, False),
        ("Socket closed", "UNAVAILABLE", "lost", True, True),
        ("Stub process 'pocket-unet_0_0' is not healthy.", "", "lost", True, True),
        ("keepalive watchdog timeout", "UNKNOWN", "lost", True, True),
        ("steps: 151 is above 150", "", "invalid", False, True),
    ],
)
def test_words_of_triton(message: str, code: str, kind: str, lost: bool, begun: bool) -> None:
    fault = told(message, code)
    assert (fault.error.kind, fault.lost, fault.begun) == (kind, lost, begun)


def test_without_a_server_jobs_stay_in_line(
    person: Person, workers: Workers, environment: dict[str, str]
) -> None:
    workers.start("one", STUDIO_TRITON_URL="127.0.0.1:1")
    job_id = submit(person)
    with pytest.raises(AssertionError):
        wait_for(lambda: job_of(person, job_id)["state"] != "QUEUED", 2.5)
    workers.stop("one")
    workers.start("two")
    job = ended(person, job_id)
    assert (job["state"], job["attempt"]) == ("COMPLETED", 1)
