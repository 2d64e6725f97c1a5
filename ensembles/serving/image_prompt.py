"""`image_prompt`: MODEL and IMAGE → TOKENS and NEGATIVE, through an IP-Adapter of the registry."""

from typing import TYPE_CHECKING, Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.engine.errors import EngineError
from ensembles.engine.sessions import Sessions, variants_limit
from ensembles.serving import adapters
from ensembles.serving.fields import MODEL
from ensembles.serving.progress import working
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor

if TYPE_CHECKING:
    from ensembles.engine.image_prompt import ImagePrompt

MAX_PICTURES, MAX_SIDE = 64, 8192
MAX_RATIO = 20
"""Of the sides: only the middle square is looked at, and a strip would be made very long for it."""


class TritonPythonModel:
    """Loads an IP-Adapter and its image encoder at their first request; those used longest ago are given up."""

    def initialize(self, args: dict[str, str]) -> None:
        """Nothing is loaded yet."""
        self.adapters: Sessions[ImagePrompt] = Sessions(variants_limit(), pinned=0)

    def execute(self, requests: list[Any]) -> list[Any]:
        """One after another."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        try:
            name, image = scalar(request, MODEL), array(request, "IMAGE")
            if name is None:
                raise BadInput("MODEL: send the SHA-256 of an IP-Adapter, or the name of one of everybody's.")
            picture = _checked(image)
            about = adapters.about("ip_adapter", name, "MODEL")
            with working():
                prompt = self._loaded(about.sha256, about.bytes)
                tokens, negative = prompt.tokens(picture), prompt.negative()
            return pb.InferenceResponse([tensor("TOKENS", tokens), tensor("NEGATIVE", negative)])
        except EngineError as error:
            return error_response(BadInput(f"MODEL: {error}"))
        except Exception as error:
            return error_response(error)

    def _loaded(self, sha256: str, size: int) -> "ImagePrompt":
        # Imported late: few servers are ever asked, and their memory is not to hold it.
        from ensembles.engine.image_prompt import ImagePrompt, encoder_bytes

        home = adapters.home()
        return self.adapters.get(
            sha256, 2 * (size + encoder_bytes(home, sha256)), lambda: ImagePrompt(home, sha256)
        )


def _checked(image: Any) -> Any:
    """The pictures; raises `BadInput` where there is none that can be looked at."""
    if image is None or image.ndim != 4 or image.shape[-1] != 3 or image.dtype != np.float32:
        raise BadInput("IMAGE: send pictures, fp32 [N,H,W,3] in 0..1.")
    count, height, width, _ = image.shape
    if not 1 <= count <= MAX_PICTURES or min(height, width) < 1 or max(height, width) > MAX_SIDE:
        raise BadInput(f"IMAGE: send 1 to {MAX_PICTURES} pictures of 1 to {MAX_SIDE} pixels a side.")
    if max(height, width) > MAX_RATIO * min(height, width):
        raise BadInput(
            f"IMAGE: a side is more than {MAX_RATIO} times the other; cut it to what is to be seen."
        )
    if not np.isfinite(image).all():
        raise BadInput("IMAGE: a value is not finite; send numbers in 0..1.")
    return image
