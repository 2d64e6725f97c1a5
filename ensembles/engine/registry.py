"""Weights of the registry's networks as the engine binds them: `home`/adapters/SHA256 with a layout of names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from ensembles.adapters import store
from ensembles.engine.errors import EngineError
from ensembles.engine.weights import LAYOUT, PartLayout, WeightFile, read_header, resolve


def open_registered(home: Path, sha256: str, what: str) -> WeightFile:
    """The weights of the file `sha256`, under the names that graphs use; `what` is what it should be, for messages.

    Raises `EngineError` where it is not there.
    """
    try:
        folder = store.folder(home, sha256)
        layout = msgspec.json.decode((folder / LAYOUT).read_bytes(), type=PartLayout)
    except FileNotFoundError:
        raise EngineError(f"There is no {what} {sha256}: add it with `studio models add`.") from None
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise EngineError(f"The {what} {sha256[:80]} cannot be read ({error}): add it again.") from None
    path = folder / layout.file
    return WeightFile(path, resolve(path, read_header(path), layout))


def with_shapes(weights: WeightFile, wanted: Mapping[str, Sequence[int]]) -> WeightFile:
    """The same weights with a graph's shapes, where those differ by axes of length 1: files keep matrices as convolutions."""
    places = {
        name: replace(place, shape=tuple(wanted[name])) if _alike(place.shape, wanted.get(name)) else place
        for name, place in weights.places.items()
    }
    return WeightFile(weights.path, places)


def _alike(shape: Sequence[int], wanted: Sequence[int] | None) -> bool:
    return wanted is not None and [n for n in shape if n != 1] == [n for n in wanted if n != 1]
