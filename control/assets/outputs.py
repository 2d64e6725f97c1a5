"""The pictures of jobs, with all that they were made of."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import UUID

import msgspec

from control.assets.blobs import Prepared, keep
from control.assets.schemas import Metadata
from control.assets.tables import Asset, Lineage
from control.ids import uuid7
from control.jobs.requests import Work
from control.realtime.bus import Owner
from ensembles.manifest import Manifest

EXTENSIONS = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}


async def record_output(
    owner: Owner,
    job_id: UUID,
    place: int,
    prepared: Prepared,
    *,
    width: int,
    height: int,
    work: Work,
    manifest: Manifest,
    recipe: dict[str, Any],
    parent: UUID | None,
) -> UUID:
    """A new file of the job's owner and team, made of prepared bytes; in the caller's transaction.

    `recipe` is the picture's own (ensembles.imaging.provenance.Recipe), `parent` the file that it was begun with.
    Raises `Unavailable` as `keep` does.
    """
    blob_id = await keep(owner.organisation_id, prepared)
    parameters = msgspec.to_builtins(work)
    kind = parameters["kind"]
    metadata = Metadata(
        kind=kind,
        parameters=parameters,
        recipe=recipe,
        model=work.model,
        model_hashes=manifest.weights,
        seed=recipe.get("seed", work.seed),
        versions={
            "studio": recipe.get("version") or version("studio"),
            "architecture": manifest.architecture,
        },
    )
    asset_id = uuid7()
    await Asset.insert(
        Asset(
            id=asset_id,
            organisation_id=owner.organisation_id,
            user_id=owner.user_id,
            team_id=owner.team_id,
            blob_id=blob_id,
            kind="output",
            name=f"{kind}-{job_id.hex[-8:]}-{place + 1}.{EXTENSIONS.get(prepared.media_type, 'bin')}",
            media_type=prepared.media_type,
            width=width,
            height=height,
            job_id=job_id,
            place=place,
            prompt=work.prompt,
            model=work.model,
            metadata=msgspec.json.encode(metadata).decode(),
            created_at=datetime.now(UTC),
        )
    )
    if parent is not None:
        await Lineage.insert(
            Lineage(organisation_id=owner.organisation_id, asset_id=asset_id, parent_id=parent, relation=kind)
        )
    return asset_id
