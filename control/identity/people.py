"""People as those routes need them that are for nobody signed in."""

from datetime import datetime
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from control.audit.service import record
from control.identity.tables import User

# Where the person worked last, else where they have been longest.
HOME = """
SELECT m.organisation_id FROM memberships m WHERE m.user_id = {}
ORDER BY (SELECT max(s.last_used_at) FROM sessions s
          WHERE s.user_id = m.user_id AND s.organisation_id = m.organisation_id) DESC NULLS LAST, m.created_at
LIMIT 1
"""


class Person(msgspec.Struct, frozen=True):
    """A row of `users`, without the password."""

    id: UUID
    email: str
    name: str
    email_verified_at: datetime | None
    disabled_at: datetime | None


async def find_person(which: Combinable, *, lock: bool = False) -> Person | None:
    """The one person that a condition fits; with `lock`, nobody else changes the row until the transaction ends."""
    query = User.select(*Person.__struct_fields__).where(which)
    row = await (query.lock_rows("UPDATE") if lock else query).first()
    return None if row is None else msgspec.convert(row, Person)


async def home_of(user_id: UUID) -> UUID | None:
    """The organisation where the person worked last, else where they have been longest; None for a member of none."""
    rows = await User.raw(HOME, user_id)
    return rows[0]["organisation_id"] if rows else None


async def record_of(person: Person, act: str, after: object = None) -> None:
    """Audits what a person does who has not signed in, in the log of their `home_of`."""
    await record(
        None,
        act,
        ("user", person.id),
        organisation_id=await home_of(person.id),
        actor=person.email,
        actor_id=person.id,
        after=after,
    )
