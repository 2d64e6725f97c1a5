"""What the nodes of a workflow cost, by the price table of all work."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from control.billing import prices
from control.workflows.known import Known
from control.workflows.nodes.pure import size_of as size_of_value
from control.workflows.plan import PlanNode
from control.workflows.shapes import SIZED, Seen, leading
from control.workflows.steps import ASSUMED, checkpoints_of, size_of, worked_on
from control.workflows.types import Folder, NodeType, Size, Unfit
from control.workflows.uses import Use, Uses, at_work

VAE = ("vae_encode", "vae_decode")


ADAPTERS: Mapping[Folder, prices.Item] = {
    "loras": "lora",
    "controlnet": "controlnet",
    "ipadapter": "controlnet",
}
"""Folder of a file of the registry → the row that each picture which it is at work in is charged by."""

WITHOUT_SAMPLING: Mapping[str, Folder] = {"text_encode": "loras", "image_prompt": "ipadapter"}
"""What a node asks for → folder of files that are at work in the answer, whether or not anything is sampled with it."""


def lines_of(
    node: Seen,
    seen: Mapping[str, Seen],
    known: Known,
    beyond: float,
    used: Sequence[Use],
    charged: set[tuple[Folder, str]],
) -> list[prices.PriceLine]:
    """The lines of its price; empty for what costs nothing. `beyond`: its share of `surplus`; `used`: files at work;
    `charged`: those that were charged for before, to which it adds."""
    kind = node.node.kind
    size = size_of(node)
    what = f"{kind.name} of {size.width}x{size.height} (node {node.node.id[:50]})"
    if beyond:
        return [prices.line("vae", what, prices.by_area("vae", beyond), 1)]
    if kind.item:
        item: Any = kind.item
        rate = prices.RATES[item]
        each = rate.amount if rate.unit == "picture" else prices.by_pixels(item, size.width, size.height)
        return [prices.line(item, what, each, size.pictures)]
    if kind.pixels is None:
        return []
    # Each picture is rounded up, as those of a plain request are.
    each = prices.by_area("txt2img", _sampled(node) / size.pictures)
    found = [prices.line("txt2img", what, each, size.pictures)]
    for name in checkpoints_of(node, seen):
        family = prices.FAMILIES.get(known.checkpoints[name].architecture.partition("-")[0])
        if family is not None:
            more = each * (prices.RATES[family].amount - 1)
            found.append(
                prices.line(family, f"{name} is of the {family.upper()} family", more, size.pictures)
            )
            break
    share = min(1.0, _sampled(node) / math.prod(size)) if kind.asks == "sampler" else 0.0
    for use in used if share else ():
        if (item := ADAPTERS.get(use.folder)) is not None:
            # A changed network is made once, however few steps it is asked for.
            whole = use.folder == "loras" and (use.folder, use.name) not in charged
            of_one = math.ceil(prices.RATES[item].amount * (1 if whole else share))
            found.append(prices.line(item, f"{item} {use.name}", of_one, size.pictures))
            charged.add((use.folder, use.name))
    return found


def unsampled(
    needed: Mapping[str, Seen], used: Uses, charged: set[tuple[Folder, str]]
) -> dict[str, list[prices.PriceLine]]:
    """Nodes → lines of LoRAs in text encoders and of image prompts that no sampling was charged for: each once."""
    found: dict[str, list[prices.PriceLine]] = {}
    for name, node in needed.items():
        folder = WITHOUT_SAMPLING.get(node.node.kind.asks or "")
        if folder is None:
            continue
        for use in at_work(node, used, made=True):
            if use.folder == folder and (use.folder, use.name) not in charged:
                charged.add((use.folder, use.name))
                item = ADAPTERS[folder]
                line = prices.line(item, f"{item} {use.name}", prices.RATES[item].amount, 1)
                found.setdefault(name, []).append(line)
    return found


def surplus(needed: Mapping[str, Seen]) -> dict[str, int]:
    """VAE nodes → pixels that they encode or decode beyond what comes with sampling: all that is sampled, once each."""
    sampled = sum(
        math.prod(size_of(node))
        for node in needed.values()
        if node.node.kind.pixels is not None and _sampled(node) > 0
    )
    left = dict.fromkeys(VAE, sampled)
    found: dict[str, int] = {}
    for name, node in needed.items():
        asks = node.node.kind.asks
        if asks in left:
            pixels = math.prod(worked_on(node))
            found[name] = max(0, pixels - left[asks])
            left[asks] = max(0, left[asks] - pixels)
    return found


def paid(node: Seen, known: Known) -> tuple[int, int, int]:
    """`PlanNode.pixels`, `PlanNode.pictures` and `PlanNode.area`."""
    kind = node.node.kind
    if not kind.item and kind.pixels is None and kind.asks not in VAE:
        return 0, 0, known.max_pixels if kind.output else 0
    size = worked_on(node)
    return math.prod(size), size.pictures if kind.item else 0, 0


def check_paid(node: PlanNode, kind: NodeType, inputs: Mapping[str, Any]) -> None:
    """Raises `Unfit` where a node got more than was looked at when it was submitted; `inputs` are what it runs with."""
    given = {name for name, value in inputs.items() if value is not None}
    name = leading(kind, given)
    size = size_of_value(inputs[name]) if name is not None else None
    if name is None or not isinstance(size, Size):
        return
    bounds = (
        (math.prod(size), node.pixels, f"{size.pictures} x {size.width} x {size.height} pixels",
         "that were set aside for when this was submitted. Make it smaller, or load it another way"),
        (size.pictures, node.pictures, f"{size.pictures} pictures",
         "that were set aside for when this was submitted. Send fewer at a time"),
        (size.width * size.height, node.area, f"{size.width} x {size.height} pixels",
         "that a picture of your tier may have. Make it smaller, or move to another tier"),
    )  # fmt: skip
    for found, most, what, why in bounds:
        if most and found > most:
            raise Unfit(name, f"{what} are more than the {most} {why}.")


def _sampled(node: Seen) -> float:
    """Priced pixels; sizes that are not known are assumed."""
    kind = node.node.kind
    assert kind.pixels is not None
    return kind.pixels(**{name: _given(node, name) for name in kind.inputs})


def _given(node: Seen, name: str) -> Any:
    """An input as `NodeType.pixels` is asked with."""
    value, types = node.inputs.get(name), node.node.kind.inputs[name].type.split(",")
    return ASSUMED if value is None and name in node.links and SIZED.intersection(types) else value
