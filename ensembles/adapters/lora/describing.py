"""What a LoRA file is, from the names and shapes of its tensors and its trainer's notes."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from ensembles.adapters.about import About
from ensembles.adapters.lora.changes import rank_of
from ensembles.adapters.lora.families import family_of, width_of
from ensembles.adapters.lora.reading import KEPT_SETTINGS, MAX_ALPHA, LoraFile, read_lora, read_settings
from ensembles.engine.errors import EngineError

_PARTS = {"unet": "UNet", "te1": "text encoder", "te2": "second text encoder"}
_WORDS = 20
"""Trigger words that are noted at most."""


def describe(path: Path, name: str, sha256: str) -> About:
    """The description of the LoRA at `path`: a pass over its bytes, because NaN is refused.

    Raises `EngineError`, one sentence, for what is no LoRA, or is one of a kind that cannot be used.
    """
    file = read_lora(path)
    weights = file.weights()
    for tensor in file.places:
        if not weights.is_finite(tensor):
            raise EngineError(
                f"{path.name}: {tensor} holds NaN or infinity; download or train the LoRA again."
            )
    for layer in file.layers:
        if (alpha := layer.tensors.get("alpha")) and not abs(weights.tensor(alpha).max()) <= MAX_ALPHA:
            raise EngineError(f"{path.name}: {alpha} is above {MAX_ALPHA:g}; train or save the LoRA again.")
    return About(
        type="lora",
        name=name,
        sha256=sha256,
        bytes=path.stat().st_size,
        layout=file.layout,
        base=family_of(file),
        width=width_of(file),
        details=_details(file),
    )


def _details(file: LoraFile) -> dict[str, Any]:
    kinds = Counter(layer.kind for layer in file.layers if layer.kind)
    ranks = sorted({rank for layer in file.layers if (rank := rank_of(layer.shapes))})
    details: dict[str, Any] = {
        "kinds": dict(kinds),
        "rank": ranks[0] if len(ranks) == 1 else ranks,
        "parts": [words for part, words in _PARTS.items() if any(one.part == part for one in file.layers)],
        "layers": len(file.layers),
    }
    if any({"dora_scale", "magnitude"} & layer.tensors.keys() for layer in file.layers):
        details["decomposed"] = True
    if settings := read_settings(file.path):
        details[KEPT_SETTINGS] = settings
    if words := _trigger_words(file):
        details["trigger_words"] = words
    if title := file.metadata.get("modelspec.title") or file.metadata.get("ss_output_name"):
        details["title"] = title[:200]
    return details


def _trigger_words(file: LoraFile) -> list[str]:
    """The commonest tags of its training pictures, or the phrase that its author noted."""
    phrase = file.metadata.get("modelspec.trigger_phrase", "")
    if phrase:
        return [phrase[:200]]
    try:
        sets = msgspec.json.decode(
            file.metadata.get("ss_tag_frequency", "{}"), type=dict[str, dict[str, int]]
        )
    except msgspec.MsgspecError:
        return []
    counts: Counter[str] = Counter()
    for tags in sets.values():
        counts.update({tag.strip()[:100]: number for tag, number in tags.items()})
    return [tag for tag, _ in counts.most_common(_WORDS) if tag]
