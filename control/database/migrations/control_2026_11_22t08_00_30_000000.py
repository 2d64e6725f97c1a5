"""Indexes by which assets are listed, and by which housekeeping finds what is due."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T08:00:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of listing and tidying assets"

FORWARDS = (
    "CREATE INDEX assets_of_user ON assets (organisation_id, user_id, id) WHERE deleted_at IS NULL",
    "CREATE INDEX assets_of_team ON assets (team_id, id) WHERE team_id IS NOT NULL",
    "CREATE INDEX assets_deleted ON assets (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX assets_temporary ON assets (created_at) WHERE temporary",
    "CREATE INDEX blobs_to_render ON blobs (created_at) WHERE rendered_at IS NULL",
    "CREATE INDEX blobs_used ON blobs (used_at) WHERE tier = 'hot'",
    "CREATE INDEX blobs_restoring ON blobs (id) WHERE tier = 'restoring'",
    "CREATE INDEX uploads_expiring ON uploads (expires_at)",
)
BACKWARDS = (
    "DROP INDEX assets_of_user, assets_of_team, assets_deleted, assets_temporary, blobs_to_render, blobs_used, "
    "blobs_restoring, uploads_expiring",
)


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
