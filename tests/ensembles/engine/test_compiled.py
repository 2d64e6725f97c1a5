"""A compiled session gives the same bits, is passed over when it no longer fits, and is whole or not there."""

import os
import resource
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine import compiled
from ensembles.engine.bind import bind, compile_network
from ensembles.engine.errors import EngineError
from ensembles.engine.weights import WeightFile
from tests.ensembles.engine.test_bind import GRAPH, META, random_weights, write

Arrays = list[np.ndarray]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "one" / "weights"
    folder.mkdir(parents=True)
    weights = random_weights()
    return write(folder / "text.safetensors", weights, dict.fromkeys(weights, "F16"))


@pytest.fixture
def place(file: Path) -> Path:
    return file.parent.parent / compiled.FOLDER / "text-encoder"


def outputs(file: Path, place: Path | None = None) -> Arrays:
    session = bind(
        GRAPH,
        WeightFile(file),
        META.parameters,
        threads=1,
        providers=["CPUExecutionProvider"],
        compiled=place,
    )
    width = META.outputs[0].shape[-1]
    inputs = {
        "input_ids": np.random.default_rng(1).integers(0, 800, (2, 77)),
        "clip_skip": np.array([[1], [2]]),
        "replace_mask": np.zeros((2, 77), np.float32),
        "replace_values": np.zeros((2, 77, width), np.float32),
    }
    return list(session.run(None, inputs))


def compile_it(file: Path, place: Path) -> int:
    return compile_network(GRAPH, WeightFile(file), META.parameters, place)


def zero_tensors(file: Path) -> None:
    """Other numbers in a file that looks the same from outside: who still gives the old ones did not read it."""
    status = file.stat()
    start = min(tensor.start for tensor in WeightFile(file).places.values())
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(b"\0" * (status.st_size - start))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_it_is_what_runs_and_gives_the_same_bits(file: Path, place: Path) -> None:
    bound = outputs(file, place)
    written = compile_it(file, place)
    found = list(place.parent.iterdir())
    assert len(found) == 1
    assert written == sum(each.stat().st_size for each in found[0].iterdir())
    zero_tensors(file)
    assert same(outputs(file, place), bound)
    assert not same(outputs(file), bound)


def test_another_file_of_weights_is_not_served_from_it(file: Path, place: Path) -> None:
    bound = outputs(file)
    compile_it(file, place)
    before = list(place.parent.iterdir())
    zero_tensors(file)
    os.utime(file, ns=(1, 1))
    assert not same(outputs(file, place), bound)
    compile_it(file, place)
    after = list(place.parent.iterdir())
    assert len(after) == 1
    assert after != before
    assert same(outputs(file, place), outputs(file))


@pytest.mark.parametrize("what", ["onnxruntime", "the CPU"])
def test_made_elsewhere(file: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = compiled.session_key(b"graph", file)
    assert key == compiled.session_key(b"graph", file)
    assert key != compiled.session_key(b"another", file)
    if what == "onnxruntime":
        monkeypatch.setattr(compiled.ort, "__version__", "1.0")
    else:
        monkeypatch.setattr(compiled, "_cpu_flags", lambda: "flags: fpu")
    assert key != compiled.session_key(b"graph", file)


@pytest.mark.parametrize("name", [compiled.GRAPH, compiled.WEIGHTS])
def test_a_cut_off_file_is_passed_over(file: Path, place: Path, name: str) -> None:
    bound = outputs(file)
    compile_it(file, place)
    damaged = next(place.parent.iterdir()) / name
    os.truncate(damaged, damaged.stat().st_size - 4097)
    assert same(outputs(file, place), bound)
    compile_it(file, place)
    assert compiled.is_whole(next(place.parent.iterdir()))


def test_what_a_killed_run_left_goes(file: Path, place: Path) -> None:
    left = place.parent / f".{place.name}-{'0' * 16}.tmp-1"
    left.mkdir(parents=True)
    (left / compiled.WEIGHTS).write_bytes(b"half")
    bound = outputs(file, place)
    compile_it(file, place)
    assert not left.exists()
    assert same(outputs(file, place), bound)


def test_no_room(file: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(100, 99, 1))
    with pytest.raises(EngineError, match="which the disk does not have; nothing was compiled"):
        compile_it(file, place)
    assert list(place.parent.iterdir()) == []


def test_the_disk_fills_up_meanwhile(file: Path, place: Path) -> None:
    """onnxruntime does not say so: what it wrote is looked at."""
    compile_it(file, place)
    before = list(place.parent.iterdir())
    os.utime(file, ns=(1, 1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(EngineError, match=r"compil"):
            compile_it(file, place)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(place.parent.iterdir()) == before
    assert same(outputs(file, place), outputs(file))
