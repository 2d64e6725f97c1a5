"""`text_encode`: a prompt in the field's syntax → conditioning. Triton's response cache keeps what it said."""

import asyncio
from functools import lru_cache
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.arrays import Array
from ensembles.serving import checkpoints
from ensembles.serving.fields import MODEL, PROMPTING
from ensembles.serving.request import check_clip_skip
from ensembles.serving.tensors import BadInput, call, error_response, scalar, tensor
from ensembles.text.conditioning import Conditioning, encode
from ensembles.text.embeddings import embedding_reader
from ensembles.text.tokens import ClipTokenizer, load_tokenizer

LARGEST_BATCH = 8
"""Chunks at once: the text encoder's max_batch_size in export/repository.py."""


@lru_cache(maxsize=64)
def tokenizer(model: str) -> ClipTokenizer:
    """The checkpoint's own tokenizer."""
    return load_tokenizer(checkpoints.folder(model) / "tokenizer")


async def encode_prompt(model: str, prompt: str, clip_skip: int) -> Conditioning:
    """Conditioning of `prompt` by the text encoder of checkpoint `model`."""

    async def encoder(
        input_ids: Array, skip: Array, replace_mask: Array, replace_values: Array
    ) -> tuple[Array, Array]:
        arrays = {
            "input_ids": input_ids,
            "clip_skip": skip,
            "replace_mask": replace_mask,
            "replace_values": replace_values,
        }
        # A long prompt has more chunks than the network takes at once.
        parts = [
            {name: array[start : start + LARGEST_BATCH] for name, array in arrays.items()}
            for start in range(0, len(input_ids), LARGEST_BATCH)
        ]
        answers = await asyncio.gather(
            *(call(f"{model}-text-encoder", part, ["hidden_state", "pooled"]) for part in parts)
        )
        hidden, pooled = zip(*answers, strict=True)
        return np.concatenate(hidden), np.concatenate(pooled)

    made = await encode(
        prompt,
        tokenizer(model),
        encoder,
        clip_skip=clip_skip,
        width=checkpoints.manifest(model).context_dim,
        embeddings=embedding_reader(checkpoints.embeddings()),
    )
    # The field drops an unknown embedding with a warning in a log; over an API nobody would see it.
    if made.warnings:
        raise BadInput(" ".join(made.warnings) + f" Put the file into {checkpoints.embeddings().name}/.")
    return made


class TritonPythonModel:
    """MODEL, PROMPT, CLIP_SKIP → CONDITIONING [T,C], POOLED [C]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model = scalar(request, MODEL)
            prompt, _, skip = (scalar(request, field) for field in PROMPTING)
            if model is None or prompt is None:
                raise BadInput("MODEL and PROMPT: both are needed.")
            check_clip_skip(skip, checkpoints.manifest(model))
            made = await encode_prompt(model, prompt, skip)
        except Exception as error:
            return error_response(error)
        return pb.InferenceResponse([tensor("CONDITIONING", made.context), tensor("POOLED", made.pooled)])
