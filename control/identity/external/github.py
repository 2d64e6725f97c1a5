"""GitHub, which speaks OAuth 2 and no OpenID Connect: its API says who it is."""

from typing import Any

import msgspec
from authlib.integrations.httpx_client import AsyncOAuth2Client

from control.identity.external.identity import Identity, Pending
from control.identity.external.oidc import TIMEOUT, fetch_tokens, get_json, trust
from control.settings import OidcProvider

PUBLIC = "https://github.com"
PUBLIC_API = "https://api.github.com"
SCOPE = "user:email"


class _User(msgspec.Struct):
    id: int
    login: str
    name: str | None = None


class _Email(msgspec.Struct):
    email: str
    primary: bool = False
    verified: bool = False


class GitHubLogin:
    """Login through github.com or an Enterprise Server."""

    def __init__(self, provider: OidcProvider) -> None:
        self._provider = provider
        self._site = (provider.issuer or PUBLIC).rstrip("/")
        self._api = f"{self._site}/api/v3" if provider.issuer else PUBLIC_API

    async def begin(self, pending: Pending, callback: str) -> str:
        """Where the browser is sent."""
        async with self._client(callback) as client:
            url, _ = client.create_authorization_url(
                f"{self._site}/login/oauth/authorize",
                state=pending.state,
                code_verifier=pending.code_verifier,
            )
        return str(url)

    async def finish(self, pending: Pending, code: str, _iss: str | None, callback: str) -> Identity:
        """Who it is, with their primary address; raises `LoginRefused`."""
        async with self._client(callback) as client:
            tokens = await fetch_tokens(client, f"{self._site}/login/oauth/access_token", pending, code)
        access_token = tokens["access_token"]
        user = await get_json(f"{self._api}/user", _User, access_token)
        emails = await get_json(f"{self._api}/user/emails", list[_Email], access_token)
        primary = next((email for email in emails if email.primary), None)
        return Identity(
            issuer=self._site,
            # The number: names can be given up, and taken by others.
            subject=str(user.id),
            email=primary.email if primary else None,
            email_verified=primary is not None and primary.verified,
            name=user.name or user.login,
        )

    def _client(self, callback: str) -> Any:
        return AsyncOAuth2Client(
            client_id=self._provider.client_id,
            client_secret=self._provider.client_secret,
            token_endpoint_auth_method="client_secret_post",
            scope=SCOPE,
            redirect_uri=callback,
            code_challenge_method="S256",
            timeout=TIMEOUT,
            verify=trust(),
        )
