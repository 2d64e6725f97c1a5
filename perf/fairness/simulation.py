"""A line, workers with so many slots, and the real policy (control/jobs/policy.py) between them; no database, no clock."""

import heapq
import random
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from itertools import islice
from uuid import UUID

import msgspec

from control.jobs.policy import Head, choose, updates
from control.settings import Tier

CAPS: dict[Tier, int | None] = {"free": 2, "standard": 4, "pro": 16, "enterprise": None}


class User(msgspec.Struct, frozen=True):
    """Somebody who submits jobs."""

    tier: Tier
    organisation: UUID
    user: UUID

    @property
    def who(self) -> tuple[Tier, UUID, UUID]:
        """Whose jobs are told apart."""
        return self.tier, self.organisation, self.user


class Done(msgspec.Struct, frozen=True):
    """A job that was taken off the line."""

    head: Head
    started: float
    ended: float

    @property
    def wait(self) -> float:
        """Seconds in line."""
        return self.started - self.head.queued_at


def people(tier: Tier, count: int, draw: random.Random, per_organisation: int = 1) -> list[User]:
    """So many users, so many of them in each organisation."""
    organisations = [_uuid(draw) for _ in range((count + per_organisation - 1) // per_organisation)]
    return [User(tier, organisations[place // per_organisation], _uuid(draw)) for place in range(count)]


def job(user: User, work: float, at: float, draw: random.Random, model: str = "pocket") -> Head:
    """A job that is submitted at that time."""
    return Head(_uuid(draw), user.organisation, user.user, user.tier, model, work, at, at)


def simulate(
    jobs: Iterable[Head],
    *,
    slots: int,
    capacity: float,
    caps: Mapping[Tier, int | None] = CAPS,
    loaded: frozenset[str] = frozenset(),
    claim: int = 4,
) -> list[Done]:
    """Runs the line until it is empty: jobs in the order in which they started.

    `slots` jobs run side by side and do `capacity` work a second together; a worker claims up to `claim` at a time.
    """
    coming = deque(sorted(jobs, key=lambda head: (head.queued_at, head.job_id)))
    line: dict[tuple[Tier, UUID, UUID], deque[Head]] = defaultdict(deque)
    running: dict[UUID, int] = defaultdict(int)
    ends: list[tuple[float, UUID, UUID]] = []
    served: dict[str, float] = {}
    done: list[Done] = []
    now = 0.0
    while coming or ends:
        now = min(coming[0].queued_at if coming else float("inf"), ends[0][0] if ends else float("inf"))
        while coming and coming[0].queued_at <= now:
            head = coming.popleft()
            line[head.tier, head.organisation_id, head.user_id].append(head)
        while ends and ends[0][0] <= now:
            running[heapq.heappop(ends)[2]] -= 1
        while line and (room := min(claim, slots - len(ends))) > 0:
            heads = [head for own in line.values() for head in islice(own, room)]
            choices = choose(heads, served, running, caps, now, room, loaded)
            served |= updates(choices)
            for choice in choices:
                head = choice.head
                who = head.tier, head.organisation_id, head.user_id
                # A user's jobs come in their order.
                assert line[who].popleft() is head
                if not line[who]:
                    del line[who]
                end = now + head.work * slots / capacity
                heapq.heappush(ends, (end, head.job_id, head.organisation_id))
                running[head.organisation_id] += 1
                done.append(Done(head, now, end))
            if len(choices) < room:
                break
    return done


def _uuid(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128))
