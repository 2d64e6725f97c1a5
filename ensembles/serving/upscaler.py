"""A published upscaler: `image` fp32 [B,3,h,w] in 0..1 → `upscaled` fp32 [B,3,kh,kw]."""

from pathlib import Path
from typing import Any

from ensembles.serving.pictures import PictureModel
from ensembles.serving.tensors import tensor
from ensembles.upscaler import OUTPUT


class TritonPythonModel(PictureModel):
    """One upscaler."""

    def open(self, folder: Path) -> Any:
        """Its network."""
        from ensembles.engine.upscaling import UpscalingNetwork

        return UpscalingNetwork(folder)

    def tensors(self, made: Any) -> list[Any]:
        """The larger pictures."""
        return [tensor(OUTPUT, made)]
