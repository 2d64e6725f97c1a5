"""From a workflow to the request that paints it, and back."""

import difflib
from typing import Any

import msgspec

from control.errors import BadRequest
from control.jobs.requests import Img2Img, Work
from control.workflows.first_nodes import NODES, Input, NodeType, Picture, Unfit
from control.workflows.graph import Graph, Link, Node, link_of

_TYPES: dict[str, type | tuple[type, ...]] = {"INT": int, "FLOAT": (int, float), "STRING": str}


class _Wrong(Exception):
    """A node that has no outputs, because something in it or before it is wrong."""


class _Lowering:
    def __init__(self, graph: Graph, place: str) -> None:
        self.graph, self.place = graph, place
        self.errors: list[dict[str, str]] = []
        self.done: dict[str, tuple[Any, ...] | None] = {}
        self.under_way: list[str] = []

    def say(self, node: str, name: str, message: str) -> None:
        kind = self.graph[node].class_type if node in self.graph else ""
        path = ".".join(part for part in (self.place, node, "inputs" if name else "", name) if part)
        self.errors.append({"in": "body", "path": path, "message": f"{kind}: {message}" if kind else message})

    def outputs(self, node: str) -> tuple[Any, ...]:
        """What a node gives; raises `_Wrong`, once everything that is wrong before it has been said."""
        if node not in self.done:
            self.under_way.append(node)
            try:
                self.done[node] = self._run(node)
            except _Wrong:
                self.done[node] = None
            finally:
                self.under_way.pop()
        found = self.done[node]
        if found is None:
            raise _Wrong
        return found

    def _run(self, node: str) -> tuple[Any, ...]:
        given = self.graph[node]
        kind = NODES.get(given.class_type)
        if kind is None:
            self.say(node, "", f"there is no such node here.{_near(given.class_type, list(NODES))}")
            raise _Wrong
        values, wrong = {}, False
        for name in given.inputs.keys() - kind.inputs.keys():
            self.say(node, name, f"it has no such input; it has {', '.join(kind.inputs)}.")
            wrong = True
        for name, wanted in kind.inputs.items():
            try:
                values[name] = self._input(node, name, wanted, given.inputs.get(name))
            except _Wrong:
                wrong = True
        if wrong:
            raise _Wrong
        try:
            return kind.run(**values)
        except Unfit as error:
            self.say(node, error.name, f"{error.message}.")
            raise _Wrong from None

    def _input(self, node: str, name: str, wanted: Input, value: object) -> Any:
        if (link := link_of(value)) is not None:
            return self._linked(node, name, wanted, link)
        if value is None:
            value = wanted.default
        if value is None:
            what = f"link it to a {wanted.type}" if wanted.type not in _TYPES else "give it"
            self.say(node, name, f"it is missing: {what}.")
            raise _Wrong
        if wanted.type == "INT" and isinstance(value, float) and value.is_integer():
            value = int(value)
        if (problem := _unfit(wanted, value)) is not None:
            self.say(node, name, problem)
            raise _Wrong
        return value

    def _linked(self, node: str, name: str, wanted: Input, link: Link) -> Any:
        if link.node not in self.graph:
            self.say(node, name, f"it is linked to node {link.node}, which is not there.")
            raise _Wrong
        if link.node in self.under_way:
            ring = " → ".join([*self.under_way[self.under_way.index(link.node) :], link.node])
            self.say(node, name, f"it depends on itself: {ring}.")
            raise _Wrong
        found = self.outputs(link.node)
        kinds = NODES[self.graph[link.node].class_type].outputs
        if not 0 <= link.output < len(kinds):
            self.say(node, name, f"node {link.node} has {len(kinds)} outputs, and no number {link.output}.")
            raise _Wrong
        if kinds[link.output] != wanted.type:
            self.say(
                node,
                name,
                f"it takes a {wanted.type}, and output {link.output} of node {link.node} is a {kinds[link.output]}.",
            )
            raise _Wrong
        return found[link.output]


def lower(graph: Graph, place: str = "") -> Work:
    """The request that a workflow comes to; raises `BadRequest` with everything that is wrong, each with its place.

    What no output needs is not looked at.
    """
    lowering = _Lowering(graph, place)
    ends = [
        node for node, given in graph.items() if _kind(given) is not None and NODES[given.class_type].ends
    ]
    made: list[Work] = []
    for node in ends:
        try:
            [picture] = lowering.outputs(node)
        except _Wrong:
            continue
        assert isinstance(picture, Picture)
        assert picture.work is not None
        if picture.work not in made:
            made.append(picture.work)
    if not ends:
        for node, given in graph.items():
            if _kind(given) is None:
                lowering.say(node, "", f"there is no such node here.{_near(given.class_type, list(NODES))}")
        lowering.say("", "", "nothing hands a picture out: add a SaveImage.")
    elif len(made) > 1 and not lowering.errors:
        lowering.say("", "", f"it paints {len(made)} different pictures: submit one at a time for now.")
    if lowering.errors:
        first = lowering.errors[0]
        raise BadRequest(
            f"The workflow is wrong. {first['path']}: {first['message']}", errors=lowering.errors
        )
    return _checked(made[0])


def _checked(work: Work) -> Work:
    """As if it had come over the wire: what the nodes let pass must pass there too."""
    try:
        checked: Work = msgspec.convert(msgspec.to_builtins(work), Work)
    except msgspec.ValidationError as error:
        message = str(error)
        raise BadRequest(
            f"The workflow is wrong. {message}.",
            errors=[{"in": "body", "path": "request.graph", "message": message}],
        ) from None
    return checked


def graph_of(work: Work) -> dict[str, Node]:
    """The workflow that a completed request is: what ComfyUI would be given for the same picture."""
    if isinstance(work, Img2Img):
        size = {"upscale_method": "lanczos", "width": work.width, "height": work.height, "crop": "disabled"}
        start = {
            "5": Node("LoadImage", {"image": str(work.image)}),
            "6": Node("ImageScale", {"image": ["5", 0], **size}),
            "7": Node("VAEEncode", {"pixels": ["6", 0], "vae": ["1", 2]}),
            "8": Node("RepeatLatentBatch", {"samples": ["7", 0], "amount": work.batch}),
        }
    else:
        size = {"width": work.width, "height": work.height, "batch_size": work.batch}
        start = {"8": Node("EmptyLatentImage", size)}
    sampling = {
        "model": ["1", 0],
        "seed": work.seed,
        "steps": work.steps,
        "cfg": work.cfg,
        "sampler_name": work.sampler,
        "scheduler": work.scheduler,
        "positive": ["3", 0],
        "negative": ["4", 0],
        "latent_image": ["8", 0],
        "denoise": work.strength if isinstance(work, Img2Img) else 1.0,
    }
    return {
        "1": Node("CheckpointLoaderSimple", {"ckpt_name": work.model}),
        "2": Node("CLIPSetLastLayer", {"clip": ["1", 1], "stop_at_clip_layer": -work.clip_skip}),
        "3": Node("CLIPTextEncode", {"text": work.prompt, "clip": ["2", 0]}),
        "4": Node("CLIPTextEncode", {"text": work.negative_prompt, "clip": ["2", 0]}),
        **start,
        "9": Node("KSampler", sampling),
        "10": Node("VAEDecode", {"samples": ["9", 0], "vae": ["1", 2]}),
        "11": Node("SaveImage", {"images": ["10", 0], "filename_prefix": "studio"}),
    }


def as_json(work: Work) -> dict[str, Any]:
    """`graph_of`, as plain JSON."""
    found: dict[str, Any] = msgspec.to_builtins(graph_of(work))
    return {node: {key: value for key, value in given.items() if value} for node, given in found.items()}


def _kind(given: Node) -> NodeType | None:
    return NODES.get(given.class_type)


def _unfit(wanted: Input, value: object) -> str | None:
    """What is wrong with a plain value, as a sentence."""
    if wanted.type not in _TYPES:
        return f"link it to a {wanted.type}, as [node, output]."
    if isinstance(value, bool) or not isinstance(value, _TYPES[wanted.type]):
        return f"{value!r} is no {wanted.type}."
    if isinstance(value, str):
        if wanted.choices is not None and value not in wanted.choices:
            return f"there is no {value!r} to choose.{_near(value, list(wanted.choices))}"
        if wanted.high is not None and len(value) > wanted.high:
            return f"it has {len(value)} characters; {wanted.high:g} are the most."
        return "a text may not hold a zero byte." if "\0" in value else None
    assert isinstance(value, int | float)
    if wanted.low is not None and wanted.high is not None and not wanted.low <= value <= wanted.high:
        return f"{value} is not between {wanted.low:g} and {wanted.high:g}."
    if wanted.step is not None and int(value) % wanted.step:
        return f"{value} is not a multiple of {wanted.step}."
    return None


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3) or known[:10]
    return f" Did you mean {' or '.join(near)}?" if len(near) <= 3 else f" There are {', '.join(near)}."
