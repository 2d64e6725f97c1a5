"""Holistically-nested edge detection (Xie and Tu 2015): Keras' weights → ONNX."""

from pathlib import Path

import h5py
import numpy as np
import onnx

from ensembles.arrays import Array
from export.errors import ExportError
from export.preprocessors.graph import Graph

MEAN = (104.00699, 116.66877, 122.67892)
"""Of blue, green and red in 0..255: the network is VGG16, which was trained in Caffe."""
BLOCKS = (2, 2, 3, 3, 3)
"""Convolutions of each block; every block but the first begins with a reduction to half."""


def to_onnx(path: Path) -> onnx.ModelProto:
    """`image` fp32 [B,3,h,w] in 0..1 → `hint` fp32 [B,h,w] in 0..1, how likely an edge is; any size.

    Raises `ExportError` for a file that does not hold these weights.
    """
    try:
        with h5py.File(path) as file:
            return _written(file)
    except (OSError, KeyError, IndexError) as error:
        raise ExportError(f"{path.name} does not hold HED's weights: {error}.") from error


def _written(file: h5py.File) -> onnx.ModelProto:
    graph = Graph()
    bgr = graph.add("Gather", ["image", graph.tensor("bgr", np.array([2, 1, 0]))], "flipped", axis=1)
    scaled = graph.add("Mul", [bgr, graph.tensor("white", np.array([255], np.float32))], "scaled")
    last = graph.add(
        "Sub", [scaled, graph.tensor("mean", np.array(MEAN, np.float32).reshape(1, 3, 1, 1))], "centred"
    )
    size = graph.add("Shape", ["image"], "size", start=2)
    sides = []
    for block, count in enumerate(BLOCKS, 1):
        if block > 1:
            last = graph.add(
                "MaxPool", [last], f"pool{block}", kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"
            )
        for place in range(count):
            layer = file[f"block{block}/layers/conv2d{f'_{place}' if place else ''}/vars"]
            name = f"conv{block}_{place + 1}"
            last = graph.add("Relu", [_convolution(graph, layer, last, name)], f"{name}.relu")
        side = _convolution(graph, file[f"dsn{block}/vars"], last, f"side{block}")
        if block > 1:
            planes = graph.add("Shape", [side], f"side{block}.planes", end=2)
            whole = graph.add("Concat", [planes, size], f"side{block}.size", axis=0)
            side = graph.add(
                "Resize",
                [side, "", "", whole],
                f"side{block}.large",
                mode="linear",
                coordinate_transformation_mode="half_pixel",
            )
        sides.append(side)
    together = graph.add("Concat", sides, "sides", axis=1)
    likely = graph.add("Sigmoid", [_convolution(graph, file["fuse/vars"], together, "fuse")], "likely")
    graph.add("Squeeze", [likely, graph.tensor("channel", np.array([1]))], "hint")
    return graph.model("hed", {"image": ["batch", 3, "h", "w"]}, {"hint": ["batch", "h", "w"]})


def _convolution(graph: Graph, layer: h5py.Group, taken: str, name: str) -> str:
    weight, bias = (np.asarray(layer[one], np.float32) for one in ("0", "1"))
    return graph.add(
        "Conv",
        [
            taken,
            graph.tensor(f"{name}.weight", _contiguous(weight.transpose(3, 2, 0, 1))),
            graph.tensor(f"{name}.bias", bias),
        ],
        name,
        kernel_shape=list(weight.shape[:2]),
        pads=[weight.shape[0] // 2] * 4,
    )


def _contiguous(weight: Array) -> Array:
    return np.ascontiguousarray(weight)
