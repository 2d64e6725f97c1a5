"""What those who run the studio do with accounts, from its command line."""

from datetime import UTC, datetime
from uuid import UUID

from control.audit.service import record
from control.database.engine import transaction
from control.database.owned import Inside, unscoped
from control.errors import NotFound
from control.identity.people import find_person, home_of
from control.identity.schemas import canonical
from control.identity.tables import Session, User
from control.jobs.reading import RUNNING, WAITING
from control.jobs.service import cancel_all_of
from control.jobs.tables import Job

ACTOR = "studio accounts"


async def set_disabled(email: str, *, disabled: bool) -> None:
    """Disables an account, which ends its sessions and jobs, or enables it; raises `NotFound`.

    Its API keys rest meanwhile.
    """
    person_id = await _set(email, disabled=disabled)
    if disabled:
        # In transactions of their own: who submits holds the ledger and waits for the person's row, locked by `_set`.
        await _cancel_jobs(person_id)


async def _set(email: str, *, disabled: bool) -> UUID:
    async with transaction():
        person = await find_person(User.email == canonical(email), lock=True)
        if person is None:
            raise NotFound(f"There is no account {email}.")
        if (person.disabled_at is not None) == disabled:
            return person.id
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
    return person.id


async def _cancel_jobs(person_id: UUID) -> None:
    """Those in line end, in every organisation; the workers of those that run see the wish in their rows."""
    owed = await (
        unscoped(Job, "a disabled account's jobs lie in many organisations")
        .select(Job.organisation_id)
        .where(Job.user_id == person_id, Job.state.is_in([*WAITING, *RUNNING]))
        .output(as_list=True)
    )
    for organisation_id in set(owed):
        async with transaction():
            cancelled = await cancel_all_of(Inside(organisation_id), person_id)
            await record(
                None,
                "account.jobs_cancelled",
                ("user", person_id),
                organisation_id=organisation_id,
                actor=ACTOR,
                after={"jobs_cancelled": len(cancelled)},
            )
