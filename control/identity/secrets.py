"""Random secrets, their hashes, and what is kept encrypted."""

import hashlib
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from control.errors import ControlError
from control.settings import ControlSettings

NONCE = 12


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """SHA-256, by which a secret is found again. Only for random ones: it slows no guessing down."""
    return hashlib.sha256(secret.encode()).digest()


def _cipher(key: str) -> AESGCM:
    if len(key) < 32:
        raise ControlError("STUDIO_SECRET_KEY must have 32 characters or more, random ones.")
    return AESGCM(hashlib.sha256(key.encode()).digest())


def encrypt(plain: bytes, key: str, purpose: bytes) -> bytes:
    """AES-256-GCM: nonce, ciphertext and tag. `purpose` must be the same when it is opened."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, purpose)


def decrypt(sealed: bytes, settings: ControlSettings, purpose: bytes) -> bytes:
    """What `encrypt` sealed with this key or the one before it; raises `ControlError` where it was another."""
    for key in filter(None, (settings.secret_key, settings.secret_key_old)):
        try:
            return _cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], purpose)
        except (InvalidTag, ValueError):
            continue
    raise ControlError(
        "STUDIO_SECRET_KEY does not open what the database holds. Set the key it was made with, or, "
        "where the key has been changed, that one as STUDIO_SECRET_KEY_OLD."
    )
