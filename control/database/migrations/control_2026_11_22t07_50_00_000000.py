"""What PostgreSQL itself sees to: the ledger only grows and comes to zero, events of jobs only grow; indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control.database.engine import engine

ID = "2026-11-22T07:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the ledger comes to zero; indexes of jobs and assets"

APPEND_ONLY = ("ledger_postings", "ledger_entries", "ledger_closings", "job_events")

FORWARDS = (
    # DELETE stays possible: an organisation that is removed takes its rows along.
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in APPEND_ONLY
    ),
    """
    CREATE FUNCTION posting_comes_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE posting_id = NEW.posting_id) <> 0 THEN
            RAISE EXCEPTION 'posting % does not come to zero', NEW.posting_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER comes_to_zero AFTER INSERT ON ledger_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_comes_to_zero()
    """,
    "CREATE INDEX ledger_entries_account ON ledger_entries (organisation_id, account, number) INCLUDE (amount)",
    "CREATE INDEX holds_by_month ON holds (organisation_id, created_at) INCLUDE (amount, charged, user_id, team_id)",
    "CREATE INDEX jobs_in_line ON jobs (tier, organisation_id, user_id, position) WHERE state = 'QUEUED'",
    "CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX jobs_waiting ON jobs (not_before) WHERE state = 'PENDING'",
    "CREATE INDEX jobs_of_organisation ON jobs (organisation_id, id)",
    "CREATE UNIQUE INDEX job_events_number ON job_events (number)",
    "CREATE INDEX job_events_of_organisation ON job_events (organisation_id, number)",
    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'waiting'",
    "CREATE INDEX assets_of_organisation ON assets (organisation_id, id)",
    "CREATE INDEX assets_words ON assets USING gin (to_tsvector('simple', prompt || ' ' || name))",
    "CREATE INDEX asset_tags_words ON asset_tags (organisation_id, tag)",
)
BACKWARDS = (
    "DROP INDEX ledger_entries_account, holds_by_month, jobs_in_line, jobs_leased, jobs_waiting, jobs_of_organisation, "
    "job_events_number, job_events_of_organisation, webhook_deliveries_due, assets_of_organisation, assets_words, "
    "asset_tags_words",
    "DROP TRIGGER comes_to_zero ON ledger_entries",
    "DROP FUNCTION posting_comes_to_zero()",
    *(f"DROP TRIGGER append_only ON {table}" for table in APPEND_ONLY),
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
