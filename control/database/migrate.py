"""Brings a database to the tables of this version: `python -m control.database.migrate`.

Piccolo's migrations, forwards, under a lock of the database's own, so that any number of starters may run it at
the same moment: one does the work, the others find it done.
"""

import asyncio
import os
import subprocess
import sys

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from control.database.engine import transaction
from control.errors import ControlError
from control.settings import read_settings

LOCK = 0x73747564696F
"""Key of the advisory lock ("studio")."""


def migrate(database_url: str) -> None:
    """Migrates the database at `database_url`, in a process of its own; raises `ControlError` with the reason.

    Of its own because Piccolo finds the database once per process, in the environment.
    """
    done = subprocess.run(
        [sys.executable, "-m", "control.database.migrate"],
        env={**os.environ, "STUDIO_DATABASE_URL": database_url},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ControlError((done.stderr.strip().splitlines() or ["The migration ended without a word."])[-1])


async def migrate_here() -> None:
    """Migrates the database that Piccolo knows: wholly, or not at all."""
    async with transaction():
        await Migration.raw("SELECT pg_advisory_xact_lock({})", LOCK)
        result = await run_forwards(app_name="control")
        if not result.success:
            raise ControlError(f"The database could not be migrated: {result.message}")


def main() -> None:
    """Migrates the database of the settings; exit code 2 and one sentence where that fails."""
    try:
        if not read_settings().database_url:
            raise ControlError("Set STUDIO_DATABASE_URL to the database that is to be migrated.")
        asyncio.run(migrate_here())
    except ControlError as error:
        print(error, file=sys.stderr)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        print(f"The database could not be migrated: {error or type(error).__name__}", file=sys.stderr)
    else:
        return
    sys.exit(2)


if __name__ == "__main__":
    main()
