"""Small helpers for changing a graph in place: new nodes beside the old ones, values that others read instead."""

from collections import defaultdict
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ensembles.arrays import Array


class Rewriter:
    """Nodes to be put before or after those of `model`, and values to be read in place of others."""

    def __init__(self, model: onnx.ModelProto, prefix: str) -> None:
        self.model = model
        self.graph = model.graph
        self._prefix = prefix
        self._number = 0
        self._first: list[onnx.NodeProto] = []
        self._after: dict[str, list[onnx.NodeProto]] = defaultdict(list)
        self._place = self._first
        self._renamed: dict[str, str] = {}
        self._constants: dict[tuple[str, bytes, tuple[int, ...]], str] = {}

    def at_start(self) -> None:
        """What is made from here on depends on inputs and initializers alone."""
        self._place = self._first

    def after(self, value: str) -> None:
        """What is made from here on follows the node that makes `value`; a graph's input needs none."""
        self._place = self._after[value]

    def constant(self, values: Array | list[int] | int | float) -> str:
        """A value that is always the same: whole numbers become int64, others float32."""
        whole = isinstance(values, (list, int))
        array = np.array(values, np.int64 if whole else np.float32)
        key = (str(array.dtype), array.tobytes(), array.shape)
        if key not in self._constants:
            name = f"{self._prefix}/constant_{len(self._constants)}"
            self.graph.initializer.append(numpy_helper.from_array(array, name))
            self._constants[key] = name
        return self._constants[key]

    def make(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A new node's only output."""
        self._number += 1
        name = f"{self._prefix}/{kind}_{self._number}"
        self._place.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def input(self, name: str, shape: list[int | str]) -> str:
        """A new float32 input of the graph."""
        self.graph.input.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
        return name

    def parameter(self, name: str, shape: list[int]) -> str:
        """A new initializer without data, to be bound."""
        tensor = onnx.TensorProto(name=name, dims=shape, data_type=onnx.TensorProto.FLOAT)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        self.graph.initializer.append(tensor)
        return name

    def read_instead(self, old: str, new: str) -> None:
        """The graph's own nodes read `new` where they read `old`."""
        self._renamed[old] = new

    def finish(self) -> None:
        """Put everything in its place; the graph's nodes stay in an order in which each follows what it reads."""
        nodes = list(self._first)
        for node in self.graph.node:
            for place, name in enumerate(node.input):
                if name in self._renamed:
                    node.input[place] = self._renamed[name]
            nodes.append(node)
            for output in node.output:
                nodes += self._after.get(output, ())
        del self.graph.node[:]
        self.graph.node.extend(nodes)
