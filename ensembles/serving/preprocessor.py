"""A published preprocessor: `image` fp32 [B,3,h,w] in 0..1 → `hint` of the same shape; of poses `keypoints` as well."""

from pathlib import Path
from typing import Any

import numpy as np

from ensembles.preprocessor import KEYPOINTS, OUTPUT
from ensembles.serving.pictures import PictureModel
from ensembles.serving.tensors import tensor


class TritonPythonModel(PictureModel):
    """One preprocessor."""

    def open(self, folder: Path) -> Any:
        """Its network."""
        from ensembles.engine.preprocessing import PreprocessingNetwork

        return PreprocessingNetwork(folder)

    def tensors(self, made: Any) -> list[Any]:
        """Hints, and of poses the people as JSON."""
        found = [tensor(OUTPUT, np.stack([np.moveaxis(hint.pixels, -1, 0) for hint in made]))]
        if KEYPOINTS in self.network.said.outputs:
            texts = np.array([[hint.keypoints.encode()] for hint in made], np.object_)
            found.append(tensor(KEYPOINTS, texts))
        return found
