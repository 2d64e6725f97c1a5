"""Parameters with LoRAs in them: several threads at once, bounds of disk and memory, what was left unfinished."""

import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine import adapted
from ensembles.engine.adapted import Adapter
from ensembles.engine.errors import Refused
from ensembles.engine.graph import read_meta
from ensembles.engine.variant import UsedLora
from ensembles.engine.weights import open_weights
from ensembles.manifest import read_manifest
from tests.ensembles.engine.variants import add, random_change


@pytest.fixture
def adapter(published_pocket: Path, tmp_path: Path) -> Adapter:
    """Of pocket's UNet, in a home of its own."""
    folder = Path(shutil.copytree(published_pocket, tmp_path / "home" / "models" / "pocket"))
    return Adapter(
        folder.parent.parent,
        read_manifest(folder / "manifest.json"),
        "unet",
        open_weights(folder, "unet"),
        read_meta(folder / "graphs" / "unet.json").parameters,
    )


def lora(adapter: Adapter, seed: int = 1) -> UsedLora:
    folder = adapter.home / "models" / "pocket"
    return UsedLora(add(adapter.home, {"unet": random_change(folder, "unet", seed, endings=("to_q",))}))


def test_threads_that_want_the_same_compute_it_once(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One network's sessions with other axes, or inputs for ControlNets, have the same parameters."""
    own = lora(adapter)
    wanted = {name: value.copy() for name, value in adapter.adapt([own]).items()}
    shutil.rmtree(adapter.home / adapted.FOLDER)
    computed, honest, start = [], adapter._made, threading.Barrier(4)

    def slowly(name, *more):
        computed.append(name)
        time.sleep(0.005)
        return honest(name, *more)

    def adapt(_: int):
        start.wait(10)
        return adapter.adapt([own])

    monkeypatch.setattr(adapter, "_made", slowly)
    with ThreadPoolExecutor(4) as pool:
        for made in pool.map(adapt, range(4)):
            assert made.keys() == wanted.keys()
            for name, value in made.items():
                np.testing.assert_array_equal(value, wanted[name])
    assert sorted(computed) == sorted(wanted)


def test_two_processes_write_files_of_their_own(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another `Adapter` stands for another process: no lock of this one's."""
    own = lora(adapter)
    other = Adapter(adapter.home, adapter.manifest, "unet", adapter.weights, adapter.parameters)
    wanted = {name: value.copy() for name, value in adapter.adapt([own]).items()}
    shutil.rmtree(adapter.home / adapted.FOLDER)
    start, honest = threading.Barrier(2), adapted.write_tensors
    monkeypatch.setattr(adapted, "write_tensors", lambda *args: (start.wait(10) and None) or honest(*args))
    with ThreadPoolExecutor(2) as pool:
        for made in pool.map(lambda one: one.adapt([own]), (adapter, other)):
            for name, value in made.items():
                np.testing.assert_array_equal(value, wanted[name])
    assert len(list((adapter.home / adapted.FOLDER).iterdir())) == 1


def test_what_a_killed_process_left_goes(adapter: Adapter) -> None:
    folder = adapter.home / adapted.FOLDER
    folder.mkdir()
    old, young = folder / ".aa.1.tmp", folder / ".bb.2.tmp"
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 86_400,) * 2)
    adapter.adapt([lora(adapter)])
    assert not old.exists()
    assert young.exists()


def test_more_than_disk_and_memory_may_hold_is_refused(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = lora(adapter)
    monkeypatch.setenv(adapted.VARIABLE, "0")
    assert adapter.adapt([own])
    monkeypatch.setattr(adapted, "variants_limit", lambda: 1000)
    with pytest.raises(Refused, match="neither disk"):
        adapter.adapt([own])


def test_large_changes_take_turns(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, honest = [], adapted.turns.alone
    monkeypatch.setattr(
        adapted.turns, "alone", lambda file, size: sizes.append((file, size)) or honest(file, size)
    )
    made = adapter.adapt([lora(adapter)])
    assert sizes == [(adapter.weights.path, sum(value.nbytes for value in made.values()))]
