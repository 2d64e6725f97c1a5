"""The connection pool, and transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from piccolo.engine.finder import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from control.errors import ControlError
from control.http import tracing

POOL = {
    "min_size": 2,
    "max_size": 10,
    "command_timeout": 30,
    "server_settings": {"idle_in_transaction_session_timeout": "10000", "lock_timeout": "5000"},
}
"""Connections of one API process; no query takes longer, and waits longer for what another transaction has locked.

A process that freezes in the midst of a transaction loses it, with its locks. Migrations have connections of their own.
"""


def engine() -> PostgresEngine:
    """The engine of piccolo_conf.py."""
    found = engine_finder()
    if not isinstance(found, PostgresEngine):
        raise ControlError(
            "There is no database: set STUDIO_DATABASE_URL, or use `make up`, which brings its own."
        )
    return found


class Transaction(PostgresTransaction):
    """Piccolo's own, which would keep its connection, and its place in the task, where the database ends in the midst."""

    async def begin(self) -> None:
        """Starts it."""
        try:
            await super().begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._let_go()
            raise

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return error is None
        try:
            if error is None:
                await self.commit()  # type: ignore[no-untyped-call]
            else:
                await self.rollback()  # type: ignore[no-untyped-call]
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._let_go()
        return error is None

    async def _let_go(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """`async with transaction():` around what must happen wholly or not at all. Routes and tasks open it."""
    async with Transaction(engine()):
        yield


async def open_pool() -> None:
    """Connects; raises where the database does not answer."""
    options = {"connection_class": Connection, **({"init": _traced} if tracing.on() else {})}
    await engine().start_connection_pool(**POOL, **options)


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """One that goes back to the pool without a query.

    asyncpg would send RESET ALL and the like, a round trip for each request. Nothing of ours outlives a transaction in a
    connection: no SET without LOCAL, no LISTEN, no lock of a session, no cursor. A transaction that was left open
    is rolled back all the same.
    """

    def get_reset_query(self) -> str:
        """None."""
        return ""


async def _traced(connection: Any) -> None:
    connection.add_query_logger(tracing.queried)


async def close_pool() -> None:
    """Closes what is open."""
    await engine().close_connection_pool()


async def ping() -> None:
    """One round trip; raises where the database does not answer."""
    await engine().run_ddl("SELECT 1")
