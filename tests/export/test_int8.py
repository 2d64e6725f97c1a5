"""`studio quantize`, behind the command: kept with its distance, refused past the limit, taken away again."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from ensembles.engine.int8 import int8_file
from ensembles.engine.network import Network
from ensembles.engine.tuned import Timing
from ensembles.engine.weights import read_layout
from export.errors import ExportError
from export.int8 import command
from export.int8.command import check_distance, pays, quantize, remove
from export.int8.compare import TIMESTEPS, compare, loaded
from export.int8.file import write_int8
from export.int8.inputs import encode_prompts, step_inputs
from export.int8.report import Int8Comparison, Int8Report
from export.publish import locked
from export.report import read_report

SMALL = 4096


@pytest.fixture
def folder(published_pocket: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published_pocket, tmp_path / "models" / "pocket"))


@pytest.fixture
def files(folder: Path) -> Callable[[], dict[str, bytes]]:
    """Every file of the folder, to see that nothing has changed."""
    return lambda: {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def made(*pairs: tuple[float, float], memory: tuple[int, int] = (100, 100)) -> Int8Report:
    """A report of which only times and memory matter."""
    return Int8Report(
        layers=1,
        values=1,
        parameters=2,
        bytes=1,
        comparisons=[compared(slow, fast) for slow, fast in pairs],
        memory_fp32=memory[0],
        memory_int8=memory[1],
        threads=1,
        onnxruntime="1",
    )


def compared(slow: float, fast: float, relative: float = 0.01, difference: float = 0.1) -> Int8Comparison:
    times = [Timing(2, seconds, seconds, seconds) for seconds in (slow, fast)]
    return Int8Comparison(512, [1], relative, difference, 1.0, *times)


def test_kept_with_its_distance_and_taken_away_again(folder, files):
    before = files()
    inputs = step_inputs(folder, encode_prompts(folder, 1), 72)(500)
    fp32 = Network(folder, "unet", threads=1).run(inputs)["noise_pred"]

    report, kept = quantize(folder, [64], keep=True, threads=1, rounds=5, minimum=SMALL)
    assert kept
    assert set(files()) - set(before) == {"weights/unet.int8.safetensors"}
    assert {name for name, data in before.items() if files()[name] != data} == {"report.json"}
    whole = read_report(folder)
    assert whole.int8 == report
    assert msgspec.structs.replace(whole, int8=None) == msgspec.json.decode(
        before["report.json"], type=type(whole)
    )
    (one,) = report.comparisons
    assert (one.size, one.timesteps) == (64, list(TIMESTEPS))
    assert 0 < one.relative < 0.02
    assert 0 < one.difference < one.magnitude
    for timing in (one.fp32, one.int8):
        assert timing.batch == 2
        assert 0 < timing.lower <= timing.median <= timing.upper
    assert report.bytes == int8_file(folder, "unet").stat().st_size
    assert 0.2 < report.values / report.parameters < 1
    assert min(report.memory_fp32, report.memory_int8) > 4_000_000
    source = folder / "weights" / read_layout(folder).parts["unet"].file
    assert int8_file(folder, "unet").stat().st_mode == source.stat().st_mode  # who reads one reads both

    # What serving loads is what was compared.
    rounded = Network(folder, "unet", threads=1).run(inputs)["noise_pred"]
    assert 0 < np.linalg.norm(rounded - fp32) / np.linalg.norm(fp32) < 0.02

    assert remove(folder)
    assert files() == before
    np.testing.assert_array_equal(Network(folder, "unet", threads=1).run(inputs)["noise_pred"], fp32)
    assert not remove(folder)


def test_further_from_fp32_than_the_limit_is_refused(folder, files, monkeypatch):
    before = files()
    monkeypatch.setattr(command, "LIMIT", 1e-7)
    with pytest.raises(ExportError, match=r"% from fp32 at 64².*nothing was kept"):
        quantize(folder, [64], keep=True, threads=1, rounds=5)
    assert files() == before


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(wrong):
    def step(value: float):
        return lambda inputs: (np.full((2, 4, 8, 8), value, np.float32), 0.1)

    inputs = {"sample": np.zeros((2, 4, 8, 8), np.float32)}
    found = compare(
        SimpleNamespace(step=step(1.0)), SimpleNamespace(step=step(wrong)), lambda _: inputs, 64, 5
    )
    with pytest.raises(ExportError, match="pocket paints NaN or infinity at 64²"):
        check_distance("pocket", [compared(1, 1), found])


def test_the_distance_is_the_worst_of_all_samples_and_timesteps():
    def rounded(inputs):
        output = np.ones((2, 3), np.float32)
        output[1, 0] += 0.5 if inputs["timestep"] == TIMESTEPS[2] else 0.125
        return output, 0.1

    found = compare(
        SimpleNamespace(step=lambda _: (np.ones((2, 3), np.float32), 0.2)),
        SimpleNamespace(step=rounded),
        lambda timestep: {"sample": np.zeros((2, 3)), "timestep": timestep},
        64,
        5,
    )
    assert found.relative == pytest.approx(0.5 / np.sqrt(3))
    assert (found.difference, found.magnitude) == (0.5, 1)
    assert (found.fp32.median, found.int8.median) == (0.2, 0.1)


def test_what_pays():
    assert pays(made((1.0, 0.9), (2.0, 1.8)))
    assert not pays(made((1.0, 0.9), (2.0, 2.0)))  # faster at one size alone
    assert not pays(made((1.0, 0.99)))
    assert pays(made((1.0, 1.2), memory=(100, 75)))
    assert not pays(made((1.0, 1.2), memory=(100, 80)))


def test_only_where_it_would_be_used(folder, files, monkeypatch):
    before = files()
    with monkeypatch.context() as patch:
        patch.setattr(command, "choose_providers", lambda **_: [("CUDAExecutionProvider", {})])
        with pytest.raises(ExportError, match="STUDIO_PROVIDERS=cpu"):
            quantize(folder)
    with pytest.raises(ExportError, match="neither faster nor smaller"):
        quantize(folder, minimum=1 << 30)
    with (
        locked(folder.parent / ".pocket.lock"),
        pytest.raises(ExportError, match="An export to pocket, or another"),
    ):
        quantize(folder)
    assert files() == before
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"runtime": "python"', b'"runtime": "tensorrt"'))
    with pytest.raises(ExportError, match="exported for tensorrt"):
        quantize(folder)


def test_a_process_that_dies_is_one_sentence(folder, tmp_path):
    file = folder / "weights" / "x.safetensors"
    write_int8(folder, "unet", file)
    with (
        pytest.raises(ExportError, match="died, most likely for want of memory"),
        loaded(folder, file, 1) as (_, int8),
    ):
        int8._pool.submit(os._exit, 9).result()


def test_nothing_outlives_a_command_that_is_killed(folder, tmp_path):
    file = folder / "weights" / "x.safetensors"
    write_int8(folder, "unet", file)
    script = tmp_path / "hold.py"
    script.write_text(
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from export.int8.compare import loaded\n"
        "if __name__ == '__main__':\n"
        "    with loaded(Path(sys.argv[1]), Path(sys.argv[2]), 1) as both:\n"
        "        print(*(unet._pool.submit(os.getpid).result() for unet in both), flush=True)\n"
        "        time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, script, folder, file], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        held = [Path("/proc") / pid for pid in holder.stdout.readline().split()]
        assert len(held) == 2
        assert all(process.exists() for process in held)
        holder.kill()
    until = time.monotonic() + 10
    while any(map(is_running, held)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, held))


def is_running(process: Path) -> bool:
    try:
        return process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
