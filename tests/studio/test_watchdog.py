"""The watchdog's judgement, with the server replaced by what it would say."""

import collections
import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterable

import msgspec
import psutil
import pytest

from ensembles.serving.progress import Count, Progress
from studio.errors import StudioError
from studio.triton.processes import Stub
from studio.triton.watchdog import ROUND_SECONDS, Census, Limits, View, Watchdog

UNET, STREAM = 100, 200
WELL = View(
    at=1000.0,
    exited=None,
    ready={"unet", "stream"},
    states={UNET: psutil.STATUS_SLEEPING, STREAM: psutil.STATUS_SLEEPING},
    progress={},
    regions={"r-1": 1 << 20, "r-2": 1 << 20},
    used={"r-1", "r-2"},
)
CENSUS = Census(
    models={"unet", "stream"},
    stubs={UNET: Stub(UNET, "unet", "r-1"), STREAM: Stub(STREAM, "stream", "r-2")},
    streaming={"stream"},
)
LIMITS = Limits(step_seconds=60, shm_bytes=100 << 20)


@dataclasses.dataclass
class Fake:
    """Says what it is told to say and notes what is done to it."""

    view: View = WELL
    done: list[str] = dataclasses.field(default_factory=list)
    reload_fails: bool = False
    restart_fails: bool = False

    def look(self) -> View:
        return self.view

    def census(self) -> Census:
        return CENSUS

    def reload(self, model: str) -> None:
        self.done.append(f"reload {model}")
        if self.reload_fails:
            raise StudioError("it did not load")

    def restart(self) -> None:
        self.done.append("restart")
        if self.restart_fails:
            raise StudioError("the port is taken")

    def discard(self, files: Iterable[str]) -> None:
        if names := ", ".join(files):
            self.done.append(f"discard {names}")


def watch(server: Fake, *views: View) -> list[str]:
    """The watchdog's lines after a round for each view."""
    said: list[str] = []
    dog = Watchdog(server, LIMITS, said.append)
    for view in views:
        server.view = view
        dog.round()
    return said


def but(**changes) -> View:
    return msgspec.structs.replace(WELL, **changes)


def working(since: float) -> Progress:
    return Progress(working=Count(1, since))


def waiting(since: float) -> Progress:
    return Progress(waiting=Count(3, since))


@pytest.fixture(autouse=True)
def killed(monkeypatch) -> list[int]:
    """The processes that would have been killed."""
    pids: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _signal: pids.append(pid))
    return pids


SICK = {
    "a dead process": (
        but(states=WELL.states | {UNET: psutil.STATUS_ZOMBIE}),
        "reload unet",
        "process 100 died",
    ),
    "a vanished process": (but(states={STREAM: "sleeping"}), "reload unet", "process 100 died"),
    "a dead stream": (but(states={UNET: "sleeping"}), "restart", "streams would stay open"),
    "a hung step": (but(progress={UNET: working(939)}), "reload unet", "no end for 60 s"),
    "a hung stream": (but(progress={STREAM: waiting(939)}), "restart", "3 requests have not moved"),
    "the server's end": (but(exited=-9, ready=None, states={}), "restart", "status -9"),
}


@pytest.mark.parametrize("kind", SICK)
def test_what_is_wrong_for_certain_is_healed_in_the_round_that_sees_it(kind):
    view, done, says = SICK[kind]
    server = Fake()
    (line,) = watch(server, view)
    assert server.done == ([done, "discard r-1"] if done == "reload unet" else [done])
    assert says in line
    assert " s" in line.split("in ")[-1]


LASTING = {
    "a silent server": (but(ready=None), 5, "restart"),
    "a stopped process": (but(states=WELL.states | {UNET: psutil.STATUS_STOPPED}), 3, "reload unet"),
    "a lost model": (but(ready={"stream"}), 2, "reload unet"),
    "a model that does not go": (
        but(put_away=frozenset({"stream"}), held_up=frozenset({"stream"})),
        20,
        "restart",
    ),
    "memory of nobody": (but(regions=WELL.regions | {"r-9": 5_000_000}), 3, "discard r-9"),
    "memory while idle": (but(regions={"r-1": 200 << 20, "r-2": 1 << 20}), 5, "reload unet"),
}


@pytest.mark.parametrize("kind", LASTING)
def test_what_may_pass_by_itself_is_given_time(kind):
    view, patience, done = LASTING[kind]
    later = [msgspec.structs.replace(view, at=view.at + t) for t in range(patience + 1)]
    server = Fake()
    assert watch(server, *later[:-1]) == []
    assert watch(server, *later[:2], but(at=1002.0), *later[2:]) == [], "the count begins anew"
    assert server.done == []
    assert len(watch(server, *later)) == 1
    assert server.done[0] == done


HEALTHY = {
    "well": WELL,
    "a long step": but(progress={UNET: working(941)}),
    "waiting for a long step": but(progress={STREAM: waiting(1), UNET: working(941)}),
    "a queue that moves": but(progress={STREAM: waiting(1), UNET: Progress(working=Count(0, 990))}),
    "idle for long": but(
        progress={STREAM: Progress(waiting=Count(0, 1)), UNET: Progress(working=Count(0, 1))}
    ),
    "told by a process that is no more": but(progress={999: working(1)}),
    "much memory while pictures are painted": but(
        regions={"r-1": 200 << 20, "r-2": 1 << 20}, progress={UNET: working(999)}
    ),
}


@pytest.mark.parametrize("kind", HEALTHY)
def test_what_is_healthy_is_left_alone(kind):
    server = Fake()
    later = [msgspec.structs.replace(HEALTHY[kind], at=1000.0 + t / 100) for t in range(20)]
    assert watch(server, *later) == []
    assert server.done == []


def test_what_workers_unload_is_no_fault_and_is_watched_again_once_it_is_back():
    server = Fake()
    away = but(ready={"stream"}, states={STREAM: "sleeping"}, put_away=frozenset({"unet"}))
    later = [msgspec.structs.replace(away, at=1000.0 + t) for t in range(20)]
    # While it is loaded it is neither away nor ready.
    loading = [but(ready={"stream"}, at=1020.0 + t) for t in range(20)]
    assert watch(server, *later, *loading) == []
    assert server.done == []
    (line,) = watch(server, *later, but(at=1040.0), SICK["a dead process"][0])
    assert "unet: process 100 died" in line


def test_a_model_that_is_loaded_later_is_watched_from_then_on(monkeypatch):
    server = Fake()
    new = Stub(300, "vae", "r-3")
    more = but(ready=WELL.ready | {"vae"}, states=WELL.states | {300: "sleeping"})
    dog = Watchdog(server, LIMITS, print)
    full = Census(models=more.ready, stubs=CENSUS.stubs | {300: new}, streaming={"stream"})

    def census() -> Census:
        # The process has come after the look that saw its model ready.
        server.view = more
        return full

    monkeypatch.setattr(server, "census", census)
    server.view = msgspec.structs.replace(more, states=WELL.states)
    dog.round()
    assert server.done == []
    server.view = msgspec.structs.replace(more, states=WELL.states)
    dog.round()
    assert server.done[0] == "reload vae"


def test_a_hung_process_is_killed_and_a_dead_one_is_not_needed_to_be(killed):
    watch(Fake(), but(progress={UNET: working(1)}))
    assert killed == [UNET]


def test_the_old_process_of_a_model_that_was_loaded_again_may_go_in_its_own_time():
    server, grown = Fake(), but(regions={"r-1": 200 << 20, "r-2": 1 << 20})
    later = [msgspec.structs.replace(grown, at=grown.at + t) for t in range(6)]
    assert len(watch(server, *later, but(states={STREAM: "sleeping"}))) == 1


def test_when_loading_fails_the_server_is_restarted():
    server = Fake(reload_fails=True)
    (line,) = watch(server, SICK["a dead process"][0])
    assert server.done == ["reload unet", "restart"]
    assert "it did not load" in line
    assert "restarted" in line


def test_it_gives_up_after_five_failed_restarts_and_waits_longer_before_each():
    server = Fake(restart_fails=True)
    said: list[str] = []
    dog = Watchdog(server, LIMITS, said.append)
    server.view = SICK["the server's end"][0]
    pauses = [dog.round() for _ in range(4)]
    assert pauses == [ROUND_SECONDS * factor for factor in (2, 4, 8, 16)]
    with pytest.raises(StudioError, match="the port is taken"):
        dog.round()
    assert len(said) == 5


def test_little_shared_memory_is_warned_about(tmp_path, monkeypatch):
    from studio.settings import Settings
    from studio.triton import care
    from studio.triton.server import TritonServer

    server = TritonServer(Settings(home=tmp_path))
    server.models = ["a", "b"]
    room = collections.namedtuple("room", "total used free")
    monkeypatch.setattr(care.shutil, "disk_usage", lambda _: room(64_000_000, 60_000_000, 4_000_000))
    assert "4 MB free, 8 MB are wanted for 2 models" in care.little_shared_memory(server)
    monkeypatch.setattr(care.shutil, "disk_usage", lambda _: room(64_000_000, 0, 64_000_000))
    assert care.little_shared_memory(server) == ""
    assert care.limits(server.settings).shm_bytes == 32_000_000


CHILD = """
import os, sys, time
from ensembles.serving.progress import waiting, working
with waiting():
    with working():
        print("working", flush=True); sys.stdin.readline()
    print("waiting", flush=True); sys.stdin.readline()
print("idle", flush=True); sys.stdin.readline()
"""


def test_a_process_tells_another_what_it_is_at(tmp_path):
    from ensembles.serving.progress import VARIABLE, read_progress

    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], env=os.environ | {VARIABLE: str(tmp_path)}, **pipes
    )
    moments = {}
    for word in ("working", "waiting", "idle"):
        assert child.stdout.readline().strip() == word
        moments[word] = read_progress(tmp_path)[child.pid]
        child.stdin.write("\n")
        child.stdin.flush()
    assert child.wait(10) == 0
    under_way = {word: (p.working.under_way, p.waiting.under_way) for word, p in moments.items()}
    assert under_way == {"working": (1, 1), "waiting": (0, 1), "idle": (0, 0)}
    assert moments["working"].working.moved < moments["waiting"].working.moved < time.monotonic()
    assert (
        moments["working"].waiting.moved == moments["waiting"].waiting.moved < moments["idle"].waiting.moved
    )
