"""Tokens that no library would make."""

import base64
import hashlib
import hmac
import json


def part(value: object) -> str:
    """A part of a JWS: base64url of JSON, or of bytes."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(header: dict[str, object], claims: dict[str, object], signature: bytes = b"") -> str:
    """With whatever signature."""
    return f"{part(header)}.{part(claims)}.{part(signature)}"


def with_mac(header: dict[str, object], claims: dict[str, object], key: bytes) -> str:
    """Signed by HMAC-SHA256."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(hmac.digest(key, text.encode(), hashlib.sha256))}"
