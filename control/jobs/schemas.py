"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from control.jobs.requests import AnyWork
from control.realtime.events import JobError, JobState, OutputLink, State
from control.workflows.problems import NodeErrors


class NewJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be done, and for whom."""

    request: AnyWork
    """What to paint: in plain fields, or as a workflow."""
    quote_id: UUID | None = None
    """A quote for this very request (`POST /quotes`): it costs what that says."""
    team_id: UUID | None = None
    """A team that one is in: its members see the job and its pictures."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job and what became of it."""

    id: UUID
    kind: Annotated[str, Meta(examples=["txt2img"])]
    state: State
    paused: bool
    """Out of line until it is resumed."""
    request: AnyWork
    """With every default filled in, the seed among them; a workflow as it came, in lists without its `document`."""
    user_id: UUID
    """Who submitted it."""
    owner: Annotated[str, Meta(examples=["Ada"])] = ""
    """Their name."""
    team_id: UUID | None
    attempt: int
    """How often it was begun."""
    position: int | None = None
    """Its place in line: 1 is next. Null where it is not in line, and in answers that do not look (to a submission)."""
    eta_seconds: float | None = None
    """Until it is expected to be done; null where that is not known."""
    node: Annotated[str | None, Meta(examples=["sampler"])] = None
    """What works on it, of a job that runs: text, sampler, decode, store; of a workflow, the id of the node."""
    step: int | None = None
    """Finished steps, likewise."""
    steps: int | None = None
    not_before: datetime | None
    """When it is tried again after a failed attempt."""
    cancel_requested: bool
    """Its worker has been asked to stop."""
    error: JobError | None
    """Why it failed."""
    outputs: list[OutputLink]
    """Its pictures, when it is completed."""
    reserved_microcredits: int
    """Set aside while it is under way; 1,000,000 are a credit."""
    charged_microcredits: int | None
    """What it cost; null until it has ended."""
    retried_from: UUID | None
    """The job that it repeats."""
    node_errors: dict[str, NodeErrors] = {}
    """In the answer to a workflow's submission: nodes that are wrong, whose outputs do not run."""
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job is; small, for who asks often. `/ws` and `/api/v1/events` tell without being asked."""

    id: UUID
    state: State
    paused: bool
    attempt: int
    cancel_requested: bool
    position: int | None
    """Its place in line: 1 is next; null where it is not in line."""
    node: Annotated[str | None, Meta(examples=["sampler"])]
    """What works on it: text, sampler, decode, store."""
    step: int | None
    """Finished steps; null where it is not being worked on."""
    steps: int | None
    eta_seconds: float | None
    """Until it is expected to be done."""


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of a job."""

    items: list[OutputLink]
    next_cursor: str | None = None
    """Null: a job's pictures all come at once."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a job, the first first."""

    items: list[JobState]
    next_cursor: str | None = None
    """Null: it all comes at once."""


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where to: `to` or `before_job_id`."""

    to: Literal["first", "last"] | None = None
    """To one end of one's own jobs in line."""
    before_job_id: UUID | None = None
    """Before this job of one's own that waits, too."""
