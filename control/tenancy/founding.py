"""A new organisation and its first admin."""

import re
from datetime import UTC, datetime
from uuid import UUID

from control.ids import uuid7
from control.tenancy.tables import Membership, Organisation


def slug_of(name: str, unique: UUID) -> str:
    """A name for addresses: lower case, digits and hyphens, with an end that makes it unique."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{words or 'organisation'}-{unique.hex[-8:]}"


async def found_organisation(name: str, user_id: UUID) -> UUID:
    """Makes the organisation with `user_id` as its admin; returns its id. Call it in a transaction."""
    now = datetime.now(UTC)
    organisation_id = uuid7()
    await Organisation.insert(
        Organisation(id=organisation_id, name=name, slug=slug_of(name, organisation_id), created_at=now)
    )
    await Membership.insert(
        Membership(organisation_id=organisation_id, user_id=user_id, role="admin", created_at=now)
    )
    return organisation_id
