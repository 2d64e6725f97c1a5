"""Somebody who watches: what they may see, and what they have seen."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from control.access.principal import Principal
from control.realtime.bus import Envelope
from control.realtime.outbox import MOST_STATES, Full, Outbox

MOST_JOBS = 10_000
"""Jobs whose last state a connection remembers."""

Topic = tuple[str, UUID, UUID]
"""job, user, team or all; the organisation; whose."""
NOBODY = UUID(int=0)


class Watcher:
    """One connection's side of the hub, in one task's hands beside the hub's."""

    def __init__(
        self,
        who: Principal,
        teams: Iterable[UUID],
        *,
        job_id: UUID | None = None,
        everything: bool = False,
        expires_at: float | None = None,
    ) -> None:
        self.job_id = job_id
        self.everything = everything
        self.expires_at = expires_at
        """When the access token ends, in seconds since 1970."""
        self.outbox = Outbox()
        self.direct: Callable[[Envelope], bool] | None = None
        """Sends an event at once, where the connection can; says whether it did."""
        self.job_owner: tuple[UUID, UUID | None] | None = None
        """User and team of the one job."""
        self.floor = 0
        """States up to this number were there before."""
        self.ended: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        """Close code and reason, once it shall end."""
        self._held: list[Envelope] | None = []
        self._seen: OrderedDict[UUID, int] = OrderedDict()
        self.renew(who, teams)

    def renew(self, who: Principal, teams: Iterable[UUID]) -> None:
        """Who it is now, and in which teams."""
        self.who, self.teams = who, frozenset(teams)
        self.organisation_id = who.organisation_id

    @property
    def all_jobs(self) -> bool:
        """Does it see everybody's? Those who may are still shown only their own unless they ask, or name a job."""
        return (self.everything or self.job_id is not None) and self.who.may("job:manage")

    def sees(self, user_id: UUID, team_id: UUID | None, job_id: UUID) -> bool:
        """Is an event of this job for it?"""
        if self.job_id is not None and job_id != self.job_id:
            return False
        return user_id == self.who.user_id or team_id in self.teams or self.all_jobs

    def topics(self) -> set[Topic]:
        """Under what the hub finds it."""
        organisation = self.organisation_id
        if self.job_id is not None:
            return {("job", organisation, self.job_id)}
        if self.everything:
            return {("all", organisation, NOBODY)}
        return {("user", organisation, self.who.user_id)} | {("team", organisation, t) for t in self.teams}

    def offer(self, envelope: Envelope, *, old: bool = False) -> None:
        """The hub has an event. `old`: read from the database, and perhaps from before this connection."""
        if self.ended.done() or not self.sees(envelope.user_id, envelope.team_id, envelope.job_id):
            return
        if envelope.kind != "state":
            if self._held is None:
                self._send(envelope)
            return
        if old and envelope.number <= self.floor and envelope.job_id not in self._seen:
            return
        if self._held is None:
            self._put(envelope)
        elif len(self._held) < MOST_STATES:
            self._held.append(envelope)
        else:
            self._too_slow()

    def new(self, envelope: Envelope) -> bool:
        """Has this state not been seen? It has then."""
        return self.seen(envelope.job_id, envelope.sequence)

    def seen(self, job_id: UUID, sequence: int) -> bool:
        """Notes that a job's state of this sequence was told; False where it, or a later one, was before."""
        if sequence <= self._seen.get(job_id, 0):
            return False
        self._seen[job_id] = sequence
        self._seen.move_to_end(job_id)
        if len(self._seen) > MOST_JOBS:
            self._seen.popitem(last=False)
        return True

    def release(self) -> None:
        """It has caught up: what came meanwhile follows, and from now on it gets all at once."""
        held, self._held = self._held or [], None
        for envelope in held:
            self._put(envelope)

    def end(self, code: int, reason: str) -> None:
        """It shall be closed."""
        if not self.ended.done():
            self.ended.set_result((code, reason))

    def _put(self, envelope: Envelope) -> None:
        if self.new(envelope):
            try:
                self._send(envelope)
            except Full:
                self._too_slow()

    def _send(self, envelope: Envelope) -> None:
        # Nothing overtakes what waits.
        if self.direct is None or len(self.outbox) or not self.direct(envelope):
            self.outbox.put(envelope)

    def _too_slow(self) -> None:
        self.end(4408, "Too slow: too many states wait for you. Come again with after=ID.")


def topics_of(organisation_id: UUID, envelope: Envelope) -> Iterator[Topic]:
    """Where an event goes."""
    yield "job", organisation_id, envelope.job_id
    yield "user", organisation_id, envelope.user_id
    yield "all", organisation_id, NOBODY
    if envelope.team_id is not None:
        yield "team", organisation_id, envelope.team_id
