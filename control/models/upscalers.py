"""Which networks there are that make pictures larger, from the descriptions in `home`/upscalers."""

import difflib
from pathlib import Path

import msgspec

from control.errors import NotFound
from ensembles.upscaler import FILE, FOLDER, Upscaler, read_upscaler


def upscalers(home: Path) -> dict[str, Upscaler]:
    """Name → each published upscaler, by name; the list `upscale_models`. A broken one is left out."""
    found = {}
    for path in sorted((home / FOLDER).glob(f"[!.]*/{FILE}")):
        try:
            found[path.parent.name] = read_upscaler(path)
        except (OSError, msgspec.MsgspecError):
            continue
    return found


def upscaler(home: Path, name: str) -> Upscaler:
    """The published upscaler of that name; raises `NotFound` with names that are near."""
    found = upscalers(home)
    if name not in found:
        near = difflib.get_close_matches(name, found, n=3) or list(found)[:5]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise NotFound(f"There is no upscaler {name!r} here.{hint}", model=name)
    return found[name]
