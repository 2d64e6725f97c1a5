"""Invitations that can still be accepted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import InOrganisation, scoped
from control.tenancy.tables import Invitation


def open_invitations(who: InOrganisation) -> "Select[Any]":
    """Those of an organisation."""
    return (
        scoped(Invitation, who)
        .select()
        .where(Invitation.accepted_at.is_null())
        .where(Invitation.revoked_at.is_null())
        .where(Invitation.expires_at > datetime.now(UTC))
    )


async def revoke_invitations_of(who: Principal, inviters: Sequence[UUID]) -> None:
    """Takes back what people invited who lost permissions: it must not be their way back in."""
    if not inviters:
        return
    for row in await open_invitations(who).where(Invitation.invited_by.is_in(list(inviters))):
        await revoke(who, row, "the inviter lost permissions")


async def revoke(who: Principal, row: dict[str, Any], why: str) -> None:
    """Takes one back."""
    await (
        scoped(Invitation, who)
        .update({Invitation.revoked_at: datetime.now(UTC)})
        .where(Invitation.id == row["id"])
    )
    before = {"email": row["email"], "role": row["role"], "team_id": row["team_id"]}
    await record(who, "invitation.revoke", ("invitation", row["id"]), before=before, after={"why": why})
