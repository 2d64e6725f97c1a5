"""Whether a ControlNet goes with a checkpoint: its way down must be the UNet's, parameter for parameter, but for blocks that
small ones leave out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from ensembles.adapters.about import About
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import read_meta
from ensembles.engine.places import Places, optional_modules, places
from ensembles.manifest import read_manifest

Shapes = Mapping[str, Sequence[int]]

SHARED = ("add_embedding.", "conv_in.", "down_blocks.", "mid_block.", "time_embedding.")
"""What the parameters begin with that a ControlNet has as its UNet has."""


def identity(parameters: Shapes) -> str:
    """Equal for a UNet and the ControlNets that fit it: over the names and shapes of what they share.

    Axes of length 1 do not count, nor how many channels the first convolution takes: beside an inpainting UNet a
    ControlNet sees the latent alone.
    """
    own = {
        name: [extent for extent in shape if extent != 1]
        for name, shape in parameters.items()
        if name.startswith(SHARED) and name != "conv_in.weight"
    }
    text = msgspec.json.encode([own, parameters["conv_in.weight"][0]], order="deterministic")
    return hashlib.sha256(text).hexdigest()[:16]


def check(about: About, checkpoint: Path) -> str | None:
    """Why the ControlNet cannot be used beside the published folder `checkpoint` (`models/NAME`); None: it can.

    A clause without a full stop. Reads what was noted when both were added: milliseconds, and kept.
    """
    try:
        manifest = read_manifest(checkpoint / "manifest.json")
        graph = checkpoint / "graphs" / "unet.json"
        kept = tuple(about.details.get("modules", ()))
        wanted, found, sized = _of_checkpoint(graph, graph.stat().st_mtime_ns)
    except (OSError, EngineError, msgspec.MsgspecError) as error:
        return f"{checkpoint.name} cannot be read ({error})"
    if about.architecture in (wanted, _without(graph, graph.stat().st_mtime_ns, kept)):
        if manifest.runtime != "python":
            return f"{manifest.name} runs on {manifest.runtime}, where there are no ControlNets"
        return None
    said = f"the ControlNet {about.name} is of another architecture than {manifest.name}"
    own = about.details.get("residuals", [])
    reasons = [
        (about.width != found.context, f"it takes texts {about.width} numbers wide, not {found.context}"),
        (
            bool(about.details.get("sizes")) != sized,
            f"it takes {'no ' if sized else ''}sizes and a pooled text",
        ),
        (
            own != list(found.residuals),
            f"it adds at {_places(own)}, and the checkpoint has {_places(found.residuals)}",
        ),
    ]
    why = next((reason for differs, reason in reasons if differs), "its layers are others")
    return f"{said}: {why}; take one that was trained on {manifest.name} or on its kin"


def _places(channels: Sequence[int]) -> str:
    widest = max(channels, default=0)
    return f"{len(channels)} places of up to {widest} channels"


@lru_cache(maxsize=256)
def _without(graph: Path, _modified: int, kept: tuple[str, ...]) -> str:
    """The identity that a UNet had if it were without the optional modules that are not `kept`."""
    parameters = read_meta(graph).parameters
    gone = tuple(f"{module}." for module in optional_modules(parameters) if module not in set(kept))
    return identity({name: shape for name, shape in parameters.items() if not name.startswith(gone)})


@lru_cache(maxsize=64)
def _of_checkpoint(graph: Path, _modified: int) -> tuple[str, Places, bool]:
    """A UNet's identity, its places, and whether it takes sizes."""
    parameters = read_meta(graph).parameters
    return identity(parameters), places(parameters), "add_embedding.linear_1.weight" in parameters
