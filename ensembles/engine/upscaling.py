"""A published upscaler, ready to run."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime as ort

from ensembles.arrays import Array
from ensembles.engine.bind import default_threads, run_options, session_options
from ensembles.engine.errors import EngineError
from ensembles.engine.providers import choose_providers
from ensembles.imaging.tiling import upscale_tiled, upscaling_layout
from ensembles.upscaler import FILE, GRAPH, INPUT, OUTPUT, read_upscaler


class UpscalingNetwork:
    """The network of `folder` (`upscalers/NAME`).

    `threads` defaults to $STUDIO_ENGINE_THREADS, `providers` to what there is ($STUDIO_PROVIDERS). Raises
    `EngineError` where the folder does not hold a network that loads.
    """

    def __init__(
        self, folder: Path, threads: int | None = None, providers: Sequence[str] | None = None
    ) -> None:
        try:
            self.said = read_upscaler(folder / FILE)
        except (OSError, msgspec.MsgspecError) as error:
            raise EngineError(f"{folder / FILE} does not describe an upscaler: {error}.") from error
        threads = default_threads() if threads is None else threads
        chosen = list(providers) if providers else choose_providers(threads=threads)
        try:
            self._session = ort.InferenceSession(
                str(folder / GRAPH), session_options(threads), providers=chosen
            )
        except Exception as error:  # onnxruntime raises classes of its own, one per status code
            raise EngineError(f"{folder / GRAPH} does not load: {error}") from error
        self._run_options = run_options()

    def run(self, image: Array, around: Callable[[], AbstractContextManager[None]] = nullcontext) -> Array:
        """fp32 [B,3,h,w] in 0..1 → fp32 [B,3,kh,kw] in 0..1; in tiles, so that memory does not grow with the picture.

        `around` is entered for each tile. Raises `EngineError` for another shape or type, values that are not numbers,
        and a failed run.
        """
        if image.ndim != 4 or image.shape[1] != 3 or not image.size or image.dtype != np.float32:
            raise EngineError(
                f"{INPUT}: send fp32 [B,3,h,w] with at least one pixel, not {image.dtype} {list(image.shape)}."
            )
        if not np.isfinite(image).all():
            raise EngineError(f"{INPUT}: some values are not finite numbers; send 0..1.")

        async def network(tile: Array) -> Array:
            with around():
                return self._run(tile)

        layout = upscaling_layout(self.said.tile, self.said.overlap)
        return asyncio.run(upscale_tiled(image, network, self.said.scale, layout))

    def _run(self, tile: Array) -> Array:
        try:
            (made,) = self._session.run([OUTPUT], {INPUT: tile}, self._run_options)
        except Exception as error:
            raise EngineError(f"{self.said.name} failed: {error}") from error
        return np.asarray(made)
