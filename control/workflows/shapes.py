"""What is known of a graph's values before it runs: constants are computed, sizes inferred, branches chosen.

Each output of a node comes to a `Size` (pictures, latents, masks), a plain value (numbers and texts), or None.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from control.workflows.graph import Link
from control.workflows.known import OF_CHECKPOINTS, OF_FILES, Known
from control.workflows.literals import MAX_TEXT, Near, Wrong, fit, wrong
from control.workflows.problems import NodeError
from control.workflows.types import WIDGETS, Input, NodeType, Size, Unfit
from control.workflows.validation import Given, Validated

log = structlog.get_logger("control.workflows")

SIZED = frozenset({"IMAGE", "LATENT", "MASK"})
NETWORKS = frozenset({"MODEL", "CLIP", "VAE", "GUIDER", "UPSCALE_MODEL", "*"})
"""Types that stand for weights."""


@dataclass
class Seen:
    """What is known of a node."""

    node: Given
    inputs: dict[str, Any]
    """Name → plain value, Size or None, as `NodeType.size` and the like are asked with."""
    links: dict[str, Link]
    """Those that it needs, past nodes that only pass on and past constants."""
    values: dict[str, Any]
    """Plain inputs, computed ones among them."""
    outputs: list[Any]
    """As `inputs`."""
    weights: list[tuple[str, ...]]
    """Of each output, the checkpoints (or upscalers) whose networks it stands for."""
    folded: bool = False
    """Are its outputs constants?"""
    alias: Link | None = None
    """What its output is, as it is."""
    errors: list[NodeError] = field(default_factory=list)


def leading(kind: NodeType, given: Container[str]) -> str | None:
    """The input whose size a node goes by: the first picture, latent or mask of those that are given."""
    return next(
        (
            name
            for name, one in kind.inputs.items()
            if name in given and SIZED.intersection(one.type.split(","))
        ),
        None,
    )


def see(validated: Validated, known: Known) -> dict[str, Seen]:
    """Looks at the nodes of good outputs, each after all that it needs."""
    seen: dict[str, Seen] = {}
    for name, node in validated.nodes.items():
        if name not in validated.errors and all(link.node in seen for link in node.links.values()):
            seen[name] = _see(node, seen, known, validated.near)
    return seen


def _see(node: Given, seen: dict[str, Seen], known: Known, near: Near) -> Seen:
    kind = node.kind
    found = Seen(node, dict(node.values), dict(node.links), dict(node.values), [None] * len(kind.outputs), [])
    for name, link in node.links.items():
        _take(found, name, kind.inputs[name], link, seen, known, near)
    if found.errors:
        found.weights = _weights(found, seen)
        return found
    try:
        _choose(found)
        for name, wanted in kind.inputs.items():
            if wanted.folder is not None and name in found.links:
                # Prices, keys and the place where it runs hang on it.
                raise Unfit(
                    name,
                    "it must be known when the workflow is submitted, and what it is linked to is computed later: "
                    "choose it here, or link it to a text that is written down",
                )
            if wanted.folder in OF_FILES and isinstance(given := found.values.get(name), str):
                file = known.files[given]
                found.inputs[name] = Size(1, file.width, file.height) if wanted.folder == "input" else None
        _compute(found)
        if kind.check is not None and not found.folded:
            kind.check(**{name: found.inputs.get(name) for name in kind.inputs})
    except Unfit as error:
        found.errors.append(_unfit(error))
    except Wrong as raised:
        found.errors.append(raised.error)
    except Exception as error:
        # A node type's own mistake. What it said is of no use to who submits, and must not cost them the others' errors.
        log.warning("node_type_failed", class_type=kind.name, exc_info=error)
        found.errors.append(
            NodeError(
                type="exception_during_validation", message="Exception when validating node",
                details=f"{kind.name} cannot be computed with these inputs ({type(error).__name__}). Change them.",
            )
        )  # fmt: skip
    found.weights = _weights(found, seen)
    return found


def _take(
    found: Seen, name: str, wanted: Input, link: Link, seen: dict[str, Seen], known: Known, near: Near
) -> None:
    """An input that is linked: a constant becomes a plain value."""
    before = seen[link.node]
    value = before.outputs[link.output]
    if before.folded:
        try:
            value = fit(name, wanted, value, known, near)
        except Wrong as raised:
            found.errors.append(raised.error)
            return
        found.values[name] = value
        del found.links[name]
    elif before.alias is not None:
        found.links[name] = before.alias
    elif wanted.type in WIDGETS and value is not None:
        # Known, and computed later: a picture's width.
        try:
            value = fit(name, wanted, value, known, near)
        except Wrong as raised:
            found.errors.append(raised.error)
    found.inputs[name] = value


def _choose(found: Seen) -> None:
    """Leaves out lazy inputs that are not needed, and finds what the node passes on, where that is known."""
    kind = found.node.kind
    rest = {name: found.inputs.get(name) for name, wanted in kind.inputs.items() if not wanted.lazy}
    # Where it depends on what comes later, all of them may be needed.
    told = not any(name in found.links for name in rest)
    if isinstance(kind.passes, str):
        passed = kind.passes
        needed = None if kind.needs is None or not told else kind.needs(**rest)
    else:
        passed = kind.passes(**rest) if told else ""
        needed = frozenset({passed}) if passed else None
    if needed is not None:
        for name, wanted in kind.inputs.items():
            if wanted.lazy and name not in needed:
                found.links.pop(name, None)
                found.values[name] = found.inputs[name] = None
    if passed:
        found.alias = found.links.get(passed)
        found.folded = found.alias is None
        found.outputs = [found.inputs.get(passed)]


def _compute(found: Seen) -> None:
    kind = found.node.kind
    if found.folded or found.alias is not None:
        return
    if kind.constant and not kind.output and not found.links:
        given = kind.run(**{name: found.values.get(name) for name in kind.inputs})
        found.outputs = [_constant(one.type, value) for one, value in zip(kind.outputs, given, strict=True)]
        found.folded = True
    elif kind.size is not None:
        made = list(kind.size(**{name: found.inputs.get(name) for name in kind.inputs}))
        found.outputs = [*made, *[None] * len(kind.outputs)][: len(kind.outputs)]
    else:
        name = leading(kind, found.links)
        first = found.inputs.get(name) if name is not None else None
        found.outputs = [first if one.type in SIZED else None for one in kind.outputs]


def _constant(kind: str, value: Any) -> Any:
    """An output that was computed; raises `Wrong` for one that is too large to go on with."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise wrong("custom_validation_failed", "Custom validation failed for node", "",
                    f"the text that it makes has {len(value)} characters, and {MAX_TEXT} are the most")  # fmt: skip
    wanted = Input(
        kind if kind in WIDGETS and kind != "COMBO" else "STRING" if isinstance(value, str) else "*"
    )
    return fit("", wanted, value, _NOTHING, Near(0))


_NOTHING = Known({})


def _unfit(error: Unfit) -> NodeError:
    message = error.message if error.message.endswith((".", "?", "!")) else f"{error.message}."
    return NodeError(
        type="custom_validation_failed", message="Custom validation failed for node",
        details=f"{error.name}: {message}" if error.name else message,
        extra_info={"input_name": error.name} if error.name else {},
    )  # fmt: skip


def _weights(found: Seen, seen: dict[str, Seen]) -> list[tuple[str, ...]]:
    kind = found.node.kind
    named = tuple(
        dict.fromkeys(
            found.values[name]
            for name, wanted in kind.inputs.items()
            if (wanted.folder in OF_CHECKPOINTS or wanted.folder == "upscale_models")
            and found.values.get(name)
        )
    )
    if named:
        return [named if one.type in NETWORKS else () for one in kind.outputs]
    return [
        weights_of(found, seen, _SOURCES.get(one.type, frozenset())) if one.type in NETWORKS else ()
        for one in kind.outputs
    ]


_SOURCES = {
    "MODEL": frozenset({"MODEL", "*"}), "CLIP": frozenset({"CLIP", "*"}), "VAE": frozenset({"VAE", "*"}),
    "GUIDER": frozenset({"GUIDER", "MODEL", "*"}), "UPSCALE_MODEL": frozenset({"UPSCALE_MODEL", "*"}), "*": NETWORKS,
}  # fmt: skip


def weights_of(found: Seen, seen: Mapping[str, Seen], types: frozenset[str]) -> tuple[str, ...]:
    """Names of the weights that a node's inputs of some types stand for, each once."""
    names: dict[str, None] = {}
    for name, link in found.links.items():
        if found.node.kind.inputs[name].type in types:
            names.update(dict.fromkeys(seen[link.node].weights[link.output]))
    return tuple(names)
