"""Values of widgets in the order in which editors keep them, and the names of the inputs that they are.

An editor shows a widget for each input that can be written down: required ones first, then optional ones. Behind some it
puts widgets of its own: what happens to a seed after a run, and the button that uploads a picture, which stands behind the
required ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from control.workflows.catalogue import CATALOGUE
from control.workflows.editor.canvas import CanvasNode
from control.workflows.types import WIDGETS, Input, NodeType

CONTROLS = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
"""What may happen to a seed after a run."""
SEEDS = ("seed", "noise_seed")
SAMPLERS, OLD_PREFIX = "sampler_name", "sample_"
"""Documents of early 2023 call the sampler euler sample_euler."""
UPLOADS = ("image_upload", "mask_upload", "animated_image_upload", "video_upload", "audio_upload")
UPLOAD = "image"
"""What the button that uploads has for a value."""


class Widget(NamedTuple):
    """A place among the values."""

    name: str
    """The input; empty for the editor's own."""
    value: Any = None
    """What the editor's own is at, or what the input is where nothing is given."""


def kind_of(class_type: str) -> NodeType | None:
    """The node type; None where there is none here."""
    return CATALOGUE.get(class_type)


def is_widget(kind: NodeType, name: str) -> bool:
    """Is this input written down in the node?"""
    wanted = kind.inputs[name]
    return wanted.type in WIDGETS and not _told(kind, name).get("forceInput")


def widgets(kind: NodeType) -> list[Widget]:
    """Every place, in order."""
    ordered = sorted(kind.inputs.items(), key=lambda item: item[1].optional)
    found: list[Widget] = []
    upload = any(_told(kind, name).get(button) for name in kind.inputs for button in UPLOADS)
    for name, wanted in ordered:
        if upload and wanted.optional:
            found.append(Widget("", UPLOAD))
            upload = False
        if is_widget(kind, name):
            found.append(Widget(name, wanted.default))
            if _controlled(name, wanted, _told(kind, name)):
                found.append(Widget("", CONTROLS[0]))
    return [*found, Widget("", UPLOAD)] if upload else found


def named(node: CanvasNode) -> tuple[dict[str, Any], int]:
    """Name → value; and how many values stand there that have no name."""
    if isinstance(node.widgets, dict):
        return _by_name(node.widgets, kind_of(node.type)), 0
    places, left = placed(node)
    values = {name: node.widgets[place] for name, place in places.items()}
    return {name: literal(name, value) for name, value in values.items() if value is not None}, left


def placed(node: CanvasNode) -> tuple[dict[str, int], int]:
    """Name → place among the values, where these are a list; and how many values stand there that have no name."""
    kind = kind_of(node.type)
    declared = widgets(kind) if kind is not None else []
    own = {widget.name for widget in declared}
    # What this class has not declared here: the node says itself what it has.
    for slot in node.inputs:
        if slot.widget is not None and slot.widget not in own:
            own.add(slot.widget)
            declared.append(Widget(slot.widget, False if slot.type == "BOOLEAN" else None))
            if kind is None and slot.widget in SEEDS:
                declared.append(Widget("", CONTROLS[0]))
    values = list(node.widgets)
    found: dict[str, int] = {}
    place = 0
    for number, widget in enumerate(declared):
        if place == len(values):
            break
        if widget.name:
            found[widget.name] = place
            place += 1
        elif _stands(widget, values[place:], declared[number + 1 :]):
            place += 1
    return found, len(values) - place


def _stands(widget: Widget, values: list[Any], after: Sequence[Widget]) -> bool:
    """Has this document the editor's own widget here? Those that programs wrote often have it not."""
    if widget.value == UPLOAD:
        return len(values) > sum(bool(other.name) for other in after)
    # Documents of 2023 have a switch there: randomize or fixed.
    switch = isinstance(values[0], bool) and not (after and isinstance(after[0].value, bool))
    return switch or values[0] in CONTROLS


def _by_name(values: Mapping[str, Any], kind: NodeType | None) -> dict[str, Any]:
    return {
        name: literal(name, value)
        for name, value in values.items()
        # Beside values, some keep there what they show.
        if value is not None and (kind is None or name in kind.inputs)
    }


def literal(name: str, value: Any) -> Any:
    """A value as a graph has it: a list says that it is one, for others are links."""
    if name == SAMPLERS and isinstance(value, str):
        return value.removeprefix(OLD_PREFIX)
    return {"__value__": value} if isinstance(value, list) else value


def _controlled(name: str, wanted: Input, told: Mapping[str, Any]) -> bool:
    return bool(told.get("control_after_generate", wanted.type == "INT" and name in SEEDS))


def _told(kind: NodeType, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = kind.ui.get(name) or {}
    return found
