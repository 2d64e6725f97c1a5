"""Large networks load one after another, the largest first; what they take meanwhile goes back to the system."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from ensembles.engine import heap, turns

LARGE, LARGEST = 4 * 64 * 64, 4 * 128 * 128


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(turns, "LARGE", LARGE)
    monkeypatch.setattr(turns, "LARGEST", LARGEST)
    folder = tmp_path / "models" / "one" / "weights"
    folder.mkdir(parents=True)
    file = folder / "unet.safetensors"
    file.write_bytes(b"\0" * (2 * 128 * 128))
    return file


def locked(models: Path) -> bool:
    place = os.open(models, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(place)
    return False


def test_the_largest_goes_first_although_it_comes_later(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(turns.VARIABLE, str(time.monotonic() + 20))
    order: list[str] = []

    def load(name: str, size: int) -> None:
        with turns.alone(weights, size):
            order.append(name)
            time.sleep(0.4)

    small = threading.Thread(target=load, args=("text encoder", LARGE))
    small.start()
    time.sleep(0.3)
    load("unet", LARGEST)
    small.join(10)
    assert order == ["unet", "text encoder"]


def test_nobody_waits_for_one_that_does_not_come(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    monkeypatch.setenv(turns.VARIABLE, str(started + 0.3))
    with turns.alone(weights, LARGE):
        assert locked(weights.parent.parent.parent)
        assert 0.3 <= time.monotonic() - started < 3
    started = time.monotonic()  # the server started long ago: this is one process begun anew
    with turns.alone(weights, LARGE):
        assert time.monotonic() - started < 0.2
    monkeypatch.setenv(turns.VARIABLE, str(time.monotonic() + 20))
    weights.write_bytes(b"\0")  # the checkpoint has no such network
    started = time.monotonic()
    with turns.alone(weights, LARGE):
        assert time.monotonic() - started < 0.2


def test_the_smallest_take_no_turns(weights: Path) -> None:
    with turns.alone(weights, LARGE - 4):
        assert not locked(weights.parent.parent.parent)


def test_blocks_are_mapped_only_while_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: list[tuple[int, int]] = []

    class Libc:
        def __init__(self, _name: None) -> None:
            self.mallopt = lambda what, value: set_to.append((what, value))

    monkeypatch.setattr(heap.ctypes, "CDLL", Libc)
    with heap.mapping_blocks():
        assert set_to == [(-3, 1 << 20)]
    assert set_to[1:] == [(-3, 32 << 20), (-1, 256 << 20)]
