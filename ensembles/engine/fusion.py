"""Attention as one operator: the graph's product, softmax and product become onnxruntime's MultiHeadAttention.

The traced graphs keep attention as plain ONNX, which every runtime reads. onnxruntime's own operator goes
through the keys block by block (flash attention, Dao et al. 2022), so the scores, which grow with the square
of the number of places, never stand in memory.
"""

from collections import defaultdict
from dataclasses import dataclass

import onnx
from onnx import numpy_helper

DOMAIN = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Attention:
    """One occurrence: three inputs [batch, places, heads × width], and the reshape that ends it."""

    query: str
    key: str
    value: str
    heads: int
    end: onnx.NodeProto


def fuse_attention(model: onnx.ModelProto) -> int:
    """Replace, in place, every self- and cross-attention of the traced form; returns how many there were.

    Attention with a mask (the text encoder's) is left as it is.
    """
    found = find_attention(model)
    if not found:
        return 0
    replaced = {match.end.output[0]: match for match in found}
    nodes = []
    for node in model.graph.node:
        match = replaced.get(node.output[0]) if node.output else None
        nodes.append(_fused(match) if match else node)
    nodes = needed(nodes, [output.name for output in model.graph.output])
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    use_domain(model)
    return len(found)


def find_attention(model: onnx.ModelProto) -> list[Attention]:
    """Every self- and cross-attention of the traced form, in the order of the graph."""
    graph = _Graph(model.graph)
    return [match for node in model.graph.node if node.op_type == "Softmax" and (match := graph.match(node))]


def use_domain(model: onnx.ModelProto) -> None:
    """Say in `model` that it holds onnxruntime's own operators."""
    if all(entry.domain != DOMAIN for entry in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(DOMAIN, 1))


def _fused(match: Attention) -> onnx.NodeProto:
    return onnx.helper.make_node(
        "MultiHeadAttention",
        [match.query, match.key, match.value],
        [match.end.output[0]],
        name=f"{match.end.name}/fused",
        domain=DOMAIN,
        num_heads=match.heads,
    )


def needed(nodes: list[onnx.NodeProto], outputs: list[str]) -> list[onnx.NodeProto]:
    """The nodes that the outputs depend on, in their order."""
    wanted, kept = set(outputs), []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]


class _Graph:
    """Who makes and who reads each value."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.makers = {name: node for node in graph.node for name in node.output}
        self.readers = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self.readers[name].append(node)

    def match(self, softmax: onnx.NodeProto) -> Attention | None:
        """The attention around a softmax: (q·s)(kᵀ·s) → softmax → ·v → transpose → reshape."""
        scores = self._made(softmax.input[0], "MatMul")
        product = self._read(softmax.output[0], "MatMul")
        if scores is None or product is None or product.input[0] != softmax.output[0]:
            return None
        query = self._split(self._scaled(scores.input[0]), [0, 2, 1, 3])
        key = self._split(self._scaled(scores.input[1]), [0, 2, 3, 1])
        value = self._split(product.input[1], [0, 2, 1, 3])
        back = self._read(product.output[0], "Transpose")
        end = (
            self._read(back.output[0], "Reshape")
            if back is not None and _perm(back) == [0, 2, 1, 3]
            else None
        )
        if query is None or key is None or value is None or end is None:
            return None
        heads = {self._heads(part) for part in (query, key, value)}
        if len(heads) != 1 or None in heads:
            return None
        return Attention(query.input[0], key.input[0], value.input[0], heads.pop() or 0, end)

    def _made(self, name: str, kind: str) -> onnx.NodeProto | None:
        node = self.makers.get(name)
        return node if node is not None and node.op_type == kind else None

    def _read(self, name: str, kind: str) -> onnx.NodeProto | None:
        """The only reader of a value, when it is of that kind."""
        readers = self.readers[name]
        return readers[0] if len(readers) == 1 and readers[0].op_type == kind else None

    def _scaled(self, name: str) -> str:
        """What is multiplied by the square root of the scale, 1 / √width, as torch's exporter writes it."""
        scaled = self._made(name, "Mul")
        return scaled.input[0] if scaled is not None and self._made(scaled.input[1], "Sqrt") else ""

    def _split(self, name: str, perm: list[int]) -> onnx.NodeProto | None:
        """The reshape that splits [batch, places, width] into heads, before the transposition `perm`."""
        turned = self._made(name, "Transpose")
        return (
            self._made(turned.input[0], "Reshape") if turned is not None and _perm(turned) == perm else None
        )

    def _heads(self, reshape: onnx.NodeProto) -> int | None:
        """The third extent of the shape that a reshape is given, when it is a constant."""
        shape = self._made(reshape.input[1], "Concat")
        part = (
            self._made(shape.input[2], "Unsqueeze") if shape is not None and len(shape.input) == 4 else None
        )
        constant = self._made(part.input[0], "Constant") if part is not None else None
        if constant is None:
            return None
        return int(numpy_helper.to_array(constant.attribute[0].t))


def _perm(node: onnx.NodeProto) -> list[int]:
    return next((list(attribute.ints) for attribute in node.attribute if attribute.name == "perm"), [])
