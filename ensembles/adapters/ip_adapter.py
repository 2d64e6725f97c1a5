"""Whether an IP-Adapter goes with a checkpoint: it has keys and values for each of the UNet's cross attentions."""

from functools import lru_cache
from pathlib import Path

import msgspec

from ensembles.adapters.about import About
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import read_meta
from ensembles.engine.places import Places, places
from ensembles.manifest import read_manifest


def check(about: About, checkpoint: Path) -> str | None:
    """Why the IP-Adapter cannot be used with the published folder `checkpoint` (`models/NAME`); None: it can.

    A clause without a full stop. Reads what was noted when both were added: milliseconds, and kept.
    """
    try:
        manifest = read_manifest(checkpoint / "manifest.json")
        graph = checkpoint / "graphs" / "unet.json"
        found = _places(graph, graph.stat().st_mtime_ns)
    except (OSError, EngineError, msgspec.MsgspecError) as error:
        return f"{checkpoint.name} cannot be read ({error})"
    widths = [width for _, width in found.image_layers]
    if about.width == found.context and about.details.get("layers") == widths:
        if manifest.runtime != "python":
            return f"{manifest.name} runs on {manifest.runtime}, where there are no image prompts"
        return None
    if about.width != found.context:
        why = f"its tokens are {about.width} numbers wide, not {found.context}"
    else:
        own = about.details.get("layers", [])
        why = f"it has {len(own)} layers, and the UNet {len(widths)} cross attentions, or they are of other widths"
    return (
        f"the IP-Adapter {about.name} is of another architecture than {manifest.name}: {why}; take one that was "
        f"trained on {manifest.name} or on its kin"
    )


@lru_cache(maxsize=64)
def _places(graph: Path, _modified: int) -> Places:
    return places(read_meta(graph).parameters)
