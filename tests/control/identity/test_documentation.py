"""docs/identity.md: its examples run, and its tables say what the code does."""

import os
import re
import subprocess
from pathlib import Path

import httpx

from control.identity import throttle

DOCUMENT = Path(__file__).parents[3] / "docs" / "identity.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
# What the examples use of jq, for machines that have none.
JQ = """#!/usr/bin/env python3
import json, sys
_, raw, path, *files = sys.argv
assert raw == "-r" and path.startswith(".")
print(json.load(open(files[0]) if files else sys.stdin)[path[1:]])
"""


def test_the_examples_run(studio: httpx.Client, tmp_path: Path) -> None:
    script = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
    assert script.count("curl") >= 6
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "jq").write_text(JQ)
    (tools / "jq").chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "STUDIO": str(studio.base_url).rstrip("/"),
            "PATH": f"{tools}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"email":"grace@example.com"' in done.stdout


def test_the_table_of_buckets_is_the_code_s() -> None:
    rows = re.findall(r"\| (\d+) \| (\d+) (s|min) \|", TEXT)
    units = {"s": 1, "min": 60}
    assert [(int(burst), int(each) * units[unit]) for burst, each, unit in rows] == [
        (bucket.burst, bucket.seconds)
        for bucket in (
            throttle.PAIR, throttle.ADDRESS, throttle.ACCOUNT, throttle.MAILS, throttle.MAILS_FROM,
        )
    ]  # fmt: skip


def test_every_audited_act_is_named() -> None:
    said = set(
        re.findall(r"`((?:account|auth|session|api_key|keys)\.\w+)`", TEXT.split("## What is audited")[1])
    )
    code = Path(throttle.__file__).parent
    written = {
        act
        for path in code.rglob("*.py")
        for act in re.findall(r'"((?:account|auth|session|api_key|keys)\.\w+)"', path.read_text())
    }
    assert said == written
