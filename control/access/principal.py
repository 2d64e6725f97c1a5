"""Who asks."""

from typing import Literal
from uuid import UUID

import msgspec

from control.settings import Tier


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of a request, as its access token or API key shows, in the name of one organisation."""

    user_id: UUID
    email: str
    name: str
    organisation_id: UUID
    tier: Tier
    role: str
    team_id: UUID | None
    permissions: frozenset[str]
    session_id: UUID | None = None
    """The login behind an access token; None for an API key and a bound port."""
    api_key_id: UUID | None = None
    by_cookie: bool = False
    """Is it the web UI's session? It has no tokens, and none may be made of it."""

    @property
    def means(self) -> Literal["session", "api_key", "port"]:
        """How the caller proved who they are; port: by coming in where an administrator lets everybody be them."""
        if self.api_key_id is not None:
            return "api_key"
        return "port" if self.session_id is None else "session"

    def may(self, permission: str) -> bool:
        """Is it among the caller's permissions?"""
        return permission in self.permissions
