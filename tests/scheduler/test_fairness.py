"""10,000 simulated jobs through the real policy: nobody waits for ever, and users of a tier are served alike."""

import random
from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from control.jobs.policy import PATIENCE, WEIGHTS
from perf.fairness.scenarios import (
    CAPACITY,
    SLOTS,
    SPREAD,
    Result,
    beside_enterprise,
    bounds,
    saturated,
    served,
    spread,
)
from perf.fairness.simulation import job, people, simulate

RUNS: dict[str, Callable[[], Result]] = {
    "saturated": cache(saturated),
    "beside enterprise": cache(beside_enterprise),
}


def test_in_each_tier_users_are_served_the_same_work_whatever_they_submit() -> None:
    result = RUNS["saturated"]()
    assert len(result.done) == len(result.jobs) == 10_000
    for tier, users in served(result.done, result.window).items():
        assert len(users) == sum(user.tier == tier for user in result.users)
        assert spread(users.values()) <= SPREAD, tier


def test_tiers_with_work_in_line_share_by_weight() -> None:
    result = RUNS["saturated"]()
    work = {tier: sum(users.values()) for tier, users in served(result.done, result.window).items()}
    for tier, weight in WEIGHTS.items():
        part = weight / sum(WEIGHTS.values())
        assert work[tier] / sum(work.values()) == pytest.approx(part, rel=0.05)


@pytest.mark.parametrize("load", RUNS)
def test_no_job_waits_longer_than_its_bound(load: str) -> None:
    result = RUNS[load]()
    assert len(bounds(result, "free")) > 400
    assert all(one.wait <= most for one, most in bounds(result, "free"))


def test_free_jobs_are_done_while_enterprise_never_stops_asking() -> None:
    result = RUNS["beside enterprise"]()
    free = [one for one in result.done if one.head.tier == "free"]
    assert len(free) == 500
    # The bound would be worth little if it were met by there being nobody else left.
    assert max(one.started for one in free) < 0.7 * result.window[1]
    assert sorted(one.wait for one in free)[len(free) // 2] < 60


def test_the_simulation_notices_an_unfair_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    fair = RUNS["beside enterprise"]()
    monkeypatch.setitem(WEIGHTS, "enterprise", 1e9)
    done = simulate(fair.jobs, slots=SLOTS, capacity=CAPACITY)
    monkeypatch.undo()
    unfair = msgspec.structs.replace(fair, done=done)
    assert not all(one.wait <= most for one, most in bounds(unfair, "free"))


def test_newcomers_without_end_hold_up_nobody() -> None:
    draw = random.Random(3)
    [old] = people("free", 1, draw)
    # One job at a time, and when it is his turn again there is always somebody who has had none.
    jobs = [job(old, 5.0, 0.0, draw), job(old, 5.0, 0.1, draw)]
    jobs += [job(user, 5.0, 0.05, draw) for user in people("free", 20, draw)]
    at = 0.1
    for user in people("free", 1_500, draw):
        at += draw.expovariate(1.5)
        jobs.append(job(user, 5.0, at, draw))
    done = simulate(jobs, slots=4, capacity=5.0, caps={"free": 1})
    [_, second] = [one for one in done if one.head.user_id == old.user]
    # Who came soon after it was let go first, and nobody who came so much later.
    assert second.wait > 60
    behind = [one for one in done if one.head.queued_at > second.head.queued_at + PATIENCE]
    assert len(behind) > 400
    assert all(one.started >= second.started for one in behind)


def test_who_comes_back_after_a_pause_has_saved_up_nothing() -> None:
    draw = random.Random(4)
    steady, back = people("standard", 2, draw)
    jobs = [job(steady, 1.0, place * 0.01, draw) for place in range(2_000)]
    jobs += [job(back, 1.0, 60.0 + place * 0.01, draw) for place in range(600)]
    done = simulate(jobs, slots=4, capacity=10.0, caps={"standard": 4})
    among = [one for one in done if 60.5 <= one.started < 100]
    work = {
        user.user: sum(o.head.work for o in among if o.head.user_id == user.user) for user in (steady, back)
    }
    assert spread(work.values()) <= SPREAD
