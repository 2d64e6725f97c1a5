"""Other values in a document that is otherwise as it was saved."""

import copy
from collections.abc import Mapping
from typing import Any

from control.workflows.editor.canvas import CanvasNode, read
from control.workflows.editor.widgets import placed


def with_values(
    document: Mapping[str, Any], inputs: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """The document with these values (node → input → value) in its widgets.

    None where one of them has no widget of its own there: its input is linked, or its node stands in a subgraph.
    """
    nodes = read(document).canvas.nodes
    changed = copy.deepcopy(dict(document))
    raw = {str(node["id"]): node for node in changed["nodes"]}
    for name, values in inputs.items():
        if name not in nodes:
            return None
        for given, value in values.items():
            if not _set(nodes[name], raw[name], given, value):
                return None
    return changed


def _set(node: CanvasNode, raw: dict[str, Any], name: str, value: Any) -> bool:
    if any(slot.link is not None and name in (slot.name, slot.widget) for slot in node.inputs):
        return False
    written = value["__value__"] if isinstance(value, dict) and value.keys() == {"__value__"} else value
    if isinstance(node.widgets, dict):
        raw["widgets_values"][name] = written
        return True
    place = placed(node)[0].get(name)
    if place is None:
        return False
    raw["widgets_values"][place] = written
    return True
