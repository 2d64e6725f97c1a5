"""Writes a graph model of TensorFlow.js as ONNX: one function a kind of node. Activations stay NHWC between nodes."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from onnx import TensorProto

from ensembles.arrays import Array
from export.errors import ExportError
from export.preprocessors.graph import Graph

TYPES = {
    "DT_FLOAT": TensorProto.FLOAT,
    "DT_INT32": TensorProto.INT32,
    "DT_BOOL": TensorProto.BOOL,
}


class Node(msgspec.Struct, frozen=True):
    """A node of the topology. Its inputs are names, `NAME:1` for a second output."""

    name: str
    op: str
    input: list[str] = []
    attr: dict[str, dict[str, Any]] = {}

    def flag(self, name: str, default: bool = False) -> bool:
        """An attribute that is true or false."""
        return bool(self.attr.get(name, {}).get("b", default))

    def whole(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return int(self.attr.get(name, {}).get("i", default))

    def numbers(self, name: str) -> list[int]:
        """Whole numbers."""
        return [int(one) for one in self.attr.get(name, {}).get("list", {}).get("i", [])]

    def text(self, name: str) -> str:
        """A text."""
        return base64.b64decode(self.attr.get(name, {}).get("s", "")).decode()

    def texts(self, name: str) -> list[str]:
        """Texts."""
        return [
            base64.b64decode(one).decode() for one in self.attr.get(name, {}).get("list", {}).get("s", [])
        ]

    def type(self, name: str) -> str:
        """A type, as TensorFlow calls it."""
        return str(self.attr.get(name, {}).get("type", ""))


class _Quantised(msgspec.Struct, frozen=True):
    dtype: str


class _Weight(msgspec.Struct, frozen=True):
    name: str
    shape: list[int]
    dtype: str
    quantization: _Quantised | None = None


class _Group(msgspec.Struct, frozen=True):
    weights: list[_Weight]


class _Topology(msgspec.Struct, frozen=True):
    node: list[Node]


class _File(msgspec.Struct, frozen=True):
    topology: _Topology = msgspec.field(name="modelTopology")
    manifest: list[_Group] = msgspec.field(name="weightsManifest")


class Model(msgspec.Struct, frozen=True):
    """A graph model: nodes in their order, and constants by the name of their node."""

    nodes: list[Node]
    constants: dict[str, Array]


def read_model(topology: Path, weights: Path) -> Model:
    """A model of one .json and one .bin; raises `ExportError` for files that are not TensorFlow.js's or do not fit."""
    try:
        file = msgspec.json.decode(topology.read_bytes(), type=_File)
        data, place, constants = weights.read_bytes(), 0, {}
        for one in (weight for group in file.manifest for weight in group.weights):
            kept = np.dtype(one.quantization.dtype if one.quantization else one.dtype)
            if one.quantization and kept != np.float16:
                raise ExportError(f"{one.name}: weights in {kept} are not read, only float16 and float32.")
            count = int(np.prod(one.shape))
            constants[one.name] = np.frombuffer(data, kept, count, place).reshape(one.shape)
            place += count * kept.itemsize
    except (OSError, msgspec.MsgspecError, TypeError, ValueError) as error:
        raise ExportError(f"{topology.name} is no graph model of TensorFlow.js: {error}.") from error
    if place != len(data):
        raise ExportError(f"{weights.name} holds {len(data)} bytes, and {topology.name} asks for {place}.")
    return Model(file.topology.node, constants)


class _Writer(Graph):
    """Names of tensors are those of the nodes; what a node needs between is named after it."""

    def __init__(self, constants: Mapping[str, Array]) -> None:
        super().__init__()
        self.constants = constants

    def constant(self, name: str) -> Array:
        """The value of an input that has to be known; raises `ExportError` where it is computed."""
        if name not in self.constants:
            raise ExportError(f"{name} is computed, and has to be a constant to be written as ONNX.")
        return self.constants[name]

    def taken(self, name: str) -> str:
        """An input as it is."""
        name = name.removesuffix(":0")
        return self.tensor(name, self.constants[name]) if name in self.constants else name

    def int64(self, name: str) -> str:
        """An input that ONNX wants as int64: shapes, axes, indices."""
        if name in self.constants:
            return self.tensor(f"{name}.int64", self.constants[name].astype(np.int64))
        return self.cast(self.taken(name), f"{name}.int64.{len(self.nodes)}", TensorProto.INT64)

    def cast(self, name: str, output: str, kind: int) -> str:
        return self.add("Cast", [name], output, to=kind)

    def axes(self, name: str, *axes: int) -> str:
        return self.tensor(f"{name}.axes", np.array(axes, np.int64))


def to_onnx(model: Model, output: str) -> onnx.ModelProto:
    """`image` fp32 [1,3,h,w] in 0..1 → `hint`, what the node `output` gives; computes in float32.

    The model's own input is a picture int32 [1,h,w,3] in 0..255. Raises `ExportError` for a node that is not known.
    """
    graph = _Writer(model.constants)
    for node in model.nodes:
        if node.op == "Const":
            continue
        if node.op not in NODES:
            raise ExportError(f"Nodes of the kind {node.op} ({node.name}) cannot be written as ONNX.")
        try:
            NODES[node.op](graph, node)
        except (IndexError, KeyError) as error:
            raise ExportError(f"{node.name} ({node.op}) lacks {error}.") from error
    graph.add("Identity", [output], "hint")
    return graph.model("pose", {"image": [1, 3, "h", "w"]}, {"hint": ["pictures", "people", "values"]})


def _placeholder(graph: _Writer, node: Node) -> None:
    scaled = graph.add("Mul", ["image", graph.tensor("white", np.array([255], np.float32))], "scaled")
    whole = graph.cast(graph.add("Round", [scaled], "rounded"), "whole", TensorProto.INT32)
    graph.add("Transpose", [whole], node.name, perm=[0, 2, 3, 1])


def _same(kind: str) -> Callable[[_Writer, Node], None]:
    """A node that ONNX has as it is."""

    def write(graph: _Writer, node: Node) -> None:
        graph.add(kind, [graph.taken(one) for one in node.input], node.name)

    return write


def _cast(graph: _Writer, node: Node) -> None:
    graph.cast(graph.taken(node.input[0]), node.name, TYPES[node.type("DstT")])


def _planes(graph: _Writer, node: Node) -> str:
    """Its first input, NCHW."""
    return graph.add("Transpose", [graph.taken(node.input[0])], f"{node.name}.planes", perm=[0, 3, 1, 2])


def _pixels(graph: _Writer, node: Node, made: str) -> None:
    """Its output, from NCHW."""
    graph.add("Transpose", [made], node.name, perm=[0, 2, 3, 1])


def _pad(node: Node) -> str:
    if (kind := node.text("padding")) not in ("SAME", "VALID") or node.text("data_format") != "NHWC":
        raise ExportError(f"{node.name}: padding {kind} of {node.text('data_format')} cannot be written.")
    return "SAME_UPPER" if kind == "SAME" else "VALID"


def _convolution(graph: _Writer, node: Node) -> None:
    weight = graph.constant(node.input[1])
    depthwise = "Depthwise" in node.op
    if depthwise:
        high, wide, channels, times = weight.shape
        weight = weight.transpose(2, 3, 0, 1).reshape(channels * times, 1, high, wide)
    else:
        weight = weight.transpose(3, 2, 0, 1)
    fused = node.texts("fused_ops")
    if fused not in ([], ["BiasAdd"], ["BiasAdd", "Relu"], ["BiasAdd", "Relu6"]):
        raise ExportError(f"{node.name}: a convolution followed by {fused} cannot be written as ONNX.")
    taken = [_planes(graph, node), graph.tensor(f"{node.name}.weight", np.ascontiguousarray(weight))]
    if fused:
        taken.append(graph.taken(node.input[2]))
    made = graph.add(
        "Conv",
        taken,
        f"{node.name}.conv",
        kernel_shape=list(weight.shape[2:]),
        strides=node.numbers("strides")[1:3],
        dilations=node.numbers("dilations")[1:3] or [1, 1],
        auto_pad=_pad(node),
        group=channels if depthwise else 1,
    )
    if fused[1:] == ["Relu"]:
        made = graph.add("Relu", [made], f"{node.name}.relu")
    elif fused[1:] == ["Relu6"]:
        ends = [graph.tensor(f"relu6.{one}", np.array(one, np.float32)) for one in (0, 6)]
        made = graph.add("Clip", [made, *ends], f"{node.name}.relu")
    _pixels(graph, node, made)


def _pool(graph: _Writer, node: Node) -> None:
    made = graph.add(
        "MaxPool",
        [_planes(graph, node)],
        f"{node.name}.pool",
        kernel_shape=node.numbers("ksize")[1:3],
        strides=node.numbers("strides")[1:3],
        auto_pad=_pad(node),
    )
    _pixels(graph, node, made)


def _resize(graph: _Writer, node: Node) -> None:
    if not node.flag("half_pixel_centers") or node.flag("align_corners"):
        raise ExportError(f"{node.name}: only resizing by the centres of pixels can be written as ONNX.")
    planes = _planes(graph, node)
    before = graph.add("Shape", [planes], f"{node.name}.before", end=2)
    size = graph.add("Concat", [before, graph.int64(node.input[1])], f"{node.name}.size", axis=0)
    made = graph.add(
        "Resize",
        [planes, "", "", size],
        f"{node.name}.resized",
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    _pixels(graph, node, made)


def _slice(graph: _Writer, node: Node) -> None:
    """Dimension by dimension: a part, one place of it (which goes), or a new one."""
    if node.whole("ellipsis_mask"):
        raise ExportError(f"{node.name}: a slice with an ellipsis cannot be written as ONNX.")
    begin, end, step = (graph.constant(one) for one in node.input[1:4])
    starts, ends, steps, axes, new, gone = [], [], [], [], [], []
    axis = made = 0
    for place, (low, high, by) in enumerate(zip(begin.tolist(), end.tolist(), step.tolist(), strict=True)):
        bit = 1 << place
        if node.whole("new_axis_mask") & bit:
            new.append(made)
            made += 1
            continue
        if node.whole("shrink_axis_mask") & bit:
            # From −1 on there is no end that can be named.
            high, by = low + 1 or 2**31 - 1, 1  # noqa: PLW2901
            gone.append(axis)
        else:
            low = (0 if by > 0 else 2**31 - 1) if node.whole("begin_mask") & bit else low  # noqa: PLW2901
            high = (2**31 - 1 if by > 0 else -(2**31)) if node.whole("end_mask") & bit else high  # noqa: PLW2901
            made += 1
        starts.append(low)
        ends.append(high)
        steps.append(by)
        axes.append(axis)
        axis += 1
    ranges = {"starts": starts, "ends": ends, "axes": axes, "steps": steps}
    parts = [graph.tensor(f"{node.name}.{name}", np.array(one, np.int64)) for name, one in ranges.items()]
    last = graph.add("Slice", [graph.taken(node.input[0]), *parts], f"{node.name}.part")
    if gone:
        last = graph.add("Squeeze", [last, graph.axes(f"{node.name}.gone", *gone)], f"{node.name}.squeezed")
    if new:
        last = graph.add("Unsqueeze", [last, graph.axes(f"{node.name}.new", *new)], f"{node.name}.opened")
    graph.add("Identity", [last], node.name)


def _shape(graph: _Writer, node: Node) -> None:
    """Shape and Size, which ONNX gives as int64."""
    made = graph.add(node.op, [graph.taken(node.input[0])], f"{node.name}.int64")
    graph.cast(made, node.name, TYPES[node.type("out_type") or "DT_INT32"])


def _shaped(kind: str) -> Callable[[_Writer, Node], None]:
    """What takes a tensor and a second input as int64."""

    def write(graph: _Writer, node: Node) -> None:
        graph.add(kind, [graph.taken(node.input[0]), graph.int64(node.input[1])], node.name)

    return write


def _fill(graph: _Writer, node: Node) -> None:
    graph.add("Expand", [graph.taken(node.input[1]), graph.int64(node.input[0])], node.name)


def _squeeze(graph: _Writer, node: Node) -> None:
    axes = node.numbers("squeeze_dims")
    graph.add(
        "Squeeze",
        [graph.taken(node.input[0]), *([graph.axes(node.name, *axes)] if axes else [])],
        node.name,
    )


def _unsqueeze(graph: _Writer, node: Node) -> None:
    axis = int(graph.constant(node.input[1]).reshape(()))
    graph.add("Unsqueeze", [graph.taken(node.input[0]), graph.axes(node.name, axis)], node.name)


def _pack(graph: _Writer, node: Node) -> None:
    axis = graph.axes(node.name, node.whole("axis"))
    parts = [
        graph.add("Unsqueeze", [graph.taken(one), axis], f"{node.name}.{place}")
        for place, one in enumerate(node.input)
    ]
    graph.add("Concat", parts, node.name, axis=node.whole("axis"))


def _outputs(node: Node, count: int) -> list[str]:
    return [node.name, *(f"{node.name}:{place}" for place in range(1, count))]


def _unpack(graph: _Writer, node: Node) -> None:
    count, axis = node.whole("num"), node.whole("axis")
    names = _outputs(node, count)
    parts = graph.split(
        "Split",
        [graph.taken(node.input[0])],
        [f"{name}.part" for name in names],
        axis=axis,
        num_outputs=count,
    )
    for part, name in zip(parts, names, strict=True):
        graph.add("Squeeze", [part, graph.axes(node.name, axis)], name)


def _split(graph: _Writer, node: Node) -> None:
    axis, count = int(graph.constant(node.input[0]).reshape(())), node.whole("num_split")
    graph.split("Split", [graph.taken(node.input[1])], _outputs(node, count), axis=axis, num_outputs=count)


def _concat(graph: _Writer, node: Node) -> None:
    *parts, axis = node.input
    graph.add(
        "Concat",
        [graph.taken(one) for one in parts],
        node.name,
        axis=int(graph.constant(axis).reshape(())),
    )


def _top(graph: _Writer, node: Node) -> None:
    count = graph.tensor(f"{node.name}.k", graph.constant(node.input[1]).reshape(1).astype(np.int64))
    graph.split("TopK", [graph.taken(node.input[0]), count], [node.name, f"{node.name}.places"], axis=-1)
    graph.cast(f"{node.name}.places", f"{node.name}:1", TensorProto.INT32)


def _largest(graph: _Writer, node: Node) -> None:
    axis = int(graph.constant(node.input[1]).reshape(()))
    made = graph.add("ArgMax", [graph.taken(node.input[0])], f"{node.name}.int64", axis=axis, keepdims=0)
    graph.cast(made, node.name, TYPES[node.type("output_type") or "DT_INT32"])


def _reduce(kind: str) -> Callable[[_Writer, Node], None]:
    def write(graph: _Writer, node: Node) -> None:
        axes = graph.tensor(f"{node.name}.axes", graph.constant(node.input[1]).reshape(-1).astype(np.int64))
        graph.add(kind, [graph.taken(node.input[0]), axes], node.name, keepdims=int(node.flag("keep_dims")))

    return write


def _floor_divide(graph: _Writer, node: Node) -> None:
    """Rounded down also below 0, where ONNX rounds whole numbers towards 0."""
    one, other = (graph.taken(name) for name in node.input)
    if node.type("T") != "DT_INT32":
        graph.add("Floor", [graph.add("Div", [one, other], f"{node.name}.ratio")], node.name)
        return
    rest = graph.add("Mod", [one, other], f"{node.name}.rest")
    graph.add("Div", [graph.add("Sub", [one, rest], f"{node.name}.even"), other], node.name)


def _squared_difference(graph: _Writer, node: Node) -> None:
    made = graph.add("Sub", [graph.taken(one) for one in node.input], f"{node.name}.difference")
    graph.add("Mul", [made, made], node.name)


NODES: Mapping[str, Callable[[_Writer, Node], None]] = {
    "Placeholder": _placeholder,
    "_FusedConv2D": _convolution,
    "FusedDepthwiseConv2dNative": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "MaxPool": _pool,
    "ResizeBilinear": _resize,
    "StridedSlice": _slice,
    "Cast": _cast,
    "Shape": _shape,
    "Size": _shape,
    "Reshape": _shaped("Reshape"),
    "Tile": _shaped("Tile"),
    "GatherNd": _shaped("GatherND"),
    "Fill": _fill,
    "Squeeze": _squeeze,
    "ExpandDims": _unsqueeze,
    "Pack": _pack,
    "Unpack": _unpack,
    "Split": _split,
    "ConcatV2": _concat,
    "TopKV2": _top,
    "ArgMax": _largest,
    "Max": _reduce("ReduceMax"),
    "Sum": _reduce("ReduceSum"),
    "FloorDiv": _floor_divide,
    "SquaredDifference": _squared_difference,
    "Select": _same("Where"),
    "Range": _same("Range"),
    "Mul": _same("Mul"),
    "AddV2": _same("Add"),
    "AddN": _same("Sum"),
    "Sub": _same("Sub"),
    "RealDiv": _same("Div"),
    "Minimum": _same("Min"),
    "Maximum": _same("Max"),
    "Less": _same("Less"),
    "Equal": _same("Equal"),
    "Greater": _same("Greater"),
    "GreaterEqual": _same("GreaterOrEqual"),
    "LogicalAnd": _same("And"),
    "Sigmoid": _same("Sigmoid"),
    "Exp": _same("Exp"),
    "Abs": _same("Abs"),
    "Reciprocal": _same("Reciprocal"),
    "Identity": _same("Identity"),
}
"""Kind of a TensorFlow node → what writes it."""
