"""What is different in one version of a workflow from another."""

from collections.abc import Mapping
from typing import Any

from control.workflows.documents.schemas import (
    ChangedNode,
    Diff,
    DiffInput,
    DiffLink,
    DiffNode,
    VersionDetails,
)
from control.workflows.graph import link_of


def diff(before: VersionDetails, after: VersionDetails) -> Diff:
    """Nodes are told apart by their ids."""
    old, new = before.graph, after.graph
    changed = [found for node in old if node in new and (found := _changed(node, old[node], new[node]))]
    return Diff(
        from_version=before.number,
        to_version=after.number,
        added=[DiffNode(node=node, class_type=new[node]["class_type"]) for node in new if node not in old],
        removed=[DiffNode(node=node, class_type=old[node]["class_type"]) for node in old if node not in new],
        changed=changed,
        layout_changed=before.document != after.document,
    )


def _changed(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> ChangedNode | None:
    old_inputs, new_inputs = before["inputs"], after["inputs"]
    names = [*old_inputs, *(name for name in new_inputs if name not in old_inputs)]
    pairs = [(slot, old_inputs.get(slot), new_inputs.get(slot)) for slot in names]
    different = [(slot, old, new) for slot, old, new in pairs if not _same(old, new)]
    if not different and before["class_type"] == after["class_type"]:
        return None
    linked = [_linked(old) or _linked(new) for _, old, new in different]
    return ChangedNode(
        node=name,
        class_before=before["class_type"],
        class_after=after["class_type"],
        inputs=[
            DiffInput(name=slot, before=old, after=new)
            for (slot, old, new), link in zip(different, linked, strict=True)
            if not link
        ],
        links=[
            DiffLink(name=slot, before=old, after=new)
            for (slot, old, new), link in zip(different, linked, strict=True)
            if link
        ],
    )


def _same(before: Any, after: Any) -> bool:
    # True == 1 to Python.
    return before == after and isinstance(before, bool) == isinstance(after, bool)


def _linked(value: object) -> bool:
    return link_of(value) is not None
