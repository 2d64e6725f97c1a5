"""Access tokens: which are believed, which are not, and how keys change."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

from control.identity.secrets import decrypt
from control.settings import ControlSettings
from tests.control.identity.conftest import client, somewhere
from tests.control.identity.forge import part, unsigned, with_mac
from tests.control.people import Person, made, problem, register, sql

Json = dict[str, Any]


def me(studio: httpx.Client, token: str) -> httpx.Response:
    return studio.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def jwks(studio: httpx.Client) -> KeySet:
    return KeySet.import_key_set(made(studio.get("/.well-known/jwks.json")))


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `studio keys …`."""
    return subprocess.run(
        [sys.executable, "-c", "from studio.cli import main; main()", "keys", *words],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def studio_keys(environment: dict[str, str], *words: str) -> str:
    """What it says."""
    done = run(environment, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(environment: dict[str, str], *words: str) -> str:
    """The sentence it ends with."""
    done = run(environment, *words)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def settings_of(environment: dict[str, str]) -> ControlSettings:
    return ControlSettings(secret_key=environment["STUDIO_SECRET_KEY"])


@pytest.fixture
def private_key(database_url: str, api_environment: dict[str, str]) -> RSAKey:
    """The key that signs now: what only the studio has."""
    [(sealed,)] = sql(
        database_url,
        "SELECT private_key FROM signing_keys WHERE retired_at IS NULL ORDER BY starts_at DESC LIMIT 1",
    )
    return RSAKey.import_key(json.loads(decrypt(sealed, settings_of(api_environment), b"signing key")))


@pytest.fixture(scope="module")
def victim(studio_url: str) -> Person:
    """Somebody whose tokens are forged."""
    return register(client(studio_url, somewhere()))


@pytest.fixture(scope="module")
def parts(victim: Person) -> tuple[Json, Json]:
    """Header and claims of a token that is good."""
    found = jws.extract_compact(victim.token.encode())
    return dict(found.headers()), json.loads(found.payload)


def test_an_access_token_says_who_it_is_and_others_can_verify_it(studio: httpx.Client, ada: Person) -> None:
    answer = studio.get("/.well-known/jwks.json")
    assert answer.headers["content-type"].startswith("application/jwk-set+json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert all(key.keys() == {"kty", "n", "e", "kid", "use", "alg"} for key in answer.json()["keys"])
    token = jwt.decode(ada.token, jwks(studio), algorithms=["RS256"])
    claims = token.claims
    assert token.header["typ"] == "at+jwt"
    assert claims["sub"] == ada.id
    assert claims["email"] == ada.email
    assert (claims["name"], claims["role"], claims["tier"], claims["team"]) == ("Ada", "admin", "free", None)
    assert set(claims["permissions"]) == ada.permissions
    assert claims["iss"] == str(studio.base_url).rstrip("/")
    assert claims["aud"] == "studio"
    assert claims["exp"] - claims["iat"] == 900


def test_the_forger_s_own_tools_work(
    studio: httpx.Client, parts: tuple[Json, Json], private_key: RSAKey
) -> None:
    """With the real key they make good tokens: the refusals below are not for a slip of the pen."""
    header, claims = parts
    assert me(studio, jwt.encode(header, claims, private_key)).is_success


Forger = Callable[[Json, Json, RSAKey, bytes], str]
STRANGER = RSAKey.generate_key(2048, {"kid": "stranger"})
FORGERIES: dict[str, Forger] = {
    "no signature": lambda h, c, _k, _p: unsigned({**h, "alg": "none"}, c),
    "no signature, in capitals": lambda h, c, _k, _p: unsigned({**h, "alg": "NONE"}, c),
    "signature taken off": lambda h, c, _k, _p: unsigned(h, c),
    "no algorithm": lambda h, c, _k, _p: unsigned({"typ": "at+jwt", "kid": h["kid"]}, c),
    "HMAC with the public key (PEM)": lambda h, c, _k, p: with_mac({**h, "alg": "HS256"}, c, p),
    "HMAC with the public key (n)": lambda h, c, k, _p: with_mac(
        {**h, "alg": "HS256"}, c, base64.urlsafe_b64decode(str(k.as_dict()["n"]) + "==")
    ),
    "HMAC with nothing": lambda h, c, _k, _p: with_mac({**h, "alg": "HS256"}, c, b""),
    "another algorithm of the same key": lambda h, c, k, _p: jwt.encode(
        {**h, "alg": "PS256"}, c, _plain(k), algorithms=["PS256"]
    ),
    "a stranger's key under our kid": lambda h, c, _k, _p: jwt.encode(h, c, STRANGER),
    "an unknown kid": lambda h, c, _k, _p: jwt.encode({**h, "kid": "stranger"}, c, STRANGER),
    "no kid": lambda h, c, k, _p: jwt.encode({"alg": "RS256", "typ": "at+jwt"}, c, k),
    "kid of another type": lambda h, c, _k, _p: unsigned({**h, "kid": 5}, c),
    "kid of a file": lambda h, c, _k, _p: with_mac({**h, "alg": "HS256", "kid": "../../dev/null"}, c, b""),
    "the key sent along": lambda h, c, _k, _p: jws.serialize_compact(
        {**h, "jwk": STRANGER.as_dict(private=False)}, _json(c), STRANGER
    ),
    "the key's address sent along": lambda h, c, _k, _p: jws.serialize_compact(
        {**h, "jku": "https://evil.example/jwks.json", "kid": "stranger"}, _json(c), STRANGER
    ),
    "another type": lambda h, c, k, _p: jwt.encode({**h, "typ": "JWT"}, c, k),
    "no type": lambda h, c, k, _p: jwt.encode({"alg": "RS256", "kid": h["kid"]}, c, k),
    "critical extension": lambda h, c, k, _p: _signed({**h, "crit": ["x"], "x": 1}, c, k),
    "ended": lambda h, c, k, _p: jwt.encode(h, {**c, "exp": int(time.time()) - 1}, k),
    "without an end": lambda h, c, k, _p: jwt.encode(h, {n: v for n, v in c.items() if n != "exp"}, k),
    "an end that is text": lambda h, c, k, _p: jwt.encode(h, {**c, "exp": "9999999999"}, k),
    "another studio's": lambda h, c, k, _p: jwt.encode(h, {**c, "iss": "https://evil.example"}, k),
    "for somebody else": lambda h, c, k, _p: jwt.encode(h, {**c, "aud": "else"}, k),
    "for us and somebody else": lambda h, c, k, _p: jwt.encode(h, {**c, "aud": ["studio", "else"]}, k),
    "another person in the same session": lambda h, c, k, _p: jwt.encode(h, {**c, "sub": c["org"]}, k),
    "another organisation": lambda h, c, k, _p: jwt.encode(h, {**c, "org": c["sub"]}, k),
    "another session": lambda h, c, k, _p: jwt.encode(h, {**c, "sid": c["sub"]}, k),
    "an older membership": lambda h, c, k, _p: jwt.encode(h, {**c, "ver": 0}, k),
    "no claims": lambda h, _c, k, _p: jwt.encode(h, {}, k),
    "not a token": lambda *_: "x",
    "dots": lambda *_: "..",
    "four dots": lambda *_: "....",
    "not base64": lambda *_: "%.%.%",
    "not JSON": lambda *_: "eA.eA.eA",
    "a list": lambda *_: "W10.W10.W10",
    "a huge one": lambda h, c, _k, _p: unsigned({**h, "x": "y" * 6000}, c),
}


def _plain(key: RSAKey) -> RSAKey:
    return RSAKey.import_key({n: v for n, v in key.as_dict(private=True).items() if n not in {"alg", "use"}})


def _signed(header: Json, claims: Json, key: RSAKey) -> str:
    """RS256 by hand: the library refuses some headers."""
    text = f"{part(header)}.{part(claims)}"
    signature = key.private_key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{part(signature)}"


def _json(claims: Json) -> bytes:
    return json.dumps(claims).encode()


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_tokens_are_refused(
    studio: httpx.Client, parts: tuple[Json, Json], private_key: RSAKey, name: str
) -> None:
    token = FORGERIES[name](*parts, private_key, private_key.as_pem(private=False))
    answer = me(studio, token)
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_changed_claims_are_refused(studio: httpx.Client, victim: Person, parts: tuple[Json, Json]) -> None:
    header, claims = parts
    signature = victim.token.rpartition(".")[2]
    better = unsigned(header, {**claims, "role": "admin", "tier": "enterprise"}).rpartition(".")[0]
    problem(me(studio, f"{better}.{signature}"), 401)


@pytest.mark.parametrize(
    "header", ["Bearer", "Basic YTpi", "Token x", "Bearer a b", "x" * 5000, "Bearer \xff"]
)
def test_odd_headers_are_refused(studio: httpx.Client, header: str) -> None:
    problem(studio.get("/api/v1/me", headers={"Authorization": header.encode("latin1")}), 401)  # type: ignore[dict-item]


def test_permissions_come_from_the_database_and_not_from_the_token(
    studio: httpx.Client, ada: Person, private_key: RSAKey, database_url: str
) -> None:
    sql(database_url, "UPDATE memberships SET role = 'viewer' WHERE user_id = $1", ada.id)
    assert set(made(ada.get("/me"))["permissions"]) < ada.permissions
    found = jws.extract_compact(ada.token.encode())
    header, claims = dict(found.headers()), json.loads(found.payload)
    more = jwt.encode(header, {**claims, "role": "admin"}, private_key)
    assert made(me(studio, more))["role"] == "viewer"


def test_rotation(
    studio: httpx.Client, ada: Person, api_environment: dict[str, str], database_url: str
) -> None:
    """Tokens of the key before verify until they end; the new key signs."""
    before = jws.extract_compact(ada.token.encode()).headers()["kid"]
    old = ada.token
    said = studio_keys(api_environment, "rotate")
    new = said.split()[2]
    assert {key.kid for key in jwks(studio).keys} >= {before, new}
    listed = studio_keys(api_environment, "list").splitlines()
    assert listed[0].startswith(new)
    assert "verifies until" in next(line for line in listed if line.startswith(before))
    # Processes read the ring anew within 15 seconds, and at once where they meet a kid that they do not know.
    time.sleep(1)
    problem(me(studio, unsigned({"alg": "RS256", "typ": "at+jwt", "kid": new}, {})), 401)
    ada.refresh()
    assert jws.extract_compact(ada.token.encode()).headers()["kid"] == new
    made(me(studio, old))
    jwt.decode(old, jwks(studio), algorithms=["RS256"])
    # Past its end, the key before verifies nothing.
    sql(database_url, "UPDATE signing_keys SET ends_at = now() WHERE id = $1", before)
    assert before not in {key.kid for key in jwks(studio).keys}
    acts = sql(database_url, "SELECT act, subject_id FROM audit_events WHERE act = 'keys.rotate'")
    assert ("keys.rotate", new) in acts


def test_private_keys_are_encrypted_and_bound_to_their_purpose(
    database_url: str, api_environment: dict[str, str]
) -> None:
    from control.errors import ControlError

    for (sealed,) in sql(database_url, "SELECT private_key FROM signing_keys"):
        assert b'"d"' not in sealed
        with pytest.raises(ControlError, match="STUDIO_SECRET_KEY"):
            decrypt(sealed, settings_of(api_environment), b"mail")
        with pytest.raises(ControlError, match="STUDIO_SECRET_KEY"):
            decrypt(sealed, ControlSettings(secret_key="another key" * 5), b"signing key")


def test_another_secret_key_rotates_nothing(
    api_environment: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    before = sql(database_url, "SELECT id, retired_at FROM signing_keys ORDER BY id")
    wrong = {**api_environment, "STUDIO_SECRET_KEY": "c" * 40}
    assert "does not open what the database holds" in refused(wrong, "rotate")
    assert "does not open what the database holds" in refused(wrong, "reencrypt")
    none = {**api_environment, "STUDIO_SECRET_KEY": "", "STUDIO_HOME": str(tmp_path)}
    assert "Set STUDIO_SECRET_KEY" in refused(none, "rotate")
    assert not (tmp_path / "secrets" / "key").exists()
    assert sql(database_url, "SELECT id, retired_at FROM signing_keys ORDER BY id") == before


def test_the_secret_key_can_be_changed(api_environment: dict[str, str], database_url: str) -> None:
    old = api_environment["STUDIO_SECRET_KEY"]
    new = {"STUDIO_SECRET_KEY": "b" * 40, "STUDIO_SECRET_KEY_OLD": old}
    assert "are encrypted with STUDIO_SECRET_KEY" in studio_keys({**api_environment, **new}, "reencrypt")
    for (sealed,) in sql(database_url, "SELECT private_key FROM signing_keys"):
        assert b'"d"' in decrypt(sealed, ControlSettings(secret_key="b" * 40), b"signing key")
    back = {"STUDIO_SECRET_KEY": old, "STUDIO_SECRET_KEY_OLD": "b" * 40}
    studio_keys({**api_environment, **back}, "reencrypt")
