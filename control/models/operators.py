"""What those who run the studio do with organisations' own files, from its command line."""

from pathlib import Path
from uuid import UUID

import msgspec

from control.audit.service import record
from control.database.engine import transaction
from control.database.owned import Inside, scoped
from control.errors import NotFound
from control.models import registry
from control.models.sweeping import spare
from control.models.tables import ModelFile
from ensembles.adapters.about import About, Kind


async def give(organisation_id: UUID, about: About) -> UUID:
    """Makes a file of the store an organisation's, by `about.name`; its id. Raises `Conflict`."""
    async with transaction():
        made = await registry.add(Inside(organisation_id), about)
        await record(
            None, "model.add", ("model", made), organisation_id=organisation_id,
            after={"type": about.type, "name": about.name, "sha256": about.sha256},
        )  # fmt: skip
    return made


async def take(organisation_id: UUID, kind: Kind, name: str, home: Path) -> None:
    """Takes a name away from an organisation; raises `NotFound`."""
    async with transaction():
        gone = await (
            scoped(ModelFile, Inside(organisation_id))
            .delete()
            .where(ModelFile.type == kind, ModelFile.name == name)
            .returning(ModelFile.id, ModelFile.sha256)
        )
        if not gone:
            raise NotFound(f"The organisation has no {kind} {name!r}.")
        spare(home, gone[0]["sha256"])
        await record(
            None, "model.remove", ("model", gone[0]["id"]), organisation_id=organisation_id,
            before={"type": kind, "name": name, "sha256": gone[0]["sha256"]},
        )  # fmt: skip


async def files_of(organisation_id: UUID) -> list[About]:
    """An organisation's own files, by type and name."""
    rows = await (
        scoped(ModelFile, Inside(organisation_id))
        .select(ModelFile.name, ModelFile.about)
        .order_by(ModelFile.type)
        .order_by(ModelFile.name)
    )
    return [
        msgspec.structs.replace(msgspec.json.decode(row["about"], type=About), name=row["name"])
        for row in rows
    ]
