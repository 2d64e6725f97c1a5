"""What a provider says of who signed in there, and how it may fail to."""

import msgspec

from control.errors import ControlError


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A person as their provider knows them."""

    issuer: str
    """With `subject`, what never changes: mail addresses do."""
    subject: str
    email: str | None
    email_verified: bool
    """Does the provider vouch for it that the person reads this address's mails?"""
    name: str


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A login that has begun; its browser carries it, sealed, in a cookie."""

    provider: str
    state: str
    nonce: str
    code_verifier: str
    redirect_to: str


class LoginRefused(ControlError):
    """Nobody is signed in; `reason` is what a page may tell by."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def provider_down() -> LoginRefused:
    """It does not answer, or answers with an error of its own."""
    return LoginRefused("provider_unavailable", "The provider does not answer. Try again later.")


def provider_wrong() -> LoginRefused:
    """What it says cannot be believed."""
    return LoginRefused("provider_error", "What the provider answered is not valid. Try again.")
