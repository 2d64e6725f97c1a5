"""The key ring: RSA pairs that sign and verify access tokens, and their rotation."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from joserfc.jwk import KeySet, RSAKey

from control.audit.service import record
from control.database.engine import transaction
from control.identity.secrets import decrypt, encrypt
from control.identity.tables import Mail, SigningKey
from control.settings import ControlSettings

BITS = 2048
PURPOSE = b"signing key"
STALE_SECONDS = 15.0
"""How soon every process knows of a rotation."""
JWKS_SECONDS = 300
"""How long others may keep /.well-known/jwks.json."""
LEAD = timedelta(seconds=2 * JWKS_SECONDS)
"""How long a key of an automatic rotation is published before it signs."""
_LOCK = 7_305_001
"""Advisory lock: two processes that find no key must not make two."""


class KeyRing:
    """Keys as the database has them; read anew every few seconds, and at once for an unknown `kid`."""

    def __init__(self, settings: ControlSettings) -> None:
        self._settings = settings
        self._read_at = -1e9
        self._public: dict[str, RSAKey] = {}
        self._private: dict[str, RSAKey] = {}
        self._signs: str | None = None
        self._lock = asyncio.Lock()

    async def signing(self) -> RSAKey:
        """The key that signs; made where there is none yet."""
        await self._fresh()
        if self._signs is None:
            await ensure_key(self._settings)
            await self._fresh(at_once=True)
        assert self._signs is not None
        return self._private[self._signs]

    async def verifying(self, kid: str | None = None) -> KeySet:
        """All keys that verify; read anew if `kid` is not among them (at most once a second)."""
        await self._fresh()
        if kid is not None and kid not in self._public:
            await self._fresh(at_once=time.monotonic() - self._read_at > 1)
        return KeySet(list(self._public.values()))

    async def _fresh(self, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self._read_at < STALE_SECONDS:
            return
        asked = time.monotonic()
        async with self._lock:
            if self._read_at >= asked:  # by who held the lock before
                return
            began, now = time.monotonic(), datetime.now(UTC)
            rows = await (
                SigningKey.select()
                .where(SigningKey.ends_at.is_null() | (SigningKey.ends_at > now))
                .order_by(SigningKey.starts_at, ascending=False)
            )
            # Importing a private key takes tens of milliseconds: only those that are new.
            self._public = {
                str(row["id"]): self._public.get(str(row["id"]))
                or RSAKey.import_key(msgspec.json.decode(row["public_jwk"]))
                for row in rows
            }
            signs = next(
                (
                    row
                    for row in rows
                    if row["starts_at"] <= now and (row["retired_at"] is None or row["retired_at"] > now)
                ),
                None,
            )
            self._signs = None
            if signs is not None:
                kid = str(signs["id"])
                if kid not in self._private:
                    private = decrypt(signs["private_key"], self._settings, PURPOSE)
                    key = await asyncio.to_thread(RSAKey.import_key, msgspec.json.decode(private))
                    self._private = {kid: key}
                self._signs = kid
            self._read_at = began


async def published() -> dict[str, object]:
    """The JWK Set (RFC 7517) of all keys that verify, or will soon."""
    rows = await (
        SigningKey.select(SigningKey.public_jwk)
        .where(SigningKey.ends_at.is_null() | (SigningKey.ends_at > datetime.now(UTC)))
        .order_by(SigningKey.starts_at, ascending=False)
    )
    return {"keys": [msgspec.json.decode(row["public_jwk"]) for row in rows]}


async def listed() -> list[dict[str, Any]]:
    """Id and times of all keys that verify, or will soon; the newest first."""
    rows: list[dict[str, Any]] = await (
        SigningKey.select(SigningKey.id, SigningKey.starts_at, SigningKey.retired_at, SigningKey.ends_at)
        .where(SigningKey.ends_at.is_null() | (SigningKey.ends_at > datetime.now(UTC)))
        .order_by(SigningKey.starts_at, ascending=False)
    )
    return rows


async def ensure_key(settings: ControlSettings) -> None:
    """Makes the first key, once, however many processes ask."""
    async with transaction():
        await _lock()
        if not await SigningKey.exists().where(SigningKey.retired_at.is_null()):
            await _add_key(settings, datetime.now(UTC))


async def rotate(
    settings: ControlSettings,
    *,
    actor: str,
    lead: timedelta = timedelta(0),
    end_old: bool = False,
    if_older_than: timedelta | None = None,
) -> str | None:
    """A new key signs, after `lead`; those before verify until their last tokens have ended, or end at once.

    Returns its kid; None, and nothing is changed, where the newest is not `if_older_than` that. Audited as done
    by `actor`. Raises `ControlError` where STUDIO_SECRET_KEY is not the one that the newest was encrypted with.
    """
    async with transaction():
        await _lock()
        now = datetime.now(UTC)
        newest = await (
            SigningKey.select(SigningKey.starts_at, SigningKey.private_key)
            .order_by(SigningKey.starts_at, ascending=False)
            .first()
        )
        if newest is not None:
            # With another secret than the API's, the new key would be one that nobody can sign with.
            decrypt(newest["private_key"], settings, PURPOSE)
        if if_older_than is not None and newest is not None and newest["starts_at"] > now - if_older_than:
            return None
        starts = now + lead
        # What another process signs before it reads the ring anew is valid for a token's whole life.
        ends = starts + timedelta(seconds=settings.access_token_seconds + 2 * STALE_SECONDS)
        await SigningKey.update({SigningKey.retired_at: starts, SigningKey.ends_at: ends}).where(
            SigningKey.retired_at.is_null()
        )
        if end_old:
            await SigningKey.update({SigningKey.retired_at: now, SigningKey.ends_at: now}).where(
                SigningKey.ends_at > now
            )
        kid = await _add_key(settings, starts)
        await record(None, "keys.rotate", ("signing_key", kid), actor=actor, after={"ends_old": end_old})
        return kid


async def reencrypt(settings: ControlSettings) -> int:
    """Encrypts with STUDIO_SECRET_KEY what the one before it had encrypted; returns how many rows.

    Raises `ControlError`, with nothing changed, where neither opens a row.
    """
    from control.identity.mail import PURPOSE as MAIL
    from control.jobs import webhook_secrets

    count = 0
    async with transaction():
        await _lock()
        for key in await SigningKey.select(SigningKey.id, SigningKey.private_key).lock_rows("UPDATE"):
            plain = decrypt(key["private_key"], settings, PURPOSE)
            sealed = encrypt(plain, settings.secret_key, PURPOSE)
            await SigningKey.update({SigningKey.private_key: sealed}).where(SigningKey.id == key["id"])
            count += 1
        for mail in await Mail.select(Mail.id, Mail.sealed).lock_rows("UPDATE"):
            sealed = encrypt(decrypt(mail["sealed"], settings, MAIL), settings.secret_key, MAIL)
            await Mail.update({Mail.sealed: sealed}).where(Mail.id == mail["id"])
            count += 1
        count += await webhook_secrets.reencrypt(settings)
        await record(None, "keys.reencrypt", ("signing_key", "all"), actor="studio keys")
    return count


async def _lock() -> None:
    await SigningKey.raw("SELECT pg_advisory_xact_lock({})", _LOCK)


async def _add_key(settings: ControlSettings, starts: datetime) -> str:
    row = SigningKey(starts_at=starts, created_at=datetime.now(UTC))
    key = await asyncio.to_thread(
        RSAKey.generate_key, BITS, {"kid": str(row.id), "use": "sig", "alg": "RS256"}
    )
    row.public_jwk = msgspec.json.encode(key.as_dict(private=False)).decode()
    row.private_key = encrypt(msgspec.json.encode(key.as_dict(private=True)), settings.secret_key, PURPOSE)
    await SigningKey.insert(row)
    return str(row.id)
