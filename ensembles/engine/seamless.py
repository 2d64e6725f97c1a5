"""Pictures that go on at the opposite edge: every convolution's zeros around its input become the input's other side."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ensembles.engine.variant import Seamless

_AXES = {"y": 2, "x": 3}
_FAR = np.iinfo(np.int64).max


def go_round(model: onnx.ModelProto, axes: Seamless) -> int:
    """Pad along `axes` with what stands at the other side, in place; returns how many convolutions it was done to.

    What torch's padding_mode="circular" does to a Conv2d. Padding that is an operator of its own, as before the VAE's
    strided convolutions, stays zeros: the field leaves it too.
    """
    nodes: list[onnx.NodeProto] = []
    done = 0
    for node in model.graph.node:
        pads = _pads(node)
        for name in axes if pads is not None else "":
            assert pads is not None
            axis = _AXES[name]
            before, after = pads.ints[axis - 2], pads.ints[axis]
            if before or after:
                nodes += _wrapped(model.graph, node, axis, before, after)
                pads.ints[axis - 2] = pads.ints[axis] = 0
                done += name == axes[0]
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return done


def _pads(node: onnx.NodeProto) -> onnx.AttributeProto | None:
    """The paddings of a convolution over two axes: top, left, bottom, right."""
    if node.op_type != "Conv":
        return None
    return next((one for one in node.attribute if one.name == "pads" and len(one.ints) == 4), None)


def _wrapped(
    graph: onnx.GraphProto, conv: onnx.NodeProto, axis: int, before: int, after: int
) -> list[onnx.NodeProto]:
    """What puts the end before the start and the start after the end, and gives `conv` that as its input."""
    source, stem = conv.input[0], f"{conv.output[0]}.round{axis}"
    parts, nodes = [source], []
    for end, start, stop in (("head", -before, _FAR), ("tail", 0, after)):
        if start == stop or (end == "head" and not before):
            continue
        names = [f"{stem}.{end}.{what}" for what in ("starts", "ends", "axes")]
        for name, value in zip(names, (start, stop, axis), strict=True):
            graph.initializer.append(numpy_helper.from_array(np.array([value], np.int64), name))
        piece = f"{stem}.{end}"
        nodes.append(helper.make_node("Slice", [source, *names], [piece], name=piece))
        parts = [piece, *parts] if end == "head" else [*parts, piece]
    nodes.append(helper.make_node("Concat", parts, [stem], name=stem, axis=axis))
    conv.input[0] = stem
    return nodes
