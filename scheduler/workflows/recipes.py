"""What a picture of a workflow was made with, where one sampling node tells it: for the field's `parameters` text."""

from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from control.workflows.plan import Plan, PlanNode
from ensembles.imaging.provenance import Recipe
from scheduler.workflows.executor import links_of

SAMPLERS = {"KSampler": "seed", "StudioKSamplerVariation": "seed", "KSamplerAdvanced": "noise_seed"}
"""Classes that name seed, steps, cfg, sampler and schedule themselves → what they call the seed."""
_TEXT = "CLIPTextEncode"
_CHECKPOINTS = ("ckpt_name", "unet_name")


def ancestors(plan: Plan, node: str) -> list[str]:
    """All nodes that `node` needs, itself among them, the nearest first."""
    found: dict[str, None] = {}
    left = [node]
    while left:
        one = left.pop(0)
        if one not in found:
            found[one] = None
            left += [link.node for link in links_of(plan, plan.nodes[one]).values()]
    return list(found)


def checkpoints_of(plan: Plan, node: str) -> dict[str, dict[str, str]]:
    """Checkpoints that an output was made with: name → network → SHA-256 of its weights, the nearest first."""
    values = [value for one in ancestors(plan, node) for value in plan.nodes[one].inputs.values()]
    return {
        value: plan.checkpoints[value]
        for value in values
        if isinstance(value, str) and value in plan.checkpoints
    }


def files_of(plan: Plan, node: str) -> list[str]:
    """Names of the files that an output was made with."""
    values = [value for one in ancestors(plan, node) for value in plan.nodes[one].inputs.values()]
    return [value for value in dict.fromkeys(v for v in values if isinstance(v, str)) if value in plan.files]


def recipe_of(plan: Plan, node: str, width: int, height: int, place: int, pictures: int) -> Recipe | None:
    """Of picture `place` of those that an output handed out; None where no sampling node tells it, or several do."""
    found = [one for one in ancestors(plan, node) if plan.nodes[one].class_type in SAMPLERS]
    if len(found) != 1:
        return None
    given = plan.nodes[found[0]]
    inputs = given.inputs
    model = _first(
        plan, given, "model", lambda one: next((one.inputs[n] for n in _CHECKPOINTS if n in one.inputs), None)
    )
    layer = _first(plan, given, "positive", lambda one: one.inputs.get("stop_at_clip_layer"))
    try:
        loras = _loras(plan, found[0])
        return Recipe(
            prompt="".join([_text(plan, given, "positive"), *(f" {tag}" for tag in loras.values())]),
            negative_prompt=_text(plan, given, "negative"),
            seed=int(inputs[SAMPLERS[given.class_type]]),
            steps=int(inputs["steps"]),
            cfg=float(inputs["cfg"]),
            sampler=str(inputs["sampler_name"]),
            scheduler=str(inputs["scheduler"]),
            width=width,
            height=height,
            batch_size=pictures,
            batch_index=place,
            denoise=float(inputs.get("denoise", 1.0)),
            clip_skip=-layer if isinstance(layer, int) else 1,
            model=str(model or ""),
            model_hash=plan.checkpoints.get(str(model), {}).get("unet", ""),
            version=version("studio"),
            extra=hashes_of(plan, loras),
        )
    except (KeyError, TypeError, ValueError):
        # An input that another node computes.
        return None


def _loras(plan: Plan, node: str) -> dict[str, str]:
    """Name → tag in a prompt, of the LoRAs that a sampling node's networks are loaded with, in their order."""
    found: dict[str, str] = {}
    for one in reversed(ancestors(plan, node)):
        given = plan.nodes[one].inputs
        name = given.get("lora_name")
        if not isinstance(name, str) or f"loras/{name}" not in plan.adapters:
            continue
        unet = given.get("strength_model")
        found[name] = lora_tag(name, unet, given.get("strength_clip", 0.0))
    return found


def lora_tag(name: str, unet: object, text: object) -> str:
    """As prompts of AUTOMATIC1111's form have it; strengths that another node computes are left out."""
    if not isinstance(unet, int | float) or not isinstance(text, int | float):
        return f"<lora:{name}>"
    return f"<lora:{name}:{unet:g}>" if unet == text else f"<lora:{name}:{text:g}:{unet:g}>"


def hashes_of(plan: Plan, loras: Iterable[str]) -> dict[str, str]:
    """`Lora hashes` and `TI hashes`, as AUTOMATIC1111 writes them."""
    some = {
        "Lora hashes": [name for name in loras if f"loras/{name}" in plan.adapters],
        "TI hashes": [key.partition("/")[2] for key in plan.adapters if key.startswith("embeddings/")],
    }
    folders = {"Lora hashes": "loras", "TI hashes": "embeddings"}
    return {
        title: ", ".join(f"{name}: {plan.adapters[f'{folders[title]}/{name}'].sha256[:12]}" for name in names)
        for title, names in some.items()
        if names
    }


def _first(plan: Plan, given: PlanNode, name: str, look: Callable[[PlanNode], Any]) -> Any:
    """What `look` finds first on the way back from an input."""
    link = links_of(plan, given).get(name)
    if link is None:
        return None
    found = (look(plan.nodes[one]) for one in ancestors(plan, link.node))
    return next((value for value in found if value is not None), None)


def _text(plan: Plan, given: PlanNode, name: str) -> str:
    """The one text that an input was encoded from; several, one line each."""
    link = links_of(plan, given).get(name)
    if link is None:
        return ""
    texts = [
        text
        for one in ancestors(plan, link.node)
        if plan.nodes[one].class_type == _TEXT and isinstance(text := plan.nodes[one].inputs.get("text"), str)
    ]
    return "\n".join(texts)
