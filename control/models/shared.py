"""What everybody of this installation may use of the registry: links in `home`/shared, read again when one comes or goes."""

from collections.abc import Mapping
from pathlib import Path

from ensembles.adapters.about import About, Kind
from ensembles.adapters.store import SHARED
from ensembles.adapters.store import shared as read

_KEPT: dict[Path, tuple[int, Mapping[str, About]]] = {}


def shared(home: Path, kind: Kind) -> Mapping[str, About]:
    """Name → file, of one type. One look at a folder where nothing has changed, however many there are."""
    folder = home / SHARED / kind
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return {}
    if (kept := _KEPT.get(folder)) is None or kept[0] != changed:
        # Looked at before it is read: what comes meanwhile is read the next time.
        kept = _KEPT[folder] = changed, read(home, kind)
    return kept[1]
