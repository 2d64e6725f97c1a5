"""The index by which somebody's prompts are listed and counted."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T11:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of prompts by their owner"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="control", description=DESCRIPTION)

    async def run() -> None:
        await engine().run_ddl("CREATE INDEX comfy_prompts_of_user ON comfy_prompts (organisation_id, user_id, counter)")

    async def run_backwards() -> None:
        await engine().run_ddl("DROP INDEX comfy_prompts_of_user")

    manager.add_raw(run)
    manager.add_raw_backwards(run_backwards)
    return manager
