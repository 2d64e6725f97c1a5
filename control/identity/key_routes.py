"""The keys that verify access tokens, for everybody who wants to."""

from typing import Any

from litestar import Response, get

from control.access.declare import public
from control.identity.keys import JWKS_SECONDS, published


@get(
    "/.well-known/jwks.json",
    opt=public("keys that verify are no secret"),
    tags=["Identity"],
    media_type="application/jwk-set+json",
)
async def jwks() -> Response[dict[str, Any]]:
    """The public keys of access tokens (a JWK Set, RFC 7517).

    Fetch it again where a token names a `kid` that is not among them. A key is listed before it signs, and until
    its last tokens have ended.
    """
    return Response(
        await published(),
        media_type="application/jwk-set+json",
        headers={"Cache-Control": f"public, max-age={JWKS_SECONDS}"},
    )
