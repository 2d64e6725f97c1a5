"""audit_events is append-only: PostgreSQL itself refuses to change or remove its rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T04:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "audit_events is append-only"

FORWARDS = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    # Also where triggers are switched off for a session (session_replication_role = replica).
    "ALTER TABLE audit_events ENABLE ALWAYS TRIGGER append_only",
)
BACKWARDS = ("DROP TRIGGER append_only ON audit_events", "DROP FUNCTION refuse_change()")


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
