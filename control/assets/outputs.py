"""The pictures of jobs, with all that they were made of."""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import UUID

import msgspec

from control.assets.blobs import Prepared, keep
from control.assets.schemas import Metadata
from control.assets.tables import Asset, Lineage
from control.ids import uuid7
from control.jobs.requests import Img2Img, Txt2Img
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
    work: Txt2Img | Img2Img,
    manifest: Manifest,
    recipe: dict[str, Any],
    parent: UUID | None,
) -> UUID:
    """A new file of the job's owner and team, made of prepared bytes; in the caller's transaction.

    `recipe` is the picture's own (ensembles.imaging.provenance.Recipe), `parent` the file that it was begun with.
    Raises `Unavailable` as `keep` does.
    """
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
    return await record(
        owner,
        job_id,
        place,
        prepared,
        width=width,
        height=height,
        name=f"{kind}-{job_id.hex[-8:]}-{place + 1}.{EXTENSIONS.get(prepared.media_type, 'bin')}",
        prompt=work.prompt,
        metadata=metadata,
        parents=[] if parent is None else [parent],
    )


async def record(
    owner: Owner,
    job_id: UUID,
    place: int,
    prepared: Prepared,
    *,
    width: int,
    height: int,
    name: str,
    prompt: str,
    metadata: Metadata,
    parents: Iterable[UUID] = (),
    temporary: bool = False,
) -> UUID:
    """The same for whatever made it: `metadata.kind` is its relation to its parents. 0 pixels: it is no picture."""
    blob_id = await keep(owner.organisation_id, prepared)
    asset_id = uuid7()
    await Asset.insert(
        Asset(
            id=asset_id,
            organisation_id=owner.organisation_id,
            user_id=owner.user_id,
            team_id=owner.team_id,
            blob_id=blob_id,
            kind="output",
            name=name,
            media_type=prepared.media_type,
            width=width,
            height=height,
            job_id=job_id,
            place=place,
            prompt=prompt,
            model=metadata.model,
            metadata=msgspec.json.encode(metadata).decode(),
            temporary=temporary,
            created_at=datetime.now(UTC),
        )
    )
    if rows := [
        Lineage(
            organisation_id=owner.organisation_id, asset_id=asset_id, parent_id=one, relation=metadata.kind
        )
        for one in dict.fromkeys(parents)
    ]:
        await Lineage.insert(*rows)
    return asset_id
