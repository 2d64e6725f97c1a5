"""Roles: those that every organisation has, and its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from control.access.grants import check_within
from control.access.permissions import PERMISSIONS
from control.access.principal import Principal
from control.access.roles import BUILT_IN
from control.audit.service import record
from control.database.owned import scoped
from control.errors import Conflict, Forbidden, NotFound
from control.pages import Page, page_of
from control.tenancy import schemas
from control.tenancy.organisations import lock_for
from control.tenancy.pending import open_invitations, revoke_invitations_of
from control.tenancy.tables import Invitation, Membership, Role

_SPACE = UUID("6f2a7b0c-2f6e-5c58-9c7d-3a5a4d8d3a10")
MOST = 100
"""Roles of its own that an organisation may have."""
BUILT_IN_ROLES = {
    role.id: role
    for role in (
        schemas.Role(id=uuid5(_SPACE, name), name=name, permissions=sorted(permissions), built_in=True)
        for name, permissions in BUILT_IN.items()
    )
}
"""Their ids are the same in every organisation."""


async def permissions_of_role(who: Principal, name: str) -> frozenset[str]:
    """What the role `name` may do in the caller's organisation; raises `NotFound` where there is none."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    row = await scoped(Role, who).select(Role.permissions).where(Role.name == name).first()
    if row is None:
        raise NotFound(f"Your organisation has no role {name}.")
    return frozenset(row["permissions"])


async def find(who: Principal, cursor: str | None, limit: int) -> Page[schemas.Role]:
    """The built-in roles on the first page, then the organisation's own."""
    page = await page_of(scoped(Role, who).select(), Role.id, cursor, limit, _shown)
    if cursor is None:
        page.items = [*BUILT_IN_ROLES.values(), *page.items]
    return page


async def show(who: Principal, role_id: UUID) -> schemas.Role:
    """One role; raises `NotFound`."""
    if role_id in BUILT_IN_ROLES:
        return BUILT_IN_ROLES[role_id]
    row = await scoped(Role, who).select().where(Role.id == role_id).first()
    if row is None:
        raise NotFound("There is no such role in your organisation.")
    return _shown(row)


async def make(who: Principal, data: schemas.NewRole) -> schemas.Role:
    """Makes a role of the caller's own permissions, or some of them."""
    await lock_for(who)
    check_within(who, data.permissions, "make a role of them")
    await _check_name(who, data.name)
    if await scoped(Role, who).count() >= MOST:
        raise Conflict(f"Your organisation has {MOST} roles of its own, which is the most. Delete one first.")
    role = Role(
        organisation_id=who.organisation_id,
        name=data.name,
        permissions=sorted(data.permissions),
        created_at=datetime.now(UTC),
    )
    await Role.insert(role)
    shown = _shown(role.to_dict())
    await record(who, "role.create", role, after=_recorded(shown))
    return shown


async def change(who: Principal, role_id: UUID, patch: schemas.RolePatch) -> schemas.Role:
    """Renames it, or gives its bearers other permissions at once; their tokens must be refreshed."""
    await lock_for(who)
    before = await _own(who, role_id, "change")
    check_within(who, before.permissions, "change a role that has them")
    after = schemas.Role(
        id=role_id,
        name=before.name if patch.name is msgspec.UNSET else patch.name,
        permissions=before.permissions if patch.permissions is msgspec.UNSET else sorted(patch.permissions),
        built_in=False,
    )
    if after == before:
        return before
    check_within(who, after.permissions, "put them into a role")
    if after.name != before.name:
        await _check_name(who, after.name)
        await (
            scoped(Invitation, who)
            .update({Invitation.role: after.name})
            .where(Invitation.role == before.name)
        )
    await (
        scoped(Role, who)
        .update({Role.name: after.name, Role.permissions: after.permissions})
        .where(Role.id == role_id)
    )
    bearers = await (
        scoped(Membership, who)
        .update({Membership.role: after.name, Membership.version: Membership.version + 1})
        .where(Membership.role == before.name)
        .returning(Membership.user_id)
    )
    await record(
        who,
        "role.update",
        ("role", role_id),
        before=_recorded(before),
        after=_recorded(after) | {"members": len(bearers)},
    )
    if set(before.permissions) - set(after.permissions):
        await revoke_invitations_of(who, [row["user_id"] for row in bearers])
    return after


async def remove(who: Principal, role_id: UUID) -> None:
    """Removes it; raises `Conflict` while somebody has it or is invited to it."""
    await lock_for(who)
    before = await _own(who, role_id, "remove")
    check_within(who, before.permissions, "remove a role that has them")
    members = await scoped(Membership, who).count(Membership.role == before.name)
    invited = await open_invitations(who).where(Invitation.role == before.name)
    if members or invited:
        raise Conflict(
            f"{members} members have this role and {len(invited)} people are invited to it. "
            "Give them another role, or revoke the invitations, first.",
            members=members,
            invitations=len(invited),
        )
    await scoped(Role, who).delete().where(Role.id == role_id)
    await record(who, "role.delete", ("role", role_id), before=_recorded(before))


async def _own(who: Principal, role_id: UUID, verb: str) -> schemas.Role:
    role = await show(who, role_id)
    if role.built_in:
        raise Forbidden(f"{role.name} is built in: nobody can {verb} it. Make a role of your own.")
    return role


async def _check_name(who: Principal, name: str) -> None:
    if name in BUILT_IN or await scoped(Role, who).exists(Role.name == name):
        raise Conflict(f"There is a role {name}. Choose another name.")


def _shown(row: Mapping[str, Any]) -> schemas.Role:
    # A permission that this version no longer knows allows nothing.
    permissions = sorted(PERMISSIONS.keys() & set(row["permissions"]))
    return schemas.Role(id=row["id"], name=row["name"], permissions=permissions, built_in=False)


def _recorded(role: schemas.Role) -> dict[str, Any]:
    return {"name": role.name, "permissions": role.permissions}
