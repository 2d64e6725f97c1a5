"""Presets: fields of a request that people keep by a name, for themselves, a team or everybody of the organisation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_type_hints
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.audit.service import record
from control.creative import schemas
from control.creative.tables import Preset
from control.database.like import literal
from control.database.owned import scoped
from control.errors import BadRequest, Conflict, Forbidden, NotFound
from control.jobs.requests import OfMask, OfPicture, OfRoom, OfWords
from control.pages import Page, page_of
from control.tenancy.organisations import lock_for
from control.tenancy.tables import Team
from control.tenancy.teams import teams_of

MOST = 500
"""Presets that one person may have."""
MOST_BYTES = 64 * 1024
"""Of one's settings, as JSON."""
_PICTURES = frozenset({"image", "mask"})
_FIELDS: dict[str, Any] = {}
for _body in (OfWords, OfPicture, OfMask, OfRoom):
    _FIELDS |= {
        name: hint
        for name, hint in get_type_hints(_body, include_extras=True).items()
        if name in _body.__struct_fields__ and name not in _FIELDS and name not in {*_PICTURES, "prompt"}
    }
"""Field of a request in plain fields → its type. Where kinds differ in a field's default alone, either type will do."""
# Piccolo resolves the columns of another table when it runs.
_OWNER: Any = Preset.user_id
COLUMNS: tuple[Any, ...] = (*Preset.all_columns(), _OWNER.name.as_alias("owner"))


async def find(
    who: Principal, text: str | None, mine: bool, cursor: str | None, limit: int
) -> Page[schemas.Preset]:
    """Presets that the caller sees, the newest first. Private ones are listed to their owner alone: who may look after
    everybody's would find their drafts among their own.
    """
    query = await _only_seen(who, scoped(Preset, who).select(*COLUMNS))
    query = query.where((Preset.user_id == who.user_id) | (Preset.visibility != "private"))
    if mine:
        query = query.where(Preset.user_id == who.user_id)
    if text:
        query = query.where(Preset.name.ilike(f"%{literal(text)}%"))
    return await page_of(query, Preset.id, cursor, limit, lambda row: _shown(who, row), newest_first=True)


async def show(who: Principal, preset_id: UUID) -> schemas.Preset:
    """One that the caller sees; raises `NotFound`."""
    return _shown(who, await _seen(who, preset_id))


async def make(who: Principal, data: schemas.NewPreset) -> schemas.Preset:
    """A new one of the caller's; raises `BadRequest` for settings that no request takes."""
    settings = _checked(data.settings)
    await _check_sharing(who, data.visibility, data.team_id, None)
    await lock_for(who)
    if await scoped(Preset, who).count(Preset.user_id == who.user_id) >= MOST:
        raise Conflict(f"You have {MOST} presets, which is the most. Delete one first.")
    now = datetime.now(UTC)
    preset = Preset(
        organisation_id=who.organisation_id, user_id=who.user_id, team_id=data.team_id, name=data.name,
        settings=settings, visibility=data.visibility, created_at=now, updated_at=now,
    )  # fmt: skip
    await Preset.insert(preset)
    await record(
        who, "preset.create", ("preset", preset.id), after=_said(data.name, data.visibility, data.team_id)
    )
    return await show(who, preset.id)


async def change(who: Principal, preset_id: UUID, patch: schemas.PresetPatch) -> schemas.Preset:
    """Changes one of the caller's."""
    before = await _own(who, preset_id)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    if "visibility" in given or "team_id" in given:
        await _check_sharing(
            who,
            given.get("visibility", before["visibility"]),
            given.get("team_id", before["team_id"]),
            before["team_id"],
        )
    changes = {name: value for name, value in given.items() if name == "settings" or value != before[name]}
    if "settings" in changes:
        changes["settings"] = _checked(changes["settings"])
    if changes:
        values = cast("dict[Column | str, Any]", changes | {"updated_at": datetime.now(UTC)})
        await scoped(Preset, who).update(values).where(Preset.id == preset_id)
        told = [name for name in changes if name != "settings"]
        await record(
            who, "preset.update", ("preset", preset_id),
            before={name: before[name] for name in told}, after={name: changes[name] for name in told},
        )  # fmt: skip
    return await show(who, preset_id)


async def remove(who: Principal, preset_id: UUID) -> None:
    """Removes one of the caller's."""
    before = await _own(who, preset_id)
    await scoped(Preset, who).delete().where(Preset.id == preset_id)
    await record(who, "preset.delete", ("preset", preset_id), before={"name": before["name"]})


async def _only_seen(who: Principal, query: "Select[Any]") -> "Select[Any]":
    if who.may("workflow:manage"):
        return query
    own: Combinable = (Preset.user_id == who.user_id) | (Preset.visibility == "organisation")
    if teams := await teams_of(who):
        own = own | ((Preset.visibility == "team") & Preset.team_id.is_in(teams))
    return query.where(own)


async def _seen(who: Principal, preset_id: UUID) -> dict[str, Any]:
    query = scoped(Preset, who).select(*COLUMNS).where(Preset.id == preset_id)
    row: dict[str, Any] | None = await (await _only_seen(who, query)).first()
    if row is None:
        raise NotFound("There is no such preset, or it is not yours to see.")
    return row


async def _own(who: Principal, preset_id: UUID) -> dict[str, Any]:
    row = await _seen(who, preset_id)
    if row["user_id"] != who.user_id and not who.may("workflow:manage"):
        raise Forbidden("This preset belongs to somebody else. Keep its settings under a name of your own.")
    return row


async def _check_sharing(who: Principal, visibility: str, team_id: UUID | None, had: UUID | None) -> None:
    if visibility == "team" and team_id is None:
        raise BadRequest("Say in `team_id` which team shall see it.")
    if team_id is None or team_id == had:
        return
    if not await scoped(Team, who).exists(Team.id == team_id):
        raise NotFound("There is no such team in your organisation.")
    if team_id not in await teams_of(who):
        raise Forbidden("You can share only with teams that you are in.")


def _checked(settings: Mapping[str, Any]) -> str:
    """The settings as JSON; raises `BadRequest` naming every field that a request would refuse."""
    wrong = []
    for name, value in settings.items():
        if name in _PICTURES:
            wrong.append((name, "a preset holds no pictures; leave it out"))
        elif name in _FIELDS:
            try:
                msgspec.convert(value, _FIELDS[name])
            except msgspec.ValidationError as error:
                wrong.append((name, str(error)))
    if wrong:
        raise BadRequest(
            f"These settings cannot be used. {wrong[0][0]}: {wrong[0][1]}.",
            errors=[{"in": "body", "path": f"settings.{name}", "message": said} for name, said in wrong],
        )
    try:
        text = msgspec.json.encode(settings)
    except (OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise BadRequest(f"`settings` cannot be kept: {error}.") from None
    if len(text) > MOST_BYTES:
        raise BadRequest(f"`settings` has {len(text):,} bytes; {MOST_BYTES:,} are the most.")
    if b"\\u0000" in text:
        raise BadRequest("`settings` has a zero byte in a text, which cannot be kept. Take it out.")
    return text.decode()


def _shown(who: Principal, row: Mapping[str, Any]) -> schemas.Preset:
    own = {name: row[name] for name in schemas.Preset.__struct_fields__ if name in row}
    return schemas.Preset(
        **own | {"settings": msgspec.json.decode(row["settings"]), "mine": row["user_id"] == who.user_id}
    )


def _said(name: str, visibility: str, team_id: UUID | None) -> dict[str, Any]:
    return {"name": name, "visibility": visibility, "team_id": team_id}
