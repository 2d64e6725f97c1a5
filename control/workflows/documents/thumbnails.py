"""Small pictures of kept workflows: whoever sees the workflow sees its picture."""

from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.assets import renditions
from control.assets.content import File
from control.assets.showing import THUMBNAIL
from control.assets.storage import Storage
from control.assets.tables import Asset
from control.database.owned import scoped
from control.errors import NotFound
from control.workflows.documents import rights


async def file_of(who: Principal, storage: Storage, workflow_id: UUID, token: str | None) -> File:
    """The picture of a workflow that the caller sees, made if it must be; raises `NotFound` where it has none."""
    row = await rights.seen(who, workflow_id, token)
    found: dict[str, Any] | None = None
    if row["thumbnail_id"] is not None:
        found = (
            await scoped(Asset, rights.inside(row))
            .select(Asset.blob_id)
            .where(Asset.id == row["thumbnail_id"])
            .where(Asset.deleted_at.is_null())
            .first()
        )
    if found is None:
        raise NotFound("This workflow has no picture.")
    made = await renditions.made(storage, row["organisation_id"], found["blob_id"], THUMBNAIL)
    return File(
        key=made["key"],
        size=made["size"],
        media_type=renditions.MEDIA_TYPES[THUMBNAIL],
        etag=renditions.etag_of(made),
        name=f"{workflow_id}.{THUMBNAIL}",
    )
