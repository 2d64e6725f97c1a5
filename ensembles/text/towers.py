"""A prompt through all text encoders of a checkpoint, whose states stand side by side."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ensembles.manifest import TextTower
from ensembles.text.conditioning import Conditioning, Embeddings, Encoder, encoded, laid_out
from ensembles.text.tokens import ClipTokenizer, chunks

F32 = NDArray[np.float32]

TowerEmbeddings = Callable[[str, TextTower], F32 | None]
"""name, tower → its vectors f32[n, width], or None when there is no embedding of that name"""


class Tower(NamedTuple):
    """One text encoder, ready to be asked."""

    told: TextTower
    tokenizer: ClipTokenizer
    """Filling chunks with `told.pad` (see `load_tokenizer`)"""
    encoder: Encoder


async def encode_towers(
    prompts: str | Mapping[str, str],
    towers: Sequence[Tower],
    *,
    clip_skip: int = 1,
    embeddings: TowerEmbeddings | None = None,
) -> Conditioning:
    """Conditioning whose context is [77 × chunks, sum of the towers' widths], pooled by the last tower.

    `prompts` is one for all, or network → its own: then the shorter ones are filled up with empty chunks. `clip_skip`
    counts layers from the last one; 1 is what the checkpoint was trained with (`TextTower.skip`). Raises `PromptError`
    as `ensembles.text.conditioning.encode` does.
    """
    found = [
        laid_out(
            prompts if isinstance(prompts, str) else prompts[tower.told.network],
            tower.tokenizer,
            width=tower.told.width,
            clip_skip=clip_skip,
            embeddings=_of(tower.told, embeddings),
        )
        for tower in towers
    ]
    longest = max(len(rows) for rows, _ in found)
    made = await asyncio.gather(
        *(
            encoded(
                rows + chunks(tower.tokenizer, []) * (longest - len(rows)),
                tower.tokenizer,
                tower.encoder,
                width=tower.told.width,
                layer=tower.told.layer(clip_skip),
                warnings=warnings,
            )
            for tower, (rows, warnings) in zip(towers, found, strict=True)
        )
    )
    return Conditioning(
        np.concatenate([one.context for one in made], axis=-1),
        made[-1].pooled,
        made[0].tokens,
        list(dict.fromkeys(warning for one in made for warning in one.warnings)),
    )


def _of(told: TextTower, embeddings: TowerEmbeddings | None) -> Embeddings | None:
    return None if embeddings is None else lambda name: embeddings(name, told)
