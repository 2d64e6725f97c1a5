"""The parity tables on small pictures; of those through Triton, each sampler and each schedule once (`make parity`: all pairs)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(1200)
def test_samplers_schedules_and_operations_are_as_near_to_their_references_as_promised(tmp_path):
    out = tmp_path / "parity.md"
    command = [sys.executable, "-m", "perf.parity", "--short", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    page = out.read_text()
    assert page.count("\n| ") >= 45
    operations = page.partition("## Image operations")[2]
    assert operations.count("\n| ") >= 45
