"""Is a graph one that can run? Everything that is wrong with it, each with its place.

What is not known before constants are computed (ranges of linked numbers, sizes, `NodeType.check`) is looked at in
control/workflows/shapes.py. Nothing here calls itself: a chain of a thousand nodes is no deeper than one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from control.workflows.graph import Link
from control.workflows.known import Known
from control.workflows.literals import Near, Wrong, fit, wrong
from control.workflows.problems import NodeError, NodeErrors, Problems, PromptError, PromptType, shown
from control.workflows.types import WIDGETS, Input, NodeType

MOST_NODES = 1000
"""Of one graph."""
GROUP_NODES = ("workflow>", "workflow/")
"""How classes begin that an editor's document defines itself, as it did before there were subgraphs."""


@dataclass
class Given:
    """A node as the graph has it, of a class that there is."""

    id: str
    kind: NodeType
    raw: Mapping[str, Any]
    """Its inputs as they came."""
    values: dict[str, Any] = field(default_factory=dict)
    """Plain inputs, checked, defaults filled in; None for optional ones that are left out."""
    links: dict[str, Link] = field(default_factory=dict)


@dataclass
class Validated:
    """A graph that was looked at."""

    nodes: dict[str, Given]
    """What some output needs, each after all that it needs itself."""
    outputs: list[str]
    """Output nodes that were asked for, good or not."""
    errors: dict[str, list[NodeError]]
    """Id of a node → what is wrong with it."""
    classes: dict[str, str]
    """Id → class_type, of all nodes that say one."""
    near: Near = field(default_factory=Near)
    refused: PromptError | None = None
    """Why there is nothing to look at."""

    def good(self) -> list[str]:
        """Outputs of which nothing that they need is wrong."""
        bad = set(self.errors)
        for name, node in self.nodes.items():
            if any(link.node in bad for link in node.links.values()):
                bad.add(name)
        return [name for name in self.outputs if name not in bad]

    def problems(self, good: list[str]) -> Problems:
        """What is wrong, as ComfyUI says it, where these outputs can run."""
        found = self._node_errors(set(good))
        if self.refused is not None:
            return Problems(self.refused, found)
        return Problems(None if good else _failed(self.errors), found)

    def _node_errors(self, good: set[str]) -> dict[str, NodeErrors]:
        # Which outputs a node is needed by, as bits; from the outputs back, so that each node's are complete in time.
        needed = {name: 1 << place for place, name in enumerate(self.outputs) if name not in good}
        for name, node in reversed(self.nodes.items()):
            for link in node.links.values():
                needed[link.node] = needed.get(link.node, 0) | needed.get(name, 0)
        return {
            name: NodeErrors(
                errors=errors,
                dependent_outputs=[self.outputs[place] for place in _bits(needed.get(name, 0))],
                class_type=self.classes.get(name, ""),
            )
            for name, errors in self.errors.items()
        }


def _bits(number: int) -> Iterator[int]:
    """Places of the bits that are set, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def validate(graph: object, known: Known, outputs: Iterable[str] | None = None) -> Validated:
    """Looks at a graph as it came over the wire; `outputs` are the only output nodes that are wanted."""
    found = Validated({}, [], {}, {})
    if graph is None:
        return _refused(found, "no_prompt", "No prompt provided", "send a graph: {id: {class_type, inputs}}")
    if not isinstance(graph, dict):
        return _refused(found, "invalid_prompt", "The prompt is no object", "send {id: {class_type, inputs}}")
    if len(graph) > MOST_NODES:
        return _refused(
            found, "invalid_prompt", f"The prompt has {len(graph)} nodes", f"{MOST_NODES} are the most; send it in parts"
        )  # fmt: skip
    given = _read(graph, found, known)
    ends = [name for name, node in given.items() if node.kind.output]
    if outputs is not None:
        wanted = list(outputs)
        if strange := [name for name in wanted if name not in ends]:
            return _refused(
                found, "prompt_no_outputs", "Prompt has no such outputs",
                f"{shown(strange[0])} is no output node; there are {', '.join(ends[:10]) or 'none'}",
            )  # fmt: skip
        ends = [name for name in ends if name in wanted]
    if not ends:
        if found.errors:
            found.refused = _failed(found.errors)
            return found
        return _refused(
            found, "prompt_no_outputs", "Prompt has no outputs", "add a SaveImage or PreviewImage"
        )
    found.outputs = ends
    for node in given.values():
        _link(node, graph, found)
    _order(ends, given, found)
    types: dict[str, list[str]] = {}
    for node in found.nodes.values():
        _inputs(node, given, types, found, known)
        types[node.id] = _types(node, types)
    # What is wrong with a node that no output needs stops nothing, except that it is of no class that there is: it may
    # be an output elsewhere, and who sent it should know that it does not run.
    return found


def _refused(found: Validated, kind: PromptType, message: str, details: str) -> Validated:
    found.refused = PromptError(type=kind, message=message, details=f"{details[0].upper()}{details[1:]}.")
    return found


def _failed(errors: Mapping[str, list[NodeError]]) -> PromptError:
    """Why no output is left."""
    for name, [first, *_] in errors.items():
        if first.type == "invalid_prompt":
            return PromptError(
                type="invalid_prompt", message=first.message, details=f"Node ID '#{name[:100]}': {first.details}",
                extra_info={"node_id": name[:100], **first.extra_info},
            )  # fmt: skip
    return PromptError(type="prompt_outputs_failed_validation", message="Prompt outputs failed validation")


def _missing(kind: str, names: list[str], found: Validated) -> str:
    """What to do about a class that there is not."""
    if kind.startswith(GROUP_NODES):
        return "it is a group node: convert it to a subgraph in ComfyUI first"
    return f"there is no such node here. {found.near.to(kind, names)[:-1]}"


def _read(graph: Mapping[Any, Any], found: Validated, known: Known) -> dict[str, Given]:
    """Nodes of classes that there are; says what is wrong with the others."""
    given = {}
    names = list(known.catalogue)
    for name, node in graph.items():
        if not isinstance(node, dict):
            _say_class(
                found, name, "A node is no object", f"{shown(node)} is none; send {{class_type, inputs}}"
            )
            continue
        kind, inputs = node.get("class_type"), node.get("inputs", {})
        if not isinstance(kind, str) or not kind:
            _say_class(found, name, "Cannot execute because a node is missing the class_type property.",
                       "say what it does, as class_type")  # fmt: skip
            continue
        found.classes[name] = kind[:200]
        if kind not in known.catalogue:
            _say_class(
                found, name, f"Cannot execute because node {kind[:100]} does not exist.",
                _missing(kind, names, found), class_type=kind[:200],
            )  # fmt: skip
        elif not isinstance(inputs, dict):
            _say_class(
                found, name, "A node's inputs are no object", f"{shown(inputs)} is none; send {{name: value}}"
            )
        else:
            given[name] = Given(name, known.catalogue[kind], inputs)
    return given


def _say_class(found: Validated, name: str, message: str, details: str, **extra: str) -> None:
    error = NodeError(type="invalid_prompt", message=message, details=f"{details}.", extra_info=dict(extra))
    found.errors.setdefault(name, []).append(error)


def _link(node: Given, graph: Mapping[Any, Any], found: Validated) -> None:
    """Reads a node's links, those that lead somewhere; inputs that its class does not have are not looked at."""
    for name in node.kind.inputs:
        value = node.raw.get(name)
        if isinstance(value, list) and (link := _read_link(value)) is not None and link.node in graph:
            node.links[name] = link


def _read_link(value: list[Any]) -> Link | None:
    if len(value) != 2:
        return None
    node, slot = value
    if isinstance(node, bool) or not isinstance(node, str | int):
        return None
    if isinstance(slot, float) and slot.is_integer():
        slot = int(slot)
    if isinstance(slot, bool) or not isinstance(slot, int):
        return None
    return Link(node if isinstance(node, str) else _digits(node), slot)


def _digits(number: int) -> str:
    return str(number) if abs(number) < 1 << 64 else ""


def _order(ends: list[str], given: Mapping[str, Given], found: Validated) -> None:
    """Puts what the outputs need into `found.nodes`, in order; says of rings, and leaves out the links that close them."""
    way: list[str] = []
    place: dict[str, int] = {}
    for end in ends:
        # What is still to be gone into, for each node of the way here.
        left: list[list[tuple[str, Link]]] = []
        if end not in found.nodes:
            _enter(end, given, way, place, left)
        while left:
            node = given[way[-1]]
            if not left[-1]:
                left.pop()
                way.pop()
                del place[node.id]
                found.nodes[node.id] = node
                continue
            name, link = left[-1].pop()
            if link.node in place:
                ring = [*way[place[link.node] :], link.node]
                told = ring if len(ring) <= 20 else [*ring[:10], "…", *ring[-9:]]
                right = f"it depends on itself: {' → '.join(one[:50] for one in reversed(told))}"
                message = "The graph goes in a ring"
                error = wrong("exception_during_inner_validation", message, name, right).error
                found.errors.setdefault(node.id, []).append(error)
                del node.links[name]
            elif link.node not in found.nodes and link.node in given:
                _enter(link.node, given, way, place, left)


def _enter(
    name: str, given: Mapping[str, Given], way: list[str], place: dict[str, int], left: list[list[tuple[str, Link]]]
) -> None:  # fmt: skip
    place[name] = len(way)
    way.append(name)
    # The last is taken first.
    left.append(list(given[name].links.items())[::-1])


def _inputs(
    node: Given, given: Mapping[str, Given], types: Mapping[str, list[str]], found: Validated, known: Known
) -> None:
    """Checks a node's inputs; what it is linked to has been looked at."""
    for name, wanted in node.kind.inputs.items():
        value = node.raw.get(name)
        try:
            if name in node.links:
                _linked(name, wanted, node.links[name], given, types)
            elif isinstance(value, list):
                _no_link(name, wanted, value)
            elif value is not None:
                node.values[name] = fit(name, wanted, value, known, found.near)
            else:
                node.values[name] = _default(name, wanted, known, found.near)
        except Wrong as raised:
            # Of a ring's closing link the ring has been said.
            if not any(one.extra_info.get("input_name") == name for one in found.errors.get(node.id, ())):
                found.errors.setdefault(node.id, []).append(raised.error)


def _default(name: str, wanted: Input, known: Known, near: Near) -> Any:
    if wanted.default is not None:
        return fit(name, wanted, wanted.default, known, near) if wanted.type in WIDGETS else wanted.default
    if wanted.optional:
        return None
    what = "give it" if wanted.type in WIDGETS else f"link it to a {wanted.type}"
    raise wrong("required_input_missing", "Required input is missing", name, f"it is missing: {what}")


def _no_link(name: str, wanted: Input, value: list[Any]) -> None:
    link = _read_link(value)
    if link is None:
        raise wrong(
            "bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]", name,
            f"{shown(value)} is no link; a link to a {wanted.type} is [id of a node, number of its output]", value,
        )  # fmt: skip
    raise wrong(
        "bad_linked_input", "Bad linked input, there is no such node", name,
        f"it is linked to node {shown(link.node)[1:-1]}, which is not there", value,
    )  # fmt: skip


def _linked(
    name: str, wanted: Input, link: Link, given: Mapping[str, Given], types: Mapping[str, list[str]]
) -> None:
    if link.node not in given:
        # It is there and of no known class, which has been said.
        return
    kind = given[link.node].kind
    outs = types.get(link.node) or [one.type for one in kind.outputs]
    if not 0 <= link.output < len(outs):
        raise wrong(
            "bad_linked_input", "Bad linked input, there is no such output", name,
            f"node {link.node[:100]} ({kind.name}) has {len(outs)} outputs, and no number {_digits(link.output)}",
        )  # fmt: skip
    got = outs[link.output]
    if not takes(wanted.type, got):
        error = wrong(
            "return_type_mismatch", "Return type mismatch between linked nodes", name,
            f"received_type({got}) mismatch input_type({wanted.type}): it takes a {wanted.type}, and output {link.output} "
            f"of node {link.node[:100]} ({kind.name}) is a {got}",
        ).error  # fmt: skip
        error.extra_info.update(received_type=got, linked_node=[link.node[:100], link.output])
        raise Wrong(error)


_WIDER = {("FLOAT", "INT"), ("STRING", "COMBO")}
"""Takes → gives, where nothing is lost."""


def takes(wanted: str, got: str) -> bool:
    """May an input of a type be linked to an output of another? Either may be several, as "IMAGE,MASK"."""
    if "*" in (wanted, got) or wanted == got:
        return True
    return any((one, two) in _WIDER or one == two for one in wanted.split(",") for two in got.split(","))


def _types(node: Given, types: Mapping[str, list[str]]) -> list[str]:
    """Types of a node's outputs: one that is `*` is what its inputs of that type are, where they agree."""
    found = [output.type for output in node.kind.outputs]
    if "*" not in found:
        return found
    fed = set()
    for name, link in node.links.items():
        if node.kind.inputs[name].type == "*":
            before = types.get(link.node, [])
            fed.add(before[link.output] if 0 <= link.output < len(before) else "*")
    same = fed.pop() if len(fed) == 1 else "*"
    return [same if one == "*" else one for one in found]
