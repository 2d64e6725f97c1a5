"""From a prompt to what the UNet attends to: chunks, one encoder call, weights."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ensembles.text import syntax
from ensembles.text.errors import PromptError
from ensembles.text.tokens import CHUNK, MAX_CHUNKS, Chunk, ClipTokenizer, Word, chunks, words

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

Encoder = Callable[[I64, I64, F32, F32], Awaitable[tuple[F32, F32]]]
"""(input_ids [B,77], clip_skip [B,1], replace_mask [B,77], replace_values [B,77,C])
→ (hidden_state [B,77,C], pooled [B,C]). B goes up to 17."""
Embeddings = Callable[[str], F32 | None]
"""name → f32[n,C], or None when there is no embedding of that name"""


class Conditioning(NamedTuple):
    """A prompt, encoded."""

    context: F32
    """[77 × chunks, C]"""
    pooled: F32
    """[C], or [P] where the encoder projects it; of the first chunk, unweighted"""
    tokens: list[int]
    """tokens in each chunk, BOS, EOS and padding not counted"""
    warnings: list[str]
    """sentences for the user: embeddings that were not found"""


async def encode(
    prompt: str,
    tokenizer: ClipTokenizer,
    encoder: Encoder,
    *,
    width: int,
    clip_skip: int = 1,
    embeddings: Embeddings | None = None,
) -> Conditioning:
    """`prompt` through the text encoder, in one batch, chunks joined on the token axis.

    Where some weight is not 1, the empty prompt travels in the same batch, and each position becomes
    `z_empty + (z − z_empty)·w`, without renormalising (facts/diffusion.md, "Guidance, latents, text").

    `width` is C, the encoder's hidden size. `clip_skip` 1 takes the last layer, 2 the one before.
    An embedding that is not found leaves nothing in the prompt and one warning.

    Raises `PromptError` for a prompt that is no text or too long, for `clip_skip` below 1, and for an
    embedding whose width is not C.
    """
    found, warnings = laid_out(prompt, tokenizer, width=width, clip_skip=clip_skip, embeddings=embeddings)
    return await encoded(found, tokenizer, encoder, width=width, layer=clip_skip, warnings=warnings)


def laid_out(
    prompt: str,
    tokenizer: ClipTokenizer,
    *,
    width: int,
    clip_skip: int = 1,
    embeddings: Embeddings | None = None,
    most: int = MAX_CHUNKS,
) -> tuple[list[Chunk], list[str]]:
    """`prompt` in chunks, one at least and `most`, and sentences for the user; raises `PromptError` as `encode` does."""
    if clip_skip < 1:
        raise PromptError(f"clip_skip is {clip_skip}; 1 is the last layer, 2 the one before: use 1 or more.")
    found, warnings = _words(prompt, tokenizer, width, embeddings or (lambda _: None))
    return chunks(tokenizer, found, most), warnings


async def encoded(
    rows: list[Chunk],
    tokenizer: ClipTokenizer,
    encoder: Encoder,
    *,
    width: int,
    layer: int,
    warnings: list[str],
) -> Conditioning:
    """`rows` through the text encoder in one batch; `layer` is counted from the network's last, which is 1."""
    weights = np.stack([row.weights for row in rows])
    weighted = bool((weights != 1).any())

    hidden, pooled = await encoder(*_batch(rows + chunks(tokenizer, []) * weighted, width, layer))
    context = np.asarray(hidden[: len(rows)], np.float32)
    if weighted:
        empty = np.asarray(hidden[-1], np.float32)
        context = (context - empty) * weights[..., None] + empty
    return Conditioning(
        np.ascontiguousarray(context.reshape(-1, width)),
        np.asarray(pooled[0], np.float32),
        [row.used for row in rows],
        warnings,
    )


def _words(
    prompt: str, tokenizer: ClipTokenizer, width: int, embeddings: Embeddings
) -> tuple[list[Word], list[str]]:
    found: list[Word] = []
    warnings: list[str] = []
    for span in syntax.parse(prompt):
        for piece in syntax.pieces(span.text):
            if isinstance(piece, str):
                found += words(tokenizer, piece, span.weight)
                continue
            name, vectors, rest = _look_up(piece.name, embeddings)
            if vectors is None:
                warnings.append(f"There is no embedding named {name!r}; the prompt was encoded without it.")
            else:
                _check_width(name, vectors, width)
                ids = [tokenizer.stand_in] * len(vectors)
                found.append(Word(ids, span.weight, np.asarray(vectors, np.float32)))
            found += words(tokenizer, rest, span.weight)
    return found, warnings


def _look_up(name: str, embeddings: Embeddings) -> tuple[str, F32 | None, str]:
    """The embedding, and what of the written name is text: `embedding:dusk.` may end a sentence."""
    vectors = embeddings(name)
    bare = name.rstrip(syntax.ENDINGS)
    if vectors is None and bare and bare != name:
        return bare, embeddings(bare), name[len(bare) :]
    return name, vectors, ""


def _check_width(name: str, vectors: F32, width: int) -> None:
    if vectors.ndim != 2 or vectors.shape[1] != width:
        shape = "×".join(str(size) for size in vectors.shape)
        raise PromptError(
            f"The embedding {name!r} holds {shape} numbers and this checkpoint needs vectors of {width}: "
            "it was trained for another family of models; remove it from the prompt."
        )


def _batch(rows: list[Chunk], width: int, clip_skip: int) -> tuple[I64, I64, F32, F32]:
    mask = np.zeros((len(rows), CHUNK), np.float32)
    values = np.zeros((len(rows), CHUNK, width), np.float32)
    for index, row in enumerate(rows):
        for place, vector in row.vectors.items():
            mask[index, place] = 1
            values[index, place] = vector
    ids = np.stack([row.ids for row in rows])
    return ids, np.full((len(rows), 1), clip_skip, np.int64), mask, values
