"""Graphs of transformers written down, whose parameters keep their files' names."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import onnx
from onnx import helper

from ensembles.engine.rewriting import Rewriter

Shapes = Mapping[str, Sequence[int]]
Activation = Literal["gelu", "quick_gelu"]

_OPSET = 17
_IR = 8


class Builder(Rewriter):
    """A new graph with the float32 `inputs` (name → shape), whose parameters have the shapes of `shapes`."""

    def __init__(self, name: str, inputs: Mapping[str, list[int | str]], shapes: Shapes) -> None:
        opset = helper.make_opsetid("", _OPSET)
        graph = helper.make_graph([], name, [], [])
        super().__init__(helper.make_model(graph, opset_imports=[opset], ir_version=_IR), f"/{name}")
        self._shapes = shapes
        self._owned: set[str] = set()
        for one, shape in inputs.items():
            self.input(one, shape)
        self.at_start()

    def done(self, outputs: Mapping[str, str]) -> onnx.ModelProto:
        """The graph; `outputs` is name → value."""
        self.finish()
        for name, value in outputs.items():
            self.graph.node.append(helper.make_node("Identity", [value], [name]))
            self.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        return self.model

    def own(self, name: str) -> str:
        """The parameter `name`; raises `KeyError` where there is none."""
        if name not in self._owned:
            self.parameter(name, list(self._shapes[name]))
            self._owned.add(name)
        return name

    def width(self, name: str, axis: int = 0) -> int:
        """An extent of the parameter `name`."""
        return int(self._shapes[name][axis])

    def linear(self, value: str, module: str) -> str:
        """`value` · weightᵀ, plus the bias where there is one."""
        turned = self.make("Transpose", self.own(f"{module}.weight"), perm=[1, 0])
        made = self.make("MatMul", value, turned)
        bias = f"{module}.bias"
        return self.make("Add", made, self.own(bias)) if bias in self._shapes else made

    def norm(self, value: str, module: str, epsilon: float = 1e-5) -> str:
        """Layer normalisation of the last axis."""
        own = self.own(f"{module}.weight"), self.own(f"{module}.bias")
        return self.make("LayerNormalization", value, *own, axis=-1, epsilon=epsilon)

    def activation(self, value: str, kind: Activation = "gelu") -> str:
        """The exact GELU, or CLIP's approximation of it."""
        if kind == "quick_gelu":
            return self.make(
                "Mul", value, self.make("Sigmoid", self.make("Mul", value, self.constant(1.702)))
            )
        curve = self.make("Erf", self.make("Mul", value, self.constant(math.sqrt(0.5))))
        half = self.make("Mul", value, self.constant(0.5))
        return self.make("Mul", half, self.make("Add", curve, self.constant(1.0)))

    def attention(self, query: str, key: str, value: str, heads: int, width: int) -> str:
        """Of [B,places,width] each, in `heads`; [B,places,width]."""
        split = self.constant([0, 0, heads, width // heads])
        q, k, v = (
            self.make("Transpose", self.make("Reshape", one, split), perm=perm)
            for one, perm in ((query, [0, 2, 1, 3]), (key, [0, 2, 3, 1]), (value, [0, 2, 1, 3]))
        )
        scores = self.make("Mul", self.make("MatMul", q, k), self.constant((width // heads) ** -0.5))
        seen = self.make("MatMul", self.make("Softmax", scores, axis=-1), v)
        joined = self.make("Transpose", seen, perm=[0, 2, 1, 3])
        return self.make("Reshape", joined, self.constant([0, 0, width]))
