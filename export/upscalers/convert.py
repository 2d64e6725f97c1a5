"""Writes a network of ncnn's as ONNX: one function a kind of layer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ensembles.arrays import Array
from ensembles.upscaler import INPUT, OUTPUT
from export.errors import ExportError
from export.upscalers.ncnn import Layer

FORM = 1
"""To be raised when networks come to be written differently: what was published before is then published anew."""
OPSET = 18


class _Graph:
    """The nodes so far. Weights stay as they are kept; what is float16 is widened when the graph is loaded."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.names: dict[str, str] = {}
        """ncnn's name of a value → ours: a Split only gives further names."""

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, **attributes))
        return output

    def tensor(self, name: str, values: Array) -> str:
        if values.dtype == np.float16:
            self.initializers[f"{name}.half"] = numpy_helper.from_array(values, f"{name}.half")
            return self.add("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT)
        self.initializers[name] = numpy_helper.from_array(values, name)
        return name


def to_onnx(layers: Sequence[Layer], *, border: int = 0) -> onnx.ModelProto:
    """`image` fp32 [B,3,h,w] in 0..1 → `upscaled` fp32 [B,3,kh,kw], clipped to 0..1; computes in float32.

    `border`: pixels by which the picture's edge is repeated around it first, for networks whose convolutions take
    none of their own. Raises `ExportError` for a layer that is not known.
    """
    graph = _Graph()
    last = ""
    for layer in layers:
        inputs = [graph.names[name] for name in layer.inputs]
        if layer.kind == "Input":
            graph.names[layer.outputs[0]] = _bordered(graph, border)
        elif layer.kind == "Split":
            graph.names |= dict.fromkeys(layer.outputs, inputs[0])
        elif layer.kind in LAYERS:
            last = LAYERS[layer.kind](graph, layer, inputs)
            graph.names[layer.outputs[0]] = last
        else:
            raise ExportError(f"Layers of the kind {layer.kind} ({layer.name}) cannot be written as ONNX.")
    low, high = (graph.tensor(name, np.array(value, np.float32)) for name, value in (("low", 0), ("high", 1)))
    graph.add("Clip", [last, low, high], OUTPUT)
    picture = [
        helper.make_tensor_value_info(
            name, TensorProto.FLOAT, ["batch", 3, f"{name}_height", f"{name}_width"]
        )
        for name in (INPUT, OUTPUT)
    ]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes, "upscaler", picture[:1], picture[1:], list(graph.initializers.values())
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=9,
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def _bordered(graph: _Graph, border: int) -> str:
    if not border:
        return INPUT
    pads = graph.tensor("border", np.array([0, 0, border, border] * 2, np.int64))
    return graph.add("Pad", [INPUT, pads], "bordered", mode="edge")


def _convolution(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    width, stride, pad, dilation = layer.whole(1), layer.whole(3, 1), layer.whole(4), layer.whole(2, 1)
    across = layer.kind == "Deconvolution"
    weight = layer.weights["weight"]
    taken = [*inputs, graph.tensor(f"{layer.name}.weight", weight.swapaxes(0, 1) if across else weight)]
    if "bias" in layer.weights:
        taken.append(graph.tensor(f"{layer.name}.bias", layer.weights["bias"]))
    made = graph.add(
        "ConvTranspose" if across else "Conv",
        taken,
        layer.name,
        kernel_shape=[layer.whole(11, width), width],
        strides=[stride, stride],
        pads=[pad] * 4,
        dilations=[dilation, dilation],
    )
    return _activated(graph, layer, made)


def _activated(graph: _Graph, layer: Layer, made: str) -> str:
    match layer.whole(9):
        case 0:
            return made
        case 1:
            return graph.add("Relu", [made], f"{made}.relu")
        case 2:
            return graph.add("LeakyRelu", [made], f"{made}.leaky", alpha=layer.array(10)[0])
        case other:
            raise ExportError(f"{layer.name}: the activation {other} cannot be written as ONNX.")


def _prelu(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    slope = layer.weights["slope"].reshape(-1, 1, 1)
    return graph.add("PRelu", [*inputs, graph.tensor(f"{layer.name}.slope", slope)], layer.name)


def _shuffle(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    mode = "DCR" if layer.whole(1) else "CRD"
    return graph.add("DepthToSpace", inputs, layer.name, blocksize=layer.whole(0), mode=mode)


def _resize(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    scales = np.array([1, 1, layer.number(1), layer.number(2)], np.float32)
    kinds: Mapping[int, dict[str, Any]] = {
        1: {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        2: {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
        3: {"mode": "cubic", "coordinate_transformation_mode": "half_pixel", "cubic_coeff_a": -0.75},
    }
    if (kind := kinds.get(layer.whole(0))) is None:
        raise ExportError(f"{layer.name}: resizing of the kind {layer.whole(0)} cannot be written as ONNX.")
    return graph.add(
        "Resize", [*inputs, "", graph.tensor(f"{layer.name}.scales", scales)], layer.name, **kind
    )


def _concat(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    return graph.add("Concat", inputs, layer.name, axis=layer.whole(0) + 1)


def _add(graph: _Graph, layer: Layer, inputs: list[str]) -> str:
    """BinaryOp 0, and Eltwise 1 with a factor for each input."""
    if layer.whole(0) != (1 if layer.kind == "Eltwise" else 0):
        raise ExportError(f"{layer.name}: of {layer.kind} only sums can be written as ONNX.")
    factors = layer.array(1) if layer.kind == "Eltwise" else ()
    for place, factor in enumerate(factors):
        if factor != 1:
            by = graph.tensor(f"{layer.name}.factor{place}", np.array(factor, np.float32))
            inputs[place] = graph.add("Mul", [inputs[place], by], f"{layer.name}.scaled{place}")
    return graph.add("Add", inputs, layer.name)


LAYERS: Mapping[str, Callable[[_Graph, Layer, list[str]], str]] = {
    "Convolution": _convolution,
    "Deconvolution": _convolution,
    "PReLU": _prelu,
    "PixelShuffle": _shuffle,
    "Interp": _resize,
    "Concat": _concat,
    "BinaryOp": _add,
    "Eltwise": _add,
}
"""Kind of an ncnn layer → what writes it."""
