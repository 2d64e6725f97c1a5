"""schemathesis over the whole OpenAPI document: what it promises is what a real process answers.

Every operation with values at the limits of its schema, values that do not fit it, random ones, and operations one
after the other on what they made. The same cases each time (one seed); `STUDIO_FUZZ_EXAMPLES=100` looks further.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx

EXAMPLES = os.environ.get("STUDIO_FUZZ_EXAMPLES", "5")
SEED = os.environ.get("STUDIO_FUZZ_SEED", "7")
TOOLS = Path(__file__).parents[2] / "tools" / "fuzz"


def test_every_answer_is_as_documented(api: httpx.Client, tmp_path: Path) -> None:
    base, counts = str(api.base_url).rstrip("/"), tmp_path / "counts.json"
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", str(TOOLS / "schemathesis.toml"), "run", f"{base}/schema/openapi.json",
        "--checks", "all", "--mode", "all", "--max-examples", EXAMPLES, "--seed", SEED,
        "--generation-database", "none", "--continue-on-failure", "--warnings", "off", "--workers", "2",
        "--suppress-health-check", "all", "--no-color", "--request-timeout", "20",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": str(TOOLS / "hooks.py"),
            "STUDIO_FUZZ_API": base,
            "STUDIO_FUZZ_COUNTS": str(counts),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    found = {
        operation: {int(status) for status in by} for operation, by in json.loads(counts.read_text()).items()
    }
    document = api.get("/schema/openapi.json").json()
    operations = {
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    }
    # Cases that all end at the door show nothing.
    beyond = {operation for operation, statuses in found.items() if statuses - {401, 405, 429}}
    assert operations == beyond
    assert (
        len([o for o, statuses in found.items() if statuses & {200, 201, 202, 204}]) > len(operations) * 0.6
    )
