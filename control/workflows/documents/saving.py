"""Making workflows, saving versions of them, copying and removing them."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from piccolo.columns import Column

from control.access.principal import Principal
from control.assets.choosing import chosen
from control.audit.service import record
from control.database.owned import scoped
from control.errors import BadRequest, Conflict
from control.tenancy.organisations import lock_for
from control.workflows.documents import rights, schemas
from control.workflows.documents.content import Content, content_of, held
from control.workflows.documents.showing import details, version_of
from control.workflows.tables import WorkflowDocument, WorkflowVersion

MOST = 1000
"""Workflows that one person may have."""
MOST_VERSIONS = 1000
"""Of one workflow."""


async def create(who: Principal, data: schemas.NewWorkflow) -> schemas.WorkflowDetails:
    """A new workflow of the caller's, private."""
    content = await asyncio.to_thread(content_of, data.graph, data.document)
    return await _made(
        who, content, data.message, name=data.name, description=data.description, tags=_distinct(data.tags)
    )


async def save(who: Principal, workflow_id: UUID, data: schemas.NewVersion) -> schemas.WorkflowDetails:
    """A new version; none where nothing is different from the newest one.

    Raises `Conflict`, with the newest version, where that is not the one that was changed.
    """
    content = await asyncio.to_thread(content_of, data.graph, data.document)
    row = await rights.saved(who, workflow_id)
    if row["version"] != data.base_version:
        current = await version_of(row)
        raise Conflict(
            f"Version {row['version']} was saved meanwhile, and yours was made of {data.base_version}. Look at `current`, "
            "put the changes together, and save them with its number.",
            current_version=row["version"],
            current=msgspec.to_builtins(current),
        )
    await _save(who, row, content, data.message)
    return await details(who, await rights.seen(who, workflow_id))


async def restore(who: Principal, workflow_id: UUID, number: int) -> schemas.WorkflowDetails:
    """An earlier version, saved as the newest one; what came between stays."""
    row = await rights.saved(who, workflow_id)
    wanted = held(await version_of(row, number), number)
    await _save(who, row, content_of(wanted.graph, wanted.document), f"Version {number} again")
    return await details(who, await rights.seen(who, workflow_id))


async def change(who: Principal, workflow_id: UUID, patch: schemas.WorkflowPatch) -> schemas.WorkflowDetails:
    """Names, describes, tags a workflow of the caller's, or gives it a picture."""
    before = await rights.owned(who, workflow_id)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    if "thumbnail_asset_id" in given:
        given["thumbnail_id"] = given.pop("thumbnail_asset_id")
        if given["thumbnail_id"] is not None:
            [asset] = await chosen(who, [given["thumbnail_id"]])
            if not asset["media_type"].startswith("image/"):
                raise BadRequest("`thumbnail_asset_id` must name a picture.")
    if "tags" in given:
        given["tags"] = _distinct(given["tags"])
    if changes := {name: value for name, value in given.items() if value != before[name]}:
        await _update(who, workflow_id, changes)
        old = {name: before[name] for name in changes}
        await record(who, "workflow.update", ("workflow", workflow_id), before=old, after=changes)
    return await details(who, await rights.seen(who, workflow_id))


async def duplicate(who: Principal, workflow_id: UUID, copy: schemas.Copy) -> schemas.WorkflowDetails:
    """Another workflow with the newest version of one that the caller may save."""
    return await _copied(who, await rights.saved(who, workflow_id), copy, None)


async def fork(
    who: Principal, workflow_id: UUID, copy: schemas.Copy, token: str | None
) -> schemas.WorkflowDetails:
    """A workflow of the caller's own with the newest version of one that they see, which it names."""
    return await _copied(who, await rights.seen(who, workflow_id, token), copy, workflow_id)


async def remove(who: Principal, workflow_id: UUID) -> None:
    """Removes a workflow of the caller's, its versions, stars and links, for good. Forks of it stay."""
    before = await rights.owned(who, workflow_id)
    # What belongs to it goes along (ON DELETE CASCADE).
    await scoped(WorkflowDocument, who).delete().where(WorkflowDocument.id == workflow_id)
    await record(who, "workflow.delete", ("workflow", workflow_id), before={"name": before["name"]})


async def _copied(
    who: Principal, row: Mapping[str, Any], copy: schemas.Copy, origin: UUID | None
) -> schemas.WorkflowDetails:
    current = held(await version_of(row), row["version"])
    ours = row["organisation_id"] == who.organisation_id
    return await _made(
        who,
        content_of(current.graph, current.document),
        "",
        name=copy.name or f"{row['name'][:193]} (copy)",
        description=row["description"],
        tags=row["tags"],
        # A picture belongs to an organisation.
        thumbnail_id=row["thumbnail_id"] if ours else None,
        forked_from=origin,
    )


async def _made(who: Principal, content: Content, message: str, **fields: Any) -> schemas.WorkflowDetails:
    await lock_for(who)
    if await scoped(WorkflowDocument, who).count(WorkflowDocument.user_id == who.user_id) >= MOST:
        raise Conflict(f"You have {MOST} workflows, which is the most. Delete one first.")
    now = datetime.now(UTC)
    made = WorkflowDocument(
        organisation_id=who.organisation_id, user_id=who.user_id, created_at=now, updated_at=now, **fields
    )
    await WorkflowDocument.insert(made)
    await _insert(who, made.id, 1, content, message, now)
    after = {"name": fields["name"], "forked_from": fields.get("forked_from")}
    await record(who, "workflow.create", ("workflow", made.id), after=after)
    return await details(who, await rights.seen(who, made.id))


async def _save(who: Principal, row: Mapping[str, Any], content: Content, message: str) -> None:
    newest = (
        await scoped(WorkflowVersion, who)
        .select(WorkflowVersion.graph, WorkflowVersion.document)
        .where(WorkflowVersion.workflow_id == row["id"])
        .where(WorkflowVersion.number == row["version"])
        .first()
    )
    assert newest is not None
    if (newest["graph"], newest["document"]) == content:
        return
    number, now = row["version"] + 1, datetime.now(UTC)
    if number > MOST_VERSIONS:
        raise Conflict(
            f"This workflow has {MOST_VERSIONS} versions, which is the most. Duplicate it, and go on with that."
        )
    await _insert(who, row["id"], number, content, message, now)
    await _update(who, row["id"], {"version": number})
    await record(who, "workflow.save", ("workflow", row["id"]), after={"version": number, "message": message})


async def _insert(
    who: Principal, workflow_id: UUID, number: int, content: Content, message: str, now: datetime
) -> None:
    await WorkflowVersion.insert(
        WorkflowVersion(
            organisation_id=who.organisation_id, workflow_id=workflow_id, number=number, graph=content.graph,
            document=content.document, message=message, author_id=who.user_id, created_at=now,
        )
    )  # fmt: skip


async def _update(who: Principal, workflow_id: UUID, changes: dict[str, Any]) -> None:
    values = cast("dict[Column | str, Any]", changes | {"updated_at": datetime.now(UTC)})
    await scoped(WorkflowDocument, who).update(values).where(WorkflowDocument.id == workflow_id)


def _distinct(tags: list[str]) -> list[str]:
    return sorted(set(tags))
