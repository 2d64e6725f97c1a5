"""What workers say of themselves, in Redis: what the others have placed where, and how many jobs run at a time.

It is a help and no truth: with Redis away every worker knows of itself alone.
"""

from typing import Any

import msgspec
import redis.exceptions
from redis.asyncio import Redis

KEY = "workers"
"""A hash: worker's name → `Worker`, MessagePack."""
FRESH_SECONDS = 5.0
"""Who has said nothing for so long is gone."""
AWAY = (redis.exceptions.RedisError, OSError, TimeoutError)
"""Raised where Redis does not answer."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A live worker."""

    at: float
    """By Redis's clock, seconds since 1970."""
    jobs: int
    """How many it has under way at most."""
    pending: dict[str, dict[str, float]] = {}
    """Server → checkpoint → work that it has placed there and that has not ended."""
    used: dict[str, dict[str, float]] = {}
    """Server → checkpoint → when it last placed a job there."""
    leaving: dict[str, list[str]] = {}
    """Server → checkpoints that it is about to unload."""


async def live(client: Redis) -> dict[str, Worker]:
    """Name → each live worker; raises one of `AWAY`. Forgets those that are gone."""
    pipe = client.pipeline(transaction=False)
    pipe.time()
    pipe.hgetall(KEY)
    (seconds, micro), found = await pipe.execute()
    workers, gone = {}, []
    for name, data in found.items():
        try:
            worker = msgspec.msgpack.decode(data, type=Worker)
        except msgspec.MsgspecError:
            gone.append(name)
            continue
        if seconds + micro / 1e6 - worker.at > FRESH_SECONDS:
            gone.append(name)
        else:
            workers[name.decode()] = worker
    if gone:
        # Should one of them have spoken just now, it will again.
        await _run(client.hdel(KEY, *gone))
    return workers


async def tell(client: Redis, name: str, worker: Worker) -> None:
    """Says how a worker is; `at` is set here. Raises one of `AWAY`."""
    seconds, micro = await client.time()
    said = msgspec.structs.replace(worker, at=seconds + micro / 1e6)
    await _run(client.hset(KEY, name, msgspec.msgpack.encode(said)))  # type: ignore[arg-type]


async def forget(client: Redis, name: str) -> None:
    """The worker ends; raises one of `AWAY`."""
    await _run(client.hdel(KEY, name))


async def _run(answer: Any) -> Any:
    # redis-py's types are those of both its clients.
    return await answer
