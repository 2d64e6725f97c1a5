"""`encode_image`: uint8 pictures → PNG or WebP files."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import triton_python_backend_utils as pb

from ensembles.arrays import Array
from ensembles.imaging.codec import encode_png, encode_webp
from ensembles.serving.fields import FORMAT, METADATA
from ensembles.serving.progress import working
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor

ENCODERS: dict[str, Callable[[Array, dict[str, str]], bytes]] = {"png": encode_png, "webp": encode_webp}


def check_format(kind: str) -> None:
    """Raises `BadInput` for a format that is not written."""
    if kind not in ENCODERS:
        raise BadInput(f"FORMAT: {kind!r} is not one of {', '.join(ENCODERS)}.")


def encode_images(images: Array, kind: str, metadata: Sequence[dict[str, str]]) -> Array:
    """uint8 [N,H,W,3] and the text chunks of each → object [N] of file bytes."""
    if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8:
        raise BadInput(f"IMAGE: send uint8 [N,H,W,3], not {images.dtype} {list(images.shape)}.")
    check_format(kind)
    files = [ENCODERS[kind](image, chunks) for image, chunks in zip(images, metadata, strict=True)]
    return np.array(files, np.object_)


class TritonPythonModel:
    """IMAGE, FORMAT, METADATA → ENCODED."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """One response per request."""
        with working():
            return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:
        try:
            images = array(request, "IMAGE")
            if images is None:
                raise BadInput("IMAGE: send the pictures, uint8 [N,H,W,3].")
            try:
                metadata = msgspec.json.decode(scalar(request, METADATA), type=dict[str, str])
            except msgspec.DecodeError as error:
                raise BadInput(f"METADATA: send a JSON object of texts ({error}).") from None
            files = encode_images(images, scalar(request, FORMAT), [metadata] * len(images))
        except Exception as error:
            return error_response(error)
        return pb.InferenceResponse([tensor("ENCODED", files)])
