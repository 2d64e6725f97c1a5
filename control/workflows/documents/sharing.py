"""Who sees a workflow, by which links, and who has marked it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import scoped
from control.errors import BadRequest, Conflict, NotFound
from control.identity.secrets import digest, new_secret
from control.pages import Page, page_of
from control.settings import ControlSettings
from control.workflows.documents import rights, schemas
from control.workflows.documents.showing import details
from control.workflows.tables import WorkflowDocument, WorkflowLink, WorkflowStar

PREFIX = "wfl_"
MOST_LINKS = 100
"""Of one workflow."""
# Counted anew each time: stars of people who are gone went with them. The one row is found by an id that was seen.
_COUNT = """
UPDATE workflow_documents SET stars = (SELECT count(*) FROM workflow_stars WHERE workflow_id = {}) WHERE id = {}
"""


async def share(who: Principal, workflow_id: UUID, data: schemas.Share) -> schemas.WorkflowDetails:
    """Shows a workflow of the caller's to others, or to nobody. Its links end where they count no longer."""
    before = await rights.owned(who, workflow_id)
    if data.visibility == "team" and data.team_id is None:
        raise BadRequest("Say in `team_id` which team shall see it.")
    if data.team_id is not None and data.team_id != before["team_id"]:
        await rights.check_team(who, data.team_id)
    published = before["published_at"] or datetime.now(UTC) if data.visibility == "public" else None
    await (
        scoped(WorkflowDocument, who)
        .update(
            {
                WorkflowDocument.visibility: data.visibility,
                WorkflowDocument.team_id: data.team_id,
                WorkflowDocument.published_at: published,
            }
        )
        .where(WorkflowDocument.id == workflow_id)
    )
    if data.visibility != "link":
        await scoped(WorkflowLink, who).delete().where(WorkflowLink.workflow_id == workflow_id)
    await record(
        who,
        "workflow.share",
        ("workflow", workflow_id),
        before={"visibility": before["visibility"], "team_id": before["team_id"]},
        after={"visibility": data.visibility, "team_id": data.team_id},
    )
    return await details(who, await rights.seen(who, workflow_id))


async def links(who: Principal, workflow_id: UUID, cursor: str | None, limit: int) -> Page[schemas.Link]:
    """Links of a workflow of the caller's."""
    await rights.owned(who, workflow_id)
    query = scoped(WorkflowLink, who).select().where(WorkflowLink.workflow_id == workflow_id)
    return await page_of(query, WorkflowLink.id, cursor, limit, lambda row: schemas.Link(**_fields(row)))


async def make_link(
    who: Principal, workflow_id: UUID, data: schemas.NewLink, settings: ControlSettings
) -> schemas.MadeLink:
    """A link that opens a workflow of the caller's, whose visibility is `link`."""
    row = await rights.owned(who, workflow_id)
    if row["visibility"] != "link":
        raise Conflict(
            "Links open only workflows whose visibility is `link`. Share it so first (POST …/share)."
            if row["visibility"] != "public"
            else "This workflow is public: whoever is signed in sees it by its id."
        )
    if await scoped(WorkflowLink, who).count(WorkflowLink.workflow_id == workflow_id) >= MOST_LINKS:
        raise Conflict(f"This workflow has {MOST_LINKS} links, which is the most. Revoke one first.")
    token = new_secret(PREFIX)
    link = WorkflowLink(
        organisation_id=who.organisation_id, workflow_id=workflow_id, token_hash=digest(token), name=data.name,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    await WorkflowLink.insert(link)
    await record(who, "workflow.link", ("workflow", workflow_id), after={"link_id": link.id})
    return schemas.MadeLink(
        **_fields(link.to_dict()),
        token=token,
        # Behind #: what stands there is sent to nobody.
        url=f"{settings.url}/workflows/{workflow_id}#{token}",
    )


async def revoke_link(who: Principal, workflow_id: UUID, link_id: UUID) -> None:
    """Ends a link; raises `NotFound`."""
    await rights.owned(who, workflow_id)
    gone = await (
        scoped(WorkflowLink, who)
        .delete()
        .where(WorkflowLink.workflow_id == workflow_id)
        .where(WorkflowLink.id == link_id)
        .returning(WorkflowLink.id)
    )
    if not gone:
        raise NotFound("This workflow has no such link.")
    await record(who, "workflow.revoke_link", ("workflow", workflow_id), before={"link_id": link_id})


async def star(who: Principal, workflow_id: UUID, token: str | None) -> None:
    """Marks a workflow that the caller sees; nothing happens to one that is marked."""
    await rights.seen(who, workflow_id, token)
    mark = WorkflowStar(
        organisation_id=who.organisation_id, user_id=who.user_id, workflow_id=workflow_id,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    await WorkflowStar.insert(mark).on_conflict(
        target=(WorkflowStar.workflow_id, WorkflowStar.user_id), action="DO NOTHING"
    )
    await WorkflowDocument.raw(_COUNT, workflow_id, workflow_id)


async def unstar(who: Principal, workflow_id: UUID, token: str | None) -> None:
    """Takes the caller's mark off; also off what they see no longer, as long as it is there."""
    gone = await (
        scoped(WorkflowStar, who)
        .delete()
        .where(WorkflowStar.workflow_id == workflow_id)
        .where(WorkflowStar.user_id == who.user_id)
        .returning(WorkflowStar.id)
    )
    if not gone:
        await rights.seen(who, workflow_id, token)
    await WorkflowDocument.raw(_COUNT, workflow_id, workflow_id)


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in schemas.Link.__struct_fields__}
