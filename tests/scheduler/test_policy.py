"""The policy's invariants, for any line."""

from collections import Counter
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.jobs.policy import (
    AFFINITY_SECONDS,
    CLOCK,
    WEIGHTS,
    Choice,
    Head,
    caps,
    choose,
    clock_key,
    keys,
    tier_key,
    updates,
    user_key,
)
from control.settings import ControlSettings, Entitlements, Tier

NOW = 10_000.0
NO_CAPS: dict[Tier, int | None] = dict.fromkeys(WEIGHTS)
TIERS = st.sampled_from(sorted(WEIGHTS))
WORK = st.floats(0.01, 500)


@st.composite
def lines(draw: st.DrawFn) -> list[Head]:
    """Up to 25 jobs of up to 4 organisations, up to 3 users each."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(1, 4), st.integers(1, 3), TIERS, st.sampled_from("abc"), WORK,
                st.floats(-100, 100), st.floats(0, NOW),
            ),
            max_size=25,
        )
    )  # fmt: skip
    return [
        Head(UUID(int=place), UUID(int=org), UUID(int=10 * org + user), tier, model, work, position, at)
        for place, (org, user, tier, model, work, position, at) in enumerate(drawn)
    ]


SERVED = st.dictionaries(
    st.sampled_from([CLOCK, *(f(t) for t in WEIGHTS for f in (tier_key, clock_key))]), st.floats(0, 1e6)
)
CAPS = st.fixed_dictionaries({tier: st.none() | st.integers(0, 4) for tier in WEIGHTS})
RUNNING = st.dictionaries(st.integers(1, 4).map(lambda n: UUID(int=n)), st.integers(0, 4))
LOADED = st.frozensets(st.sampled_from("abc"))


@given(lines(), SERVED, RUNNING, CAPS, st.integers(0, 30), LOADED)
def test_any_line(
    heads: list[Head],
    served: dict[str, float],
    running: dict[UUID, int],
    limits: dict[Tier, int | None],
    room: int,
    loaded: frozenset[str],
) -> None:
    choices = choose(heads, served, running, limits, NOW, room, loaded)
    taken = [choice.head for choice in choices]
    assert len(choices) <= room
    assert len({head.job_id for head in taken}) == len(taken)
    assert {head.job_id for head in taken} <= {head.job_id for head in heads}
    # Never above a cap: a job begins only where its tier's cap leaves room for one more of its organisation.
    now = Counter(running)
    for head in taken:
        cap = limits[head.tier]
        assert cap is None or now[head.organisation_id] < cap
        now[head.organisation_id] += 1
    # Work conserving: who is left over could not have begun.
    left = [head for head in heads if head not in taken]
    if len(choices) < room:
        assert all(
            (cap := limits[head.tier]) is not None and now[head.organisation_id] >= cap for head in left
        )
    # A user's own jobs in their order.
    for user in {user_key(head) for head in heads}:
        own = [head for head in heads if user_key(head) == user]
        first = sorted(own, key=lambda head: (head.position, head.job_id))
        of_user = [head for head in taken if user_key(head) == user]
        assert of_user == first[: len(of_user)]
    # Clocks and what was served only grow.
    before = dict(served)
    for choice in choices:
        for key, value in choice.served.items():
            assert value >= before.get(key, 0.0)
            before[key] = value
        assert choice.served.keys() <= keys(heads)


@given(lines(), SERVED, LOADED, st.integers(1, 10))
def test_claiming_one_by_one_is_claiming_all_at_once(
    heads: list[Head], served: dict[str, float], loaded: frozenset[str], room: int
) -> None:
    # With jobs of one size; the usual size, by which age counts, is that of those who wait.
    line = [msgspec.structs.replace(head, work=1.0) for head in heads]
    at_once = choose(line, served, {}, NO_CAPS, NOW, room, loaded)
    state, one_by_one = dict(served), []
    for _ in range(room):
        for choice in choose(line, state, {}, NO_CAPS, NOW, 1, loaded):
            state |= updates([choice])
            line.remove(choice.head)
            one_by_one.append(choice)
    assert one_by_one == at_once


@given(TIERS, WORK, SERVED, LOADED)
def test_a_lone_waiter_is_never_skipped(
    tier: Tier, work: float, served: dict[str, float], loaded: frozenset[str]
) -> None:
    lone = Head(UUID(int=99), UUID(int=98), UUID(int=97), tier, "a", work, 0.0, NOW)
    state = served | {user_key(lone): 1e9}
    assert [choice.head for choice in choose([lone], state, {}, {tier: 1}, NOW, 5, loaded)] == [lone]


def head(
    number: int, *, user: int = 1, tier: Tier = "free", model: str = "a", work: float = 1.0, at: float = NOW
) -> Head:
    return Head(UUID(int=number), UUID(int=user), UUID(int=user), tier, model, work, at, at)


def order(choices: list[Choice]) -> list[int]:
    return [choice.job_id.int for choice in choices]


def test_work_counts_and_not_the_number_of_jobs() -> None:
    large = [head(n, user=1, work=4.0, at=0.0) for n in range(1, 10)]
    small = [head(n, user=2, work=1.0, at=1.0) for n in range(11, 40)]
    chosen = [choice.head for choice in choose(large + small, {}, {}, NO_CAPS, NOW, 20)]
    assert sum(h.user_id.int == 1 for h in chosen) == 4


def test_a_model_that_is_loaded_goes_first_within_its_bound_and_not_for_long() -> None:
    fresh = [head(1, user=1, model="cold", at=NOW - 1), head(2, user=2, model="warm", at=NOW)]
    warm = frozenset({"warm"})
    assert order(choose(fresh, {}, {}, NO_CAPS, NOW, 2)) == [1, 2]
    assert order(choose(fresh, {}, {}, NO_CAPS, NOW, 2, warm)) == [2, 1]
    later = NOW + AFFINITY_SECONDS + 1
    assert order(choose(fresh, {}, {}, NO_CAPS, later, 2, warm)) == [1, 2]
    # Who was served more than half a job's work more goes behind all the same.
    ahead = {user_key(fresh[1]): 0.6}
    assert order(choose(fresh, ahead, {}, NO_CAPS, NOW, 2, warm)) == [1, 2]
    assert order(choose(fresh, {user_key(fresh[1]): 0.4}, {}, NO_CAPS, NOW, 2, warm)) == [2, 1]


def test_who_is_passed_over_for_a_loaded_model_loses_no_turn_to_those_who_come_after() -> None:
    cold = head(1, user=1, model="cold", at=NOW - 1)
    state: dict[str, float] = {}
    for number in range(2, 30):
        # Each of them has a loaded model and has just come.
        now = NOW + number
        [choice] = choose(
            [cold, head(number, user=number, model="warm", at=now)],
            state,
            {},
            NO_CAPS,
            now,
            1,
            frozenset({"warm"}),
        )
        state |= updates([choice])
        if choice.head is cold:
            assert now - cold.queued_at <= AFFINITY_SECONDS + 2
            return
    pytest.fail("it was never its turn")


def test_a_tier_that_has_waited_gets_more_than_its_weight() -> None:
    def free_first(age: float) -> int:
        old = [head(n, user=1, tier="free", at=NOW - age) for n in range(100)]
        fresh = [head(n, user=2, tier="enterprise", at=NOW) for n in range(100, 200)]
        return sum(c.head.tier == "free" for c in choose(old + fresh, {}, {}, NO_CAPS, NOW, 90))

    assert free_first(0) == 10
    assert 15 <= free_first(60) <= 20
    assert free_first(180) == free_first(10_000) == 30


def test_caps_come_from_the_tiers() -> None:
    settings = ControlSettings()
    assert caps(settings) == {"free": 2, "standard": 4, "pro": 16, "enterprise": None}
    own = Entitlements(
        monthly_credits=1, max_pixels=1, seats=1, storage_gib=1, concurrent_jobs=7, queued_jobs=1, own_models=0,
        api_keys_generate=False,
    )  # fmt: skip
    assert caps(msgspec.structs.replace(settings, tiers={"free": own}))["free"] == 7


def test_an_organisation_at_its_cap_holds_up_nobody_else() -> None:
    full = [head(n, user=1, at=0.0) for n in range(50)]
    other = head(99, user=2)
    choices = choose([*full, other], {}, {UUID(int=1): 2}, {"free": 2}, NOW, 8)
    assert order(choices) == [99]
