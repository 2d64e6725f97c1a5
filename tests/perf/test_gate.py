"""The gate turns red on a slowed model and stays green on the same one unslowed."""

from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from export.command import export_checkpoint
from perf.gate.__main__ import main
from perf.gate.baseline import Baseline, Entry, judge, middle, read_baseline
from perf.gate.calibration import KERNEL
from perf.wrap import wrap
from studio.errors import StudioError
from studio.settings import ROOT, Settings
from studio.triton.session import temporary_server

POCKET = ROOT / "export" / "pocket" / "weights"
SLOW = Path(__file__).with_name("slow_model.py")
TOLERANCE = 1.8
"""Far above the noise of short runs on a machine that others use, below the threefold slow-down."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server over pocket and over `slowed`, the same weights behind a slowed UNet."""
    home = tmp_path_factory.mktemp("gate")
    for name in ("pocket", "slowed"):
        export_checkpoint(POCKET, name, home, verify=False)
    wrap(home / "models" / "slowed", "unet", SLOW)
    with temporary_server(Settings(home=home), Console(stderr=True)) as state:
        yield state.grpc_url, home


@pytest.mark.triton
def test_a_slowed_model_turns_the_gate_red_and_the_same_one_unslowed_leaves_it_green(
    served, tmp_path, capsys
):
    url, home = served
    baseline, out = tmp_path / "baseline.json", tmp_path / "reports"
    short = ["--short", "--concurrency", "1", "--tolerance", str(TOLERANCE), "--baseline", str(baseline)]
    short += ["--url", url, "--home", str(home), "--out", str(out)]

    assert main([*short, "--update"]) == 0
    assert main(short) == 0, capsys.readouterr().err
    assert "**Green.**" in (out / "gate.md").read_text()
    assert (out / "gate.png").stat().st_size > 5_000

    capsys.readouterr()
    assert main([*short, "--checkpoint", "slowed"]) == 1
    said = capsys.readouterr().err
    assert "perf-gate: slowed-unet at concurrency 1 takes " in said
    assert "perf-gate: slowed-txt2img at concurrency 1 takes " in said
    assert "perf-gate: slowed-text-encoder" not in said
    report = (out / "gate.md").read_text()
    assert "**Red.**" in report
    assert "slowed-unet at concurrency 1 takes " in report


def entry(milliseconds, calibration):
    return Entry("unet", 2, milliseconds, calibration)


def baseline_of(*entries):
    return Baseline(KERNEL, 2, 1.35, "a machine", list(entries))


@pytest.mark.parametrize(
    ("milliseconds", "calibration", "failed"),
    [
        (10.0, 2.0, False),
        (20.0, 4.0, False),  # another machine, half as fast at everything
        (15.0, 2.0, True),
        (10.0, 1.0, True),  # a faster machine that serves no faster
        (13.0, 2.0, False),  # within the tolerance
    ],
)
def test_only_what_the_machine_does_not_explain_fails(milliseconds, calibration, failed):
    (verdict,) = judge(baseline_of(entry(10.0, 2.0)), [entry(milliseconds, calibration)], 1.35)
    assert verdict.failed is failed


def test_the_sentence_says_which_model_at_which_concurrency_and_how_much():
    (verdict,) = judge(baseline_of(entry(10.0, 2.0)), [entry(30.0, 3.0)], 1.35)
    assert verdict.sentence("pocket") == (
        "pocket-unet at concurrency 2 takes 2.00 times as long as its baseline: 30.0 ms a request where 15.0 ms "
        "are expected of this machine (tolerance 1.35 times)."
    )


def test_a_baseline_takes_the_middle_of_its_passes_by_ratio_not_by_time():
    spoiled, slow, fast = entry(12.0, 4.0), entry(20.0, 4.0), entry(9.0, 2.0)
    assert middle([slow, spoiled, fast]) is fast


def test_a_model_without_a_baseline_is_an_error_not_a_pass():
    with pytest.raises(StudioError, match="no figure for unet at concurrency 2"):
        judge(baseline_of(), [entry(1.0, 1.0)], 1.35)


def test_the_shipped_baseline_covers_every_target_and_another_kernel_is_refused(tmp_path):
    from perf.gate.__main__ import BASELINE
    from perf.gate.targets import CONCURRENCY, TARGETS

    shipped = read_baseline(BASELINE)
    wanted = {(target.network, concurrency) for target in TARGETS for concurrency in CONCURRENCY}
    assert {each.key for each in shipped.entries} == wanted

    other = tmp_path / "baseline.json"
    other.write_bytes(msgspec.json.encode(msgspec.structs.replace(shipped, kernel="another")))
    with pytest.raises(StudioError, match="against the kernel another"):
        read_baseline(other)


@pytest.mark.parametrize("text", ["", "{}", '{"kernel": 1}'])
def test_a_broken_baseline_is_one_sentence(tmp_path, text):
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(StudioError, match=r"is not a baseline .* --update"):
        read_baseline(path)


def test_no_baseline_ends_with_exit_status_2_and_says_how_to_make_one(tmp_path, capsys):
    assert main(["--baseline", str(tmp_path / "none.json")]) == 2
    assert "--update" in capsys.readouterr().err
