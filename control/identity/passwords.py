"""Passwords: Argon2id, in threads of their own, so that hashing one holds up nobody's request."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""RFC 9106's second choice in memory and passes (64 MiB, 3), one lane: it runs in one thread."""
_THREADS = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) // 2), thread_name_prefix="argon2")
"""Half of the cores: the others go on answering."""
UNKNOWN = HASHER.hash(os.urandom(16))
"""Verified in place of the password of an account that is not there, so that both take as long."""


async def hash_password(password: str) -> str:
    """Argon2id as a PHC string."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, HASHER.hash, password)


async def verify_password(password: str, expected: str | None) -> bool:
    """Is it the one? Takes as long where there is none (`expected` is None), and is False then."""

    def verify() -> bool:
        try:
            return HASHER.verify(expected or UNKNOWN, password)
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.get_running_loop().run_in_executor(_THREADS, verify) and expected is not None
