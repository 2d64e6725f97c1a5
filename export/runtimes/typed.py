"""A graph whose types say its precision: TensorRT and TensorRT-RTX build what is written, and nothing else.

Needs the `onnx` package. The graph stays without weights: it is made once per architecture and precision.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel

from ensembles.engine.graph import GraphMeta

PRECISIONS = {"fp32": onnx.TensorProto.FLOAT, "fp16": onnx.TensorProto.FLOAT16}

IN_FLOAT32 = ("/time_proj/", "/add_time_proj/")
"""What the names of nodes begin with that fp16 would spoil: a timestep of 999.5 is 999 or 1000 there."""


def typed_graph(path: Path, meta: GraphMeta, precision: str) -> Any:
    """The graph at `path` as a ModelProto in `precision` (fp32 or fp16).

    Inputs and outputs stay as they are, so every precision serves the same requests. `meta.parameters`
    are initializers without data, in the precision of the graph.
    """
    model = onnx.load(str(path), load_external_data=False)
    if precision == "fp32":
        return model
    names = set(meta.parameters)
    _initializers_to_inputs(model.graph, names)
    model = convert_float_to_float16(
        model,
        keep_io_types=[port.name for port in (*meta.inputs, *meta.outputs)],
        op_block_list=DEFAULT_OP_BLOCK_LIST,
        node_block_list=_in_float32(model.graph),
    )
    _inputs_to_initializers(model.graph, meta.parameters)
    _remove_round_trips(model.graph)
    # The converter appends its casts at the end.
    OnnxModel.graph_topological_sort(model.graph)
    return model


def _initializers_to_inputs(graph: Any, names: set[str]) -> None:
    """Make inputs of the initializers called `names`: a converter would look for their data."""
    kept = []
    for tensor in graph.initializer:
        if tensor.name in names:
            value = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
            graph.input.append(value)
        else:
            kept.append(tensor)
    _replace(graph.initializer, kept)


def _inputs_to_initializers(graph: Any, parameters: Mapping[str, Sequence[int]]) -> None:
    types = {value.name: value.type.tensor_type.elem_type for value in graph.input}
    _replace(graph.input, [value for value in graph.input if value.name not in parameters])
    for name, shape in parameters.items():
        tensor = onnx.TensorProto(name=name, dims=shape, data_type=types[name])
        tensor.data_location = onnx.TensorProto.EXTERNAL
        graph.initializer.append(tensor)


def _in_float32(graph: Any) -> list[str]:
    """Names of the nodes of `IN_FLOAT32` and of all that lead to them from the inputs."""
    makers = {output: node for node in graph.node for output in node.output}
    waiting = [node for node in graph.node if node.name.startswith(IN_FLOAT32)]
    found: dict[str, Any] = {}
    while waiting:
        node = waiting.pop()
        if node.name not in found:
            found[node.name] = node
            waiting += [makers[name] for name in node.input if name in makers]
    return list(found)


def _remove_round_trips(graph: Any) -> None:
    """Where the converter takes a value to fp16 and straight back, use the value: the way costs its precision.

    It makes such a pair wherever one node of `IN_FLOAT32` follows another, under one name for all that follow.
    """
    casts = {node.output[0]: node for node in graph.node if node.op_type == "Cast"}
    # The casts of the model itself may begin at an integer: only the converter's surely begin at fp32.
    down = {
        output: node.input[0]
        for output, node in casts.items()
        if node.name.startswith("graph_input_cast") or node.name.endswith("_cast_to_fp16_node")
    }
    same = {
        output: down[node.input[0]]
        for output, node in casts.items()
        if node.name.endswith("_cast_to_fp32_node") and node.input[0] in down
    }
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = same.get(name, name)
    kept = [node for node in graph.node if node.output[0] not in same]
    used = {name for node in kept for name in node.input} | {value.name for value in graph.output}
    _replace(graph.node, [node for node in kept if node.output[0] in used or node.output[0] not in down])


def _replace(field: Any, values: Sequence[Any]) -> None:
    copies = [type(value)() for value in values]
    for copy, value in zip(copies, values, strict=True):
        copy.CopyFrom(value)
    del field[:]
    field.extend(copies)
