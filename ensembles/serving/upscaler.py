"""A published upscaler: `image` fp32 [B,3,h,w] in 0..1 → `upscaled` fp32 [B,3,kh,kw]."""

from typing import TYPE_CHECKING, Any

import triton_python_backend_utils as pb

from ensembles.serving.checkpoints import own_folder
from ensembles.serving.progress import working
from ensembles.serving.tensors import BadInput, array, error_response, tensor
from ensembles.upscaler import INPUT, OUTPUT

if TYPE_CHECKING:
    from ensembles.engine.upscaling import UpscalingNetwork


class TritonPythonModel:
    """Loads its network at the first request: most servers have several upscalers, and few pictures ask for them."""

    def initialize(self, args: dict[str, str]) -> None:
        """Remembers where the network is."""
        self.folder = own_folder(args)
        self.network: UpscalingNetwork | None = None

    def execute(self, requests: list[Any]) -> list[Any]:
        """One after another: a convolution gains nothing from a batch, and memory grows with it."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        from ensembles.engine.errors import EngineError
        from ensembles.engine.upscaling import UpscalingNetwork

        try:
            image = array(request, INPUT)
            if image is None:
                raise BadInput(f"{INPUT}: it is needed.")
            if self.network is None:
                with working():
                    self.network = UpscalingNetwork(self.folder)
            return pb.InferenceResponse([tensor(OUTPUT, self.network.run(image, working))])
        except EngineError as error:
            return error_response(BadInput(str(error)))
        except Exception as error:
            return error_response(error)
