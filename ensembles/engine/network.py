"""One network of a published checkpoint, ready to run."""

import math
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import onnxruntime as ort

from ensembles.engine.adapted import Adapter
from ensembles.engine.batching import Array, Arrays, join, largest_batch
from ensembles.engine.bind import bind, run_options
from ensembles.engine.compiled import FOLDER as COMPILED
from ensembles.engine.errors import EngineError, Refused
from ensembles.engine.extended import OPTIONAL, Extended
from ensembles.engine.graph import PARTS, Port, read_meta
from ensembles.engine.int8 import published_int8
from ensembles.engine.sessions import WAIT, Sessions, variants_limit
from ensembles.engine.tuned import buckets_in_force, read_tuning
from ensembles.engine.wanted import Wanted, wanted
from ensembles.engine.weights import open_weights
from ensembles.manifest import Manifest, read_manifest

_SIZED_INPUTS = {"unet": "sample", "vae-encoder": "image", "vae-decoder": "latent"}
"""network → the input whose last two axes are a picture's height and width"""
_LATENT_INPUTS = frozenset({"sample", "latent"})


def cells(manifest: Manifest, pixels: int) -> int:
    """Latent cells along an axis of so many pixels."""
    return -(-pixels // manifest.vae_factor)


class Network:
    """A graph of `folder` (`models/NAME`) with its weights bound, and the variants of it that requests name.

    `name` is text-encoder, unet, vae-encoder or vae-decoder. `threads` defaults to
    $STUDIO_ENGINE_THREADS, `providers` to what there is ($STUDIO_PROVIDERS). `int8` is a file of linear
    layers in 8 bits, None for none; by default the one that `studio quantize` left, if it did. `wait` is for how
    many seconds a variant waits for room in the memory before its requests are told `NotYet`. Raises
    `EngineError` when the folder does not hold a network that fits together.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        threads: int | None = None,
        providers: Sequence[str] | None = None,
        int8: Path | Literal["published"] | None = "published",
        wait: float = WAIT,
    ) -> None:
        if name not in PARTS:
            raise EngineError(f"There is no network {name!r}; there are {', '.join(PARTS)}.")
        self.name = name
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder / "manifest.json")
        self.meta = read_meta(folder / "graphs" / f"{name}.json")
        self._tuning = read_tuning(folder)
        self._run_options = run_options()
        self._threads, self._providers = threads, providers
        self._int8 = published_int8(folder, name) if int8 == "published" else int8
        self._weights = open_weights(folder, PARTS[name])
        self._session = bind(
            self._graph,
            self._weights,
            self.meta.parameters,
            threads,
            providers,
            self._int8,
            folder / COMPILED / name,
        )
        self._size = 4 * sum(math.prod(shape) for shape in self.meta.parameters.values())
        home = folder.absolute().parent.parent
        self._adapter = Adapter(home, self.manifest, name, self._weights, self.meta.parameters)
        self._wait = wait
        self._variants: Sessions[ort.InferenceSession] = Sessions(variants_limit(), wait=wait)
        self._making = threading.Lock()
        self._extended: Extended | None = None

    @property
    def _graph(self) -> Path:
        return self.folder / "graphs" / f"{self.name}.onnx"

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Outputs by name for one batch; axis 0 of every array is the sample.

        Raises `EngineError` for a missing or unknown input, a wrong dtype or shape, and a failed run.
        """
        (made,) = self.run_many([inputs])
        if isinstance(made, EngineError):
            raise made
        return made

    def _run(self, inputs: Arrays) -> dict[str, Array]:
        return self._run_in(self._session, inputs)

    def _run_in(self, session: ort.InferenceSession, inputs: Arrays) -> dict[str, Array]:
        names = [port.name for port in self.meta.outputs]
        arrays = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        try:
            outputs = session.run(names, arrays, self._run_options)
        except Exception as error:  # onnxruntime raises classes of its own, one per status code
            raise EngineError(f"{self.name} failed: {error}") from error
        return dict(zip(names, outputs, strict=True))

    def ready(self, request: Arrays) -> bool:
        """Whether `run_many` would answer `request` without loading anything first; True for a bad request too."""
        return self.missing(request) is None

    def missing(self, request: Arrays) -> Hashable:
        """What has to be loaded first for `request`, equal for requests that want the same; None where nothing has to.

        What is there stays for some seconds, so that `run_many` finds it.
        """
        try:
            asked = self._wanted(request)
            if asked.extended and not self._beside().ready(asked.variant):
                return asked.key
            there = self._is_plain(asked) or self._session_for(asked).session in self._variants
            return None if there else asked.key
        except EngineError:
            return None

    def run_many(self, requests: Sequence[Arrays]) -> list[dict[str, Array] | EngineError]:
        """Outputs, or the error, of each request, in order; those of one variant and shape share runs.

        A run holds at most `Manifest.max_batch` samples of its size; a bad request fails alone. A variant that is not
        `ready` is made first, which takes seconds. Safe to call from several threads.
        """
        results: list[dict[str, Array] | EngineError] = [{} for _ in requests]
        groups: dict[tuple[str, bool], list[tuple[int, Wanted]]] = {}
        for place, request in enumerate(requests):
            try:
                asked = self._wanted(request)
                self._check(asked)
            except EngineError as error:
                results[place] = Refused(str(error))
            else:
                groups.setdefault(asked.key, []).append((place, asked))
        for members in groups.values():
            made: Sequence[dict[str, Array] | EngineError]
            try:
                with self._runner(members[0][1]) as runner:
                    made = join([asked.inputs for _, asked in members], runner, self._largest_batch)
            except EngineError as error:
                made = [error] * len(members)
            except Exception as error:  # of this variant's files: no reason to fail the others
                failed = EngineError(f"{self.name} failed: {error}")
                failed.__cause__ = error
                made = [failed] * len(members)
            for (place, _), one in zip(members, made, strict=True):
                results[place] = one
        return results

    def _wanted(self, request: Arrays) -> Wanted:
        asked = wanted(self.name, request)
        if not asked.variant.loras:
            return asked
        # One that changes another network alone leaves this one as it is, and its requests in the others' batches.
        loras = self._adapter.concerning(asked.variant.loras)
        return replace(asked, variant=msgspec.structs.replace(asked.variant, loras=loras))

    @staticmethod
    def _is_plain(asked: Wanted) -> bool:
        return not asked.extended and not asked.variant.loras and not asked.variant.seamless

    def _session_for(self, asked: Wanted) -> Wanted:
        """The request as the sessions that there are answer it: the extended UNet is the plain one with more inputs."""
        if self.name != "unet" or asked.extended or asked.session in self._variants:
            return asked
        extended = replace(asked, extended=True)
        return extended if extended.session in self._variants else asked

    @contextmanager
    def _runner(self, asked: Wanted) -> Iterator[Callable[[dict[str, Array]], dict[str, Array]]]:
        """What runs a batch of the variant."""
        if self._is_plain(asked):
            yield self._run
            return
        asked = self._session_for(asked)
        instead = [replace(asked, extended=False).session] if asked.extended else []
        with self._variants.using(
            asked.session, self._size, lambda: self._made(asked), instead=instead
        ) as session:
            if asked.extended:
                beside, variant = self._beside(), asked.variant
                yield lambda inputs: beside.run(lambda arrays: self._run_in(session, arrays), variant, inputs)
            else:
                yield lambda inputs: self._run_in(session, inputs)

    def _made(self, asked: Wanted) -> ort.InferenceSession:
        return bind(
            self._graph,
            self._weights,
            self.meta.parameters,
            self._threads,
            self._providers,
            self._int8,
            adapted=self._adapter.adapt(asked.variant.loras),
            seamless=asked.variant.seamless,
            extended=asked.extended,
        )

    def _beside(self) -> Extended:
        with self._making:
            if self._extended is None:
                self._extended = Extended(
                    self.folder, self._adapter.home, self._threads, self._providers, self._wait
                )
            return self._extended

    def _largest_batch(self, inputs: Arrays) -> int | None:
        sized = _SIZED_INPUTS.get(self.name)
        if sized is None:
            return None
        factor = self.manifest.vae_factor if sized in _LATENT_INPUTS else 1
        return largest_batch(
            buckets_in_force(self.manifest.max_batch, self._tuning), max(inputs[sized].shape[-2:]) * factor
        )

    def _check(self, asked: Wanted) -> None:
        own: Mapping[str, Array] = asked.inputs
        if asked.extended:
            own = {name: array for name, array in asked.inputs.items() if name not in OPTIONAL}
        expected = {port.name for port in self.meta.inputs}
        if set(own) != expected:
            raise EngineError(f"{self.name} takes {sorted(expected)}, not {sorted(own)}.")
        free: dict[str, int] = {}
        for port in self.meta.inputs:
            _check_port(self.name, port, own[port.name], free)
        if asked.extended:
            self._beside().check(asked.variant, asked.inputs)


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
