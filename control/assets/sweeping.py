"""Doing the same to many files of everybody, where one that cannot be dealt with must not keep the others from it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import asyncpg
import structlog

from control.errors import ControlError

MOST = 20
"""Failures one after the other, after which it is not the files: the storage or the database is away."""
log = structlog.get_logger("control.lifecycle")

Row = dict[str, Any]


async def sweep(name: str, rows: Iterable[Row], act: Callable[[Row], Awaitable[bool]]) -> int:
    """`act` on each row; of how many it says True. A row that fails is logged and passed over; the next run tries again.

    Raises what the last one raised where none went well, or so many as `MOST` in a row did not.
    """
    done = well = in_a_row = 0
    last: Exception | None = None
    for row in rows:
        try:
            done += await act(row)
        except (ControlError, OSError, asyncpg.PostgresError) as error:
            last, in_a_row = error, in_a_row + 1
            if in_a_row >= MOST:
                raise
            log.warning(
                "not_swept", what=name, id=str(row["id"]), error=f"{type(error).__name__}: {error}"[:300]
            )
        else:
            well, in_a_row = well + 1, 0
    if last is not None and not well:
        raise last
    return done
