"""A short storm over a real stack; `make chaos` is the long one."""

import shutil
from pathlib import Path

import pytest

from perf.chaos.kills import TARGETS
from perf.chaos.report import write_report
from perf.chaos.storm import Outcome, run


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, published_pocket: Path) -> Outcome:
    home = tmp_path_factory.mktemp("chaos")
    shutil.copytree(published_pocket.parents[1], home, symlinks=True, dirs_exist_ok=True)
    return run(home, jobs=8, rounds=1, seconds=12, seed=3, steps=(10, 40))


def test_nothing_is_lost_charged_twice_or_left_open(outcome: Outcome) -> None:
    assert outcome.violations == []
    assert len(outcome.submissions) == 8
    ended = {job["id"]: job["state"] for job in outcome.jobs}
    assert {s.job_id for s in outcome.submissions} < set(ended)
    # Kills are no excuse: what nobody cancelled was painted.
    asked = {s.job_id for s in outcome.submissions if s.cancelled}
    assert {state for job, state in ended.items() if job not in asked} == {"COMPLETED"}


def test_every_service_was_killed_and_came_back(outcome: Outcome) -> None:
    assert sorted(kill.part.split()[0] for kill in outcome.kills) == sorted(TARGETS)
    assert all(kill.back is not None for kill in outcome.kills)
    assert outcome.tally.reconnects > 0, "the API's end broke no WebSocket"


def test_the_report_tells_it(outcome: Outcome, tmp_path: Path) -> None:
    write_report(tmp_path, outcome, seed=3)
    said = (tmp_path / "chaos.md").read_text()
    assert "**Green.**" in said
    assert all(kill.part in said for kill in outcome.kills)
    assert (tmp_path / "chaos.png").stat().st_size > 10_000
    assert len((tmp_path / "chaos.csv").read_text().splitlines()) == 1 + len(outcome.jobs)
