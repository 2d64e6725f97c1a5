"""`make perf-adapters`: a new LoRA to its first picture, two warm sets in turn → perf/reports/adapters.md."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from safetensors.numpy import save_file

from ensembles.engine.graph import read_meta
from export.adapters import add
from perf.home import fresh_server
from perf.machine import describe, settle
from studio.settings import ROOT
from studio.triton.client import Pictures, stream

Loras = list[dict[str, object]]

LIMIT_SECONDS = 10.0
"""From the file to its first picture."""
LIMIT_SHARE = 0.05
"""Of a job, for switching to the other of two warm sets."""
NEW = 5
ROUNDS = 16
"""Of two jobs each, in both orders of sets."""
WARM_UP = 4
RANK = 16
JOB = {
    "PROMPT": "a large red circle on a blue background",
    "NEGATIVE_PROMPT": "blurry",
    "SEED": 1,
    "STEPS": 20,
    "SAMPLER": "euler",
    "WIDTH": 128,
    "HEIGHT": 128,
}


@dataclass(frozen=True)
class Measured:
    """Seconds, and shares of a job."""

    job: list[float]
    """One with a warm set."""
    added: list[float]
    """Into the registry: hashing, reading, copying."""
    first: list[float]
    """From before that until the first picture with a file that nobody has used."""
    changed: list[float]
    """A job whose set is not the one before's, over the one beside it whose set is; minus 1."""
    noise: list[float]
    """The same of two jobs of which neither changes: what the machine alone makes of it."""
    busy: float
    """Largest share of the machine that others used while it was measured."""

    def failures(self) -> list[str]:
        """What is slower than it may be."""
        found = []
        if max(self.first) > LIMIT_SECONDS:
            found.append(
                f"a new LoRA's first picture took {max(self.first):.1f} s; {LIMIT_SECONDS:g} s are allowed"
            )
        share = statistics.median(self.changed)
        if share > LIMIT_SHARE:
            found.append(f"switching took {share:.1%} of a job; {LIMIT_SHARE:.0%} are allowed")
        return found


def random_lora(home: Path, path: Path, seed: int) -> Path:
    """A kohya file of rank 16 for every attention and feed-forward layer of pocket's UNet and text encoder."""
    random = np.random.default_rng(seed)
    tensors: dict[str, NDArray[np.float32]] = {}
    for network, prefix in (("unet", "lora_unet_"), ("text-encoder", "lora_te_")):
        parameters = read_meta(home / "models" / "pocket" / "graphs" / f"{network}.json").parameters
        for name, shape in parameters.items():
            module = name.removesuffix(".weight")
            if len(shape) != 2 or module == name or "embed" in module:
                continue
            stem = prefix + module.replace(".", "_")
            tensors[f"{stem}.lora_down.weight"] = random.normal(0, 0.01, (RANK, shape[1])).astype(np.float32)
            tensors[f"{stem}.lora_up.weight"] = random.normal(0, 0.01, (shape[0], RANK)).astype(np.float32)
    save_file(tensors, path)
    return path


def seconds(url: str, loras: Loras) -> float:
    """One picture with these LoRAs, to its PNG."""
    began = time.perf_counter()
    *_, last = stream(url, "pocket", JOB | {"LORAS": json.dumps(loras)})
    assert isinstance(last, Pictures)
    return time.perf_counter() - began


def measure(console: Console) -> Measured:
    """Everything, on a server of its own over pocket."""
    with fresh_server(console) as (state, home):
        url, files = state.grpc_url, home / "files"
        files.mkdir()
        added, first = [], []
        for number in range(NEW):
            file = random_lora(home, files / f"new-{number}.safetensors", number)
            began = time.perf_counter()
            add(file, "lora", home, f"new-{number}")
            added.append(time.perf_counter() - began)
            seconds(url, [{"name": f"new-{number}"}])
            first.append(time.perf_counter() - began)
        sets: tuple[Loras, Loras] = (
            [{"name": "new-0"}],
            [{"name": "new-1"}, {"name": "new-2", "strength": 0.5}],
        )
        for _ in range(WARM_UP):
            for one in sets:
                seconds(url, one)
        busy = [settle()]
        job, changed, noise = [], [], []
        paint: Callable[[int], float] = lambda which: seconds(url, sets[which])  # noqa: E731
        for number in range(ROUNDS):
            here, there = (0, 1) if number % 2 else (1, 0)
            paint(here)
            # same, same, other, other: each change has a job without one right beside it, of each set.
            taken = [paint(which) for which in (here, here, there, there)]
            noise.append(taken[1] / taken[0] - 1)
            changed.append(taken[2] / taken[3] - 1)
            job += taken
        busy.append(settle())
    return Measured(job, added, first, changed, noise, max(busy))


def markdown(found: Measured) -> list[str]:
    """The report's lines."""
    failed = found.failures()
    median = statistics.median
    low, high = np.quantile(found.changed, (0.25, 0.75))
    quiet_low, quiet_high = np.quantile(found.noise, (0.25, 0.75))
    return [
        "# Adapters",
        "",
        f"**{'Red' if failed else 'Green'}.** `make perf-adapters`: pocket, 128×128, {JOB['STEPS']} steps, LoRAs of rank "
        f"{RANK} on every attention and feed-forward layer of UNet and text encoder; {describe()}.",
        *(f"\n- {sentence}" for sentence in failed),
        "",
        "| | measured | allowed |",
        "|---|---|---|",
        f"| a new LoRA file to its first picture, adding it included ({NEW} files) | median {median(found.first):.2f} s, "
        f"largest {max(found.first):.2f} s | {LIMIT_SECONDS:g} s |",
        f"| of that, adding it to the registry | median {median(found.added):.2f} s | |",
        f"| a job with a warm set ({len(found.job)}) | median {median(found.job):.2f} s | |",
        f"| switching to the other of two warm sets, share of a job ({len(found.changed)} pairs) | median "
        f"{median(found.changed):+.1%}, quartiles {low:+.1%} to {high:+.1%} | {LIMIT_SHARE:.0%} |",
        f"| the same of pairs that do not switch | median {median(found.noise):+.1%}, quartiles {quiet_low:+.1%} to "
        f"{quiet_high:+.1%} | |",
        "",
        f"Others used up to {found.busy:.0%} of the machine meanwhile. Each switch is compared with the job right after it, of "
        "the same set.",
        "",
    ]


def main() -> None:
    """Measures, writes the report; exit code 1 where something is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    given = parser.parse_args()
    found = measure(Console(stderr=True))
    lines = markdown(found)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "adapters.md").write_text("\n".join(lines))
    print("\n".join(lines))
    sys.exit(1 if found.failures() else 0)


if __name__ == "__main__":
    main()
