"""Networks that are given pictures, one model each: loaded when they are first asked."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import triton_python_backend_utils as pb

from ensembles.serving.checkpoints import own_folder
from ensembles.serving.progress import working
from ensembles.serving.tensors import BadInput, array, error_response

INPUT = "image"


class PictureModel(ABC):
    """Loads its network at the first request: most servers have several of them, and few pictures ask for them."""

    def initialize(self, args: dict[str, str]) -> None:
        """Remembers where the network is."""
        self.folder = own_folder(args)
        self.network: Any = None

    def execute(self, requests: list[Any]) -> list[Any]:
        """One after another: a convolution gains nothing from a batch, and memory grows with it."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        from ensembles.engine.errors import EngineError

        try:
            image = array(request, INPUT)
            if image is None:
                raise BadInput(f"{INPUT}: it is needed.")
            if self.network is None:
                with working():
                    self.network = self.open(self.folder)
            return pb.InferenceResponse(self.tensors(self.network.run(image, working)))
        except EngineError as error:
            return error_response(BadInput(str(error)))
        except Exception as error:
            return error_response(error)

    @abstractmethod
    def open(self, folder: Path) -> Any:
        """The network of a published folder."""

    @abstractmethod
    def tensors(self, made: Any) -> list[Any]:
        """Outputs, of what the network gave."""
