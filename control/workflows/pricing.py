"""What the nodes of a workflow cost, by the price table of all work."""

from collections.abc import Mapping
from typing import Any

from control.billing import prices
from control.workflows.known import Known
from control.workflows.shapes import SIZED, Seen
from control.workflows.steps import ASSUMED, checkpoints_of, size_of
from control.workflows.types import Size


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


def _given(node: Seen, name: str) -> Any:
    """An input as `NodeType.pixels` is asked with: a size that is not known is assumed."""
    value = node.inputs.get(name)
    unknown = value is None and name in node.links and node.node.kind.inputs[name].type in SIZED
    return (next((one for one in node.outputs if isinstance(one, Size)), ASSUMED)) if unknown else value
