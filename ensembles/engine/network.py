"""One network of a published checkpoint, ready to run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ensembles.engine.batching import Array, Arrays, join, largest_batch
from ensembles.engine.bind import bind, run_options
from ensembles.engine.compiled import FOLDER as COMPILED
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import PARTS, Port, read_meta
from ensembles.engine.int8 import published_int8
from ensembles.engine.tuned import buckets_in_force, read_tuning
from ensembles.engine.weights import open_weights
from ensembles.manifest import Manifest, read_manifest

_SIZED_INPUTS = {"unet": "sample", "vae-encoder": "image", "vae-decoder": "latent"}
"""network → the input whose last two axes are a picture's height and width"""
_LATENT_INPUTS = frozenset({"sample", "latent"})


def cells(manifest: Manifest, pixels: int) -> int:
    """Latent cells along an axis of so many pixels."""
    return -(-pixels // manifest.vae_factor)


class Network:
    """A graph of `folder` (`models/NAME`) with its weights bound.

    `name` is text-encoder, unet, vae-encoder or vae-decoder. `threads` defaults to
    $STUDIO_ENGINE_THREADS, `providers` to what there is ($STUDIO_PROVIDERS). `int8` is a file of linear
    layers in 8 bits, None for none; by default the one that `studio quantize` left, if it did. Raises
    `EngineError` when the folder does not hold a network that fits together.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        threads: int | None = None,
        providers: Sequence[str] | None = None,
        int8: Path | Literal["published"] | None = "published",
    ) -> None:
        if name not in PARTS:
            raise EngineError(f"There is no network {name!r}; there are {', '.join(PARTS)}.")
        self.name = name
        self.manifest: Manifest = read_manifest(folder / "manifest.json")
        self.meta = read_meta(folder / "graphs" / f"{name}.json")
        self._tuning = read_tuning(folder)
        self._run_options = run_options()
        self._session = bind(
            folder / "graphs" / f"{name}.onnx",
            open_weights(folder, PARTS[name]),
            self.meta.parameters,
            threads,
            providers,
            published_int8(folder, name) if int8 == "published" else int8,
            folder / COMPILED / name,
        )

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Outputs by name for one batch; axis 0 of every array is the sample.

        Raises `EngineError` for a missing or unknown input, a wrong dtype or shape, and a failed run.
        """
        self._check(inputs)
        return self._run(inputs)

    def _run(self, inputs: Arrays) -> dict[str, Array]:
        names = [port.name for port in self.meta.outputs]
        arrays = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        try:
            outputs = self._session.run(names, arrays, self._run_options)
        except Exception as error:  # onnxruntime raises classes of its own, one per status code
            raise EngineError(f"{self.name} failed: {error}") from error
        return dict(zip(names, outputs, strict=True))

    def run_many(self, requests: Sequence[Arrays]) -> list[dict[str, Array] | EngineError]:
        """Outputs, or the error, of each request, in order; those of one shape share runs.

        A run holds at most `Manifest.max_batch` samples of its size; a bad request fails alone.
        """
        results: list[dict[str, Array] | EngineError] = []
        good: list[Arrays] = []
        for request in requests:
            try:
                self._check(request)
            except EngineError as error:
                results.append(error)
            else:
                good.append(request)
                results.append({})
        ran = iter(join(good, self._run, self._largest_batch))
        return [result if isinstance(result, EngineError) else next(ran) for result in results]

    def _largest_batch(self, inputs: Arrays) -> int | None:
        sized = _SIZED_INPUTS.get(self.name)
        if sized is None:
            return None
        factor = self.manifest.vae_factor if sized in _LATENT_INPUTS else 1
        return largest_batch(
            buckets_in_force(self.manifest.max_batch, self._tuning), max(inputs[sized].shape[-2:]) * factor
        )

    def _check(self, inputs: Arrays) -> None:
        expected = {port.name for port in self.meta.inputs}
        if set(inputs) != expected:
            raise EngineError(f"{self.name} takes {sorted(expected)}, not {sorted(inputs)}.")
        free: dict[str, int] = {}
        for port in self.meta.inputs:
            _check_port(self.name, port, inputs[port.name], free)


def _check_port(network: str, port: Port, array: Array, free: dict[str, int]) -> None:
    """Compare one array with its port; `free` collects the extents that ports share by name."""
    fits = array.ndim == len(port.shape) and all(
        extent > 0 and extent == (free.setdefault(want, extent) if isinstance(want, str) else want)
        for extent, want in zip(array.shape, port.shape, strict=False)
    )
    if not fits:
        raise EngineError(f"{network}: {port.name} must have shape {port.shape}, not {list(array.shape)}.")
    if array.dtype != np.dtype(port.dtype):
        raise EngineError(f"{network}: {port.name} must be {port.dtype}, not {array.dtype}.")
