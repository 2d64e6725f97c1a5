"""An ONNX graph in the making."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ensembles.arrays import Array

OPSET = 18


class Graph:
    """The nodes so far. Weights stay as they are kept; what is float16 is widened when the graph is loaded."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """A node of one output; its name."""
        return self.split(kind, inputs, [output], **attributes)[0]

    def split(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
    ) -> Sequence[str]:
        """A node of several outputs; their names."""
        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), outputs[0], **attributes))
        return outputs

    def tensor(self, name: str, values: Array) -> str:
        """A constant."""
        if name not in self.initializers and f"{name}.half" not in self.initializers:
            if values.dtype == np.float16:
                self.initializers[f"{name}.half"] = numpy_helper.from_array(values, f"{name}.half")
                return self.add("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT)
            self.initializers[name] = numpy_helper.from_array(values, name)
        return name

    def model(
        self, name: str, inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]]
    ) -> onnx.ModelProto:
        """The whole, checked; inputs and outputs are fp32, by name with their shapes."""
        ends = [
            [helper.make_tensor_value_info(end, TensorProto.FLOAT, list(shape)) for end, shape in of.items()]
            for of in (inputs, outputs)
        ]
        made = helper.make_model(
            helper.make_graph(self.nodes, name, *ends, list(self.initializers.values())),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=9,
        )
        onnx.checker.check_model(made, full_check=True)
        return made
