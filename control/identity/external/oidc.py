"""OpenID Connect: discovery, the authorization code flow with PKCE and nonce, checked ID tokens."""

import asyncio
import ssl
import time
from functools import cache
from typing import Any, TypeVar

import httpx2
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from control.identity.external.identity import Identity, LoginRefused, Pending, provider_down, provider_wrong
from control.settings import OidcProvider

T = TypeVar("T")

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures only: a MAC with the client's secret would let everybody who has that make ID tokens."""
KEPT_SECONDS = 3600.0
"""How long a provider's metadata and keys are kept; an unknown key is looked for at once."""
REST_SECONDS = 5.0
"""How long a provider that did not answer is left alone: people wait for it one after the other."""
TIMEOUT = httpx2.Timeout(10.0)
LEEWAY = 60
"""Seconds that clocks may differ."""


class Metadata(msgspec.Struct, frozen=True):
    """What /.well-known/openid-configuration says, as far as it is needed here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    authorization_response_iss_parameter_supported: bool = False

    def addresses(self) -> list[str]:
        """All that are sent to or fetched."""
        found = [self.authorization_endpoint, self.token_endpoint, self.jwks_uri, self.userinfo_endpoint]
        return [address for address in found if address]


class _Person(msgspec.Struct):
    """Claims about a person, of an ID token or of the userinfo endpoint."""

    sub: str
    email: str | None = None
    # Some send text.
    email_verified: bool | str = False
    name: str | None = None


@cache
def trust() -> ssl.SSLContext:
    """Whom clients believe; to read all the certificates takes tens of milliseconds, so it is done once."""
    return httpx2.create_ssl_context()


def http() -> httpx2.AsyncClient:
    """A client for metadata, keys and APIs: no redirects, and an end to waiting."""
    return httpx2.AsyncClient(timeout=TIMEOUT, verify=trust(), headers={"Accept": "application/json"})


class OidcLogin:
    """Login through one OpenID issuer."""

    def __init__(self, provider: OidcProvider, issuer: str) -> None:
        self._provider = provider
        self._issuer = issuer.rstrip("/")
        self._metadata: tuple[float, Metadata] | None = None
        self._rests_until = 0.0
        self._keys: tuple[float, KeySet] | None = None
        self._lock = asyncio.Lock()

    async def begin(self, pending: Pending, callback: str) -> str:
        """Where the browser is sent."""
        metadata = await self._discover()
        async with self._client(metadata, callback) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.code_verifier,
            )
        return str(url)

    async def finish(self, pending: Pending, code: str, iss: str | None, callback: str) -> Identity:
        """Who it is; raises `LoginRefused`. `iss` is the parameter of the answer (RFC 9207)."""
        metadata = await self._discover()
        if iss != metadata.issuer and (iss or metadata.authorization_response_iss_parameter_supported):
            raise provider_wrong()
        async with self._client(metadata, callback) as client:
            tokens = await fetch_tokens(client, metadata.token_endpoint, pending, code)
        claims = await self._checked(
            str(tokens.get("id_token", "")), tokens["access_token"], pending, metadata
        )
        person = _person(claims)
        if person.email is None and metadata.userinfo_endpoint:
            person = await self._userinfo(metadata.userinfo_endpoint, tokens["access_token"], person)
        return Identity(
            issuer=metadata.issuer,
            subject=person.sub,
            email=person.email,
            email_verified=self._provider.trust_email or person.email_verified in {True, "true"},
            name=person.name or "",
        )

    def _client(self, metadata: Metadata, callback: str) -> Any:
        methods = metadata.token_endpoint_auth_methods_supported
        return AsyncOAuth2Client(
            client_id=self._provider.client_id,
            client_secret=self._provider.client_secret,
            # Not basic where there is a choice: servers differ in how they read special characters there.
            token_endpoint_auth_method="client_secret_post"
            if "client_secret_post" in methods
            else "client_secret_basic",
            scope=self._provider.scopes,
            redirect_uri=callback,
            code_challenge_method="S256",
            timeout=TIMEOUT,
            verify=trust(),
        )

    async def _discover(self) -> Metadata:
        async with self._lock:
            known, now = self._metadata, time.monotonic()
            if known is not None and known[0] > now - KEPT_SECONDS:
                return known[1]
            if now < self._rests_until:
                raise provider_down()
            try:
                metadata = await get_json(f"{self._issuer}/.well-known/openid-configuration", Metadata)
            except LoginRefused:
                self._rests_until = time.monotonic() + REST_SECONDS
                raise
            # OpenID Connect Discovery 4.3. A slash at the end is the one thing that people get wrong.
            secure = self._issuer.startswith("http://") or all(
                address.startswith("https://") for address in metadata.addresses()
            )
            if metadata.issuer.rstrip("/") != self._issuer or not secure:
                raise provider_wrong()
            self._metadata = (now, metadata)
            return metadata

    async def _key_set(self, metadata: Metadata, *, newer_than: float) -> KeySet:
        async with self._lock:
            if self._keys is None or self._keys[0] < newer_than:
                found = await get_json(metadata.jwks_uri, dict[str, Any])
                try:
                    self._keys = (time.monotonic(), KeySet.import_key_set(found))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError):
                    raise provider_wrong() from None
            return self._keys[1]

    async def _checked(
        self, id_token: str, access_token: str, pending: Pending, metadata: Metadata
    ) -> dict[str, Any]:
        """The claims of an ID token that is the answer to this login (OpenID Connect Core 3.1.3.7)."""
        try:
            kid = jws.extract_compact(id_token.encode()).headers().get("kid")
            now = time.monotonic()
            keys = await self._key_set(metadata, newer_than=now - KEPT_SECONDS)
            if kid is not None and kid not in {key.kid for key in keys.keys}:
                keys = await self._key_set(metadata, newer_than=now - 10)
            algorithms = ALGORITHMS & set(metadata.id_token_signing_alg_values_supported)
            token = jwt.decode(id_token, keys, algorithms=sorted(algorithms))
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": self._provider.client_id},
                },
                params={
                    "nonce": pending.nonce,
                    "client_id": self._provider.client_id,
                    "access_token": access_token,
                },
            )
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError):
            raise provider_wrong() from None
        return dict(claims)

    async def _userinfo(self, endpoint: str, access_token: str, known: _Person) -> _Person:
        told = await get_json(endpoint, _Person, access_token)
        # OpenID Connect Core 5.3.2: or it may be about somebody else.
        if told.sub != known.sub:
            raise provider_wrong()
        return told


async def fetch_tokens(client: Any, endpoint: str, pending: Pending, code: str) -> dict[str, Any]:
    """The answer of a token endpoint to a code; raises `LoginRefused`."""
    try:
        tokens = await client.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=pending.code_verifier
        )
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise provider_down() from None
    except (OAuthError, ValueError, TypeError):
        raise provider_wrong() from None
    if not isinstance(tokens.get("access_token"), str):
        raise provider_wrong()
    return dict(tokens)


async def get_json(url: str, kind: type[T], access_token: str | None = None) -> T:
    """What stands at `url`, as JSON of this type; raises `LoginRefused`."""
    headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
    try:
        async with http() as client:
            answer = await client.get(url, headers=headers)
            answer.raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise provider_down() from None
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError:
        raise provider_wrong() from None


def _person(claims: dict[str, Any]) -> _Person:
    try:
        return msgspec.convert(claims, _Person)
    except msgspec.ValidationError:
        raise provider_wrong() from None
