"""Which networks there are that make pictures larger, from the descriptions in `home`/upscalers."""

from pathlib import Path

import msgspec

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
