"""Files of the registry, as an organisation sees them: its own by name, then everybody's.

A name of its own hides everybody's of the same type. What it does not see does not exist for it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid5

import msgspec

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import InOrganisation, scoped
from control.errors import Conflict, Forbidden, NotFound
from control.ids import uuid7
from control.models.catalogue import published
from control.models.fitting import TYPES, unfit
from control.models.schemas import Model
from control.models.shared import shared
from control.models.sweeping import spare
from control.models.tables import ModelFile
from ensembles.adapters.about import About, Kind
from ensembles.manifest import Manifest

FILES: tuple[Kind, ...] = ("lora", "embedding", "controlnet", "ip_adapter")
"""Types that are one file each; checkpoints and VAEs are published as folders."""
Place = tuple[int, str]
_SHARED = UUID("6b1a3c1e-5d0f-4f0e-9c3e-2f6f1c8a7d10")
"""Ids of what is everybody's are made of type and name."""


async def find(
    who: InOrganisation, home: Path, wanted: Mapping[Kind, Collection[str]]
) -> dict[tuple[Kind, str], About]:
    """Type and name → file, of those names that there are."""
    found: dict[tuple[Kind, str], About] = {}
    for kind, names in wanted.items():
        everybodys = shared(home, kind)
        found |= {(kind, name): everybodys[name] for name in names if name in everybodys}
    names_of_all = {name for names in wanted.values() for name in names if "\0" not in name}
    if names_of_all:
        rows = await (
            scoped(ModelFile, who)
            .select(ModelFile.type, ModelFile.name, ModelFile.about)
            .where(ModelFile.type.is_in(list(wanted)), ModelFile.name.is_in(list(names_of_all)))
        )
        found |= {
            (row["type"], row["name"]): _about(row) for row in rows if row["name"] in wanted[row["type"]]
        }
    return found


async def names(who: InOrganisation, home: Path, kinds: Iterable[Kind] = FILES) -> dict[Kind, list[str]]:
    """Type → names to choose from, sorted."""
    found: dict[Kind, set[str]] = {kind: set(shared(home, kind)) for kind in kinds}
    rows = await (
        scoped(ModelFile, who).select(ModelFile.type, ModelFile.name).where(ModelFile.type.is_in(list(found)))
    )
    for row in rows:
        found[row["type"]].add(row["name"])
    return {kind: sorted(some) for kind, some in found.items()}


async def everything(who: InOrganisation, home: Path) -> list[Model]:
    """All that an organisation may use, sorted by type (checkpoints first) and name."""
    rows = await scoped(ModelFile, who).select()
    own = {(row["type"], row["name"]): _own(row) for row in rows}
    found: dict[tuple[str, str], Model] = {}
    for kind in FILES:
        for about in shared(home, kind).values():
            found[kind, about.name] = _everybodys(about)
    for manifest in published(home, who.organisation_id).values():
        model = _published(manifest)
        found[model.type, model.name] = model
    return sorted((found | own).values(), key=place)


def place(model: Model) -> Place:
    """Where it stands in lists."""
    return get_args(Kind).index(model.type), model.name


def chosen(
    models: Iterable[Model],
    home: Path,
    *,
    kind: Kind | None = None,
    base: str | None = None,
    text: str | None = None,
    checkpoint: Manifest | None = None,
) -> Iterator[Model]:
    """Those of a type, of a family, whose name or details hold all words of a text, and that go with a checkpoint.

    One after another, as they are asked for: the last question may read the file.
    """
    words = (text or "").lower().split()
    return (
        one
        for one in models
        if (kind is None or one.type == kind)
        and (base is None or one.base == base)
        and all(word in _said(one) for word in words)
        and (checkpoint is None or _goes(one, checkpoint, home))
    )


async def one(who: InOrganisation, home: Path, model_id: UUID) -> Model:
    """One of `everything`; raises `NotFound`."""
    row = await scoped(ModelFile, who).select().where(ModelFile.id == model_id).first()
    if row is not None:
        return _own(row)
    for model in await everything(who, home):
        if model.id == model_id:
            return model
    raise NotFound("There is no such model in your organisation.", model_id=model_id)


async def remove(who: Principal, home: Path, model_id: UUID) -> None:
    """Takes one of the organisation's own away; raises `NotFound`, or `Forbidden` for what is everybody's.

    Its file goes some time after the last name for it has gone (control/models/sweeping.py): jobs may be under way.
    """
    gone = await (
        scoped(ModelFile, who)
        .delete()
        .where(ModelFile.id == model_id)
        .returning(ModelFile.type, ModelFile.name, ModelFile.sha256)
    )
    if not gone:
        there = await one(who, home, model_id)
        raise Forbidden(
            f"The {TYPES[there.type]} {there.name} is "
            f"{'everybody’s' if there.shared else 'a published checkpoint'}: ask who runs the studio, who can remove it "
            f"with `studio models remove`."
        )
    spare(home, gone[0]["sha256"])
    await record(who, "model.remove", ("model", model_id), before=gone[0])


async def add(who: InOrganisation, about: About, user_id: UUID | None = None) -> UUID:
    """Gives an organisation a name for a file that is in the store; its id. Raises `Conflict` where it has that name."""
    row = ModelFile(
        id=uuid7(), organisation_id=who.organisation_id, user_id=user_id, type=about.type, name=about.name,
        sha256=about.sha256, about=msgspec.json.encode(about).decode(), created_at=datetime.now(UTC),
    )  # fmt: skip
    made = await (
        ModelFile.insert(row)
        .on_conflict(target=(ModelFile.organisation_id, ModelFile.type, ModelFile.name), action="DO NOTHING")
        .returning(ModelFile.id)
    )
    if not made:
        raise Conflict(
            f"The organisation has a {TYPES[about.type]} of the name {about.name}. Remove that first, or choose another "
            "name.",
            name=about.name,
        )
    return row.id


def _goes(model: Model, checkpoint: Manifest, home: Path) -> bool:
    if model.type == "checkpoint":
        return model.name == checkpoint.name
    return unfit(_as_about(model), checkpoint, home) is None


def _as_about(model: Model) -> About:
    return About(
        type=model.type, name=model.name, sha256=model.sha256, bytes=model.size_bytes, layout=model.layout,
        base=model.base, width=model.width, details=model.details, architecture=model.details.get("architecture", ""),
    )  # fmt: skip


def _said(model: Model) -> str:
    return f"{model.name} {msgspec.json.encode(model.details).decode()}".lower()


def _about(row: Mapping[str, Any]) -> About:
    about = msgspec.json.decode(row["about"], type=About)
    return msgspec.structs.replace(about, name=row["name"])


def _own(row: Mapping[str, Any]) -> Model:
    return _model(_about(row), row["id"], row["created_at"])


def _everybodys(about: About) -> Model:
    return _model(about, uuid5(_SHARED, f"{about.type}/{about.name}"), None)


def _model(about: About, model_id: UUID, created_at: datetime | None) -> Model:
    # A ControlNet goes with the checkpoints of its own architecture.
    details = about.details | ({"architecture": about.architecture} if about.architecture else {})
    return Model(
        id=model_id, type=about.type, name=about.name, base=about.base, sha256=about.sha256, size_bytes=about.bytes,
        layout=about.layout, width=about.width, details=details, shared=created_at is None, created_at=created_at,
    )  # fmt: skip


def _published(manifest: Manifest) -> Model:
    weights = manifest.weights
    details: dict[str, Any] = {"architecture": manifest.architecture}
    if manifest.kind == "checkpoint":
        details |= {
            "default_size": manifest.default_size, "prediction": manifest.prediction,
            "text_layers": manifest.text_layers, "inpainting": manifest.unet_channels == 9,
        }  # fmt: skip
    return Model(
        id=uuid5(_SHARED, f"{manifest.kind}/{manifest.name}"), type=manifest.kind, name=manifest.name,
        base=manifest.family, sha256=weights.get("unet") or weights.get("vae") or weights.get("vae-decoder", ""), size_bytes=0, layout="",
        width=manifest.context_dim, details=details, shared=not manifest.organisation, created_at=None,
    )  # fmt: skip
