"""What watchers of jobs are told, over WebSockets, SSE and webhooks alike."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

State = Literal["PENDING", "QUEUED", "ASSIGNED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]
ENDED: frozenset[State] = frozenset({"COMPLETED", "FAILED", "CANCELLED"})


class JobError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a job failed."""

    kind: str
    """A word for programs: invalid, lost, timeout, out_of_memory, storage, internal…"""
    detail: str
    """A sentence for people: what happened, and what to do."""
    retryable: bool = False
    """May the same request succeed another time?"""
    node: str | None = None
    """Of a workflow: the id of the node where it happened."""
    class_type: str | None = None
    """That node's class."""


class OutputLink(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that a job made."""

    asset_id: UUID
    place: int
    """0 is the first."""
    url: str
    """Of its bytes, on this API; needs the same authorization as the job."""
    node: str = ""
    """Of a workflow: the id of the node that handed it out."""
    folder: Literal["output", "temp"] = "output"
    """temp: a preview (PreviewImage), which is not kept for long."""
    subfolder: str = ""
    filename: str = ""
    """Of a workflow: what it is called beside subfolder and folder."""


class JobState(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="state"):
    """A job has come to another state. Never lost: who was away gets it when they come back."""

    id: int
    """Grows over all jobs: send the highest one seen as `after` to catch up. What was seen may come again then:
    (job_id, sequence) tells."""
    job_id: UUID
    sequence: int
    """Of the job's events, from 1, without a gap."""
    state: State
    attempt: int = 0
    paused: bool = False
    at: datetime
    error: JobError | None = None
    outputs: list[OutputLink] = []
    """Of a completed job."""
    charged_microcredits: int | None = None
    """Of a job that has ended."""
    node_errors: list[JobError] = []
    """Of a completed workflow: nodes that failed, whose outputs are missing."""
    texts: dict[str, list[str]] = {}
    """Of a completed workflow: node → texts that it shows (PreviewAny)."""
    nodes_run: int | None = None
    """Of a workflow that has ended: how many nodes were computed for it."""
    nodes_cached: int | None = None
    """Of a workflow that has ended: how many were not, as their results were there, or those of what needs them."""


class JobProgress(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="progress"):
    """A step is done. Fleeting: a slow client gets the latest one."""

    job_id: UUID
    attempt: int
    node: str = "sampler"
    """What works: text, sampler, decode, store; of a workflow, the id of the node."""
    step: int
    """Finished steps."""
    steps: int
    eta_seconds: float | None = None


class JobPreview(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="preview"):
    """How a picture looks so far. Fleeting: a slow client gets none."""

    job_id: UUID
    attempt: int
    step: int
    place: int = 0
    """Which picture of the batch."""
    media_type: str = "image/jpeg"
    node: str = ""
    """Of a workflow: the id of the node that samples."""
    data: bytes
    """Base64 in JSON."""


class JobNode(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="node"):
    """A node of a workflow has begun or ended. Fleeting: a client that comes later does not get it."""

    job_id: UUID
    attempt: int
    node: str
    """Its id in the graph."""
    class_type: str
    state: Literal["running", "done", "cached", "failed"]
    """cached: its result was there from before."""
    outputs: list[OutputLink] = []
    """What it handed out; `url` and `asset_id` work once the job is completed."""
    error: JobError | None = None


Event = JobState | JobProgress | JobPreview | JobNode
