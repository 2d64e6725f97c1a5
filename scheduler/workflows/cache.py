"""Results of nodes that are kept: in the memory of the worker, then in the database (small ones) or object storage.

A result is addressed by organisation and key, and never leaves its organisation. The table `node_results` is the
index; a row is written before its object and outlives it, so that no object is without a row. Whatever is missing,
damaged or cannot be reached is a miss: no job fails for what is kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from control.assets.storage import Storage
from control.errors import ControlError
from control.ids import uuid7
from control.workflows.tables import NodeResult
from scheduler.settings import SchedulerSettings
from scheduler.tasks import end
from scheduler.workflows.packing import Unpackable, freeze, nbytes, pack, packed_size, unpack

PREFIX = "results/"
MEDIA_TYPE = "application/vnd.msgpack"
SMALL = 4096
"""Bytes of a packed result up to which it is kept in its row."""
PENDING = 256 * 2**20
"""Bytes of results that wait to be written; what comes on top of it is kept in memory alone."""
AT_ONCE = 4
"""Objects that are written at a time."""
TOUCH_SECONDS = 3600.0
"""How exact `used_at` is."""
_MANY = 100_000
LAST_SECONDS = 3.0
"""How long what waits may take to be written when the worker ends."""
log = structlog.get_logger("scheduler.cache")

_LOOK = (
    "SELECT key, size, value, used_at FROM node_results WHERE organisation_id = {} AND key = ANY({}::text[])"
)
# In one order, so that two workers wait for each other and no more.
_WRITE = """
INSERT INTO node_results (id, organisation_id, key, size, value, created_at, used_at)
SELECT id, organisation_id, key, size, value, {}::timestamptz, {}::timestamptz
FROM unnest({}::uuid[], {}::uuid[], {}::text[], {}::bigint[], {}::bytea[]) AS new (id, organisation_id, key, size, value)
WHERE EXISTS (SELECT FROM organisations WHERE organisations.id = new.organisation_id)
ORDER BY organisation_id, key
ON CONFLICT (organisation_id, key) DO UPDATE
SET size = excluded.size, value = excluded.value, used_at = excluded.used_at
"""
_TOUCH = """
UPDATE node_results SET used_at = {}::timestamptz FROM unnest({}::uuid[], {}::text[]) AS used (organisation_id, key)
WHERE node_results.organisation_id = used.organisation_id AND node_results.key = used.key
"""


def place(organisation_id: UUID, key: str) -> str:
    """Where a result's object lies."""
    return f"{PREFIX}{organisation_id.hex}/{key[:2]}/{key}"


class Slot(NamedTuple):
    """What a result is addressed by."""

    organisation_id: UUID
    key: str


class Computed(NamedTuple):
    """A result that has just been computed."""

    value: Any
    keep: bool
    """Is it worth writing down? Not what is computed faster than it is fetched."""


class Memory:
    """The most recently used results, within so many bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.bytes = 0
        self._kept: OrderedDict[Slot, tuple[Any, int]] = OrderedDict()

    def get(self, slot: Slot) -> Any | None:
        """None where it is not there."""
        if (found := self._kept.get(slot)) is None:
            return None
        self._kept.move_to_end(slot)
        return found[0]

    def put(self, slot: Slot, value: Any) -> None:
        """The least recently used make room; one that is larger than all of it is not kept."""
        if (old := self._kept.pop(slot, None)) is not None:
            self.bytes -= old[1]
        if (size := nbytes(value)) > self.most:
            return
        self._kept[slot] = value, size
        self.bytes += size
        while self.bytes > self.most:
            _, (_, freed) = self._kept.popitem(last=False)
            self.bytes -= freed


class Cache:
    """All that one worker keeps, of every organisation; `start` and `stop` around it."""

    def __init__(self, settings: SchedulerSettings, storage: Storage) -> None:
        self.memory = Memory(settings.worker_cache_mb * 2**20)
        self.storage = storage
        self._flights: dict[Slot, asyncio.Future[Computed | None]] = {}
        self._new: dict[Slot, Any] = {}
        self._pending = 0
        self._used: set[Slot] = set()
        self._touched: dict[Slot, float] = {}
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    def of(self, organisation_id: UUID) -> "Kept":
        """As one job of the organisation sees it."""
        return Kept(self, organisation_id)

    async def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Writes what waits, where that is soon done."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self.written()
        except TimeoutError:
            log.warning("results_not_written", results=len(self._new))
        await end(self._task)

    async def written(self) -> None:
        """Waits until all that waits is written, or was given up."""
        if self._task is not None:
            await self._idle.wait()

    async def once(self, slot: Slot, compute: Callable[[], Awaitable[Computed]]) -> tuple[Any, bool]:
        """A result, and whether `compute` made it just now: two jobs at the same time compute it once.

        Who waits for another's goes on by itself where that comes to nothing.
        """
        while (flight := self._flights.get(slot)) is not None:
            await asyncio.wait({flight})
            if (done := flight.result()) is not None:
                return done.value, False
        if (found := self.memory.get(slot)) is not None:
            return found, False
        flight = self._flights[slot] = asyncio.get_running_loop().create_future()
        done = None
        try:
            done = await compute()
        finally:
            del self._flights[slot]
            flight.set_result(done)
        self.put(slot, done)
        return done.value, True

    def put(self, slot: Slot, done: Computed) -> None:
        """Keeps a result: at once in memory, soon in the storage."""
        freeze(done.value)
        self.memory.put(slot, done.value)
        size = nbytes(done.value)
        if not (done.keep or packed_size(done.value) <= SMALL):
            return
        if self._pending + size > PENDING:
            log.warning("result_not_written", why="too much waits")
            return
        if slot not in self._new:
            self._pending += size
        self._new[slot] = done.value
        self._wake()

    def use(self, slot: Slot) -> None:
        """Says that a result was used."""
        now = monotonic()
        if now - self._touched.get(slot, -TOUCH_SECONDS) < TOUCH_SECONDS:
            return
        if len(self._touched) >= _MANY:
            self._touched.clear()
        self._touched[slot] = now
        self._used.add(slot)
        self._wake()

    def _wake(self) -> None:
        self._idle.clear()
        self._news.set()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            new, self._new, self._pending = self._new, {}, 0
            used, self._used = self._used - new.keys(), set()
            try:
                await self._write(new)
                await _touch(used)
            except Exception as error:
                log.warning(
                    "results_not_written", results=len(new), error=f"{type(error).__name__}: {error}"[:300]
                )
            if not self._news.is_set():
                self._idle.set()

    async def _write(self, new: dict[Slot, Any]) -> None:
        packed = {slot: data for slot, value in new.items() if (data := await _packed(value)) is not None}
        if not packed:
            return
        now = datetime.now(UTC)
        await NodeResult.raw(
            _WRITE, now, now, [uuid7() for _ in packed],
            [slot.organisation_id for slot in packed], [slot.key for slot in packed],
            [len(data) for data in packed.values()],
            [data if len(data) <= SMALL else None for data in packed.values()],
        )  # fmt: skip
        turns = asyncio.Semaphore(AT_ONCE)

        async def put(slot: Slot, data: bytes) -> None:
            async with turns:
                await self.storage.put(place(*slot), data, MEDIA_TYPE)

        await asyncio.gather(*(put(slot, data) for slot, data in packed.items() if len(data) > SMALL))
        for slot in packed:
            self._touched[slot] = monotonic()


class Kept:
    """Results of one organisation, for one job."""

    def __init__(self, cache: Cache, organisation_id: UUID) -> None:
        self._cache = cache
        self._organisation_id = organisation_id
        self._rows: dict[str, bytes | None] = {}
        """Key → the packed result, or None where it is in the storage."""
        self._sizes: dict[str, int] = {}
        """Key → bytes of the packed result, of those in `_rows`."""
        self._held: dict[str, Any] = {}
        """Key → what was in memory when it was looked for, so that it is still there when it is asked for."""

    async def look(self, keys: Iterable[str]) -> None:
        """Asks the index for all of these that are not in memory: one query."""
        all_of_them = set(keys)
        found = {key: self._cache.memory.get(self._slot(key)) for key in all_of_them}
        self._held = {key: value for key, value in found.items() if value is not None}
        wanted = sorted(all_of_them - self._held.keys())
        if not wanted:
            return
        try:
            rows = await NodeResult.raw(_LOOK, self._organisation_id, wanted)
        except Exception as error:
            log.warning("results_not_found", error=f"{type(error).__name__}: {error}"[:300])
            return
        self._rows = {row["key"]: row["value"] for row in rows}
        self._sizes = {row["key"]: row["size"] for row in rows}

    def __contains__(self, key: str) -> bool:
        """May be expected to be there."""
        return key in self._held or key in self._rows

    def size(self, key: str) -> int:
        """Bytes that `get` has to fetch, as far as the index knows."""
        there = key not in self._rows or self._cache.memory.get(self._slot(key)) is not None
        return 0 if there else self._sizes[key]

    async def get(self, key: str) -> Any | None:
        """The result; None where there is none."""
        slot = self._slot(key)
        found = self._held.get(key)
        if found is None:
            # Another job may have computed it since.
            found = self._cache.memory.get(slot)
        if found is None and key in self._rows:
            found = await self._fetched(slot)
            if found is not None:
                self._cache.memory.put(slot, found)
        if found is not None:
            self._cache.use(slot)
        return found

    async def once(self, key: str, compute: Callable[[], Awaitable[Computed]]) -> tuple[Any, bool]:
        """See `Cache.once`."""
        return await self._cache.once(self._slot(key), compute)

    def _slot(self, key: str) -> Slot:
        return Slot(self._organisation_id, key)

    async def _fetched(self, slot: Slot) -> Any | None:
        small = self._rows.pop(slot.key)
        try:
            if small is not None:
                return unpack(bytes(small))
            data = await self._cache.storage.get(place(*slot))
            return await asyncio.to_thread(unpack, data)
        except (ControlError, OSError, Unpackable) as error:
            log.info("result_missed", key=slot.key, error=f"{type(error).__name__}: {error}"[:300])
            return None


async def _packed(value: Any) -> bytes | None:
    try:
        return await asyncio.to_thread(pack, value)
    except Unpackable as error:
        log.info("result_not_written", why=str(error))
        return None


async def _touch(used: set[Slot]) -> None:
    if used:
        some = sorted(used)
        await NodeResult.raw(
            _TOUCH, datetime.now(UTC), [slot.organisation_id for slot in some], [slot.key for slot in some]
        )
