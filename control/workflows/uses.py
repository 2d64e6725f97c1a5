"""Which files of the registry are at work where: what is charged for, and looked at before it is charged.

A LoRA that is loaded into a MODEL is at work wherever that MODEL, or a GUIDER or CONDITIONING made of it, goes.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from control.workflows.keys import texts_name
from control.workflows.known import OF_ADAPTERS, Known
from control.workflows.problems import NodeError
from control.workflows.shapes import NETWORKS, Seen, weights_of
from control.workflows.types import Folder


class Use(NamedTuple):
    """A file at work."""

    folder: Folder
    name: str
    sha256: str
    at: str
    """Id of the node that loads it, or that puts a ControlNet or an IP-Adapter beside what it guides: two of these are two."""


Uses = Mapping[str, list[frozenset[Use]]]
"""Id of a node → what is at work in each of its outputs; empty where the graph names no such file."""

_SOURCES = {
    "MODEL": {"MODEL", "IPADAPTER", "*"}, "CLIP": {"CLIP", "*"}, "CONTROL_NET": {"CONTROL_NET", "*"},
    "IPADAPTER": {"IPADAPTER", "*"}, "CONDITIONING": {"CONDITIONING", "CLIP", "CONTROL_NET", "*"},
    "GUIDER": {"GUIDER", "MODEL", "CONDITIONING", "*"}, "*": {*NETWORKS, "CONDITIONING", "CONTROL_NET", "IPADAPTER"},
}  # fmt: skip
"""Type of an output → types of inputs whose files are at work in it."""
_STRENGTHS = {
    "MODEL": ("strength_model", "weight"), "CLIP": ("strength_clip",), "CONDITIONING": ("strength",),
}  # fmt: skip
"""Type of an output → inputs that switch a file off in it by being 0."""
BLOCKS = "block_vector"
"""Input whose numbers go by the blocks of the checkpoint's UNet."""
_GUIDING = frozenset({"CONTROL_NET", "IPADAPTER"})
_MODELS = frozenset({"MODEL", "GUIDER", "*"})


def uses(seen: Mapping[str, Seen], known: Known) -> Uses:
    """Looks at nodes, each after all that it needs; adds an error to those at which a file meets a checkpoint that it does
    not go with."""
    found: dict[str, list[frozenset[Use]]] = {}
    if not known.adapters:
        # The graph names none.
        return found
    for name, node in seen.items():
        own = _own(node, known)
        given = {key: found[link.node][link.output] for key, link in node.links.items() if link.node in found}
        _fit(node, seen, known, own, given)
        found[name] = [_at_work(node, output.type, own, given) for output in node.node.kind.outputs]
    return found


def at_work(node: Seen, found: Uses, *, made: bool = False) -> list[Use]:
    """What is at work in all that a node is given, each once; a LoRA that is loaded twice is one. `made`: in what it makes."""
    if not found:
        return []
    if made:
        some = {use for output in found[node.node.id] for use in output}
    else:
        some = {use for link in node.links.values() for use in found[link.node][link.output]}
    once = {(use.folder, use.name, "" if use.folder == "loras" else use.at): use for use in sorted(some)}
    return list(once.values())


def _own(node: Seen, known: Known) -> dict[str, list[Use]]:
    """Input → the files that it names."""
    named: dict[str, list[Use]] = {}
    kind, here = node.node.kind, node.node.id
    for key, wanted in kind.inputs.items():
        value = node.values.get(key)
        if not isinstance(value, str):
            continue
        folder = wanted.folder
        if folder is not None:
            about = known.adapters.get(f"{folder}/{value}") if folder in OF_ADAPTERS else None
            named[key] = [] if about is None else [Use(folder, value, about.sha256, here)]
        elif kind.asks == "text_encode":
            named[key] = [
                Use("embeddings", one.removeprefix("embeddings/"), known.adapters[one].sha256, here)
                for one in texts_name(value, known.adapters)
            ]
    return named


def _at_work(
    node: Seen, output: str, own: Mapping[str, list[Use]], given: Mapping[str, frozenset[Use]]
) -> frozenset[Use]:
    sources = _SOURCES.get(output)
    if sources is None:
        return frozenset()
    inputs = node.node.kind.inputs
    off = any(node.inputs.get(key) == 0 for key in _STRENGTHS.get(output, ()) if key in inputs)
    found = set() if off else {use for some in own.values() for use in some}
    for key, some in given.items():
        kind = inputs[key].type
        if kind not in sources:
            continue
        guiding = kind in _GUIDING and output not in _GUIDING
        if not (guiding and off):
            found |= {use._replace(at=node.node.id) for use in some} if guiding else some
    return frozenset(found)


def _fit(
    node: Seen, seen: Mapping[str, Seen], known: Known, own: Mapping[str, list[Use]], given: Mapping[str, Any]
) -> None:
    """Files against the checkpoints that they meet here: those that are loaded into a network, and those that guide one."""
    inputs = node.node.kind.inputs
    models = weights_of(node, seen, _MODELS)
    met = [(key, use, weights_of(node, seen, NETWORKS)) for key, some in own.items() for use in some]
    met += [
        (key, use, models)
        for key, some in given.items() if inputs[key].type in {"CONDITIONING", "IPADAPTER"}
        for use in sorted(some) if use.folder in {"controlnet", "ipadapter"}
    ]  # fmt: skip
    wrong = {
        why: key
        for key, use, checkpoints in reversed(met) for checkpoint in checkpoints
        if (why := known.unfit(use.sha256, checkpoint)) is not None
    }  # fmt: skip
    if isinstance(vector := node.values.get(BLOCKS), str) and vector.strip() and BLOCKS in inputs:
        count = vector.count(",") + 1
        wrong |= {why: BLOCKS for one in models if (why := known.unfit_blocks(count, one)) is not None}
    for why, key in wrong.items():
        node.errors.append(
            NodeError(
                type="custom_validation_failed", message="Custom validation failed for node",
                details=f"{key}: {why.rstrip('.')}.", extra_info={"input_name": key},
            )
        )  # fmt: skip
