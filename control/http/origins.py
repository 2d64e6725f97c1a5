"""Which pages are our own, and what others may make a browser do."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from control.settings import ControlSettings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


def is_ours(origin: str, connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Is a page of this origin (scheme://host:port, as browsers name it) one that this studio has served?"""
    settings: ControlSettings = connection.app.state.settings
    page, own = urlsplit(origin), urlsplit(settings.url)
    if (page.scheme, page.netloc) == (own.scheme, own.netloc):
        return True
    # Under whichever name it is reached; a proxy may have taken TLS off.
    schemes = {"https"} if settings.secure else {"http", "https"}
    return page.scheme in schemes and bool(page.netloc) and page.netloc == connection.headers.get("host")
