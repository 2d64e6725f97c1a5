"""What the nodes of a workflow cost, by the price table of all work."""

import math
from collections.abc import Mapping
from typing import Any

from control.billing import prices
from control.workflows.known import Known
from control.workflows.nodes.pure import size_of as size_of_value
from control.workflows.shapes import SIZED, Seen
from control.workflows.steps import ASSUMED, checkpoints_of, size_of
from control.workflows.types import Size, Unfit


def lines_of(node: Seen, seen: Mapping[str, Seen], known: Known) -> list[prices.PriceLine]:
    """The lines of its price; empty for what costs nothing."""
    kind = node.node.kind
    size = size_of(node)
    what = f"{kind.name} of {size.width}x{size.height} (node {node.node.id[:50]})"
    if kind.item:
        item: Any = kind.item
        return [prices.line(item, what, prices.RATES[item].amount, size.pictures)]
    if kind.pixels is None:
        return []
    pixels = kind.pixels(**{name: _given(node, name) for name in kind.inputs})
    # Each picture is rounded up, as those of a plain request are.
    each = prices.by_area("txt2img", pixels / size.pictures)
    found = [prices.line("txt2img", what, each, size.pictures)]
    for name in checkpoints_of(node, seen):
        family = prices.FAMILIES.get(known.checkpoints[name].architecture.partition("-")[0])
        if family is not None:
            more = each * (prices.RATES[family].amount - 1)
            found.append(
                prices.line(family, f"{name} is of the {family.upper()} family", more, size.pictures)
            )
            break
    return found


def pixels_of(node: Seen) -> int:
    """The most pixels that its price is for, where that had to be assumed; else 0."""
    kind = node.node.kind
    priced = kind.item or kind.pixels is not None
    return math.prod(ASSUMED) if priced and any(_unknown(node, name) for name in kind.inputs) else 0


def check_paid(most: int, inputs: Mapping[str, Any]) -> None:
    """Raises `Unfit` where a node whose price is for `most` pixels (`PlanNode.pixels`, if not 0) got more.

    `inputs` are the values that it runs with.
    """
    for name, value in inputs.items():
        size = size_of_value(value)
        if most and isinstance(size, Size) and math.prod(size) > most:
            raise Unfit(
                name,
                f"{size.pictures} x {size.width} x {size.height} pixels are more than the {most} that were set aside for: "
                "their size was not known when this was submitted. Make it smaller, or load it another way.",
            )


def _unknown(node: Seen, name: str) -> bool:
    """Is it a picture, latent or mask of a size that is not known?"""
    return name in node.links and node.inputs.get(name) is None and node.node.kind.inputs[name].type in SIZED


def _given(node: Seen, name: str) -> Any:
    """An input as `NodeType.pixels` is asked with: a size that is not known is assumed."""
    return ASSUMED if _unknown(node, name) else node.inputs.get(name)
