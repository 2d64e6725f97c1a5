"""No query leaves its organisation unnoticed: what goes around `scoped` stands here, with its reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from control.database.owned import Owned, Unscoped, scoped, unscoped
from control.database.piccolo_app import APP_CONFIG

CONTROL = Path(__file__).parents[2] / "control"
SCHEDULER = CONTROL.parent / "scheduler"
OWNED = {table.__name__: table for table in APP_CONFIG.table_classes if issubclass(table, Owned)}
WATCHED = {
    table.__name__: table
    for table in APP_CONFIG.table_classes
    if not issubclass(table, Owned) and "organisation_id" in [c._meta.name for c in table._meta.columns]
}
"""Tables that name an organisation and are not `Owned`: nothing limits a query on them."""
AROUND = {"unscoped", "Queries"}
QUERIES = {"select", "objects", "count", "exists", "update", "delete", "raw"}

# (file, what is asked around the scope) → why that is right.
ALLOWED = {
    # Tables that belong to an organisation.
    ("tenancy/organisations.py", "Membership"): "one's own memberships lie in many organisations",
    ("tenancy/members.py", "Membership"): "does a removed person belong to any other organisation?",
    ("tenancy/invitations.py", "Invitation"): "whoever holds a token knows no organisation yet",
    ("identity/principals.py", "memberships"): "finds the caller's organisation by session or key",
    ("identity/principals.py", "roles"): "finds the caller's organisation by session or key",
    ("identity/principals.py", "api_keys"): "finds the caller's organisation by session or key",
    ("identity/principals.py", "sessions"): "finds the caller's organisation by session or key",
    ("identity/principals.py", "team_members"): "the teams of those whose session or key it looks up",
    (
        "realtime/history.py",
        "job_events",
    ): "the latest of all organisations that have watchers; each is told what it may see",
    ("identity/sessions.py", "memberships"): "a login knows the person first",
    ("identity/sessions.py", "roles"): "a token is made of the session's membership",
    ("identity/sessions.py", "sessions"): "a token is made of the session's membership",
    ("identity/people.py", "memberships"): "a login knows the person first",
    ("identity/people.py", "sessions"): "a login knows the person first",
    ("identity/me.py", "team_members"): "one's own teams, of the caller's organisation",
    ("identity/me.py", "teams"): "one's own teams, of the caller's organisation",
    ("identity/recovery.py", "ApiKey"): "a new password ends the person's keys in all organisations",
    (
        "identity/operators.py",
        "Session",
    ): "ends those of a disabled account, whatever organisation they act for",
    (
        "identity/operators.py",
        "Job",
    ): "cancels those of a disabled account, whatever organisation they are for",
    ("identity/upkeep.py", "sessions"): "drops what has ended long ago, of everybody",
    ("models/sweeping.py", "ModelFile"): "a file goes when no organisation names it any more",
    (
        "assets/links.py",
        "AssetLink",
    ): "whoever holds a link's token belongs to no organisation; ended ones of everybody",
    ("assets/archives.py", "AssetArchive"): "drops what has ended, of everybody",
    ("creative/history.py", "jobs"): "the caller's own jobs, by organisation and person",
    ("jobs/states.py", "Job"): "a transition is made by whoever has the job, or its lease",
    ("jobs/line.py", "Job"): "a place in line depends on everybody's jobs; only numbers leave the module",
    ("scheduler/housekeeping.py", "jobs"): "finds jobs that ended long ago, of everybody",
    ("scheduler/housekeeping.py", "job_events"): "drops events of jobs that ended long ago, of everybody",
    ("scheduler/housekeeping.py", "Quote"): "drops quotes that bind no more, of everybody",
    ("scheduler/housekeeping.py", "quotes"): "names a task",
    ("scheduler/housekeeping.py", "renditions"): "names a task",
    (
        "workflows/documents/rights.py",
        "WorkflowDocument",
    ): "public workflows, and those whose link the caller sends, are seen whatever organisation they belong to",
    (
        "workflows/documents/rights.py",
        "WorkflowLink",
    ): "whoever holds a link's token need not belong to the workflow's organisation",
    (
        "workflows/documents/finding.py",
        "WorkflowDocument",
    ): "the community's list: public ones of all organisations, and nothing else",
    (
        "workflows/documents/sharing.py",
        "workflow_documents",
    ): "counts the stars of one workflow that the caller was found to see",
    (
        "workflows/documents/sharing.py",
        "workflow_stars",
    ): "counts the stars of one workflow, whoever gave them",
    ("assets/blobs.py", "Blob"): "the sweep looks for what nobody refers to, of everybody",
    ("assets/blobs.py", "BlobIntent"): "the sweep looks for what nobody came to refer to, of everybody",
    ("assets/blobs.py", "assets"): "the sweep asks which blobs are referred to, of everybody",
    ("assets/blobs.py", "blobs"): "the sweep asks which blobs are referred to, of everybody",
    ("assets/lifecycle.py", "Asset"): "housekeeping removes what is old, of everybody",
    (
        "assets/lifecycle.py",
        "Blob",
    ): "housekeeping archives what nobody reads and brings it back, of everybody",
    ("assets/lifecycle.py", "BlobIntent"): "housekeeping leaves alone what somebody is about to keep again",
    ("assets/multipart.py", "Upload"): "the sweep looks for uploads that nobody completed, of everybody",
    ("assets/renditions.py", "Blob"): "housekeeping looks for pictures without renditions, of everybody",
    (
        "jobs/service.py",
        "jobs",
    ): "inserts the caller's own job, and counts those in line by organisation and person",
    ("jobs/service.py", "job_events"): "inserts the first events of the caller's own job",
    ("jobs/line_up.py", "jobs"): "moves the caller's own jobs, by organisation and person",
    ("jobs/idempotency.py", "idempotency_keys"): "every statement names the caller's organisation and person",
    ("jobs/idempotency.py", "IdempotencyKey"): "drops what is older than a day, of everybody",
    ("jobs/webhooks.py", "webhook_deliveries"): "inserts messages for the organisation of the job",
    ("jobs/webhooks.py", "webhook_endpoints"): "finds those of the job's own organisation",
    ("jobs/webhooks.py", "WebhookDelivery"): "sends what is due, of all organisations",
    ("jobs/webhook_secrets.py", "WebhookEndpoint"): "seals all secrets anew when the key has changed",
    ("gateway/comfy/reading.py", "comfy_prompts"): "which of the caller's own jobs came through that API",
    ("gateway/comfy/reading.py", "jobs"): "which of the caller's own jobs came through that API",
    ("app.py", "jobs"): "names a domain",
    ("app.py", "assets"): "names a domain",
    ("database/piccolo_app.py", "jobs"): "names a domain",
    ("database/piccolo_app.py", "assets"): "names a domain",
    ("http/limits.py", "uploads"): "names a limit",
    # Each statement of the ledger names the organisation whose it is, which its callers take from the caller or a job.
    ("billing/ledger.py", "ledger_heads"): "locks the head of the one organisation that it is told",
    ("billing/ledger.py", "ledger_postings"): "posts to the one organisation that it is told",
    ("billing/ledger.py", "ledger_entries"): "sums those of the one organisation that it is told",
    ("billing/ledger.py", "ledger_closings"): "of the one organisation that it is told",
    ("billing/ledger.py", "spending_limits"): "has the organisation any?",
    ("billing/months.py", "ledger_postings"): "the month's grants of the one organisation that it is told",
    ("billing/months.py", "ledger_entries"): "the month's grants of the one organisation that it is told",
    ("billing/service.py", "holds"): "of the caller's organisation, or the one that the job is of",
    ("billing/service.py", "ledger_postings"): "beside the hold, of its organisation",
    ("billing/service.py", "ledger_entries"): "housekeeping looks which organisations have many",
    ("billing/service.py", "ledger_closings"): "housekeeping looks which organisations have many",
    ("billing/service.py", "ledger_heads"): "housekeeping looks which organisations have many entries",
    (
        "billing/verification.py",
        "ledger_postings",
    ): "checks the ledger of the one organisation that it is told",
    (
        "billing/verification.py",
        "ledger_entries",
    ): "checks the ledger of the one organisation that it is told",
    (
        "billing/verification.py",
        "ledger_closings",
    ): "checks the ledger of the one organisation that it is told",
    ("billing/verification.py", "holds"): "checks the ledger of the one organisation that it is told",
    ("billing/verification.py", "jobs"): "checks the ledger of the one organisation that it is told",
    ("billing/budgets.py", "spending_limits"): "of the one organisation that it is told",
    ("billing/budgets.py", "budget_alerts"): "of the limits beside it",
    ("billing/budgets.py", "holds"): "of the limits' organisation",
    ("billing/budgets.py", "teams"): "of the limits' organisation",
    ("billing/budgets.py", "memberships"): "of the limits' organisation",
    ("billing/reading.py", "holds"): "sums those of the caller's organisation",
    ("billing/reading.py", "teams"): "names those of the holds' organisation",
    ("billing/reading.py", "jobs"): "counts charges",
    ("scheduler/claims.py", "jobs"): "the line is everybody's: the policy chooses among all that wait",
    ("scheduler/claims.py", "Job"): "the line is everybody's: the policy chooses among all that wait",
    ("scheduler/leases.py", "jobs"): "a lease names its job; what nobody has is found whoever's it is",
    ("scheduler/finishing.py", "jobs"): "asked by the job's lease",
    ("scheduler/workflows/cache.py", "node_results"): "every statement names the organisation of the job",
    ("scheduler/workflows/upkeep.py", "node_results"): "housekeeping drops what is too much, of everybody",
    ("scheduler/workflows/naming.py", "file_numbers"): "counts in the name of the job's owner",
    ("scheduler/finishing.py", "job_events"): "the last event of a job that the worker had",
    ("scheduler/worker.py", "jobs"): "counts all jobs by state and tier, for the operator's figures",
    ("scheduler/figures.py", "jobs"): "names a figure's column",
    # Tables that name one.
    (
        "identity/sessions.py",
        "Session",
    ): "sessions belong to a person: every query names the person or the session",
    ("tenancy/members.py", "Session"): "ends those of one person in the caller's organisation",
    ("audit/service.py", "AuditHead"): "the head of the one chain that the row is added to",
    ("audit/service.py", "audit_heads"): "makes the head of a chain",
    ("audit/reading.py", "AuditEvent"): "limited to the caller's organisation in the first where",
    ("audit/reading.py", "AuditHead"): "asked for one organisation, which the route takes from the caller",
    (
        "audit/verification.py",
        "AuditEvent",
    ): "checks one chain, which the route takes from the caller; lists all chains for the operator's command",
    (
        "audit/verification.py",
        "AuditHead",
    ): "checks one chain, which the route takes from the caller; lists all chains for the operator's command",
}
TABLE_NAMES = {table._meta.tablename for table in [*OWNED.values(), *WATCHED.values()]}
STATEMENT = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\s+\S+\s+set|delete\s+from)\b", re.IGNORECASE | re.DOTALL
)
CLAUSE = re.compile(
    rf"\b(?:from|join|into|update|using|truncate|copy|table)\s+(?:only\s+)?\"?({'|'.join(TABLE_NAMES)})\b",
    re.IGNORECASE,
)


def docstrings(tree: ast.AST) -> set[int]:
    """Nodes that are text for people: a string that stands alone."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def last_name(node: ast.expr) -> str:
    """`Session` of Session and of tables.Session."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else "?"


def around_the_scope(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) for each use of `unscoped`, query on a watched table, and SQL that names one of either kind."""
    tree = ast.parse(source)
    prose, made = docstrings(tree), own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) in AROUND:
            yield node.lineno, last_name(node.args[0]) if node.args else "?"
        elif isinstance(node, ast.alias) and node.asname and node.name in {*AROUND, *OWNED, *WATCHED}:
            # By another name it would not be found here.
            yield node.lineno, f"{node.name} as {node.asname}"
        elif isinstance(node, ast.Attribute) and last_name(node.value) in WATCHED:
            if node.attr in QUERIES:
                yield node.lineno, last_name(node.value)
        elif isinstance(node, ast.Attribute) and node.attr == "_base":
            yield node.lineno, "_base"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            # A table's name alone is put into a query elsewhere, but for where the table itself is made.
            words = {node.value} if id(node) not in made else set()
            words |= set(CLAUSE.findall(node.value.lower()))
            if STATEMENT.search(node.value):
                words |= set(re.findall(r"\w+", node.value.lower()))
            for name in sorted(TABLE_NAMES & words):
                yield node.lineno, name


def own_names(tree: ast.AST) -> set[int]:
    """Nodes that name a table where it is made."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "tablename"
    }


def sources() -> list[Path]:
    return [
        path
        for path in [*CONTROL.rglob("*.py"), *SCHEDULER.rglob("*.py")]
        if "migrations" not in path.parts and path != CONTROL / "database" / "owned.py"
    ]


def name_of(path: Path) -> str:
    """As in the table: without control/ before it."""
    return path.relative_to(CONTROL.parent).as_posix().removeprefix("control/")


def test_what_goes_around_the_scope_stands_in_the_table() -> None:
    found = {
        (name_of(path), what): f"{path.relative_to(CONTROL.parent)}:{line}"
        for path in sources()
        for line, what in around_the_scope(path.read_text())
    }
    new = [f"{where} goes around the scope of {key[1]}" for key, where in found.items() if key not in ALLOWED]
    assert not new, f"Use scoped(…), or give the reason in {__file__}: {new}"
    gone = ALLOWED.keys() - found.keys()
    assert not gone, f"These do so no longer: take them out of {__file__}: {gone}"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('unscoped(Team, "because")', "Team"),
        ("Queries(Team, None)", "Team"),
        ('owned.unscoped(tables.Team, "because")', "Team"),
        ("from control.database.owned import unscoped as scoped", "unscoped as scoped"),
        ("from control.identity.tables import Session as Login", "Session as Login"),
        ("Session.select()", "Session"),
        ("tables.Session.update({})", "Session"),
        ('await User.raw("SELECT 1 FROM teams")', "teams"),
        ('QUERY = f"""select {x} from memberships m"""', "memberships"),
        ('run("DELETE FROM invitations")', "invitations"),
        ('run("SELECT * FROM users u, roles")', "roles"),
        ('run("LEFT JOIN api_keys k ON true")', "api_keys"),
        ('QUERY.replace("{table}", "api_keys")', "api_keys"),
        ('class Team(Owned, tablename="teams"): ...', None),
        ("scoped(Team, who)._base.select()", "_base"),
        ('"""Reads from teams."""', None),
        ("scoped(Team, who).select()", None),
        ('raise Conflict("Your teams are too many. Delete one first, or update the tier.")', None),
    ],
)
def test_the_search_finds(source: str, what: str | None) -> None:
    assert [found for _, found in around_the_scope(source)] == ([what] if what else [])


@pytest.mark.parametrize("name", sorted(OWNED))
@pytest.mark.parametrize("query", ["select", "objects", "count", "exists", "update", "delete"])
def test_a_query_past_scoped_cannot_be_built(name: str, query: str) -> None:
    with pytest.raises(Unscoped, match=rf"scoped\({name}, who\)"):
        getattr(OWNED[name], query)()


def test_every_owned_table_is_limited_by_scoped() -> None:
    from uuid import UUID

    class Who:
        organisation_id = UUID(int=5)

    for table in OWNED.values():
        for query in (
            scoped(table, Who()).select(),
            scoped(table, Who()).objects(),
            scoped(table, Who()).update({"organisation_id": None}),
            scoped(table, Who()).delete(),
        ):
            assert f"\"organisation_id\" = '{UUID(int=5)}'" in str(query), query
        assert "WHERE" not in str(unscoped(table, "test").select())
