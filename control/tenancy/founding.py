"""A new organisation and its first admin."""

import re
from datetime import UTC, datetime
from uuid import UUID

from control.audit.service import record
from control.identity.tables import User
from control.ids import uuid7
from control.tenancy.tables import Membership, Organisation


def slug_of(name: str, unique: UUID) -> str:
    """A name for addresses: lower case, digits and hyphens, with an end that makes it unique."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{words or 'organisation'}-{unique.hex[-8:]}"


async def found_organisation(name: str, user_id: UUID) -> UUID:
    """Makes the organisation with `user_id` as its admin; returns its id. Call it in a transaction.

    That it was made is the first row of its audit chain.
    """
    now = datetime.now(UTC)
    # A name made of a person's may be longer than a name may be.
    name = name[:200]
    organisation = Organisation(id=uuid7(), name=name, created_at=now)
    organisation.slug = slug_of(name, organisation.id)
    await Organisation.insert(organisation)
    await Membership.insert(
        Membership(organisation_id=organisation.id, user_id=user_id, role="admin", created_at=now)
    )
    founder = await User.select(User.email).where(User.id == user_id).first()
    assert founder is not None
    await record(
        None,
        "organisation.create",
        organisation,
        organisation_id=organisation.id,
        actor=founder["email"],
        actor_id=user_id,
        after={"name": name, "slug": organisation.slug, "tier": organisation.tier},
    )
    return organisation.id
