"""From Redis, and where that is away from the database, to all watchers of this process: each event encoded once.

Progress and previews are passed on as they come. States are passed on in the order of each job's sequence; what is
missing before one that came is read from the database, where it must stand, for a state is published after its
transaction. What Redis lost altogether is found by reading the latest rows again: every other second, every second for
organisations whose channel is not subscribed, and at once when it is again.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
import structlog

from control.errors import TooManyRequests
from control.http import metrics, stopping
from control.http.problems import DOWN
from control.realtime import checking, history
from control.realtime.bus import Envelope
from control.realtime.feed import Feed
from control.realtime.watcher import Topic, Watcher, topics_of
from control.settings import ControlSettings
from control.tasks import end

MOST_CONNECTIONS = 100
"""Of one member, to one process."""
KNOWN_JOBS = 50_000
"""Jobs whose last state the hub remembers."""
SWEEP_SECONDS = 1.0
MARGIN_SECONDS = 4.0
"""How much further back than its last look a look goes; a careful one goes as far as rows may come late."""
CAREFUL_SECONDS = history.LATE.total_seconds() + 5.0
CAREFUL_EVERY = 60
"""Each so many looks is careful."""
CHECK_SECONDS = 5.0
"""How often it is asked whether watchers still may."""

_decoder = msgspec.msgpack.Decoder(Envelope)
log = structlog.get_logger("control.realtime")


class Hub:
    """One an API process."""

    def __init__(self, settings: ControlSettings) -> None:
        self._feed = Feed(settings.redis_url, self._heard)
        self._topics: dict[Topic, set[Watcher]] = {}
        self._watchers: dict[Watcher, set[Topic]] = {}
        self._people: Counter[tuple[UUID, UUID]] = Counter()
        self._organisations: Counter[UUID] = Counter()
        self._known: OrderedDict[UUID, int] = OrderedDict()
        """Job → the sequence of the last state that was passed on."""
        self._complete: dict[UUID, float] = {}
        """Organisation → the moment (monotonic) up to which nothing is missing."""
        self._since: dict[UUID, float] = {}
        """Organisation → since when somebody watches."""
        self._stale: set[UUID] = set()
        """Organisations that may have missed something."""
        self._stopped = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Works as long as the context lasts."""
        stopping.at_the_end.append(self.end_all)
        works = (self._feed.run(), self._sweep(), self._check())
        tasks = [asyncio.create_task(_for_ever(work)) for work in works]
        try:
            yield
        finally:
            stopping.at_the_end.remove(self.end_all)
            self.end_all()
            await end(*tasks)

    def check_room(self, watcher: Watcher) -> None:
        """Raises `TooManyRequests` for who watches too often already."""
        if self._people[_person(watcher)] >= MOST_CONNECTIONS:
            raise TooManyRequests(
                f"You have {MOST_CONNECTIONS} live connections, which is the most. Close one first.", 5
            )

    async def join(self, watcher: Watcher) -> None:
        """From now on the watcher is offered all that happens; raises `TooManyRequests`."""
        self.check_room(watcher)
        organisation_id = watcher.organisation_id
        self._people[_person(watcher)] += 1
        self._organisations[organisation_id] += 1
        self._watchers[watcher] = set()
        self._place(watcher)
        metrics.watching(len(self._watchers))
        now = time.monotonic()
        self._complete.setdefault(organisation_id, now)
        self._since.setdefault(organisation_id, now)
        if self._stopped:
            watcher.end(1012, "This process stops. Come again.")
        try:
            await self._feed.add(organisation_id)
        except BaseException:
            await self.leave(watcher)
            raise

    async def leave(self, watcher: Watcher) -> None:
        """It is offered no more."""
        if (topics := self._watchers.pop(watcher, None)) is None:
            return
        self._unplace(watcher, topics)
        _less(self._people, _person(watcher))
        organisation_id = watcher.organisation_id
        _less(self._organisations, organisation_id)
        metrics.watching(len(self._watchers))
        metrics.dropped(watcher.outbox.dropped)
        if not self._organisations[organisation_id]:
            self._complete.pop(organisation_id, None)
            self._since.pop(organisation_id, None)
            self._stale.discard(organisation_id)
            await self._feed.drop(organisation_id)

    def end_all(self) -> None:
        """The process stops."""
        self._stopped = True
        for watcher in self._watchers:
            watcher.end(1012, "This process stops. Come again.")

    # Who is told of what.

    def _place(self, watcher: Watcher) -> None:
        topics = watcher.topics()
        self._unplace(watcher, self._watchers[watcher] - topics)
        for topic in topics:
            self._topics.setdefault(topic, set()).add(watcher)
        self._watchers[watcher] = topics

    def _unplace(self, watcher: Watcher, topics: set[Topic]) -> None:
        for topic in topics:
            self._topics[topic].discard(watcher)
            if not self._topics[topic]:
                del self._topics[topic]

    def _spread(self, organisation_id: UUID, envelope: Envelope, *, old: bool = False) -> None:
        told: set[Watcher] = set()
        for topic in topics_of(organisation_id, envelope):
            told |= self._topics.get(topic, set())
        for watcher in told:
            watcher.offer(envelope, old=old)

    # What has happened.

    async def _heard(self, organisation_id: UUID, message: bytes) -> None:
        try:
            envelope = _decoder.decode(message)
        except msgspec.MsgspecError as error:
            log.error("event_not_understood", error=str(error)[:200])
            return
        if envelope.kind != "state":
            self._spread(organisation_id, envelope)
            return
        last = self._known.get(envelope.job_id, 0)
        if envelope.sequence > last + 1:
            try:
                missing = await history.of_job(organisation_id, envelope.job_id, last, envelope.sequence)
            except DOWN:
                # It is found again with what was before it.
                self._stale.add(organisation_id)
                return
            for earlier in missing:
                self._state(organisation_id, earlier, old=True)
        self._state(organisation_id, envelope)

    def _state(self, organisation_id: UUID, envelope: Envelope, *, old: bool = False) -> None:
        """Passes a state on, unless it or a later one of the job was."""
        if envelope.sequence <= self._known.get(envelope.job_id, 0):
            return
        self._known[envelope.job_id] = envelope.sequence
        self._known.move_to_end(envelope.job_id)
        if len(self._known) > KNOWN_JOBS:
            self._known.popitem(last=False)
        self._spread(organisation_id, envelope, old=old)

    async def _sweep(self) -> None:
        """Looks for what was not heard."""
        away, looks = False, 0
        while True:
            self._feed.changed.clear()
            metrics.flush()
            looks += 1
            live = frozenset(self._feed.live)
            try:
                await self._look(live, looks)
                away = False
            except DOWN as error:
                self._stale |= self._complete.keys()
                if not away:
                    log.warning("events_not_read", error=f"{type(error).__name__}: {error}"[:200])
                away = True
            try:
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._feed.changed.wait()
                if not self._stale & self._feed.live:
                    # Somebody new; nothing was missed.
                    await asyncio.sleep(SWEEP_SECONDS)
            except TimeoutError:
                pass

    async def _look(self, live: frozenset[UUID], looks: int) -> None:
        """Reads the latest rows; `live`: the organisations that could be heard before."""
        self._stale |= self._complete.keys() - live
        careful = self._stale & self._complete.keys()
        usual = self._complete.keys() - careful if looks % 2 == 0 else set()
        if looks % CAREFUL_EVERY == 0:
            careful, usual = careful | usual, set()
        for some, margin in ((careful, CAREFUL_SECONDS), (usual, MARGIN_SECONDS)):
            # Somebody may have left since.
            which = some & self._complete.keys()
            if not which:
                continue
            began = time.monotonic()
            # What was there before anybody watched is nobody's to be told.
            back = max(
                began - max(self._complete[one] - margin, self._since[one] - MARGIN_SECONDS) for one in which
            )
            changed = await history.recent([*which], back)
            missed = [job for job, sequence in changed if sequence > self._known.get(job, 0)]
            for begin in range(0, len(missed), history.PAGE):
                for organisation_id, envelope in await history.of_jobs(missed[begin : begin + history.PAGE]):
                    self._state(organisation_id, envelope, old=True)
            for organisation_id in which & self._complete.keys():
                self._complete[organisation_id] = began
            self._stale -= which & live

    async def _check(self) -> None:
        """Ends those who may watch no more."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            watchers = [*self._watchers]
            try:
                await checking.check(watchers)
            except DOWN:
                # Nobody can say; nor can anything happen that they would be told.
                continue
            for watcher in watchers:
                if watcher in self._watchers:
                    self._place(watcher)
            metrics.dropped(sum(_taken(watchers)))


def _taken(watchers: Sequence[Watcher]) -> list[int]:
    """What each has dropped since it was asked last."""
    found = [watcher.outbox.dropped for watcher in watchers]
    for watcher in watchers:
        watcher.outbox.dropped = 0
    return found


def _less(counts: Counter[Any], key: object) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def _person(watcher: Watcher) -> tuple[UUID, UUID]:
    return watcher.organisation_id, watcher.who.user_id


async def _for_ever(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("unexpected_error")
        raise
