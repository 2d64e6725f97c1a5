"""Block weights: one number for each block of a UNet, in the order of the field's LoRA block weight tools."""

from collections.abc import Iterable, Sequence

BASE = "BASE"
_ORDER = ("IN", "MID", "OUT")


def block_names(blocks: Iterable[str]) -> list[str]:
    """BASE, then the blocks in order: IN00…, MID, OUT00…."""
    kinds = sorted({block for block in blocks if block not in ("", BASE)}, key=_place)
    return [BASE, *kinds]


def _place(block: str) -> tuple[int, str]:
    return next(place for place, kind in enumerate(_ORDER) if block.startswith(kind)), block


def factors(
    weights: Sequence[float], attending: Sequence[str], all_blocks: Sequence[str]
) -> dict[str, float] | None:
    """Block → factor, for as many numbers as there are blocks with attention, or blocks; None for another number.

    SD has 17 and 26 of them, SDXL 12 and 20, BASE (the text encoders) counted. Where the numbers are for blocks with
    attention, the others get 0, as the field does it; what is in no block keeps 1.
    """
    for names in (attending, all_blocks):
        if len(weights) == len(names):
            given = dict(zip(names, weights, strict=True))
            return {"": 1.0} | {block: given.get(block, 0.0) for block in all_blocks}
    return None
