"""Which nodes are done together, in what order, and how long each is expected to take."""

from collections.abc import Mapping
from typing import NamedTuple

from control.workflows.known import Known
from control.workflows.plan import Step
from control.workflows.shapes import Seen, leading, weights_of
from control.workflows.types import Size

CALLS = {
    "text_encode": "text_encode", "sampler": "sampler", "vae_encode": "vae_encode", "vae_decode": "vae_decode",
    "upscale": "upscale", "preprocess": "preprocess", "image_prompt": "image_prompt",
}  # fmt: skip
"""What a node asks for → the Triton model that is called."""
ASSUMED = Size(1, 1024, 1024)
"""Where it is not known how large something will be."""
ASSUMED_STEPS = 20
SECONDS_PER_WORK = 1.0
"""Of a step over a megapixel, where nothing was measured yet (control.jobs.tables.Speed)."""
SECONDS = {"text_encode": 0.02, "file": 0.05, "": 0.005}
"""Of a call, whatever the size."""
VAE_EFFORT = 0.5
"""Of a megapixel: as half a step."""
SECONDS_PER_MEGAPIXEL = {
    "vae_encode": VAE_EFFORT,
    "vae_decode": VAE_EFFORT,
    "upscale": 10.0,
    "preprocess": 9.0,
    "": 0.03,
}
_WEIGHTS = {
    "text_encode": frozenset({"CLIP", "*"}), "sampler": frozenset({"MODEL", "GUIDER", "*"}),
    "vae_encode": frozenset({"VAE", "*"}), "vae_decode": frozenset({"VAE", "*"}), "image_prompt": frozenset({"MODEL", "*"}),
}  # fmt: skip


class Cost(NamedTuple):
    """What a node is expected to take."""

    effort: float
    """Steps x pictures x megapixels."""
    seconds: float


def checkpoints_of(node: Seen, seen: Mapping[str, Seen]) -> tuple[str, ...]:
    """Checkpoints whose networks a node calls."""
    types = _WEIGHTS.get(node.node.kind.asks)
    return weights_of(node, seen, types) if types else ()


def size_of(node: Seen) -> Size:
    """How large what a node makes is, or else what it works on."""
    return next((value for value in node.outputs if isinstance(value, Size)), worked_on(node))


def worked_on(node: Seen) -> Size:
    """How large what a node is given is."""
    name = leading(node.node.kind, node.links)
    found = node.inputs.get(name) if name is not None else None
    return found if isinstance(found, Size) else ASSUMED


def cost(node: Seen, seen: Mapping[str, Seen], known: Known) -> Cost:
    """What a node is expected to take."""
    asks, size = node.node.kind.asks, size_of(node)
    megapixels = size.pictures * size.width * size.height / 1e6
    if asks == "sampler":
        effort = steps_of(node, seen) * megapixels
        speed = None
        if known.speeds is not None and (names := checkpoints_of(node, seen)):
            speed = known.speeds.seconds(names[0], f"{size.width}x{size.height}", effort)
        return Cost(effort, effort * SECONDS_PER_WORK if speed is None else speed)
    sized = any(isinstance(value, Size) for value in (*node.outputs, *node.inputs.values()))
    per = SECONDS_PER_MEGAPIXEL.get(asks, SECONDS_PER_MEGAPIXEL[""]) if sized else 0.0
    seconds = SECONDS.get(asks, SECONDS[""]) + per * megapixels
    # As much as so many steps would be. Texts, VAEs and files come with any sampling, and are not counted there either;
    # what VAEs do beyond that is counted for the plan as a whole (control/workflows/pricing.py).
    return Cost(
        0.0 if asks and asks not in {"upscale", "preprocess"} else per * megapixels / SECONDS_PER_WORK,
        seconds,
    )


def steps_of(node: Seen, seen: Mapping[str, Seen]) -> int:
    """How many steps a sampling node does: as it says, or as what gives it its noise levels says."""
    left, looked = [node], set()
    while left:
        one = left.pop()
        steps = one.inputs.get("steps")
        if isinstance(steps, int) and steps > 0:
            start, end = one.inputs.get("start_at_step"), one.inputs.get("end_at_step")
            if isinstance(start, int) and isinstance(end, int):
                return max(1, min(end, steps) - min(start, steps))
            return steps
        for name, link in one.links.items():
            if one.node.kind.inputs[name].type == "SIGMAS" and link.node not in looked:
                looked.add(link.node)
                left.append(seen[link.node])
    return ASSUMED_STEPS


def steps(
    needed: Mapping[str, Seen], outputs: list[str], seen: Mapping[str, Seen], seconds: Mapping[str, float]
) -> list[Step]:
    """The steps of a plan whose nodes are `needed`, in order; each node is expected to take so many seconds."""
    takers: dict[str, list[tuple[str, str, int]]] = {}
    for name, node in needed.items():
        for given, link in node.links.items():
            takers.setdefault(link.node, []).append((name, given, link.output))
    fused: dict[str, str] = {}
    for name, node in needed.items():
        if node.node.kind.asks == "sampler" and name not in outputs and len(takers.get(name, [])) == 1:
            [(taker, given, output)] = takers[name]
            after = needed[taker]
            if (
                after.node.kind.name == "VAEDecode"
                and given == "samples"
                and output == 0
                and _one(node, after, seen)
            ):
                fused[taker] = name
    into = {sampler: decode for decode, sampler in fused.items()}
    made: list[Step] = []
    place: dict[str, int] = {}
    for name in needed:
        if name in into:
            continue
        together = [fused[name], name] if name in fused else [name]
        first = needed[together[0]]
        names = checkpoints_of(first, seen)
        before = {
            place[link.node]
            for one in together
            for link in needed[one].links.values()
            if link.node not in together
        }
        for one in together:
            place[one] = len(made)
        made.append(
            Step(
                nodes=together,
                call=CALLS.get(first.node.kind.asks, ""),
                checkpoint=names[0] if names else "",
                after=sorted(before),
                seconds=round(sum(seconds[one] for one in together), 3),
            )
        )  # fmt: skip
    return made


def _one(sampler: Seen, decode: Seen, seen: Mapping[str, Seen]) -> bool:
    """Are the UNet and the VAE of one checkpoint, so that one call can have both?"""
    return checkpoints_of(sampler, seen) == checkpoints_of(decode, seen)
