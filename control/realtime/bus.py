"""From whoever knows of an event to all processes that have watchers: Redis's publish and subscribe.

What is published may be lost (Redis may be away); what must not be lost stands in `job_events`, and those who watch
read it there when they (re)connect (control/realtime/hub.py).
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import redis.exceptions
import structlog
from redis.asyncio import Redis

from control.realtime.events import ENDED, Event, JobState

CHANNEL = "events:"
WAKE = "queue:wake"
"""Published to when a job may be taken off the line."""
CANCEL = "queue:cancel"
"""Published to, with a job's id, when its worker shall stop."""


class Owner(msgspec.Struct, frozen=True):
    """Whose job an event is of."""

    organisation_id: UUID
    user_id: UUID
    team_id: UUID | None = None


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What goes over the channel of an organisation: the event as its watchers get it, and who may see it."""

    user_id: UUID
    team_id: UUID | None
    job_id: UUID
    kind: str
    """state, progress or preview"""
    number: int
    """`JobState.id`; 0 for the others."""
    text: str
    """JSON."""
    sequence: int = 0
    """`JobState.sequence`; 0 for the others."""
    ended: bool = False
    """Is it the job's last state?"""


def channel(organisation_id: UUID) -> str:
    """Where events of an organisation's jobs go."""
    return f"{CHANNEL}{organisation_id.hex}"


def envelope(owner: Owner, event: Event) -> Envelope:
    """`event`, encoded once for all who watch."""
    state = event if isinstance(event, JobState) else None
    return Envelope(
        user_id=owner.user_id,
        team_id=owner.team_id,
        job_id=event.job_id,
        kind=str(event.__struct_config__.tag),
        number=state.id if state else 0,
        text=msgspec.json.encode(event).decode(),
        sequence=state.sequence if state else 0,
        ended=state is not None and state.state in ENDED,
    )


async def publish(redis_client: Redis, owner: Owner, *events: Event) -> None:
    """Tells all processes; call it after the transaction. Does nothing, but in the log, where Redis is away."""
    await publish_all(redis_client, [(owner, event) for event in events])


async def publish_all(redis_client: Redis, told: Sequence[tuple[Owner, Event]]) -> None:
    """The same, of jobs of several owners, in one round trip and in order."""
    pipe = redis_client.pipeline(transaction=False)
    for owner, event in told:
        pipe.publish(channel(owner.organisation_id), msgspec.msgpack.encode(envelope(owner, event)))
    await _send(pipe)


async def wake(redis_client: Redis) -> None:
    """A job is in line: whichever worker has room may look."""
    pipe = redis_client.pipeline(transaction=False)
    pipe.publish(WAKE, b"")
    await _send(pipe)


async def ask_to_stop(redis_client: Redis, job_id: UUID) -> None:
    """The worker that has the job shall stop (its row says so too)."""
    pipe = redis_client.pipeline(transaction=False)
    pipe.publish(CANCEL, job_id.hex)
    await _send(pipe)


async def _send(pipe: "Redis") -> None:
    try:
        await pipe.execute()  # type: ignore[attr-defined]
    except (redis.exceptions.RedisError, OSError, TimeoutError) as error:
        structlog.get_logger("control.realtime").warning("not_published", error=type(error).__name__)
