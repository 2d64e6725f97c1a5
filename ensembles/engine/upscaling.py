"""A published upscaler, ready to run."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.bind import run_options
from ensembles.engine.errors import EngineError
from ensembles.engine.standalone import described, open_graph
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
        self.said = described(read_upscaler, folder / FILE, "an upscaler")
        self._session = open_graph(folder / GRAPH, threads, providers)
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
