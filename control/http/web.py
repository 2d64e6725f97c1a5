"""The built web UI: its files, and its one page at every address that is nobody else's.

Around Litestar and not in it: a route for all paths would take the API's unknown ones too, and its middleware would
count each file as a request. Headers of every answer come from `control.http.edge`, around this.
"""

import asyncio
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from control.assets.ranges import unchanged
from control.http.web_files import INDEX, find
from control.settings import ControlSettings

NONCE = b"__CSP_NONCE__"
"""In index.html: becomes this answer's nonce."""
BUILT = "/assets/"
"""What lies here has its content's hash in its name. No path of the API, which is below /api."""
FOREVER, EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
UNBUILT = Path(__file__).parent / "pages" / "unbuilt.html"
PAGE, FILE = "(page)", "(file)"
"""Stand for the paths in logs and figures."""
OURS = frozenset({"api", "ws", "comfy", "schema", "problems", ".well-known"})
"""First segments that are the API's, with all that may ever be below them."""
_ALWAYS = {
    "cross-origin-opener-policy": "same-origin",
    # Not "no-referrer", for which browsers send "Origin: null" with some of our own requests.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def policy(settings: ControlSettings, nonce: str | None = None) -> str:
    """The Content-Security-Policy of the UI. No script but its own files; styles too, and those with the nonce."""
    own = urlsplit(settings.url)
    # 'self' means WebSockets too, but not in every browser.
    socket = f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}"
    styles = "'self'" if nonce is None else f"'self' 'nonce-{nonce}'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' blob: data:; "
        f"media-src 'self' blob: data:; connect-src 'self' {socket}; font-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def first_segments(app: Litestar) -> frozenset[str]:
    """What the addresses of the app's own routes begin with: /healthz, /api/…"""
    return OURS | {route.path.split("/")[1] for route in app.routes} - {""}


class Web:
    """ASGI: answers what is the UI's, and leaves the rest to the app."""

    def __init__(self, app: ASGIApp, settings: ControlSettings, taken: Iterable[str]) -> None:
        self._app = app
        self._settings = settings
        self._taken = frozenset(taken)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file, the page, or whatever the app says."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        # HEAD has become GET by now.
        if scope["method"] != "GET" or path.removeprefix("/").split("/")[0] in self._taken:
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        if not await self._file(path, headers, scope, send) and not await self._page(
            path, headers, scope, send
        ):
            await self._app(scope, receive, send)

    async def _file(self, path: str, headers: dict[bytes, str], scope: Scope, send: Send) -> bool:
        if path.removeprefix("/") == INDEX:
            return False
        file = await asyncio.to_thread(find, self._settings.web, path, headers.get(b"accept-encoding", ""))
        if file is None:
            return False
        scope["path_template"] = FILE
        said = {
            "etag": file.etag,
            "cache-control": FOREVER if path.startswith(BUILT) else EACH_TIME,
            "content-security-policy": policy(self._settings),
            **({"vary": "Accept-Encoding"} if file.varies else {}),
        }
        if unchanged(headers.get(b"if-none-match"), file.etag):
            await _answer(send, 304, said)
            return True
        said |= {"content-type": file.media_type}
        if file.encoding is not None:
            said["content-encoding"] = file.encoding
        await _answer(send, 200, said, file.data)
        return True

    async def _page(self, path: str, headers: dict[bytes, str], scope: Scope, send: Send) -> bool:
        root = path in {"/", f"/{INDEX}"}
        # Only who navigates: a script that is not there (any more) is no page.
        if not root and (path.startswith(BUILT) or "text/html" not in headers.get(b"accept", "")):
            return False
        nonce = secrets.token_urlsafe(16)
        index = await asyncio.to_thread(find, self._settings.web, f"/{INDEX}")
        if index is None:
            if not root:
                return False
            page = await asyncio.to_thread(UNBUILT.read_bytes)
        else:
            page = index.data.replace(NONCE, nonce.encode())
        scope["path_template"] = PAGE
        said = {
            "content-type": "text/html; charset=utf-8",
            # And no ETag: each answer has its own nonce.
            "cache-control": EACH_TIME,
            "content-security-policy": policy(self._settings, nonce),
        }
        await _answer(send, 200, said, page)
        return True


async def _answer(send: Send, status: int, said: dict[str, str], body: bytes = b"") -> None:
    headers = [(name.encode(), value.encode()) for name, value in (_ALWAYS | said).items()]
    if status == 200:
        headers.append((b"content-length", str(len(body)).encode()))
    start: Any = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
