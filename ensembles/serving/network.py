"""`NAME-unet` and its like: one network of a checkpoint, its weights bound to a shared graph."""

import json
from typing import Any

import triton_python_backend_utils as pb

from ensembles.engine.errors import EngineError
from ensembles.engine.network import Network
from ensembles.serving.checkpoints import own_folder
from ensembles.serving.progress import working
from ensembles.serving.tensors import error_response, tensor


class TritonPythonModel:
    """Requests that Triton's dynamic batcher brings together run as one batch."""

    def initialize(self, args: dict[str, str]) -> None:
        """Binds the weights; a failure leaves the model not ready, with the reason in the log."""
        config = json.loads(args["model_config"])
        name = config["parameters"]["network"]["string_value"]
        self.network = Network(own_folder(args), name)

    def execute(self, requests: list[Any]) -> list[Any]:
        """One response per request, each with its own rows of the joint batch."""
        inputs = [{t.name(): t.as_numpy() for t in request.inputs()} for request in requests]
        with working():
            return [self._response(made) for made in self.network.run_many(inputs)]

    @staticmethod
    def _response(made: dict[str, Any] | EngineError) -> Any:
        if isinstance(made, EngineError):
            return error_response(made)
        return pb.InferenceResponse([tensor(name, value) for name, value in made.items()])
