"""A published preprocessor: `image` fp32 [B,3,h,w] in 0..1 → `hint` of the same shape; of poses `keypoints` as well."""

from typing import TYPE_CHECKING, Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.preprocessor import INPUT, KEYPOINTS, OUTPUT
from ensembles.serving.checkpoints import own_folder
from ensembles.serving.progress import working
from ensembles.serving.tensors import BadInput, array, error_response, tensor

if TYPE_CHECKING:
    from ensembles.engine.preprocessing import Hint, PreprocessingNetwork


class TritonPythonModel:
    """Loads its network at the first request: most servers have several preprocessors, and few pictures ask for them."""

    def initialize(self, args: dict[str, str]) -> None:
        """Remembers where the network is."""
        self.folder = own_folder(args)
        self.network: PreprocessingNetwork | None = None

    def execute(self, requests: list[Any]) -> list[Any]:
        """One after another: a convolution gains nothing from a batch, and memory grows with it."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        from ensembles.engine.errors import EngineError
        from ensembles.engine.preprocessing import PreprocessingNetwork

        try:
            image = array(request, INPUT)
            if image is None:
                raise BadInput(f"{INPUT}: it is needed.")
            if self.network is None:
                with working():
                    self.network = PreprocessingNetwork(self.folder)
            return pb.InferenceResponse(_tensors(self.network.run(image, working), self.network))
        except EngineError as error:
            return error_response(BadInput(str(error)))
        except Exception as error:
            return error_response(error)


def _tensors(made: "list[Hint]", network: "PreprocessingNetwork") -> list[Any]:
    found = [tensor(OUTPUT, np.stack([np.moveaxis(hint.pixels, -1, 0) for hint in made]))]
    if KEYPOINTS in network.said.outputs:
        texts = np.array([[hint.keypoints.encode()] for hint in made], np.object_)
        found.append(tensor(KEYPOINTS, texts))
    return found
