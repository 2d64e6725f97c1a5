"""The caller's organisation, and the others that they belong to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import scoped, unscoped
from control.errors import Conflict, NotFound, Unauthenticated
from control.http.limits import USUAL
from control.identity.principals import permissions_of
from control.pages import Page, page_of
from control.settings import ControlSettings
from control.tenancy import schemas
from control.tenancy.founding import found_organisation
from control.tenancy.tables import Membership, Organisation, Role

MOST = 20
"""Organisations that one person may belong to."""


async def lock(organisation_id: UUID) -> None:
    """Makes changes of who may do what wait for each other until the transaction ends."""
    # Not FOR UPDATE, which would wait for every insert that refers to the organisation.
    await Organisation.objects().where(Organisation.id == organisation_id).first().lock_rows("NO KEY UPDATE")


async def lock_for(who: Principal) -> None:
    """`lock` of the caller's organisation, for who may still do what they might when the request began.

    Raises `Unauthenticated` where somebody who held the lock before has taken a permission or the membership away.
    """
    await lock(who.organisation_id)
    member = (
        await scoped(Membership, who).select(Membership.role).where(Membership.user_id == who.user_id).first()
    )
    if member is None:
        raise Unauthenticated("You are no member of this organisation any more.", reason="revoked")
    own = await scoped(Role, who).select(Role.permissions).where(Role.name == member["role"]).first()
    if not who.permissions <= permissions_of(member["role"], own["permissions"] if own else None):
        raise Unauthenticated(
            "Your role or permissions have changed. Refresh the access token.", reason="stale"
        )


async def show(who: Principal, organisation_id: UUID, settings: ControlSettings) -> schemas.Organisation:
    """The caller's organisation; raises `NotFound` for any other."""
    row = await _row(who, organisation_id)
    return schemas.Organisation(
        id=row.id,
        name=row.name,
        slug=row.slug,
        tier=who.tier,
        limits=settings.limits.get(who.tier) or USUAL[who.tier],
        created_at=row.created_at,
    )


async def change(
    who: Principal, organisation_id: UUID, patch: schemas.OrganisationPatch, settings: ControlSettings
) -> schemas.Organisation:
    """Renames it."""
    await lock_for(who)
    row = await _row(who, organisation_id)
    if patch.name is not msgspec.UNSET and patch.name != row.name:
        await Organisation.update({Organisation.name: patch.name}).where(Organisation.id == row.id)
        await record(who, "organisation.update", row, before={"name": row.name}, after={"name": patch.name})
    return await show(who, organisation_id, settings)


async def mine(who: Principal, cursor: str | None, limit: int) -> Page[schemas.OwnOrganisation]:
    """All that the caller belongs to."""
    return await page_of(_mine(who), Membership.id, cursor, limit, lambda row: _own(who, row))


async def own(who: Principal, organisation_id: UUID) -> schemas.OwnOrganisation:
    """One that the caller belongs to; raises `NotFound`."""
    row = await _mine(who).where(Membership.organisation_id == organisation_id).first()
    if row is None:
        raise _unknown()
    return _own(who, row)


async def found(who: Principal, data: schemas.NewOrganisation) -> schemas.OwnOrganisation:
    """Another organisation, whose admin the caller is; raises `Conflict` for one too many."""
    count = len(await _mine(who))
    if count >= MOST:
        raise Conflict(f"You belong to {count} organisations, and {MOST} is the most. Leave one first.")
    return await own(who, await found_organisation(data.name, who.user_id))


async def check_current(who: Principal, organisation_id: UUID) -> None:
    """Raises `NotFound` where it is not the one that the caller acts for."""
    if organisation_id != who.organisation_id:
        raise _unknown()


def _mine(who: Principal) -> "Select[Any]":
    # Piccolo resolves the columns of another table when it runs.
    of: Any = Membership.organisation_id
    return (
        unscoped(Membership, "one's own memberships lie in many organisations")
        .select(
            Membership.id,
            Membership.role,
            of.id.as_alias("organisation"),
            of.name.as_alias("name"),
            of.slug.as_alias("slug"),
            of.tier.as_alias("tier"),
        )
        .where(Membership.user_id == who.user_id)
    )


def _own(who: Principal, row: Mapping[str, Any]) -> schemas.OwnOrganisation:
    return schemas.OwnOrganisation(
        id=row["organisation"],
        name=row["name"],
        slug=row["slug"],
        tier=row["tier"],
        role=row["role"],
        current=row["organisation"] == who.organisation_id,
    )


async def _row(who: Principal, organisation_id: UUID) -> Organisation:
    await check_current(who, organisation_id)
    row = await Organisation.objects().where(Organisation.id == organisation_id).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("There is no such organisation, or your token is for another one.")
