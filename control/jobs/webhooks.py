"""Messages to webhook endpoints: put in line by the transaction that they tell of, sent by `deliver` until taken.

In the form of Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp` and `webhook-signature`
over the very bytes of the body, by HMAC-SHA256 with the endpoint's secret.
"""

import random
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from control.audit.service import record
from control.database.engine import transaction
from control.database.owned import Inside, scoped, unscoped
from control.ids import uuid7
from control.jobs.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from control.jobs.webhook_post import Answer, post
from control.jobs.webhook_secrets import secrets_of
from control.realtime.bus import Owner
from control.realtime.events import JobState, State
from control.settings import ControlSettings

TYPES: dict[State, str] = {
    "PROCESSING": "job.started",
    "COMPLETED": "job.completed",
    "FAILED": "job.failed",
    "CANCELLED": "job.cancelled",
}
"""State that a job comes to → type of the event that endpoints are told."""
TEST = "webhook.test"
EVENTS = (*TYPES.values(), TEST)
MOST = 10
"""Endpoints of an organisation."""
WAITS = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""Seconds from each failed attempt to the next; after the last one a delivery has failed. A day in all."""
JITTER = 0.2
"""By how much of itself a wait is longer or shorter: an endpoint that comes back is not asked by all at once."""
LEASE = timedelta(seconds=60)
"""Who takes a delivery has it for so long; longer than an attempt lasts."""
GIVE_UP = timedelta(days=5)
"""An endpoint of which every attempt has failed for so long is disabled."""
KEPT = timedelta(days=30)
"""How long the log of deliveries is kept."""
WHY = "sends what waits, of all organisations; a delivery's own row says whose it is"

# Nothing where the organisation has no endpoint for it. Ids are made here, so that they sort by their time.
_ANNOUNCE = """
INSERT INTO webhook_deliveries (id, organisation_id, endpoint_id, message_id, event_type, payload, state, attempts,
                                next_at, created_at)
SELECT coalesce(({}::uuid[])[row_number() OVER (ORDER BY id)], gen_random_uuid()), organisation_id, id, {}::uuid,
       {}::text, {}::text, 'waiting', 0, {}::timestamptz, {}::timestamptz
FROM webhook_endpoints
WHERE organisation_id = {} AND enabled AND (cardinality(events) = 0 OR {}::text = ANY (events))
"""

_DUE = """
SELECT id, organisation_id, endpoint_id, failing FROM (
    SELECT *, row_number() OVER (PARTITION BY organisation_id ORDER BY turn, next_at) AS place FROM (
        SELECT d.id, d.organisation_id, d.endpoint_id, d.next_at, e.failing_since IS NOT NULL AS failing,
               row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_at) AS turn
        FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.state = 'waiting' AND d.next_at <= {}
    ) of_endpoints
) of_organisations ORDER BY place, next_at LIMIT {}
"""
AT_ONCE = 2
"""Messages of one organisation that are under way at a time; one to an endpoint that failed the last time."""


class Due(NamedTuple):
    """A delivery to be attempted now."""

    id: UUID
    organisation_id: UUID
    endpoint_id: UUID
    failing: bool
    """Its endpoint did not take the message before it."""


class Message(msgspec.Struct, frozen=True):
    """The body of a message."""

    type: str
    timestamp: datetime
    """When it happened."""
    data: Any


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`data` of what became of a job."""

    job_id: UUID
    sequence: int
    """Of the job's events: messages may come in another order, and more than once."""
    state: State
    attempt: int
    error: Any
    outputs: Any
    charged_microcredits: int | None


async def announce(owner: Owner, event: JobState) -> None:
    """Puts messages about a job's new state in line for the endpoints that want them; in the caller's transaction."""
    if (kind := TYPES.get(event.state)) is None:
        return
    data = Event(
        job_id=event.job_id, sequence=event.sequence, state=event.state, attempt=event.attempt,
        error=event.error, outputs=event.outputs, charged_microcredits=event.charged_microcredits,
    )  # fmt: skip
    now = datetime.now(UTC)
    await WebhookDelivery.raw(
        _ANNOUNCE, [uuid7() for _ in range(MOST)], uuid7(), kind, body(kind, event.at, data), now, now,
        owner.organisation_id, kind,
    )  # fmt: skip


def body(kind: str, at: datetime, data: object) -> str:
    """A message as it is signed and sent."""
    return msgspec.json.encode(Message(kind, at, data)).decode()


async def due(limit: int = 100) -> list[Due]:
    """Deliveries to be attempted now: of each organisation its longest due, then of each its second, and so on.

    An organisation's own are in turns of its endpoints: a thousand messages to one that lets us wait hold up nobody
    else's, and no other endpoint's.
    """
    rows = await WebhookDelivery.raw(_DUE, datetime.now(UTC), limit)
    return [Due(row["id"], row["organisation_id"], row["endpoint_id"], row["failing"]) for row in rows]


def may(one: Due, under_way: Collection[Due]) -> bool:
    """May it be attempted beside these? Whoever lets us wait ten seconds for each answer waits for themselves."""
    if one.failing and any(other.endpoint_id == one.endpoint_id for other in under_way):
        return False
    return sum(other.organisation_id == one.organisation_id for other in under_way) < AT_ONCE


async def deliver(delivery_id: UUID, settings: ControlSettings) -> bool:
    """Makes one attempt at a delivery, in transactions of its own; was the message taken?

    False, too, where it is not due, or somebody else is at it.
    """
    if (delivery := await _take(delivery_id)) is None:
        return False
    inside = Inside(delivery["organisation_id"])
    endpoint = (
        await scoped(WebhookEndpoint, inside)
        .select()
        .where(WebhookEndpoint.id == delivery["endpoint_id"])
        .first()
    )
    if endpoint is None:
        return False
    started = datetime.now(UTC)
    answer = await post(
        endpoint["url"],
        str(delivery["message_id"]),
        delivery["payload"],
        secrets_of(endpoint, settings, started),
        private=settings.webhook_private,
    )
    await _note(inside, delivery, endpoint, answer, started)
    return answer.taken


async def forget_old() -> int:
    """Drops deliveries, with their attempts, that ended long ago; how many."""
    gone = await (
        unscoped(WebhookDelivery, WHY)
        .delete()
        .where(WebhookDelivery.state != "waiting", WebhookDelivery.created_at < datetime.now(UTC) - KEPT)
        .returning(WebhookDelivery.id)
    )
    return len(gone)


async def _take(delivery_id: UUID) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = await (
        unscoped(WebhookDelivery, WHY)
        .update(
            {WebhookDelivery.next_at: now + LEASE, WebhookDelivery.attempts: WebhookDelivery.attempts + 1}
        )
        .where(
            WebhookDelivery.id == delivery_id,
            WebhookDelivery.state == "waiting",
            WebhookDelivery.next_at <= now,
        )
        .returning(*WebhookDelivery.all_columns())
    )
    return rows[0] if rows else None


async def _note(
    inside: Inside, delivery: dict[str, Any], endpoint: dict[str, Any], answer: Answer, at: datetime
) -> None:
    """What came of an attempt."""
    now = datetime.now(UTC)
    why = _why_disabled(endpoint, answer, now)
    changes: dict[Any, Any]
    if answer.taken:
        changes = {WebhookDelivery.state: "delivered", WebhookDelivery.delivered_at: now}
    elif why or delivery["attempts"] > len(WAITS):
        changes = {WebhookDelivery.state: "failed"}
    else:
        wait = WAITS[delivery["attempts"] - 1] * random.uniform(1 - JITTER, 1 + JITTER)
        changes = {WebhookDelivery.next_at: now + timedelta(seconds=wait)}
    async with transaction():
        attempt = WebhookAttempt(
            organisation_id=inside.organisation_id, delivery_id=delivery["id"], at=at, status=answer.status,
            milliseconds=answer.milliseconds, error=answer.error, answer=answer.text,
        )  # fmt: skip
        await WebhookAttempt.insert(attempt)
        # Not where it was put in line again meanwhile: it counts its attempts anew.
        await (
            scoped(WebhookDelivery, inside)
            .update(changes)
            .where(
                WebhookDelivery.id == delivery["id"],
                WebhookDelivery.state == "waiting",
                WebhookDelivery.attempts == delivery["attempts"],
            )
        )
        if answer.taken:
            await _fails(inside, endpoint, None)
        elif why:
            await disable(inside, endpoint["id"], why)
            await record(
                None, "webhook.disable", ("webhook", endpoint["id"]), organisation_id=inside.organisation_id,
                actor="the studio", after={"why": why},
            )  # fmt: skip
        elif endpoint["failing_since"] is None:
            await _fails(inside, endpoint, at)


def _why_disabled(endpoint: dict[str, Any], answer: Answer, now: datetime) -> str:
    if answer.taken or not endpoint["enabled"]:
        return ""
    if answer.status == 410:
        return "It answered 410 Gone: it wants no more messages."
    since = endpoint["failing_since"]
    if since is not None and now - since > GIVE_UP:
        return f"Every message since {since:%Y-%m-%d %H:%M} UTC has failed."
    return ""


async def _fails(inside: Inside, endpoint: dict[str, Any], since: datetime | None) -> None:
    if endpoint["failing_since"] != since:
        await (
            scoped(WebhookEndpoint, inside)
            .update({WebhookEndpoint.failing_since: since})
            .where(WebhookEndpoint.id == endpoint["id"])
        )


async def disable(inside: Any, endpoint_id: UUID, why: str) -> None:
    """No more messages; those that wait have failed, and may be replayed."""
    await (
        scoped(WebhookEndpoint, inside)
        .update({WebhookEndpoint.enabled: False, WebhookEndpoint.disabled_why: why})
        .where(WebhookEndpoint.id == endpoint_id)
    )
    await (
        scoped(WebhookDelivery, inside)
        .update({WebhookDelivery.state: "failed"})
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == "waiting")
    )
