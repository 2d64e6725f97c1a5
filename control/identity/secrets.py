"""Random secrets, their hashes, and what is kept encrypted."""

import hashlib
import os
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from control.errors import ControlError


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
    nonce = os.urandom(12)
    return nonce + _cipher(key).encrypt(nonce, plain, purpose)


def decrypt(sealed: bytes, key: str, purpose: bytes) -> bytes:
    """What `encrypt` sealed; raises `ControlError` where the key is another one."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(sealed[:12], sealed[12:], purpose)
    except InvalidTag:
        raise ControlError(
            "STUDIO_SECRET_KEY does not open what the database holds. Set the key it was made with."
        ) from None
