"""Who sees a kept workflow, who saves it, and whose it is.

One sees one's own, those that are shared with one's teams, and everybody's of the organisation with `workflow:manage`.
Two ways lead into other organisations: a workflow is public, or the caller sends one of its links.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from piccolo.custom_types import Combinable
from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.database.owned import Inside, scoped, unscoped
from control.errors import Forbidden, NotFound
from control.identity.secrets import digest
from control.tenancy.tables import Team
from control.tenancy.teams import teams_of
from control.workflows.tables import WorkflowDocument, WorkflowLink

# Piccolo resolves the columns of another table when it runs.
_OWNER: Any = WorkflowDocument.user_id
COLUMNS: tuple[Any, ...] = (*WorkflowDocument.all_columns(), _OWNER.name.as_alias("author"))
"""A workflow's row, and its owner's name."""
WHY = "public workflows, and those whose link the caller has, are read whatever organisation they belong to"


async def only_seen(who: Principal, query: "Select[Any]") -> "Select[Any]":
    """`query` on workflows of the caller's organisation, without those that are not shown to the caller there."""
    if who.may("workflow:manage"):
        return query
    own: Combinable = WorkflowDocument.user_id == who.user_id
    if teams := await teams_of(who):
        own = own | (WorkflowDocument.team_id.is_in(teams) & (WorkflowDocument.visibility != "private"))
    return query.where(own)


async def seen(who: Principal, workflow_id: UUID, token: str | None = None) -> dict[str, Any]:
    """The row (`COLUMNS`) of a workflow that the caller sees, of whatever organisation; raises `NotFound`."""
    inside = scoped(WorkflowDocument, who).select(*COLUMNS).where(WorkflowDocument.id == workflow_id)
    row: dict[str, Any] | None = await (await only_seen(who, inside)).first()
    if row is None:
        shown: Combinable = WorkflowDocument.visibility == "public"
        if token is not None:
            links = unscoped(WorkflowLink, WHY).select(WorkflowLink.workflow_id)
            held = links.where(WorkflowLink.token_hash == digest(token))
            shown = shown | ((WorkflowDocument.visibility == "link") & WorkflowDocument.id.is_in(held))
        query = unscoped(WorkflowDocument, WHY).select(*COLUMNS).where(WorkflowDocument.id == workflow_id)
        row = await query.where(shown).first()
    if row is None:
        raise NotFound("There is no such workflow, or it is not yours to see.")
    return row


async def saved(who: Principal, workflow_id: UUID) -> dict[str, Any]:
    """`seen` of a workflow whose versions the caller may save, locked; raises `Forbidden` for others' that one sees."""
    row = await seen(who, workflow_id)
    inside = row["organisation_id"] == who.organisation_id
    in_team = (
        row["visibility"] != "private"
        and row["team_id"] is not None
        and row["team_id"] in await teams_of(who)
    )
    if not (inside and (row["user_id"] == who.user_id or in_team or who.may("workflow:manage"))):
        raise Forbidden("This workflow belongs to somebody else. Fork it, and change your own.")
    return await _locked(who, workflow_id)


async def owned(who: Principal, workflow_id: UUID) -> dict[str, Any]:
    """`seen` of a workflow of the caller's own, or of anybody's with `workflow:manage`, locked; raises `Forbidden`."""
    row = await seen(who, workflow_id)
    inside = row["organisation_id"] == who.organisation_id
    if not (inside and (row["user_id"] == who.user_id or who.may("workflow:manage"))):
        raise Forbidden(
            "This workflow belongs to somebody else. Ask them, or fork it and change your own.",
            permission="workflow:manage",
        )
    return await _locked(who, workflow_id)


async def check_team(who: Principal, team_id: UUID) -> None:
    """Raises `NotFound` or `Forbidden` where the caller may not share with this team."""
    if not await scoped(Team, who).exists(Team.id == team_id):
        raise NotFound("There is no such team in your organisation.")
    if not who.may("workflow:manage") and team_id not in await teams_of(who):
        raise Forbidden("You can share only with teams that you are in.", permission="workflow:manage")


def inside(row: Mapping[str, Any]) -> Inside:
    """The organisation of a workflow that the caller was found to see."""
    return Inside(row["organisation_id"])


async def _locked(who: Principal, workflow_id: UUID) -> dict[str, Any]:
    query = scoped(WorkflowDocument, who).select(*COLUMNS).where(WorkflowDocument.id == workflow_id)
    row: dict[str, Any] | None = await query.lock_rows("NO KEY UPDATE", of=(WorkflowDocument,)).first()
    if row is None:
        raise NotFound("There is no such workflow any more.")
    return row
