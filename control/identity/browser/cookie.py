"""The cookie: its name and flags, and the token that goes with it where something is changed."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from control.settings import ControlSettings

PREFIX = "bs_"
NAME = "studio_session"
CSRF_HEADER = "X-CSRF-Token"
_PURPOSE = b"csrf"

Connection = ASGIConnection[Any, Any, Any, Any]


def name_of(settings: ControlSettings) -> str:
    """With `__Host-` over https: such a cookie no subdomain and no page without TLS can set or overwrite."""
    return f"__Host-{NAME}" if settings.secure else NAME


def secret_of(connection: Connection) -> str | None:
    """The session's secret, None where no such cookie came along."""
    return connection.cookies.get(name_of(connection.app.state.settings)) or None


def kept(secret: str, settings: ControlSettings) -> Cookie:
    """The cookie; it stays as long as a session lives without use."""
    return _cookie(secret, settings.refresh_token_days * 24 * 3600, settings)


def gone(settings: ControlSettings) -> Cookie:
    """Takes it away."""
    return _cookie("", 0, settings)


def csrf_token(secret: str) -> str:
    """What the page proves with that it has read an answer of ours, which other pages cannot. Of this session alone."""
    return urlsafe_b64encode(hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)).decode().rstrip("=")


def is_csrf_token(sent: str, secret: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(sent.encode(), csrf_token(secret).encode())


def _cookie(value: str, seconds: int, settings: ControlSettings) -> Cookie:
    return Cookie(
        key=name_of(settings),
        value=value,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=settings.secure,
        samesite="strict",
    )
