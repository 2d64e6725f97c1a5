"""Passwords: Argon2id, in threads of their own, so that hashing one holds up nobody's request."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from control.errors import Unavailable
from control.settings import ControlSettings

T = TypeVar("T")

WORKERS = max(1, (os.cpu_count() or 2) // 2)
"""Half of the cores: the others go on answering."""
MOST_WAITING = 32 * WORKERS
"""Beyond that, people are told to come back rather than kept waiting for seconds."""

NICENESS = 10
"""Where processors are short, hashing waits for requests and not the other way round."""


def _be_nice() -> None:
    if sys.platform == "linux":  # where priorities are a thread's own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_THREADS = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="argon2", initializer=_be_nice)
_waiting = 0


class _Cost:
    """How passwords are hashed; RFC 9106's second choice in memory and passes, unless the settings say otherwise."""

    def __init__(self, memory_mb: int = 64, passes: int = 3) -> None:
        # One lane: it runs in one thread.
        self.hasher = PasswordHasher(time_cost=passes, memory_cost=memory_mb * 1024, parallelism=1)
        self.unknown = self.hasher.hash(os.urandom(16))
        """Verified in place of the password of an account that is not there, so that both take as long."""


_cost = _Cost()


def set_cost(settings: ControlSettings) -> None:
    """Hashes as the settings say from now on."""
    global _cost  # noqa: PLW0603
    _cost = _Cost(settings.password_memory_mb, settings.password_passes)


async def _in_thread(work: Callable[[], T]) -> T:
    global _waiting  # noqa: PLW0603
    if _waiting >= MOST_WAITING:
        raise Unavailable("Too many people sign in at this moment. Try again in a few seconds.", 5)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
    finally:
        _waiting -= 1


async def hash_password(password: str) -> str:
    """Argon2id as a PHC string. Raises `Unavailable` where too many wait."""
    return await _in_thread(lambda: _cost.hasher.hash(password))


async def verify_password(password: str, expected: str | None) -> bool:
    """Is it the one? Takes as long where there is none (`expected` is None), and is False then.

    Raises `Unavailable` where too many wait.
    """

    def verify() -> bool:
        try:
            return _cost.hasher.verify(expected or _cost.unknown, password)
        except (VerificationError, InvalidHashError):
            return False

    return await _in_thread(verify) and expected is not None


def outdated(password_hash: str) -> bool:
    """Was it made with other parameters than those of today?"""
    return _cost.hasher.check_needs_rehash(password_hash)
