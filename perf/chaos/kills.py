"""Killing services with SIGKILL at random moments, and seeing them come back."""

import asyncio
import os
import random
import re
import signal
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.stack import state

TARGETS = ("Worker", "API", "Triton", "Valkey", "PostgreSQL", "SeaweedFS")
"""Kinds of parts; of several of a kind any may be meant."""
BACK_SECONDS = 60.0
"""How long a killed part may take to be back."""


@dataclass
class Kill:
    """One process that was killed."""

    at: float
    """Seconds after the first submission."""
    part: str
    """As the stack calls it."""
    back: float | None = None
    """Seconds until the stack said that it was running again; None: it never did."""


def schedule(rounds: int, seconds: float, chance: random.Random) -> list[tuple[float, str]]:
    """When what is killed: each target so often, at any moment of the time."""
    return sorted((chance.uniform(0.5, seconds), target) for target in TARGETS for _ in range(rounds))


async def carry_out(
    home: Path, plan: list[tuple[float, str]], began: float, chance: random.Random
) -> list[Kill]:
    """Kills as planned; returns when everything is back."""
    kills: list[Kill] = []
    waiting = []
    for at, target in plan:
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        part, pid = await _victim(home, target, chance)
        log = home / "log" / "stack.log"
        read = _length(log)
        kill, when = Kill(time.monotonic() - began, part), time.time()
        # Of this very stack: its state names the process and when it was made.
        os.kill(pid, signal.SIGKILL)
        kills.append(kill)
        print(f"{kill.at:5.1f} s: killed {part}", file=sys.stderr, flush=True)
        waiting.append(asyncio.create_task(_wait_back(log, read, kill, when)))
    await asyncio.gather(*waiting)
    return kills


async def _victim(home: Path, target: str, chance: random.Random) -> tuple[str, int]:
    """A living process of the kind; waits for one that is just being started again."""
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        found = state.read(home)
        living = sorted((found.living() if found else {}).items())
        if candidates := [(name, pid) for name, pid in living if name.split()[0] == target]:
            return chance.choice(candidates)
        await asyncio.sleep(0.1)
    raise RuntimeError(f"no {target} came back within {BACK_SECONDS:.0f} s")


async def _wait_back(log: Path, read: int, kill: Kill, when: float) -> None:
    pattern = re.compile(rf"^(\S+) {re.escape(kill.part)}: .*(running again|restarted)", re.MULTILINE)
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        if found := pattern.search(_from(log, read)):
            kill.back = datetime.fromisoformat(found[1]).timestamp() - when
            return
        await asyncio.sleep(0.1)


def _length(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _from(log: Path, place: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(place)
        return file.read().decode()
