"""Large networks load one after another, the largest first; what they take meanwhile goes back to the system."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from ensembles.engine import bind
from ensembles.engine.weights import WeightFile

LARGE, LARGEST = {"w": [64, 64]}, {"w": [128, 128]}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightFile:
    monkeypatch.setattr(bind, "LARGE", 4 * 64 * 64)
    monkeypatch.setattr(bind, "LARGEST", 4 * 128 * 128)
    folder = tmp_path / "models" / "one" / "weights"
    folder.mkdir(parents=True)
    file = folder / "unet.safetensors"
    file.write_bytes(b"\0" * (2 * 128 * 128))
    return WeightFile(file, {})


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
    weights: WeightFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bind, "TURN_SECONDS", 20.0)
    order: list[str] = []

    def load(name: str, parameters: dict[str, list[int]]) -> None:
        with bind._alone(weights, parameters):
            order.append(name)
            time.sleep(0.4)

    small = threading.Thread(target=load, args=("text encoder", LARGE))
    small.start()
    time.sleep(0.3)
    load("unet", LARGEST)
    small.join(10)
    assert order == ["unet", "text encoder"]


def test_nobody_waits_for_one_that_does_not_come(
    weights: WeightFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bind, "TURN_SECONDS", 0.3)
    started = time.monotonic()
    with bind._alone(weights, LARGE):
        assert locked(weights.path.parent.parent.parent)
        assert 0.3 <= time.monotonic() - started < 3
    weights.path.write_bytes(b"\0")  # the checkpoint has no such network
    started = time.monotonic()
    with bind._alone(weights, LARGE):
        assert time.monotonic() - started < 0.2


def test_the_smallest_take_no_turns(weights: WeightFile) -> None:
    with bind._alone(weights, {"w": [8, 8]}):
        assert not locked(weights.path.parent.parent.parent)


def test_blocks_are_mapped_only_while_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: list[tuple[int, int]] = []

    class Libc:
        def __init__(self, _name: None) -> None:
            self.mallopt = lambda what, value: set_to.append((what, value))

    monkeypatch.setattr(bind.ctypes, "CDLL", Libc)
    monkeypatch.setattr(bind, "LARGE", 4)
    with pytest.raises(ValueError, match="no"), bind._mapping_blocks({"w": [2]}):
        assert set_to == [(-3, 1 << 20)]
        raise ValueError("no")
    assert set_to[1:] == [(-3, 32 << 20), (-1, 256 << 20)]
