"""Passwords and keys that the stack makes for itself, kept in `home`/secrets for this user's eyes only."""

import os
import secrets
from pathlib import Path

from studio.errors import StudioError


def secret(home: Path, name: str) -> str:
    """The secret `name` of this home, 64 hexadecimal digits; made when there is none."""
    return kept(home, name, secrets.token_hex(32))


def kept(home: Path, name: str, new: str) -> str:
    """What is kept as `name`; `new` when there is nothing, which is then kept. Raises `StudioError` where it is empty."""
    folder = home / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    if not path.exists():
        write_private(path, new)
    value = path.read_text().strip()
    if not value:
        raise StudioError(
            f"{path} is empty. Bring it back from a backup: data made with another secret cannot be read."
        )
    return value


def write_private(path: Path, text: str) -> None:
    """Writes a file wholly or not at all, readable by this user alone."""
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with aside.open("w") as file:
        file.write(text)
        file.flush()
        # A secret that a power cut empties cannot be had again.
        os.fsync(file.fileno())
    aside.replace(path)
