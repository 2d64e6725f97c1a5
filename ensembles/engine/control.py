"""ControlNets beside a checkpoint's UNet: bound when first used, run for the samples that they count for."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from ensembles.arrays import Array
from ensembles.engine.bind import bind_model, run_options
from ensembles.engine.control_branch import EMBEDDED, HINT, WEIGHTS, control_branch, hint_graph
from ensembles.engine.errors import EngineError, Refused
from ensembles.engine.extension import parameters_of
from ensembles.engine.kept import Kept, Recognised
from ensembles.engine.providers import Choice
from ensembles.engine.registry import open_registered, with_shapes
from ensembles.engine.sessions import VARIABLE, WAIT, Sessions, variants_limit

CPU = "CPUExecutionProvider"
KEPT_HINTS = 128_000_000
"""Bytes of hints as they come, and as many of them as ControlNets see them: one is the same at every step."""


@dataclass(frozen=True, slots=True)
class _ControlNet:
    """One ControlNet's two networks."""

    branch: ort.InferenceSession
    hint: ort.InferenceSession


class Controls:
    """The ControlNets of one checkpoint, `folder` (`models/NAME`), from the registry's files under `home`."""

    def __init__(
        self,
        folder: Path,
        home: Path,
        threads: int | None,
        providers: Sequence[str | Choice] | None,
        wait: float = WAIT,
    ) -> None:
        self._folder, self._home = folder, home
        self._threads, self._providers = threads, providers
        self._nets: Sessions[_ControlNet] = Sessions(variants_limit(), wait=wait)
        self._hints = Kept(KEPT_HINTS)
        self._known = Recognised(KEPT_HINTS)
        self._options = run_options()

    def ready(self, sha256: str) -> bool:
        """Whether the ControlNet is bound."""
        return sha256 in self._nets

    def residuals(self, nets: Sequence[str], inputs: Mapping[str, Array]) -> list[Array] | None:
        """What the ControlNets add at each place, summed; None where none counts for any sample.

        `inputs` are `NAME-unet`'s with `hint` [B,n,3,8h,8w] and `control_weights` [B,n,R], n the number of `nets`. A
        ControlNet is run for the samples alone for which one of its weights is not 0.
        """
        weights = inputs[WEIGHTS]
        active = [np.flatnonzero(weights[:, place].any(axis=1)) for place in range(len(nets))]
        running = [place for place, rows in enumerate(active) if len(rows)]
        if not running:
            return None
        wanted = {nets[place] for place in running}
        sizes = {sha256: self._size(sha256) for sha256 in wanted}
        if len(wanted) > 1 and sum(sizes.values()) > self._nets.limit:
            raise Refused(
                f"These {len(wanted)} ControlNets need {sum(sizes.values()) // 1_000_000} MB at once, more than the "
                f"{self._nets.limit // 1_000_000} MB of {VARIABLE}: use fewer at a time."
            )
        with ExitStack() as using:
            # In one order, so that no two requests wait for each other's.
            bound = {
                sha256: using.enter_context(
                    self._nets.using(sha256, sizes[sha256], partial(self._bound, sha256), wanted)
                )
                for sha256 in sorted(wanted)
            }
            loaded = {place: bound[nets[place]] for place in running}

            def run(place: int) -> list[Array]:
                return self._run(nets[place], loaded[place], place, active[place], inputs)

            # On a CPU each already has all cores: side by side two take as long, or longer.
            if len(running) == 1 or all(net.branch.get_providers()[0] == CPU for net in loaded.values()):
                made = [run(place) for place in running]
            else:
                with ThreadPoolExecutor(len(running)) as pool:
                    made = list(pool.map(run, running))
        return _summed(made, [active[place] for place in running], len(weights))

    def _size(self, sha256: str) -> int:
        weights = open_registered(self._home, sha256, "ControlNet")
        return sum(4 * math.prod(place.shape) for place in weights.places.values())

    def _bound(self, sha256: str) -> _ControlNet:
        weights = open_registered(self._home, sha256, "ControlNet")
        unet = onnx.load(str(self._folder / "graphs" / "unet.onnx"), load_external_data=False)
        weights = with_shapes(weights, parameters_of(unet))
        shapes = {name: place.shape for name, place in weights.places.items()}
        turn = self._folder / "weights" / "unet.safetensors"
        return _ControlNet(
            *(
                bind_model(model, weights, turn, self._threads, self._providers)
                for model in (control_branch(unet, shapes), hint_graph(shapes))
            )
        )

    def _run(
        self, sha256: str, net: _ControlNet, place: int, rows: Array, inputs: Mapping[str, Array]
    ) -> list[Array]:
        """One ControlNet's residuals, times its weights, for `rows`."""
        names = {one.name: one.shape for one in net.branch.get_inputs()}
        whole = len(rows) == len(inputs["sample"])
        given = {
            name: inputs[name] if whole else inputs[name][rows]
            for name in names
            if name not in (EMBEDDED, WEIGHTS)
        }
        # Beside an inpainting UNet a ControlNet sees the latent alone, which comes first.
        given["sample"] = given["sample"][:, : names["sample"][1]]
        given[WEIGHTS] = inputs[WEIGHTS][rows, place]
        given[EMBEDDED] = np.concatenate(
            [self._embedded(sha256, net, inputs[HINT][row : row + 1, place]) for row in rows]
        )
        arrays = {name: np.ascontiguousarray(array) for name, array in given.items()}
        return self._session(net.branch, arrays)

    def _embedded(self, sha256: str, net: _ControlNet, hint: Array) -> Array:
        """What the ControlNet sees of a hint [1,3,8h,8w]."""
        key = sha256.encode() + self._known.key(hint)
        found = self._hints.get(key)
        if found is None:
            (found,) = self._session(net.hint, {HINT: np.ascontiguousarray(hint)})
            self._hints.put(key, found)
        return found

    def _session(self, session: ort.InferenceSession, arrays: dict[str, Array]) -> list[Array]:
        try:
            outputs: list[Array] = session.run(None, arrays, self._options)
        except Exception as error:  # onnxruntime raises classes of its own, one per status code
            raise EngineError(f"A ControlNet failed: {error}") from error
        return outputs


def _summed(made: list[list[Array]], rows: list[Array], samples: int) -> list[Array]:
    """The sum over ControlNets at each place, [samples,c,h,w]; each was run for some `rows`."""
    parts = list(zip(made, rows, strict=True))
    if len(rows[0]) == samples:
        (total, _), *parts = parts
    else:
        total = [np.zeros((samples, *one.shape[1:]), one.dtype) for one in made[0]]
    for own, taken in parts:
        for place, value in enumerate(own):
            if len(taken) == samples:
                total[place] += value
            else:
                total[place][taken] += value
    return total
