"""Optimisation profiles: the smallest, usual and largest shape of each input of a plan."""

from collections.abc import Sequence

from ensembles.engine.graph import Port
from ensembles.imaging.tiling import LAYOUT
from ensembles.manifest import Manifest
from ensembles.sampling.parameters import MAX_TOKENS, MIN_SIZE
from export.networks import TOKENS
from export.repository import Served

Range = tuple[int, int, int]
"""Smallest, usual, largest."""
Shapes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def axes(manifest: Manifest, model: Served) -> dict[str, Range]:
    """Free axis → its range for one Triton model."""
    factor = manifest.vae_factor
    smallest = max(1, MIN_SIZE // factor)
    if model.bucket is None:
        # The VAE sees a picture whole up to a size and tile by tile above it: never more than this.
        largest = LAYOUT.whole
        usual = min(largest, manifest.default_size // factor)
    else:
        usual = largest = int(model.bucket) // factor
    side = (min(smallest, largest), usual, largest)
    # Between a lone job, whose two halves of guidance go together, and a full batch of many.
    batch = (1, min(model.max_batch, max(2, model.max_batch // 2)), model.max_batch)
    return {
        "batch": batch,
        "tokens": (TOKENS, TOKENS, MAX_TOKENS),
        "height": side,
        "width": side,
        "image_height": (side[0] * factor, side[1] * factor, side[2] * factor),
        "image_width": (side[0] * factor, side[1] * factor, side[2] * factor),
    }


def profile(manifest: Manifest, model: Served, inputs: Sequence[Port]) -> dict[str, Shapes]:
    """Input → its smallest, usual and largest shape."""
    ranges = axes(manifest, model)

    def shape(port: Port, place: int) -> tuple[int, ...]:
        return tuple(extent if isinstance(extent, int) else ranges[extent][place] for extent in port.shape)

    return {port.name: (shape(port, 0), shape(port, 1), shape(port, 2)) for port in inputs}
