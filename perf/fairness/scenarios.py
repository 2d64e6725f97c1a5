"""Loads that a line must stand, and what must hold in them."""

import random
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from control.jobs.policy import AGE_MOST, AGE_SECONDS, WEIGHTS, Head
from control.settings import Tier
from perf.fairness.simulation import Done, User, job, people, simulate

SLOTS, CAPACITY = 16, 20.0
"""Two workers with eight jobs each; a 512² picture of 20 steps (5.2 work) every 0.26 s."""
SIZES = (0.6, 1.3, 2.6, 5.2, 5.2, 10.5)
"""Work of pictures from 4 steps at 384² to 20 steps at 512² twice."""
SPREAD = 0.10
"""How far users of a tier may be apart in the work they were served: (most - least) / mean."""


class Result(msgspec.Struct, frozen=True):
    """What came of a load."""

    users: list[User]
    jobs: list[Head]
    done: list[Done]
    window: tuple[float, float]
    """While everybody had jobs in line."""


def saturated(count: int = 10_000, seed: int = 1) -> Result:
    """All tiers have jobs in line, enterprise alone more than there is room for. In a tier everybody has a habit.

    Some ask for small pictures and some for large ones; some submit all at once, and the others one by one.
    """
    draw = random.Random(seed)
    users = [
        *people("enterprise", 10, draw, per_organisation=5),
        *people("pro", 8, draw, per_organisation=2),
        *people("standard", 6, draw),
        *people("free", 4, draw),
    ]
    parts: dict[Tier, float] = {"enterprise": 0.56, "pro": 0.25, "standard": 0.13, "free": 0.06}
    jobs = []
    for tier, part in parts.items():
        members = [user for user in users if user.tier == tier]
        # Work for everybody alike, in jobs of very different sizes, so that nobody's line is soon empty.
        each = part * count * 4.2 / len(members)
        for place, user in enumerate(members):
            own, at, size = 0.0, 0.0, SIZES[place % len(SIZES)]
            while own < each:
                work = size * draw.uniform(0.7, 1.3)
                own += work
                at += 0.0 if place % 2 == 0 else work / CAPACITY * draw.expovariate(1.0)
                jobs.append(job(user, work, at, draw))
    jobs = draw.sample(jobs, min(count, len(jobs)))
    done = simulate(jobs, slots=SLOTS, capacity=CAPACITY)
    last: dict[object, float] = defaultdict(float)
    for one in done:
        last[one.head.user_id] = max(last[one.head.user_id], one.started)
    return Result(users, jobs, done, (0.0, min(last.values())))


def beside_enterprise(count: int = 10_000, seed: int = 2) -> Result:
    """Enterprise has all its jobs in line from the first moment, and never has none; free users come now and then.

    They ask for four fifths of what is theirs: so none of them has to wait for his own jobs for ever.
    """
    draw = random.Random(seed)
    free, enterprise = people("free", 20, draw), people("enterprise", 10, draw, per_organisation=5)
    many = count * 19 // 20
    jobs = [job(draw.choice(enterprise), draw.choice(SIZES), 0.0, draw) for _ in range(many)]
    share = WEIGHTS["free"] / (WEIGHTS["free"] + WEIGHTS["enterprise"])
    at = 0.0
    for _ in range(count - many):
        work = draw.choice(SIZES)
        at += draw.expovariate(0.8 * share * CAPACITY / work)
        jobs.append(job(draw.choice(free), work, at, draw))
    done = simulate(jobs, slots=SLOTS, capacity=CAPACITY)
    end = max(one.started for one in done if one.head.tier == "enterprise")
    return Result([*free, *enterprise], jobs, done, (0.0, end))


def served(done: Iterable[Done], window: tuple[float, float]) -> dict[Tier, dict[object, float]]:
    """Tier → user → work begun in the window."""
    found: dict[Tier, dict[object, float]] = {tier: defaultdict(float) for tier in WEIGHTS}
    for one in done:
        if window[0] <= one.started < window[1]:
            who = one.head.organisation_id, one.head.user_id
            found[one.head.tier][who] += one.head.work
    return found


def spread(work: Iterable[float]) -> float:
    """(most - least) / mean."""
    values = list(work)
    return (max(values) - min(values)) / (sum(values) / len(values))


def bounds(result: Result, tier: Tier) -> list[tuple[Done, float]]:
    """Each job of a tier, and how many seconds it may wait at most, however much others ask for.

    Its tier has at least its weight's part of all tiers', once it has aged for so long, and its user the same part of
    the tier as everybody else; before the job come the user's earlier ones that wait with it, and, as no job is
    broken off, one of the largest for every user and every slot.
    """
    members = sum(user.tier == tier for user in result.users)
    share = WEIGHTS[tier] / sum(WEIGHTS.values())
    largest = max(SIZES) * 1.3
    alone = largest * members / (share * CAPACITY) + largest * SLOTS / CAPACITY + AGE_SECONDS * AGE_MOST
    by_user: dict[object, list[Done]] = defaultdict(list)
    for one in result.done:
        if one.head.tier == tier:
            by_user[one.head.user_id].append(one)
    return [
        (one, alone + _before(own, one) * members / (share * CAPACITY))
        for own in by_user.values()
        for one in own
    ]


def _before(own: list[Done], one: Done) -> float:
    """Work of its user's that waits with it and comes before it, and its own."""
    asked = one.head.queued_at
    return sum(o.head.work for o in own if o.head.queued_at <= asked <= o.started <= one.started)
