"""How far a job is, beside its row: its worker's steps (Redis) and its place in line."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
import redis.exceptions
import structlog
from redis.asyncio import Redis

from control.jobs import line


class Progress(msgspec.Struct, frozen=True):
    """What the worker says of a running job."""

    step: int
    steps: int
    node: str = "sampler"
    eta: float | None = None
    """Seconds."""


def key_of(job_id: UUID) -> str:
    """The Redis hash that the worker writes, with the fields of `Progress`."""
    return f"job:{job_id}:progress"


async def progress_of(redis_client: Redis, job_id: UUID) -> Progress | None:
    """None where nothing is known (yet)."""
    try:
        found: dict[bytes, bytes] = await redis_client.hgetall(key_of(job_id))  # type: ignore[misc]
        return msgspec.convert(_text(found), Progress, strict=False) if found else None
    except (*_AWAY, msgspec.ValidationError) as error:
        _unknown(error)
        return None


async def places_of(redis_client: Redis, job_ids: Iterable[UUID]) -> dict[UUID, line.Place]:
    """Job → its `line.Place`, of those in line; empty where Redis does not answer."""
    wanted = list(job_ids)
    if not wanted:
        return {}
    try:
        return await line.places(redis_client, wanted)
    except _AWAY as error:
        _unknown(error)
        return {}


_AWAY = (redis.exceptions.RedisError, OSError, TimeoutError)


def _unknown(error: Exception) -> None:
    structlog.get_logger("control.jobs").warning("progress_unknown", error=type(error).__name__)


def _text(found: dict[bytes, bytes]) -> dict[str, str]:
    return {_str(name): _str(value) for name, value in found.items() if value not in {b"", ""}}


def _str(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
