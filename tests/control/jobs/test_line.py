"""Places in line and times to wait: the policy's own order, and what was measured."""

import time
from uuid import UUID

import pytest
from redis.asyncio import Redis

from control.jobs import line
from control.jobs.line import Moment, Place, Running, Speeds, Waiting, places, run, speed_key
from control.jobs.policy import WEIGHTS, Head, choose
from control.jobs.requests import Txt2Img
from control.jobs.tables import Speed
from control.jobs.workers import Worker, tell
from control.settings import Tier
from scheduler.speeds import Speeds as Measured
from tests.control.jobs.conftest import REQUEST, within
from tests.control.people import Person, made

NOW = 1e6
SIZE = "512x512"
NO_CAPS: dict[Tier, int | None] = dict.fromkeys(WEIGHTS)


def waiting(
    number: int, *, user: int = 1, tier: Tier = "free", work: float = 1.0, size: str = SIZE
) -> Waiting:
    who = UUID(int=user)
    return Waiting(Head(UUID(int=number), who, who, tier, "pocket", work, number, NOW - 1), size)


def moment(
    jobs: list[Waiting], *, running: int = 0, slots: int = 1, speed: float | None = 2.0, **more
) -> Moment:
    speeds = Speeds([] if speed is None else [(speed_key("pocket", SIZE), speed, 1)])
    busy = [Running(UUID(int=1000 + n), "pocket", SIZE, 1.0, NOW - 0.5) for n in range(running)]
    return Moment(jobs, busy, {}, NO_CAPS | more.pop("caps", {}), speeds, slots, NOW)


def test_places_are_the_order_in_which_workers_claim() -> None:
    jobs = [
        waiting(n, user=1 + n % 3, tier="pro" if n % 4 else "free", work=1.0 + n % 5) for n in range(1, 60)
    ]
    order = [choice.job_id for choice in choose([job.head for job in jobs], {}, {}, NO_CAPS, NOW, 100)]
    found = run(moment(jobs))
    assert sorted(found, key=lambda job_id: found[job_id].position) == order
    assert sorted(place.position for place in found.values()) == list(range(1, 60))


def test_a_job_is_done_when_those_before_it_and_it_have_had_their_measured_time() -> None:
    jobs = [waiting(1), waiting(2, work=3.0), waiting(3)]
    # One runs for another 1.5 s; then 2 s, 6 s and 2 s.
    found = run(moment(jobs, running=1))
    assert [found[UUID(int=n)] for n in (1, 2, 3)] == [Place(1, 3.5), Place(2, 9.5), Place(3, 11.5)]
    # Two at a time.
    found = run(moment(jobs, running=1, slots=2))
    assert [found[UUID(int=n)] for n in (1, 2, 3)] == [Place(1, 2.0), Place(2, 7.5), Place(3, 4.0)]


def test_an_overdue_job_is_expected_soon_and_not_in_the_past() -> None:
    late = Running(UUID(int=9), "pocket", SIZE, 1.0, NOW - 3600)
    found = run(
        Moment([waiting(1)], [late], {}, NO_CAPS, Speeds([(speed_key("pocket", SIZE), 2.0, 5)]), 1, NOW)
    )
    assert found[UUID(int=1)] == Place(1, 2.2)


def test_who_may_have_one_job_at_a_time_waits_for_it() -> None:
    jobs = [waiting(1, user=1), waiting(2, user=1), waiting(3, user=2)]
    found = run(moment(jobs, slots=8, caps={"free": 1}))
    assert [found[UUID(int=n)] for n in (1, 3, 2)] == [Place(1, 2.0), Place(2, 2.0), Place(3, 4.0)]


@pytest.mark.parametrize(("slots", "speed"), [(0, 2.0), (4, None)], ids=["nobody works", "nothing measured"])
def test_without_workers_or_measurements_there_is_a_place_and_no_time(
    slots: int, speed: float | None
) -> None:
    assert run(moment([waiting(1)], slots=slots, speed=speed)) == {UUID(int=1): Place(1, None)}


def test_a_new_size_goes_by_the_model_and_a_new_model_by_all() -> None:
    speeds = Speeds([("a:512x512", 2.0, 3), ("a:256x256", 6.0, 1), ("b:512x512", 11.0, 4)])
    assert speeds.seconds("a", "256x256", 2.0) == 12.0
    assert speeds.seconds("a", "64x64", 1.0) == 3.0
    assert speeds.seconds("c", "64x64", 1.0) == 7.0


def test_ten_thousand_in_line_are_run_through_in_a_moment() -> None:
    jobs = [waiting(n, user=1 + n % 700, tier=sorted(WEIGHTS)[n % 4], work=1 + n % 7) for n in range(10_000)]
    began = time.perf_counter()
    assert len(run(moment(jobs, slots=16))) == 10_000
    # 0.5 s where nobody else uses the machine.
    assert time.perf_counter() - began < 10


def submitted(person: Person, count: int) -> list[UUID]:
    return [UUID(str(made(person.post("/jobs", request=REQUEST))["id"])) for _ in range(count)]


def test_places_are_shared_through_redis_and_found_without_it(
    ada: Person, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = submitted(ada, 4)
    runs: list[float] = []

    async def work() -> tuple[dict[UUID, Place], ...]:
        async with Redis.from_url(redis_url) as redis:
            await redis.delete(line.PLACES, line.FRESH, line.TURN)
            await tell(redis, "test", Worker(at=0, jobs=2))
            await Speed.raw("DELETE FROM speeds")
            measured = Measured()
            measured.measured(Txt2Img(prompt="", model="pocket", width=512, height=512), 5.24288)
            await measured.write()
            first = await places(redis, jobs)
            # Whoever comes next reads them.
            monkeypatch.setattr(line, "run", lambda moment: runs.append(moment.now) or {})
            second = await places(redis, [jobs[3]])
            await redis.delete("workers")
        monkeypatch.undo()
        away = Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2)
        return first, second, await places(away, jobs)

    first, second, alone = within(database_url, work)
    own = [first[job] for job in jobs]
    assert [place.position for place in own] == sorted(place.position for place in own), "the first one first"
    assert all(place.eta_seconds and place.eta_seconds >= 0.1 for place in own)
    assert second == {jobs[3]: first[jobs[3]]}
    assert runs == []
    assert [alone[job].position for job in jobs] == [place.position for place in own]


def test_the_route_tells_the_place(ada: Person, redis_url: str) -> None:
    [job] = submitted(ada, 1)

    def position() -> int | None:
        found: int | None = made(ada.get(f"/jobs/{job}/status"))["position"]
        return found

    deadline = time.monotonic() + 10
    while position() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (position() or 0) >= 1


def test_speeds_are_a_moving_average(database_url: str) -> None:
    work_ = Txt2Img(prompt="", model="averages", width=1000, height=1000, steps=1)
    key = speed_key("averages", "1000x1000")

    async def work() -> list[float]:
        found = []
        for seconds in [4.0, 2.0, *[3.0] * 100, 30.0]:
            measured = Measured()
            measured.measured(work_, seconds)
            await measured.write()
            [row] = await Speed.select().where(Speed.key == key)
            found.append(row["seconds_per_work"])
        assert row["samples"] == 103
        return found

    first, second, *_, before, last = within(database_url, work)
    assert (first, second) == (4.0, 3.0), "the first ones count alike"
    assert before == pytest.approx(3.0, abs=0.01)
    assert last == pytest.approx(before + 0.1 * (30 - before)), "one that is far off moves it a little"
