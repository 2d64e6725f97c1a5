"""Rows of kept workflows as they go over the wire."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.database.owned import scoped
from control.workflows.documents import schemas
from control.workflows.documents.rights import inside
from control.workflows.tables import WorkflowStar, WorkflowVersion

# Piccolo resolves the columns of another table when it runs.
_AUTHOR: Any = WorkflowVersion.author_id
VERSION_COLUMNS: tuple[Any, ...] = (
    WorkflowVersion.id, WorkflowVersion.number, WorkflowVersion.message, WorkflowVersion.created_at,
    _AUTHOR.name.as_alias("author"),
)  # fmt: skip
"""What `version` needs of a row."""


def fields(who: Principal, row: Mapping[str, Any], starred: bool) -> dict[str, Any]:
    """Fields of `Workflow` from a row of `rights.COLUMNS`."""
    ours = row["organisation_id"] == who.organisation_id
    own = {name: row[name] for name in schemas.Workflow.__struct_fields__ if name in row}
    thumbnail = f"/api/v1/workflows/{row['id']}/thumbnail" if row["thumbnail_id"] else None
    return own | {
        # Of people and teams of other organisations, no more than the author's name.
        "user_id": row["user_id"] if ours else None,
        "team_id": row["team_id"] if ours else None,
        "mine": ours and row["user_id"] == who.user_id,
        "starred": starred,
        "thumbnail_url": thumbnail,
    }


async def starred(who: Principal, workflow_ids: Iterable[UUID]) -> set[UUID]:
    """Those that the caller has marked."""
    if not (wanted := list(workflow_ids)):
        return set()
    query = scoped(WorkflowStar, who).select(WorkflowStar.workflow_id)
    rows = await query.where(WorkflowStar.user_id == who.user_id).where(
        WorkflowStar.workflow_id.is_in(wanted)
    )
    return {row["workflow_id"] for row in rows}


async def shown(who: Principal, rows: list[dict[str, Any]]) -> list[schemas.Workflow]:
    """Workflows from rows of `rights.COLUMNS`."""
    marked = await starred(who, [row["id"] for row in rows])
    return [schemas.Workflow(**fields(who, row, row["id"] in marked)) for row in rows]


def version(row: Mapping[str, Any]) -> schemas.Version:
    """A version without what is in it, from a row of `VERSION_COLUMNS`."""
    return schemas.Version(**{name: row[name] for name in schemas.Version.__struct_fields__} | _named(row))


async def version_of(row: Mapping[str, Any], number: int | None = None) -> schemas.VersionDetails | None:
    """A version, the newest where no number is given, of a workflow that the caller sees."""
    query = (
        scoped(WorkflowVersion, inside(row))
        .select(*VERSION_COLUMNS, WorkflowVersion.graph, WorkflowVersion.document)
        .where(WorkflowVersion.workflow_id == row["id"])
        .where(WorkflowVersion.number == (row["version"] if number is None else number))
    )
    found = await query.first()
    if found is None:
        return None
    return schemas.VersionDetails(
        **{name: found[name] for name in schemas.Version.__struct_fields__} | _named(found),
        graph=msgspec.json.decode(found["graph"]),
        document=msgspec.json.decode(found["document"]) if found["document"] else None,
    )


async def details(who: Principal, row: Mapping[str, Any]) -> schemas.WorkflowDetails:
    """A workflow that the caller sees, with its newest version."""
    marked = bool(await starred(who, [row["id"]]))
    current = await version_of(row)
    assert current is not None
    return schemas.WorkflowDetails(**fields(who, row, marked), current=current)


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    return {"author": row["author"] or ""}
