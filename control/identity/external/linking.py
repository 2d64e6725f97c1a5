"""Which account somebody has who signed in at a provider."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from control.audit.service import record
from control.identity.external.identity import Identity, LoginRefused
from control.identity.people import Person, find_person, record_of
from control.identity.schemas import Email, canonical
from control.identity.tables import ExternalLogin, User
from control.tenancy.founding import found_organisation


async def account_of(identity: Identity, provider: str) -> UUID:
    """The account, linked or made where need be; raises `LoginRefused`, and `UniqueViolationError` in a race.

    Known ones go by issuer and subject. A new one is linked to the account with the same mail address only if both
    are confirmed, by the provider and by us: else who claims an address at a careless provider would take the
    account, or who made an account in another's name would share it.
    """
    link = await (
        ExternalLogin.select(ExternalLogin.user_id)
        .where(ExternalLogin.issuer == identity.issuer)
        .where(ExternalLogin.subject == identity.subject)
        .first()
    )
    if link is not None and (linked := await find_person(User.id == link["user_id"])) is not None:
        return _enabled(linked)
    email = _confirmed_address(identity)
    person = await find_person(User.email == email, lock=True)
    if person is None:
        return await _register(identity, email, provider)
    if person.email_verified_at is None:
        raise LoginRefused(
            "account_unconfirmed",
            "There is an account with this address, which nobody has confirmed. Reset its password first.",
        )
    _enabled(person)
    await _link(person.id, identity, provider)
    await record_of(person, "account.link", {"provider": provider, "issuer": identity.issuer})
    return person.id


async def _register(identity: Identity, email: str, provider: str) -> UUID:
    now = datetime.now(UTC)
    said = "".join(letter if letter.isprintable() else " " for letter in identity.name)
    name = " ".join(said.split())[:200].strip() or email.partition("@")[0]
    user = User(email=email, name=name, email_verified_at=now, created_at=now)
    await User.insert(user)
    organisation_id = await found_organisation(f"{name}'s organisation"[:200], user.id)
    await _link(user.id, identity, provider)
    await record(
        None,
        "account.register",
        user,
        organisation_id=organisation_id,
        actor=email,
        actor_id=user.id,
        after={"email": email, "name": name, "provider": provider, "issuer": identity.issuer},
    )
    return user.id


async def _link(user_id: UUID, identity: Identity, provider: str) -> None:
    await ExternalLogin.insert(
        ExternalLogin(
            user_id=user_id,
            provider=provider,
            issuer=identity.issuer,
            subject=identity.subject,
            created_at=datetime.now(UTC),
        )
    )


def _confirmed_address(identity: Identity) -> str:
    try:
        email = canonical(msgspec.convert(identity.email, Email))
    except msgspec.ValidationError:
        email = ""
    if not email or not identity.email_verified:
        raise LoginRefused(
            "email_unverified", "The provider has not confirmed your mail address. Confirm it there first."
        )
    return email


def _enabled(person: Person) -> UUID:
    if person.disabled_at is not None:
        raise LoginRefused("account_disabled", "This account is disabled. Ask who runs the studio.")
    return person.id
