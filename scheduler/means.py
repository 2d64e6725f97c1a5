"""What a worker's attempts at jobs share, and how they go on while the database or the storage is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis

from control.assets import reading
from control.assets.storage import Storage
from control.errors import NotFound, Unavailable
from control.http.problems import may_pass
from control.realtime.events import JobError
from ensembles.imaging.errors import ImageError
from scheduler.faults import Fault, storage_away
from scheduler.finishing import AGAIN, LONGEST_PAUSE, PAUSE, STORAGE_SECONDS
from scheduler.placement import Servers
from scheduler.settings import SchedulerSettings
from scheduler.speeds import Speeds
from scheduler.telling import Told
from scheduler.workflows.cache import Cache
from scheduler.workflows.pure import Pure

Reason = Literal["cancel", "lease", "stopping"]
"""Why an attempt is broken off: its owner wishes so; the job is not this worker's any more; the worker ends."""
Publish = Callable[[Sequence[Told]], Awaitable[None]]
AWAY: tuple[type[Exception], ...] = (Unavailable, *AGAIN)
"""Raised where the storage or the database is away."""
DECODER = ThreadPoolExecutor(1, "decoder")
T = TypeVar("T")
log = structlog.get_logger("scheduler")


class Stopped(Exception):
    """The attempt is broken off."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Means(msgspec.Struct, frozen=True):
    """What attempts share: all that a worker works with."""

    settings: SchedulerSettings
    redis: Redis
    storage: Storage
    servers: Servers
    speeds: Speeds
    publish: Publish
    cache: Cache
    """Results of workflows' nodes."""
    pure: Pure = msgspec.field(default_factory=Pure)
    """Threads for nodes that compute here."""
    decoding: asyncio.Semaphore = msgspec.field(default_factory=lambda: asyncio.Semaphore(1))
    """Whoever holds it reads and decodes a picture to begin with: a large one takes hundreds of megabytes."""


async def read_file(means: Means, organisation_id: UUID, asset_id: UUID, decode: Callable[[bytes], T]) -> T:
    """A file of the organisation's that a job named, decoded in the one thread that does it.

    Goes on trying for a while where the storage or the database is away. Raises `Fault`.
    """
    since, pause = time.monotonic(), PAUSE
    while True:
        try:
            async with means.decoding:
                data = await reading.picture(means.storage, organisation_id, asset_id)
                # In the one thread that does it, as one that is broken off goes on there.
                return await asyncio.get_running_loop().run_in_executor(DECODER, decode, data)
        except NotFound as gone:
            raise Fault(JobError(kind="invalid", detail=str(gone))) from None
        except ImageError as broken:
            raise Fault(JobError(kind="invalid", detail=str(broken))) from None
        except AWAY:
            if time.monotonic() - since > STORAGE_SECONDS:
                raise storage_away() from None
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives, tried again while PostgreSQL is away."""
    pause = PAUSE
    while True:
        try:
            return await work()
        except AGAIN as error:
            if not may_pass(error):
                raise
            log.warning("database_away", error=type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)
