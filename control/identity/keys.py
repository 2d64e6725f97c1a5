"""The key ring: RSA pairs that sign and verify access tokens, and their rotation."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import msgspec
from joserfc.jwk import KeySet, RSAKey

from control.database.engine import transaction
from control.identity.secrets import decrypt, encrypt
from control.identity.tables import SigningKey
from control.settings import ControlSettings

BITS = 2048
PURPOSE = b"signing key"
STALE_SECONDS = 15.0
"""How soon every process knows of a rotation."""
_LOCK = 7_305_001
"""Advisory lock: two processes that find no key must not make two."""


class KeyRing:
    """Keys as the database has them; read anew every few seconds, and at once for an unknown `kid`."""

    def __init__(self, settings: ControlSettings) -> None:
        self._settings = settings
        self._read_at = -1e9
        self._verifying = KeySet([])
        self._signing: RSAKey | None = None
        self._lock = asyncio.Lock()

    async def signing(self) -> RSAKey:
        """The key that signs; made where there is none yet."""
        await self._fresh()
        if self._signing is None:
            await ensure_key(self._settings)
            await self._fresh(at_once=True)
        assert self._signing is not None
        return self._signing

    async def verifying(self, kid: str | None = None) -> KeySet:
        """All keys that verify; read anew if `kid` is not among them (at most once a second)."""
        await self._fresh()
        if kid is not None and kid not in {key.kid for key in self._verifying.keys}:
            await self._fresh(at_once=time.monotonic() - self._read_at > 1)
        return self._verifying

    async def _fresh(self, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self._read_at < STALE_SECONDS:
            return
        async with self._lock:
            now = datetime.now(UTC)
            rows = await (
                SigningKey.select()
                .where(SigningKey.ends_at.is_null() | (SigningKey.ends_at > now))
                .order_by(SigningKey.created_at, ascending=False)
            )
            self._verifying = KeySet(
                [RSAKey.import_key(msgspec.json.decode(row["public_jwk"])) for row in rows]
            )
            active = [row for row in rows if row["retired_at"] is None or row["retired_at"] > now]
            self._signing = None
            if active:
                private = decrypt(active[0]["private_key"], self._settings.secret_key, PURPOSE)
                self._signing = RSAKey.import_key(msgspec.json.decode(private))
            self._read_at = time.monotonic()


async def ensure_key(settings: ControlSettings) -> None:
    """Makes the first key, once, however many processes ask."""
    async with transaction():
        await SigningKey.raw("SELECT pg_advisory_xact_lock({})", _LOCK)
        if not await SigningKey.exists().where(SigningKey.retired_at.is_null()):
            await _add_key(settings)


async def rotate(settings: ControlSettings) -> str:
    """A new key signs from now on; the ones before verify until their last tokens have ended. Returns its kid."""
    now = datetime.now(UTC)
    # What another process signs before it reads the ring anew is valid for a token's whole life.
    ends = now + timedelta(seconds=settings.access_token_seconds + 2 * STALE_SECONDS)
    async with transaction():
        await SigningKey.raw("SELECT pg_advisory_xact_lock({})", _LOCK)
        await SigningKey.update({SigningKey.retired_at: now, SigningKey.ends_at: ends}).where(
            SigningKey.retired_at.is_null()
        )
        return await _add_key(settings)


async def _add_key(settings: ControlSettings) -> str:
    row = SigningKey()
    key = await asyncio.to_thread(
        RSAKey.generate_key, BITS, {"kid": str(row.id), "use": "sig", "alg": "RS256"}
    )
    row.public_jwk = msgspec.json.encode(key.as_dict(private=False)).decode()
    row.private_key = encrypt(msgspec.json.encode(key.as_dict(private=True)), settings.secret_key, PURPOSE)
    await SigningKey.insert(row)
    return str(row.id)
