"""Commands that work on the database of the settings, or of the running stack."""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import msgspec

from control.errors import ControlError
from control.settings import ControlSettings
from studio.errors import StudioError
from studio.settings import read_settings
from studio.stack.secret import secret
from studio.stack.state import running

T = TypeVar("T")


def with_database(work: Callable[[ControlSettings], Awaitable[T]], *, sealed: bool = False) -> T:
    """Does `work` on the open database; raises `StudioError`.

    `sealed`: the work reads or writes what STUDIO_SECRET_KEY encrypts, which must be known then.
    """
    settings = read_settings()
    stack = running(settings.home)
    url = settings.database_url or (stack.services.get("STUDIO_DATABASE_URL", "") if stack else "")
    if not url:
        raise StudioError("Set STUDIO_DATABASE_URL, or start `studio up`, whose database is used then.")
    # Piccolo finds the database in the environment.
    os.environ["STUDIO_DATABASE_URL"] = url
    from control.database.engine import close_pool, open_pool

    key = settings.secret_key
    if sealed and not key:
        # Made by the stack. Never here: a key signed away with another secret would be lost to the API.
        if not (settings.home / "secrets" / "key").is_file():
            raise StudioError("Set STUDIO_SECRET_KEY to what the API processes have.")
        key = secret(settings.home, "key")
    settings = msgspec.structs.replace(settings, database_url=url, secret_key=key)

    async def run() -> T:
        await open_pool()
        try:
            return await work(settings)
        finally:
            await close_pool()

    try:
        with warnings.catch_warnings():
            # Piccolo's, about a database that does not answer: the error says so too.
            warnings.simplefilter("ignore")
            return asyncio.run(run())
    except ControlError as error:
        raise StudioError(str(error)) from None
    except asyncpg.UndefinedTableError:
        raise StudioError("This database is not up to date: `studio migrate` brings it there.") from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StudioError(f"The database does not answer: {error or type(error).__name__}") from None
