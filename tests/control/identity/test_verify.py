"""`tokens.verify` believes nothing that is not exactly what was signed, and fails in one way only."""

import time
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from control.errors import Unauthenticated
from control.identity.tokens import Claims, sign, verify
from control.settings import ControlSettings

KEY = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig", "alg": "RS256"})
SETTINGS = ControlSettings()
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


class Ring:
    async def signing(self) -> RSAKey:
        return KEY

    async def verifying(self, kid: str | None = None) -> KeySet:
        return KeySet([KEY])


RING: Any = Ring()


def claims() -> Claims:
    now = int(time.time())
    return Claims(
        sub=uuid4(), email="ada@example.com", name="Ada", role="user", tier="free", team=None, org=uuid4(),
        permissions=["member:read"], sid=uuid4(), ver=1, iss=SETTINGS.url, aud=SETTINGS.token_audience,
        iat=now, exp=now + 60, jti="1",
    )  # fmt: skip


async def test_what_is_signed_is_verified() -> None:
    said = claims()
    assert await verify(await sign(said, RING), RING, SETTINGS) == said


@settings(max_examples=300, deadline=None)
@given(st.data())
async def test_no_character_can_be_changed(data: st.DataObject) -> None:
    token = await sign(claims(), RING)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from(CHARACTERS))
    forged = token[:place] + character + token[place + 1 :]
    # The last character of 256 bytes in base64 has bits that say nothing.
    if forged == token or place == len(token) - 1:
        return
    with pytest.raises(Unauthenticated):
        await verify(forged, RING, SETTINGS)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet=CHARACTERS, max_size=200)))
async def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        await verify(text, RING, SETTINGS)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(Claims.__struct_fields__)),
    st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3)), st.floats()),
)
async def test_claims_of_other_types_are_refused_and_break_nothing(name: str, value: object) -> None:
    """Signed by ourselves, by a mistake: refused, or right by chance."""
    said = {**msgspec.to_builtins(claims()), name: value}
    try:
        token = jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "ours"}, said, KEY)
    except (ValueError, OverflowError):
        return
    try:
        found = await verify(token, RING, SETTINGS)
    except Unauthenticated:
        return
    assert msgspec.to_builtins(found)[name] == value
