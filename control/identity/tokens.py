"""Access tokens: RS256 JWTs that anybody can verify with the keys at /.well-known/jwks.json."""

import hashlib
import time
from collections import OrderedDict
from uuid import UUID

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from control.errors import Unauthenticated
from control.identity.keys import KeyRing
from control.settings import ControlSettings

ALGORITHMS = ["RS256"]
TYPE = "at+jwt"
"""RFC 9068: keeps other tokens that the same keys may sign from passing as access tokens."""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token says."""

    sub: UUID
    """The person."""
    email: str
    name: str
    role: str
    tier: str
    team: UUID | None
    org: UUID
    """The organisation in whose name they act."""
    permissions: list[str]
    sid: UUID
    """The session."""
    ver: int
    """The membership's version; an older one must be refreshed."""
    iss: str
    aud: str
    iat: int
    exp: int
    jti: str


async def sign(claims: Claims, ring: KeyRing) -> str:
    """The token."""
    key = await ring.signing()
    header = {"alg": "RS256", "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, msgspec.to_builtins(claims), key, algorithms=ALGORITHMS)


async def verify(token: str, ring: KeyRing, settings: ControlSettings) -> Claims:
    """Its claims; raises `Unauthenticated` for any that we did not sign, that has ended or is not for us."""
    claims = await _signed(token, ring)
    if claims.iss != settings.url or claims.aud != settings.token_audience:
        raise Unauthenticated("This access token is for another studio.")
    if claims.exp <= time.time():
        raise Unauthenticated("This access token has ended. Refresh it.", reason="expired")
    return claims


SEEN = 4096
"""Tokens whose signature is not computed anew: it cannot change, and takes a tenth of a short request."""
_seen: OrderedDict[bytes, tuple[Key, Claims]] = OrderedDict()


async def _signed(token: str, ring: KeyRing) -> Claims:
    """What a key of the ring has signed. Whether it has ended, is for us, and its session lives is asked each time."""
    name = hashlib.sha256(token.encode()).digest()
    if (known := _seen.get(name)) is not None:
        key, claims = known
        # The key may have been taken out of the ring since.
        if any(key is other for other in (await ring.verifying(key.kid)).keys):
            _seen.move_to_end(name)
            return claims
        del _seen[name]
    try:
        header = jws.extract_compact(token.encode()).headers()
        kid = header.get("kid")
        if header.get("typ") != TYPE or not isinstance(kid, str):
            raise Unauthenticated("This is not one of our access tokens.")
        keys = await ring.verifying(kid)
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = msgspec.convert(decoded.claims, Claims)
    except (JoseError, msgspec.ValidationError, ValueError):
        raise Unauthenticated("This access token is not valid. Sign in again.") from None
    if (used := next((key for key in keys.keys if key.kid == kid), None)) is not None:
        _seen[name] = (used, claims)
        while len(_seen) > SEEN:
            _seen.popitem(last=False)
    return claims
