"""The translation, event by event."""

import json
import struct
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from control.gateway.comfy.messages import Story, preview_frame
from control.realtime.events import JobError, JobNode, JobPreview, JobProgress, JobState, OutputLink

JOB = UUID(int=1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
LINK = OutputLink(asset_id=JOB, place=0, url="/", node="7", folder="temp", subfolder="", filename="a.png")


def state(name: Any, attempt: int = 1, **more: Any) -> JobState:
    return JobState(id=1, job_id=JOB, sequence=1, state=name, attempt=attempt, at=AT, **more)


def node(name: str, what: Any) -> JobNode:
    return JobNode(job_id=JOB, attempt=1, node=name, class_type="X", state=what)


def step(name: str, number: int) -> JobProgress:
    return JobProgress(job_id=JOB, attempt=1, node=name, step=number, steps=4)


def told(*events: Any) -> list[tuple[str, dict[str, Any]]]:
    story = Story("p")
    found: list[tuple[str, dict[str, Any]]] = []
    for event in events:
        how = {JobState: story.state, JobNode: story.node, JobProgress: story.progress}[type(event)]
        found += [(message.type, message.data) for message in how(event)]
    assert all(data["prompt_id"] == "p" for _, data in found)
    return found


def kinds(found: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [kind for kind, _ in found if kind != "progress_state"]


def test_a_job_from_its_beginning_to_its_end() -> None:
    found = told(
        state("QUEUED"), state("ASSIGNED"), state("PROCESSING"), node("1", "cached"), node("2", "cached"),
        node("5", "running"), step("5", 1), step("5", 4), node("5", "done"), step("5", 4), node("7", "running"),
        node("7", "done"),
        state("COMPLETED", outputs=[LINK]), state("COMPLETED", outputs=[LINK]), node("7", "done"),
    )  # fmt: skip
    assert kinds(found) == [
        "execution_start", "execution_cached", "executing", "progress", "progress", "executing", "executed",
        "execution_success", "executing",
    ]  # fmt: skip
    by = dict(found)
    assert by["execution_cached"]["nodes"] == ["1", "2"]
    assert by["progress"] == {"value": 4, "max": 4, "node": "5", "prompt_id": "p"}
    file = {"filename": "a.png", "subfolder": "", "type": "temp"}
    assert by["executed"] == {
        "node": "7",
        "display_node": "7",
        "output": {"images": [file]},
        "prompt_id": "p",
    }
    assert by["execution_start"]["timestamp"] == 1_767_225_600_000
    assert found[-1] == ("executing", {"node": None, "prompt_id": "p"})
    nodes = [data["nodes"] for kind, data in found if kind == "progress_state"]
    assert nodes[-1]["5"]["state"] == nodes[-1]["1"]["state"] == "finished"
    assert (nodes[1]["5"]["value"], nodes[1]["5"]["max"], nodes[1]["5"]["state"]) == (1.0, 4.0, "running")


def test_one_that_was_there_from_before_altogether() -> None:
    found = told(state("PROCESSING"), node("7", "cached"), state("COMPLETED", outputs=[LINK]))
    assert kinds(found) == [
        "execution_start", "execution_cached", "executed", "execution_success", "executing",
    ]  # fmt: skip
    assert found[1][1]["nodes"] == ["7"]


def test_one_that_fails() -> None:
    error = JobError(kind="timeout", detail="It took too long.", node="5", class_type="KSampler")
    found = told(state("PROCESSING"), node("5", "running"), state("FAILED", error=error))
    assert kinds(found)[-2:] == ["execution_error", "executing"]
    said = found[-2][1]
    assert (said["node_id"], said["exception_message"], said["traceback"]) == ("5", "It took too long.", [])


def test_one_that_is_interrupted() -> None:
    found = told(state("PROCESSING"), node("5", "running"), state("CANCELLED"))
    assert kinds(found)[-2:] == ["execution_interrupted", "executing"]
    assert found[-2][1]["node_id"] == "5"


def test_one_that_never_began() -> None:
    assert told(state("CANCELLED", attempt=0)) == []


def test_a_second_attempt_begins_nothing_anew() -> None:
    found = told(state("PROCESSING"), state("PENDING"), state("PROCESSING", attempt=2), state("COMPLETED"))
    assert kinds(found) == ["execution_start", "execution_cached", "execution_success", "executing"]


def test_who_comes_in_the_midst_is_told_what_runs() -> None:
    found = told(step("5", 3))
    assert kinds(found) == ["execution_start", "execution_cached", "executing", "progress"]


def test_previews() -> None:
    event = JobPreview(job_id=JOB, attempt=1, step=1, node="5", data=b"jpeg bytes")
    assert preview_frame(event, "p", metadata=False) == struct.pack(">II", 1, 1) + b"jpeg bytes"
    frame = preview_frame(event, "p", metadata=True)
    kind, length = struct.unpack(">II", frame[:8])
    assert kind == 4
    said = json.loads(frame[8 : 8 + length])
    assert (said["node_id"], said["prompt_id"], said["image_type"]) == ("5", "p", "image/jpeg")
    assert frame[8 + length :] == b"jpeg bytes"
    event = JobPreview(job_id=JOB, attempt=1, step=1, node="5", media_type="image/png", data=b"x")
    assert preview_frame(event, "p", metadata=False)[:8] == struct.pack(">II", 1, 2)


def test_what_was_there_from_before_and_nobody_heard_of() -> None:
    story = Story("p")
    story.state(state("PROCESSING"))
    by = {message.type: message.data for message in story.state(state("COMPLETED"), ["1", "2"])}
    assert by["execution_cached"]["nodes"] == ["1", "2"]
    # Who heard of them is not told twice.
    story = Story("p")
    story.state(state("PROCESSING"))
    heard = [
        *story.node(node("2", "cached")),
        *story.node(node("1", "cached")),
        *story.node(node("5", "running")),
    ]
    assert [message.data["nodes"] for message in heard if message.type == "execution_cached"] == [["2", "1"]]
    assert "execution_cached" not in {message.type for message in story.state(state("COMPLETED"), ["1", "2"])}
