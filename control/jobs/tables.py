"""Jobs, what became of them, and the webhooks that tell of it."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique
from piccolo.table import Table

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")
_TEAM = LazyTableReference("Team", module_path="control.tenancy.tables")


class Job(Owned, tablename="jobs"):
    """One request for pictures. Its state is changed by control/jobs/states.py alone."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id: ForeignKey[Any] = ForeignKey(
        _TEAM, null=True, default=None, index=True, on_delete=OnDelete.set_null
    )
    """The team that it is for: its members see it."""
    kind = Varchar(20)
    """txt2img, img2img or workflow"""
    request = JSONB()
    """control.jobs.requests.Work with every default filled in, the seed among them."""
    plan = JSONB(null=True, default=None)
    """Of a workflow: control.workflows.plan.Plan."""
    model = Varchar(200)
    tier = Varchar(20)
    """The organisation's when it was submitted."""
    state = Varchar(12, index=True)
    sequence = Integer(default=0)
    """Of its last event; 1 is the first."""
    paused = Boolean(default=False)
    position = DoublePrecision()
    """Its place among its owner's jobs in line, smallest first: seconds since 1970 of its submission, until moved."""
    work = DoublePrecision()
    """Expected effort: steps x pictures x megapixels."""
    attempt = Integer(default=0)
    """How often it was begun."""
    not_before = Timestamptz(null=True, default=None)
    """When a failed attempt may be tried again."""
    lease_id = UUID(null=True, default=None)
    """Whose attempt it is; whoever holds another one may change nothing."""
    lease_until = Timestamptz(null=True, default=None)
    """By then the worker must have said that it lives."""
    worker = Varchar(200, default="")
    server = Varchar(200, default="")
    """The Triton server of this attempt, host:port."""
    cancel_requested_at = Timestamptz(null=True, default=None)
    hold_id = UUID(null=True, default=None)
    """The reserved credits (billing)."""
    reserved = BigInt(default=0)
    """Micro-credits."""
    owed = BigInt(default=0)
    """Micro-credits for nodes of a workflow that earlier attempts have computed."""
    owed_nodes = Array(base_column=Varchar(200))
    """Their keys (control.workflows.plan.PlanNode): one whose result was lost runs again, and is charged for once."""
    charged = BigInt(null=True, default=None)
    """Micro-credits; null until it has ended."""
    error = JSONB(null=True, default=None)
    """control.jobs.schemas.JobError"""
    traceparent = Varchar(60, default="")
    """W3C trace context of the request that submitted it."""
    retried_from = UUID(null=True, default=None)
    created_at = Timestamptz()
    queued_at = Timestamptz(null=True, default=None)
    assigned_at = Timestamptz(null=True, default=None)
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)


class JobEvent(Owned, tablename="job_events"):
    """A transition of a job; never changed."""

    number = BigSerial()
    """Grows over all jobs. Rows of transactions side by side may appear out of order, at most 30 s apart."""
    job_id = ForeignKey(Job, null=False, on_delete=OnDelete.cascade)
    user_id = UUID()
    team_id = UUID(null=True, default=None)
    sequence = Integer()
    """Of the job's events, from 1, without a gap."""
    state = Varchar(12)
    attempt = Integer()
    detail = JSONB(null=True, default=None)
    """What the event says beside the state: error, outputs."""
    created_at = Timestamptz()
    job_events_one = Unique([job_id, sequence])


class JobOutput(Owned, tablename="job_outputs"):
    """A picture that a job made."""

    job_id = ForeignKey(Job, null=False, on_delete=OnDelete.cascade)
    place = Integer()
    """0 is the first."""
    asset_id = UUID()
    node = Varchar(200, default="")
    """Of a workflow: the id of the node that handed it out."""
    folder = Varchar(10, default="output")
    """output or temp"""
    subfolder = Varchar(400, default="")
    filename = Varchar(255, default="")
    """As its owner finds it beside subfolder and folder; empty for jobs that are no workflows."""
    job_outputs_one = Unique([job_id, place])


class IdempotencyKey(Owned, tablename="idempotency_keys"):
    """What a request with an Idempotency-Key was answered, for 24 hours."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    key = Varchar(255)
    fingerprint = Bytea()
    """SHA-256 of method, path and body."""
    status = Integer(default=0)
    body = Bytea(default=b"")
    created_at = Timestamptz(index=True)
    idempotency_keys_one = Unique([Owned.organisation_id, user_id, key])


class WebhookEndpoint(Owned, tablename="webhook_endpoints"):
    """An address that is told of events."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    url = Varchar(2000)
    description = Varchar(200, default="")
    events = Array(base_column=Varchar(100))
    """Types of events; empty: all."""
    secret = Bytea()
    """Its signing key, sealed (control/identity/secrets.py)."""
    old_secret = Bytea(null=True, default=None)
    """The key before it, sealed, which signs as well until `old_until`."""
    old_until = Timestamptz(null=True, default=None)
    failing_since = Timestamptz(null=True, default=None)
    """When the first of the attempts that have all failed since was made."""
    enabled = Boolean(default=True)
    disabled_why = Varchar(400, default="")
    created_at = Timestamptz()


class WebhookDelivery(Owned, tablename="webhook_deliveries"):
    """A message to an endpoint, sent until it is taken or given up."""

    endpoint_id = ForeignKey(WebhookEndpoint, null=False, index=True, on_delete=OnDelete.cascade)
    message_id = UUID()
    """`webhook-id`: the same for every attempt and every replay."""
    event_type = Varchar(100)
    payload = Text()
    """The body as it is signed and sent, JSON."""
    state = Varchar(12, default="waiting")
    """waiting, delivered or failed"""
    attempts = Integer(default=0)
    next_at = Timestamptz(index=True)
    created_at = Timestamptz()
    delivered_at = Timestamptz(null=True, default=None)


class WebhookAttempt(Owned, tablename="webhook_attempts"):
    """One attempt at a delivery."""

    delivery_id = ForeignKey(WebhookDelivery, null=False, index=True, on_delete=OnDelete.cascade)
    at = Timestamptz()
    status = Integer(null=True, default=None)
    """HTTP status; null where there was no answer."""
    milliseconds = Integer()
    error = Varchar(400, default="")
    answer = Varchar(1000, default="")
    """The beginning of the answer's body."""


class Served(Table, tablename="queue_served"):
    """How much of the line each has been served: the virtual times of fair queueing (scheduler/policy.py)."""

    key = Varchar(200, primary_key=True)
    """tier:TIER or user:TIER:ORGANISATION:USER"""
    served = DoublePrecision(default=0.0)
    updated_at = Timestamptz()


class Speed(Table, tablename="speeds"):
    """How fast work is done, measured: what ETAs are made of."""

    key = Varchar(300, primary_key=True)
    """MODEL:WIDTHxHEIGHT"""
    seconds_per_work = DoublePrecision()
    """Moving average."""
    samples = BigInt(default=0)
    updated_at = Timestamptz()
