"""Whose job is next: fair queueing between the tiers, and in each tier between its users. Pure.

Served are start times of a virtual clock, as in start-time fair queueing (SFQ: Goyal, Vin and Cheng, SIGCOMM 1996;
weights as in Demers, Keshav and Shenker's weighted fair queueing, SIGCOMM 1989):

    start  = max(clock, finish of the one's last job)       finish = start + work / weight

Whoever has the smallest start is next, and the clock goes to it. So everybody is served work in proportion to their
weight, a small job does not wait for many large ones, and who comes back after a pause begins at the clock: nobody
saves up. One clock chooses the tier, and one for each tier chooses the user; a user's own jobs go by `position`.

What waits grows older: a tier's weight grows with its oldest head, and a head's start counts as smaller by
`work of a usual job * age / PATIENCE`, so that a stream of newcomers, each of them at the clock, holds nobody up for
ever. docs/scheduling.md says what that is worth.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from uuid import UUID

import msgspec
import numpy as np

from control.billing.tiers import entitlements
from control.settings import ControlSettings, Tier

WEIGHTS: dict[Tier, float] = {"enterprise": 8.0, "pro": 4.0, "standard": 2.0, "free": 1.0}
"""Shares of tiers that all have work waiting."""
AGE_SECONDS = 60.0
"""A tier whose oldest head has waited so long weighs twice as much."""
AGE_MOST = 3.0
"""How many times its weight a tier may gain by age."""
PATIENCE = 600.0
"""A user whose head has waited so many seconds counts as if they had been served one usual job less."""
AFFINITY = 0.5
"""By how much of the next job's work the start of another one may be later that goes before it, as its model is loaded."""
AFFINITY_SECONDS = 10.0
"""A head that has waited so long is passed over no more for that."""

CLOCK = "clock"
"""Key of the clock between tiers; `clock:TIER` is the one between its users."""


class Head(msgspec.Struct, frozen=True, gc=False):
    """A job in line that may be next: one of the first of its user's."""

    job_id: UUID
    organisation_id: UUID
    user_id: UUID
    tier: Tier
    model: str
    work: float
    """Expected effort (control.jobs.requests.effort); above 0."""
    position: float
    """Among its user's own, smallest first."""
    queued_at: float
    """Seconds since 1970."""


class Choice(msgspec.Struct, frozen=True):
    """A job that is next, and what `queue_served` says once it is taken."""

    head: Head
    served: dict[str, float]
    """Keys that changed, with their new values: a later choice's come after an earlier one's."""

    @property
    def job_id(self) -> UUID:
        """Of the head."""
        return self.head.job_id


def tier_key(tier: Tier) -> str:
    """Where a tier's finish is kept."""
    return f"tier:{tier}"


def user_key(head: Head) -> str:
    """Where the finish of the head's user is kept."""
    return f"user:{head.tier}:{head.organisation_id.hex}:{head.user_id.hex}"


def clock_key(tier: Tier) -> str:
    """Where the clock between a tier's users is kept."""
    return f"{CLOCK}:{tier}"


def keys(heads: Iterable[Head]) -> set[str]:
    """What `choose` must know of `queue_served` for these heads."""
    found = {CLOCK}
    for head in heads:
        found |= {tier_key(head.tier), clock_key(head.tier), user_key(head)}
    return found


def updates(choices: Iterable[Choice]) -> dict[str, float]:
    """What to write to `queue_served` when all choices are taken."""
    return {key: value for choice in choices for key, value in choice.served.items()}


def caps(settings: ControlSettings) -> dict[Tier, int | None]:
    """How many jobs of an organisation may run at a time, by tier."""
    return {tier: entitlements(tier, settings).concurrent_jobs for tier in WEIGHTS}


def choose(
    heads: Iterable[Head],
    served: Mapping[str, float],
    running: Mapping[UUID, int],
    caps: Mapping[Tier, int | None],
    now: float,
    room: int,
    loaded: frozenset[str] = frozenset(),
) -> list[Choice]:
    """The next jobs, at most `room`, in order; fewer only where the caps let nobody else begin.

    `heads`: jobs in line, the first `room` of every user at least (or all there are). `served`: `queue_served`, a key
    that it lacks counts as 0. `running`: organisation → its jobs under way. `loaded`: models that need no loading.
    """
    line = Line(heads, served, running, caps, now, loaded)
    return list(islice(iter(line.take, None), room))


class Line:
    """The line at one moment, from which one job after another is taken."""

    def __init__(
        self,
        heads: Iterable[Head],
        served: Mapping[str, float],
        running: Mapping[UUID, int],
        caps: Mapping[Tier, int | None],
        now: float,
        loaded: frozenset[str] = frozenset(),
    ) -> None:
        self.now = now
        self._clock = served.get(CLOCK, 0.0)
        self._running = dict(running)
        self._caps = caps
        by_tier: dict[Tier, list[Head]] = {}
        for head in heads:
            by_tier.setdefault(head.tier, []).append(head)
        # In the table's order, so that what is equal has an order too.
        self._tiers = [_Tier(tier, by_tier[tier], served, now, loaded) for tier in WEIGHTS if tier in by_tier]
        for tier in self._tiers:
            for organisation in tier.members:
                tier.allow(organisation, self._has_room(tier.name, organisation))

    def take(self) -> Choice | None:
        """The next job, which runs from now on; None where the caps let nobody begin, or nobody waits."""
        waiting = [tier for tier in self._tiers if tier.next() is not None]
        if not waiting:
            return None
        tier = min(waiting, key=lambda tier: max(self._clock, tier.finish))
        start = self._clock = max(self._clock, tier.finish)
        weight = WEIGHTS[tier.name] * (1 + min(max(0.0, tier.age(self.now)) / AGE_SECONDS, AGE_MOST))
        head, served = tier.take()
        tier.finish = start + head.work / weight
        organisation = head.organisation_id
        self._running[organisation] = self._running.get(organisation, 0) + 1
        self._look_again(organisation)
        return Choice(head, {CLOCK: start, tier_key(tier.name): tier.finish, **served})

    def ended(self, organisation: UUID) -> None:
        """A job of the organisation runs no more."""
        self._running[organisation] = self._running.get(organisation, 0) - 1
        self._look_again(organisation)

    def _look_again(self, organisation: UUID) -> None:
        for tier in self._tiers:
            tier.allow(organisation, self._has_room(tier.name, organisation))

    def _has_room(self, tier: Tier, organisation: UUID) -> bool:
        cap = self._caps.get(tier)
        return cap is None or self._running.get(organisation, 0) < cap


class _Tier:
    """Users of one tier: their jobs, and arrays [users] of what the choice between them needs."""

    def __init__(
        self,
        name: Tier,
        heads: list[Head],
        served: Mapping[str, float],
        now: float,
        loaded: frozenset[str],
    ) -> None:
        self.name = name
        self.finish = served.get(tier_key(name), 0.0)
        self._clock = served.get(clock_key(name), 0.0)
        self._now = now
        self._loaded = loaded
        by_user: dict[tuple[UUID, UUID], list[Head]] = {}
        for head in heads:
            by_user.setdefault((head.organisation_id, head.user_id), []).append(head)
        for own in by_user.values():
            # The first one at the end, where it is taken off.
            own.sort(key=lambda head: (head.position, head.job_id), reverse=True)
        # Of those who are equal, who has waited longest is first.
        self._jobs = sorted(by_user.values(), key=lambda own: (own[-1].queued_at, own[-1].job_id))
        self._keys = [user_key(own[-1]) for own in self._jobs]
        self._finish = np.array([served.get(key, 0.0) for key in self._keys])
        self._since = np.array([own[-1].queued_at for own in self._jobs])
        self._ready = np.array([own[-1].model in loaded for own in self._jobs])
        self._open = np.ones(len(self._jobs), bool)
        self._gain = float(np.mean([own[-1].work for own in self._jobs])) / PATIENCE
        self.members: dict[UUID, list[int]] = {}
        for place, own in enumerate(self._jobs):
            self.members.setdefault(own[-1].organisation_id, []).append(place)
        self._next: int | None = None
        self._known = False

    def allow(self, organisation: UUID, allowed: bool) -> None:
        """May more jobs of the organisation begin?"""
        for place in self.members.get(organisation, ()):
            self._open[place] = allowed and bool(self._jobs[place])
            self._known = False

    def age(self, now: float) -> float:
        """How long the oldest head has waited that may begin, seconds."""
        return now - float(np.min(self._since, where=self._open, initial=np.inf))

    def next(self) -> int | None:
        """The place of the user whose turn it is; None where nobody may begin."""
        if not self._known:
            self._next, self._known = self._choose(), True
        return self._next

    def _choose(self) -> int | None:
        if not self._open.any():
            return None
        starts = np.maximum(self._clock, self._finish)
        # Age since a common moment: the choice is the same, and numbers stay small.
        ranks = np.where(self._open, starts + self._gain * (self._since - self._now), np.inf)
        first = int(np.argmin(ranks))
        if not self._loaded or self._ready[first] or self._now - self._since[first] > AFFINITY_SECONDS:
            return first
        slack = AFFINITY * self._jobs[first][-1].work
        near = np.where(self._ready, ranks, np.inf)
        other = int(np.argmin(near))
        return other if near[other] <= ranks[first] + slack else first

    def take(self) -> tuple[Head, dict[str, float]]:
        """The job whose turn it is, and what was served after it."""
        place = self.next()
        assert place is not None
        # The smallest start of all who may begin, also where another one goes first: who was passed over loses nothing.
        least = float(np.min(self._finish, where=self._open, initial=np.inf))
        start = max(self._clock, float(self._finish[place]))
        self._clock = max(self._clock, least)
        own = self._jobs[place]
        head = own.pop()
        self._finish[place] = start + head.work
        self._open[place] = bool(own)
        if own:
            self._since[place] = own[-1].queued_at
            self._ready[place] = own[-1].model in self._loaded
        self._known = False
        return head, {clock_key(self.name): self._clock, self._keys[place]: float(self._finish[place])}
