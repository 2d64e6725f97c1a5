"""What those who run the studio do with accounts, from its command line."""

from datetime import UTC, datetime

from control.audit.service import record
from control.database.engine import transaction
from control.errors import NotFound
from control.identity.people import find_person, home_of
from control.identity.schemas import canonical
from control.identity.tables import Session, User

ACTOR = "studio accounts"


async def set_disabled(email: str, *, disabled: bool) -> None:
    """Disables an account, which ends its sessions, or enables it; raises `NotFound`. Its API keys rest meanwhile."""
    async with transaction():
        person = await find_person(User.email == canonical(email), lock=True)
        if person is None:
            raise NotFound(f"There is no account {email}.")
        if (person.disabled_at is not None) == disabled:
            return
        now = datetime.now(UTC)
        await User.update({User.disabled_at: now if disabled else None}).where(User.id == person.id)
        if disabled:
            await (
                Session.update({Session.revoked_at: now})
                .where(Session.user_id == person.id)
                .where(Session.revoked_at.is_null())
            )
        await record(
            None,
            "account.disable" if disabled else "account.enable",
            ("user", person.id),
            organisation_id=await home_of(person.id),
            actor=ACTOR,
        )
