"""docs/jobs.md and docs/webhooks.md: their examples run, and what they promise is what the code does."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from control.jobs import webhooks
from control.realtime.events import ENDED
from tests.control.identity.test_documentation import JQ
from tests.control.people import Person, sql

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", ["jobs", "webhooks"])
def test_the_examples_run(ada: Person, tmp_path: Path, name: str, database_url: str) -> None:
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert script.count("\napi ") >= 3
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "jq").write_text(JQ)
    (tools / "jq").chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "STUDIO": str(ada.api.base_url).rstrip("/"),
            "KEY": ada.token,
            "PATH": f"{tools}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = sql(
        database_url,
        "SELECT state FROM jobs WHERE organisation_id = $1 ORDER BY id",
        ada.organisation_id,
    )
    assert found == ([("QUEUED",), ("CANCELLED",), ("QUEUED",), ("QUEUED",)] if name == "jobs" else [])
    if name == "jobs":
        request = json.loads((tmp_path / "workflow.json").read_text())["request"]
        assert request["kind"] == "workflow"
        wanted = {"seed": 7, "steps": 12, "cfg": 4.5, "model": ["1", 0]}
        assert wanted.items() <= request["graph"]["5"]["inputs"].items()


def test_states_events_waits_and_acts_are_the_code_s() -> None:
    text = (DOCS / "webhooks.md").read_text(encoding="utf-8")
    assert re.findall(r"\| `([\w.]+)` \|", text) == list(webhooks.EVENTS)
    units = {"s": 1, "min": 60, "h": 3600}
    [waits] = re.findall(r"again after about\n(.*?) \(each", text)
    found = [int(n) * units[unit] for n, unit in re.findall(r"(\d+) (s|min|h)\b", waits)]
    assert found == list(webhooks.WAITS)
    written = {
        act
        for path in Path(webhooks.__file__).parent.glob("*.py")
        for act in re.findall(r'"((?:job|webhook)\.\w+)",? \("', path.read_text())
    }
    jobs = (DOCS / "jobs.md").read_text(encoding="utf-8")
    assert written
    for act in written:
        assert f"`{act}`" in text + jobs, act
    states = re.findall(r"\| ([A-Z]+) \|", jobs)
    assert set(states[-3:]) == ENDED
    assert len(states) == 7
