"""The real perf_analyzer against the ensemble `pocket-txt2img`: `make perf` keeps its report.

The binary is in the tritonclient 2.50.0 wheel (later ones carry none for this C library); it is taken
out of the wheel into var/tools, not installed over the client. The two libraries it wants under names
of their own are in the nvidia-pytriton wheel already.
"""

import argparse
import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from rich.console import Console

from studio.errors import StudioError
from studio.settings import ROOT, read_settings
from studio.triton.binary import find_distribution
from studio.triton.server import Running
from studio.triton.session import temporary_server

WHEEL = "tritonclient==2.50.0"
REPORTS = Path(__file__).parent / "reports"
LIBRARIES = {"libb64.so.0d": "libb64-*.so.0d", "libcudart.so.12": "libcudart-*.so.12*"}
"""Name that perf_analyzer was linked with → where the wheel has it."""


def install(tools: Path) -> Path:
    """perf_analyzer under `tools`, fetched from its wheel once; returns the executable."""
    binary = tools / "perf_analyzer"
    if not binary.is_file():
        tools.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(tools), WHEEL]
        if subprocess.run(pip, check=False).returncode:
            raise StudioError(f"{WHEEL} could not be fetched with pip; perf_analyzer is inside it.")
        with zipfile.ZipFile(next(tools.glob("tritonclient-*.whl"))) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith("data/bin/perf_analyzer"))
            binary.write_bytes(wheel.read(name))
        binary.chmod(0o755)
    for wanted, pattern in LIBRARIES.items():
        link = tools / wanted
        link.unlink(missing_ok=True)
        link.symlink_to(next(find_distribution().libraries.glob(pattern)))
    return binary


def request() -> dict[str, object]:
    """One request in perf_analyzer's form."""
    return {"PROMPT": ["a large red circle on a blue background"], "SEED": [7], "STEPS": [20]}


def analyze(binary: Path, state: Running, concurrency: int, requests: int, out: Path) -> str:
    """Runs perf_analyzer against the ensemble; returns what it printed, and leaves its CSV at `out`."""
    import msgspec

    data = binary.parent / "input.json"
    data.write_bytes(msgspec.json.encode({"data": [request()]}))
    command = [
        str(binary),
        *("-m", "pocket-txt2img", "-i", "grpc", "-u", state.grpc_url),
        *("--input-data", str(data), "--concurrency-range", f"{concurrency}:{concurrency}"),
        # Pictures take longer than its time windows, so requests are counted instead.
        *("--request-count", str(requests), "--percentile", "95"),
        *("-f", str(out), "--verbose-csv"),
    ]
    for name in ("PROMPT", "SEED", "STEPS"):
        command += ["--shape", f"{name}:1"]
    environment = os.environ | {"LD_LIBRARY_PATH": f"{binary.parent}:{find_distribution().libraries}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not out.is_file():
        raise StudioError(f"perf_analyzer ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
    return done.stdout


def main() -> None:
    """Starts a server of its own, runs perf_analyzer, keeps its report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--concurrency", type=int, nargs="+", default=[1, 2], help="requests at once, one run each"
    )
    parser.add_argument("--requests", type=int, default=30, help="requests a run")
    parser.add_argument("--out", type=Path, default=REPORTS)
    given = parser.parse_args()
    console = Console(stderr=True)
    binary = install(ROOT / "var" / "tools")
    given.out.mkdir(parents=True, exist_ok=True)
    printed = []
    with temporary_server(read_settings(), console) as state:
        for concurrency in given.concurrency:
            out = given.out / f"perf_analyzer-{concurrency}.csv"
            printed.append(analyze(binary, state, concurrency, given.requests, out))
            with out.open() as rows:
                for row in csv.DictReader(rows):
                    console.print(
                        f"{row['Concurrency']} at once: {float(row['Inferences/Second']):.2f} pictures/s, "
                        f"95th percentile {float(row['p95 latency']) / 1e6:.2f} s"
                    )
    (given.out / "perf_analyzer.txt").write_text("\n".join(printed).replace(str(ROOT), "."))


if __name__ == "__main__":
    main()
