"""Files of the built web UI: which one an address names, in which encoding, and its bytes."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import msgspec

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Suffix → media type; nothing else is served. Not the system's table, which is another one on each machine."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content-Encoding → what the build adds to a file's name, the smaller one first."""
INDEX = "index.html"
_SEGMENT = re.compile(r"[A-Za-z0-9_@+~-][A-Za-z0-9._@+~-]*", re.ASCII)
MOST_KEPT = 1024


class WebFile(msgspec.Struct, frozen=True):
    """A file as it is sent."""

    data: bytes
    media_type: str
    etag: str
    encoding: str | None
    """Content-Encoding; None for the file itself."""
    varies: bool
    """Are there other encodings of it?"""


def is_built(root: Path) -> bool:
    """Is there a web UI to serve?"""
    return (root / INDEX).is_file()


def find(root: Path, path: str, accepted: str = "") -> WebFile | None:
    """The file at an address's path (/assets/index-1a2b.js), for who accepts these encodings; None where there is none.

    Looks at the disk each time, and reads what has changed: `make web` may run meanwhile. Blocks.
    """
    name = path.removeprefix("/")
    media_type = KINDS.get(Path(name).suffix)
    # No "..", no hidden files, no "\" and ":" of other systems.
    if media_type is None or not all(map(_SEGMENT.fullmatch, name.split("/"))):
        return None
    if (plain := _inside(root, name)) is None:
        return None
    forms = {encoding: _inside(root, name + suffix) for encoding, suffix in ENCODINGS.items()}
    there = {encoding: file for encoding, file in forms.items() if file is not None}
    encoding = next(filter(accepts(accepted).__contains__, there), None)
    data, digest = _read(*_state(plain if encoding is None else there[encoding]))
    etag = f'"{digest}"' if encoding is None else f'"{digest}-{encoding}"'
    return WebFile(data, media_type, etag, encoding, bool(there))


def accepts(header: str) -> set[str]:
    """Encodings that an Accept-Encoding names, without those of q=0."""
    found = set()
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters):
            found.add(name)
    return found


def _inside(root: Path, name: str) -> Path | None:
    """The file of that name below `root`; not one that a link leads out to."""
    try:
        file = (root / name).resolve(strict=True)
    except OSError:
        return None
    return file if file.is_file() and file.is_relative_to(root.resolve()) else None


def _state(file: Path) -> tuple[Path, int, int]:
    about = file.stat()
    return file, about.st_mtime_ns, about.st_size


@lru_cache(maxsize=MOST_KEPT)
def _read(file: Path, _changed: int, _size: int) -> tuple[bytes, str]:
    data = file.read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:32]
