"""Migrations, and what PostgreSQL itself refuses."""

import asyncio
import subprocess
import sys
from uuid import UUID

import asyncpg
import pytest

from control.database.migrate import migrate
from control.errors import ControlError
from control.ids import uuid7

EVENT = """INSERT INTO audit_events (id, organisation_id, sequence, at, actor, act, subject_type, subject_id,
    address, request_id, previous_hash, hash) VALUES ($1, $2, 1, now(), '', 'test.append', '', '', '', '', '', '')"""


async def fresh(url: str, name: str) -> str:
    """An empty database on the same server."""
    connection = await asyncpg.connect(url)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return url.rsplit("/", 1)[0] + f"/{name}"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_events SET actor = 'somebody else'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "SET session_replication_role = replica; DELETE FROM audit_events",
    ],
)
async def test_audit_events_only_grow(database_url: str, change: str) -> None:
    connection = await asyncpg.connect(database_url)
    undo = connection.transaction()
    await undo.start()
    await connection.execute(EVENT, uuid7(), UUID(int=7))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        async with connection.transaction():
            await connection.execute(change)
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE act = 'test.append'") == 1
    await undo.rollback()
    await connection.close()


async def test_two_starters_migrate_one_database_once(database_url: str) -> None:
    url = await fresh(database_url, "two")
    await asyncio.gather(*(asyncio.to_thread(migrate, url) for _ in range(2)))
    connection = await asyncpg.connect(url)
    names = [row["name"] for row in await connection.fetch("SELECT name FROM migration")]
    assert len(names) == len(set(names)) >= 2
    await connection.close()


async def test_a_migration_that_fails_leaves_nothing_half_done(database_url: str) -> None:
    connection = await asyncpg.connect(url := await fresh(database_url, "half"))
    # The last migrations meet what is not theirs.
    await connection.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'"
    )
    with pytest.raises(
        ControlError, match=r"could not be migrated: function .*refuse_change.* already exists"
    ):
        await asyncio.to_thread(migrate, url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert tables == []
    await connection.execute("DROP FUNCTION refuse_change()")
    await asyncio.to_thread(migrate, url)
    assert await connection.fetchval("SELECT count(*) FROM users") == 0
    await connection.close()


def test_tables_and_migrations_agree(database_url: str) -> None:
    """A table that changed without a migration: `piccolo migrations new control --auto` makes it."""
    code = (
        "import asyncio\n"
        "from piccolo.apps.migrations.commands.new import AutoMigrationManager\n"
        "from control.database.piccolo_app import APP_CONFIG\n"
        "found = asyncio.run(AutoMigrationManager().get_alter_statements(APP_CONFIG))\n"
        "print([s for statements in found for s in statements.statements])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", "import control.database\n" + code],
        env={"STUDIO_DATABASE_URL": database_url, "PICCOLO_CONF": "control.database.piccolo_conf"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip().splitlines()[-1] == "[]", said.stdout


def test_a_database_that_is_not_there_is_named() -> None:
    with pytest.raises(ControlError, match=r"could not be migrated: .*(refused|Connect)"):
        migrate("postgresql://studio:x@127.0.0.1:1/studio")
