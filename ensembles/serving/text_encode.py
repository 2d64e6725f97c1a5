"""`text_encode`: a prompt in the field's syntax → conditioning. Triton's response cache keeps what it said."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import triton_python_backend_utils as pb

from ensembles.adapters.store import WEIGHTS, shared
from ensembles.adapters.store import folder as adapter_folder
from ensembles.arrays import Array
from ensembles.engine.variant import PLAIN, Variant, to_text
from ensembles.manifest import TextTower
from ensembles.serving import checkpoints
from ensembles.serving.adapters import about, home, read_variant
from ensembles.serving.fields import EMBEDDINGS, MODEL, PROMPT_2, PROMPTING, VARIANT
from ensembles.serving.request import check_clip_skip
from ensembles.serving.tensors import BadInput, call, error_response, scalar, tensor
from ensembles.serving.warming import towers as told_towers
from ensembles.text.conditioning import Conditioning
from ensembles.text.embeddings import read_embedding, read_vectors
from ensembles.text.tokens import ClipTokenizer, load_tokenizer
from ensembles.text.towers import Tower, TowerEmbeddings, encode_towers

LARGEST_BATCH = 8
"""Chunks at once: the text encoder's max_batch_size in export/repository.py."""


@lru_cache(maxsize=64)
def tokenizer(model: str, pad: int | None) -> ClipTokenizer:
    """The checkpoint's own tokenizer, filling chunks with the token `pad`."""
    return load_tokenizer(checkpoints.folder(model) / "tokenizer", pad)


async def encode_prompt(
    model: str,
    prompts: str | tuple[str, str],
    clip_skip: int,
    variant: Variant = PLAIN,
    embeddings: Mapping[str, str] | None = None,
) -> Conditioning:
    """Conditioning of a prompt by the text encoders of checkpoint `model`; of two prompts, the first is the first one's.

    `embeddings` is name → SHA-256 of textual inversions beside everybody's.
    """
    manifest = checkpoints.manifest(model)
    towers = [_tower(model, told, variant) for told in told_towers(manifest)]
    texts: str | dict[str, str]
    if isinstance(prompts, str):
        texts = prompts
    else:
        if len(towers) < 2:
            raise BadInput(f"PROMPT_2: {model} has one text encoder; send PROMPT alone.")
        texts = {told.network: prompts[min(place, 1)] for place, told in enumerate(manifest.towers)}
    made = await encode_towers(texts, towers, clip_skip=clip_skip, embeddings=_embeddings(embeddings or {}))
    # The field drops an unknown embedding with a warning in a log; over an API nobody would see it.
    if made.warnings:
        raise BadInput(" ".join(made.warnings) + f" Put the file into {checkpoints.embeddings().name}/.")
    return made


def _tower(model: str, told: TextTower, variant: Variant) -> Tower:
    text = to_text(variant).encode()

    async def encoder(
        input_ids: Array, skip: Array, replace_mask: Array, replace_values: Array
    ) -> tuple[Array, Array]:
        arrays = {
            "input_ids": input_ids,
            "clip_skip": skip,
            "replace_mask": replace_mask,
            "replace_values": replace_values,
        }
        if text:
            arrays["variant"] = np.full((len(input_ids), 1), text, np.object_)
        # A long prompt has more chunks than the network takes at once.
        parts = [
            {name: array[start : start + LARGEST_BATCH] for name, array in arrays.items()}
            for start in range(0, len(input_ids), LARGEST_BATCH)
        ]
        answers = await asyncio.gather(
            *(call(f"{model}-{told.network}", part, ["hidden_state", "pooled"]) for part in parts)
        )
        hidden, pooled = zip(*answers, strict=True)
        return np.concatenate(hidden), np.concatenate(pooled)

    return Tower(told, tokenizer(model, told.pad), encoder)


def _embeddings(own: Mapping[str, str]) -> TowerEmbeddings:
    """Those that the request brings, then everybody's: of the registry, and files of `$STUDIO_HOME/embeddings`."""

    def read(name: str, told: TextTower) -> Array | None:
        bare = name.removesuffix(".safetensors")
        sha256 = own.get(bare) or shared_embedding(bare)
        if sha256 is None:
            return read_embedding(checkpoints.embeddings(), name, told.embedding)
        return read_vectors(adapter_folder(home(), sha256) / WEIGHTS, bare, told.embedding)

    return read


def shared_embedding(name: str) -> str | None:
    """SHA-256 of everybody's textual inversion of that name in the registry.

    By name alone: prompts are their writers' own words, and must not reach another organisation's files by content.
    """
    found = shared(home(), "embedding").get(name)
    return None if found is None else found.sha256


def read_embeddings(text: str) -> dict[str, str]:
    """EMBEDDINGS; raises `BadInput` for what is no such object, or names a file that is not there."""
    try:
        given = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadInput(f"EMBEDDINGS: send a JSON object, name → SHA-256 ({error}).") from None
    return {name: about("embedding", sha256, "EMBEDDINGS").sha256 for name, sha256 in given.items()}


class TritonPythonModel:
    """MODEL, PROMPT, CLIP_SKIP and more → CONDITIONING [T,C], POOLED [P]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model = scalar(request, MODEL)
            prompt, _, skip = (scalar(request, field) for field in PROMPTING)
            if model is None or prompt is None:
                raise BadInput("MODEL and PROMPT: both are needed.")
            manifest = checkpoints.manifest(model)
            check_clip_skip(skip, manifest)
            second = scalar(request, PROMPT_2)
            made = await encode_prompt(
                model,
                prompt if second is None else (prompt, second),
                skip,
                msgspec.structs.replace(read_variant(scalar(request, VARIANT), manifest), seamless=""),
                read_embeddings(scalar(request, EMBEDDINGS)),
            )
        except Exception as error:
            return error_response(error)
        return pb.InferenceResponse([tensor("CONDITIONING", made.context), tensor("POOLED", made.pooled)])
