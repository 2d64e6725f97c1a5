"""The arithmetic under the bench's tables, and one comparison that really runs."""

import itertools
import math
import os
import subprocess
import sys
import time

import pytest

from perf.bench.disk import stored
from perf.bench.engines import read_runs, union
from perf.bench.memory import pss_by_name, tree_pss, watching
from perf.bench.report import write_report
from perf.bench.samples import Samples, alternate, read_csv, spread, write_csv
from perf.bench.targets import FULL, POCKET, Target, ratio, value


def samples_of(part, **sides):
    made = Samples()
    for side, values in sides.items():
        for number, each in enumerate(values):
            made.add(part, side, number, each, "s", 0.0)
    return made


@pytest.mark.parametrize(
    ("intervals", "covered"),
    [
        ([], 0),
        ([(10, 20), (30, 40)], 20),
        ([(30, 40), (10, 20), (15, 35)], 30),  # side by side counts once
        ([(0, 1000)], 100),  # what lies outside does not count
        ([(90, 120), (-5, 5)], 15),
        ([(10, 50), (20, 30)], 40),
    ],
)
def test_time_inside_engines_counts_every_moment_once(intervals, covered):
    assert union(intervals, 0, 100) == covered


def test_a_ratio_is_taken_round_by_round():
    # The machine slows down threefold half way; the ratio within each round does not change.
    samples = samples_of("x", a=[1.0, 1.0, 3.0, 3.0], b=[2.0, 2.0, 6.0, 6.0])
    assert samples.ratio("x", "a", "b").median == 0.5
    assert samples.ratio("x", "a", "c") is None


def test_quartiles():
    assert spread([1, 2, 3, 4, 5]).text(0) == "3 (2 to 4)"
    assert spread([7.0]).text(2) == "7.00"
    assert spread([1234.5]).text() == "1234"
    assert spread([0.0123456]).text() == "0.0123"


def test_sides_alternate_and_neither_always_goes_first(monkeypatch):
    monkeypatch.setattr("perf.bench.samples.settle", lambda: 0.25)
    order, samples = [], Samples()

    def side(name):
        def run(number):
            order.append((number, name))
            return float(number)

        return run

    alternate(samples, "x", {"a": side("a"), "b": side("b")}, 3)
    assert order == [(-1, "a"), (-1, "b"), (0, "a"), (0, "b"), (1, "b"), (1, "a"), (2, "a"), (2, "b")]
    assert [row.value for row in samples.of("x", "b")] == [0.0, 1.0, 2.0]
    assert {row.others for row in samples.rows} == {0.25}


def test_csv_keeps_what_was_measured(tmp_path):
    samples = samples_of("UNet step, 256", Triton=[1.25, math.inf], torch=[2.5e-05])
    write_csv(tmp_path / "x.csv", samples)
    assert read_csv(tmp_path / "x.csv").rows == samples.rows
    assert read_csv(tmp_path / "none.csv").rows == []


def test_bad_news_and_missing_figures_are_printed(tmp_path):
    samples = samples_of("picture", Triton=[0.81, 0.81], diffusers=[1.0, 1.0])
    samples.add("engine share", "one picture", 0, 84.96, "%", 0.5)
    targets = [
        Target("fast", ratio("picture", "Triton", "diffusers"), 0.8),
        Target("share", value("engine share", "one picture"), 85, "%", True, 1),
        Target("never run", value("nothing", "at all"), 1),
        Target("easy", ratio("picture", "Triton", "diffusers"), 0.9),
    ]
    text = write_report(tmp_path, "x", "Title", "About.", samples, targets, 2)
    assert "| fast | ≤ 0.8 times | 0.81 (0.81 to 0.81) times | **no** |" in text
    # 84.96 prints as 85.0 and is below 85 all the same.
    assert "| share | ≥ 85 % | 85.0 % | **no** |" in text
    assert "| never run | ≤ 1 times | not measured | not known |" in text
    assert "| easy | ≤ 0.9 times | 0.81 (0.81 to 0.81) times | yes |" in text
    assert "50% (noisy)" in text
    assert "**Noisy**" in text
    assert (tmp_path / "x.png").stat().st_size > 5_000


def test_every_target_of_the_issue_is_asked():
    for targets, count in ((POCKET, 5), (FULL, 17)):
        assert len({target.title for target in targets}) == len(targets) == count
        assert all(target.measure(Samples()) is None for target in targets)


def test_memory_counts_what_is_below_a_process_and_not_the_process(tmp_path):
    code = "x = bytearray(60_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1\nprint('up', flush=True)\ninput()"
    child = tmp_path / "pocket-unet" / "1" / "model.py"
    child.parent.mkdir(parents=True)
    child.write_text(code)
    parent = (
        f"import subprocess, sys; y = b'1' * 90_000_000; subprocess.run([sys.executable, {str(child)!r}])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        with watching(run.pid) as watch:
            run.stdout.readline()
            held = tree_pss(run.pid)
            assert list(pss_by_name(run.pid)) == ["pocket-unet"]
            time.sleep(0.3)
        run.communicate(b"\n")
    assert 60e6 < held < 85e6
    assert held * 0.9 < watch.peak < 85e6
    assert tree_pss(run.pid) == 0


def test_disk_counts_a_file_with_two_names_once(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name / "graphs").mkdir(parents=True)
    (tmp_path / "one" / "graphs" / "unet.onnx").write_bytes(bytes(1000))
    os.link(tmp_path / "one" / "graphs" / "unet.onnx", tmp_path / "two" / "graphs" / "unet.onnx")
    (tmp_path / "three" / "graphs").rmdir()
    (tmp_path / "three" / "graphs").symlink_to(tmp_path / "one" / "graphs")
    folders = [tmp_path / name for name in ("one", "two", "three")]
    assert stored(folders, "graphs/*.onnx*") == 1000
    assert stored(folders, "graphs/*.onnx*", linked=False) == 0


def test_runs_are_read_as_they_are_written(tmp_path):
    import struct

    file = tmp_path / "runs.bin"
    file.write_bytes(b"".join(itertools.starmap(struct.Struct("<QQ").pack, [(1, 2), (5, 2**62)])))
    assert read_runs([file, tmp_path / "none"]) == [(1, 2), (5, 2**62)]
