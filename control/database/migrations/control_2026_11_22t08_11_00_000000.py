"""An index of the jobs that wait, by whose they are: how many somebody has in line is counted at each submission."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T08:11:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index of the jobs that wait, by member"

FORWARDS = (
    "CREATE INDEX jobs_waiting_of_member ON jobs (organisation_id, user_id, position) "
    "WHERE state IN ('PENDING', 'QUEUED')",
)
BACKWARDS = ("DROP INDEX jobs_waiting_of_member",)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="control", description=DESCRIPTION)

    async def run() -> None:
        for statement in FORWARDS:
            await engine().run_ddl(statement)

    async def run_backwards() -> None:
        for statement in BACKWARDS:
            await engine().run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(run_backwards)
    return manager
