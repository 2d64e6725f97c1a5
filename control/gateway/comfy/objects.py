"""Node types and names to choose from, as ComfyUI's clients read them."""

from typing import Any

from control.workflows.catalogue import CATALOGUE
from control.workflows.known import Known
from control.workflows.types import Input, NodeType

MODULE = "nodes"
FOLDERS = ("checkpoints", "vae", "clip", "unet", "upscale_models", "embeddings")
"""Of models."""
_HINTS = {"low": "min", "high": "max", "step": "step"}


def described(known: Known, name: str | None = None) -> dict[str, Any]:
    """/object_info: class → what it takes and gives. With a `name` that one's alone; empty where there is none."""
    wanted = CATALOGUE if name is None else {one: CATALOGUE[one] for one in (name,) if one in CATALOGUE}
    return {one: _node(kind, known) for one, kind in wanted.items()}


def _node(kind: NodeType, known: Known) -> dict[str, Any]:
    needed = {name: given for name, given in kind.inputs.items() if not given.optional}
    others = {name: given for name, given in kind.inputs.items() if given.optional}
    groups = {"required": needed} | ({"optional": others} if others else {})
    return {
        "input": {
            group: {name: _input(given, kind.ui.get(name, {}), known) for name, given in of.items()}
            for group, of in groups.items()
        },
        "input_order": {group: list(of) for group, of in groups.items()},
        "is_input_list": False,
        "output": [output.type for output in kind.outputs],
        "output_is_list": [False for _ in kind.outputs],
        "output_name": [output.name or output.type for output in kind.outputs],
        "name": kind.name,
        "display_name": kind.title,
        "description": kind.description,
        "python_module": MODULE,
        "category": kind.category,
        "output_node": kind.output,
        "deprecated": False,
        "experimental": False,
    }


def _input(given: Input, ui: dict[str, Any], known: Known) -> list[Any]:
    """[type or choices, options]."""
    kind: Any = given.type
    if given.type == "COMBO":
        kind = list(given.choices or ()) if given.folder is None else list(known.names(given.folder))
    options: dict[str, Any] = {}
    if given.default is not None:
        options["default"] = given.default
    if given.type in {"INT", "FLOAT"}:
        options |= {
            name: value for field, name in _HINTS.items() if (value := getattr(given, field)) is not None
        }
    if given.type == "STRING":
        options["multiline"] = given.multiline
    if given.lazy:
        options["lazy"] = True
    if given.tooltip:
        options["tooltip"] = given.tooltip
    return [kind, options | ui]
