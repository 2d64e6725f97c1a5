"""The providers of the settings."""

from typing import Protocol

from control.errors import ControlError
from control.identity.external.github import GitHubLogin
from control.identity.external.identity import Identity, Pending
from control.identity.external.oidc import OidcLogin
from control.settings import ControlSettings

ISSUERS = {"google": "https://accounts.google.com"}
"""Of providers that people need not name one for."""
TITLES = {"google": "Google", "github": "GitHub"}


class Login(Protocol):
    """A way to sign in through a provider."""

    async def begin(self, pending: Pending, callback: str) -> str:
        """Where the browser is sent; raises `LoginRefused`."""

    async def finish(self, pending: Pending, code: str, iss: str | None, callback: str) -> Identity:
        """Who came back with this code; raises `LoginRefused`."""


def logins(settings: ControlSettings) -> dict[str, Login]:
    """Name → login, for all of STUDIO_OIDC_PROVIDERS; raises `ControlError` where an issuer is missing."""
    found: dict[str, Login] = {}
    for name, provider in settings.oidc_providers.items():
        if name == "github":
            found[name] = GitHubLogin(provider)
            continue
        issuer = provider.issuer or ISSUERS.get(name)
        if not issuer:
            raise ControlError(
                f"STUDIO_OIDC_PROVIDERS: {name} needs an issuer, as https://login.example.com."
            )
        found[name] = OidcLogin(provider, issuer)
    return found
