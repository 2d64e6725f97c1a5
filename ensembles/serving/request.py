"""`NAME-request`: the first step of the ensemble `NAME-txt2img`.

An ensemble has no constants and no defaults, so this model fills in both: the checkpoint's name, its
own size, and every parameter that was not sent. It refuses bad parameters before anything is computed.
"""

import secrets
from typing import Any

import triton_python_backend_utils as pb

from ensembles.manifest import Manifest
from ensembles.sampling.parameters import check
from ensembles.serving import checkpoints
from ensembles.serving.fields import PROMPTING, SAMPLING, WANTED
from ensembles.serving.tensors import BadInput, error_response, field_tensor, tensor, values


def complete(
    request: Any, model: str, *, size: tuple[int, int] | None = None, denoise: float = 1.0
) -> dict[str, Any]:
    """All parameters of a request, defaults filled in, checked; raises `BadInput`/`ParameterError`.

    `size` is (width, height) in pixels of the picture that it begins with, if any.
    """
    given = values(request, PROMPTING + SAMPLING)
    if given["prompt"] is None:
        raise BadInput("PROMPT: send the text to paint.")
    manifest = checkpoints.manifest(model)
    check_clip_skip(given["clip_skip"], manifest)
    width, height = size or (manifest.default_size, manifest.default_size)
    drawn = {"width": width, "height": height, "seed": secrets.randbits(63)}
    given |= {name: value for name, value in drawn.items() if given[name] is None}
    check(**{field.name.lower(): given[field.name.lower()] for field in SAMPLING}, denoise=denoise)
    return given


def check_clip_skip(clip_skip: int, manifest: Manifest) -> None:
    """Raises `BadInput` for a layer that the text encoder does not have."""
    if not 1 <= clip_skip <= manifest.text_layers:
        raise BadInput(f"CLIP_SKIP: {clip_skip} is not between 1 and {manifest.text_layers}.")


class TritonPythonModel:
    """PROMPT and optional parameters → MODEL and every parameter."""

    def initialize(self, args: dict[str, str]) -> None:
        """Reads which checkpoint this is from where the model stands."""
        self.model = checkpoints.own_folder(args).name

    def execute(self, requests: list[Any]) -> list[Any]:
        """One response per request; errors name the tensor."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        try:
            given = complete(request, self.model)
        except Exception as error:
            return error_response(error)
        filled = [field_tensor(f, given[f.name.lower()]) for f in PROMPTING + SAMPLING]
        if "WANTED" in request.requested_output_names():
            filled += [tensor(name, value) for name, value in WANTED.items()]
        return pb.InferenceResponse([tensor("MODEL", self.model), *filled])
