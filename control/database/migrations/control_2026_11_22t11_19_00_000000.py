"""Indexes of kept workflows: by organisation, the public ones of everybody, by words and tags."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T11:19:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of kept workflows"

FORWARDS = (
    "CREATE INDEX workflow_documents_of_organisation ON workflow_documents (organisation_id, id)",
    "CREATE INDEX workflow_documents_public ON workflow_documents (stars, id) WHERE visibility = 'public'",
    "CREATE INDEX workflow_documents_words ON workflow_documents "
    "USING gin (to_tsvector('simple', name || ' ' || description))",
    "CREATE INDEX workflow_documents_tags ON workflow_documents USING gin (tags)",
)
BACKWARDS = (
    "DROP INDEX workflow_documents_of_organisation, workflow_documents_public, workflow_documents_words, "
    "workflow_documents_tags",
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
