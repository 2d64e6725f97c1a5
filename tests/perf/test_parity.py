"""The whole parity table, on small pictures: every sampler and schedule against its torch reference."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(1200)
def test_every_sampler_and_schedule_is_within_50_db_of_its_reference(tmp_path):
    out = tmp_path / "parity.md"
    command = [sys.executable, "-m", "perf.parity", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert out.read_text().count("\n| ") >= 45
