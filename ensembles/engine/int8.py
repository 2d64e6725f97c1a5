"""Linear layers in 8 bits: a product with a parameter becomes onnxruntime's MatMulNBits.

Weights are whole numbers of 8 bits with one scale for each block along a row. The operator rounds what comes
in to 8 bits as well, block by block within each row: a sample never depends on its neighbours in a batch.
Why, and what it costs: docs/decisions/0008-low-precision.md.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from ensembles.engine.errors import EngineError
from ensembles.engine.external import STORED, point
from ensembles.engine.fusion import DOMAIN, needed, use_domain
from ensembles.engine.weights import TensorPlace, read_header

Shape = Sequence[int]

FILE = "{network}.int8.safetensors"
"""In a published checkpoint's `weights/`, where `studio quantize` made one."""
VALUES, SCALES = ".q", ".s"
"""What follows a parameter's name [N, K] in that file: U8 [N, blocks, block], F32 [N, blocks]."""

ZERO = 128
"""The stored number that stands for 0: MatMulNBits' own, where no zero points are given."""
_TURNED_FORMS: dict[str, dict[str, object]] = {"MatMul": {}}
_FORMS: dict[str, dict[str, object]] = {
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transB": 1},
    "Conv": {"dilations": [1, 1], "group": 1, "kernel_shape": [1, 1], "pads": [0] * 4, "strides": [1, 1]},
}
"""The traced graphs' linear layers, by what multiplies with the parameter's transposition or with itself."""

INT8_ACTIVATIONS = 4
"""MatMulNBits' accuracy_level at which inputs are rounded to 8 bits; lower ones compute in float32, slower."""


def int8_file(folder: Path, network: str) -> Path:
    """Where the published `folder` (`models/NAME`) keeps the network's linear layers in 8 bits."""
    return folder / "weights" / FILE.format(network=network)


def published_int8(folder: Path, network: str) -> Path | None:
    """That file, None where there is none."""
    file = int8_file(folder, network)
    return file if file.is_file() else None


def quantize_rows(weight: NDArray[np.float32], block: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """float32 [N, K] → (uint8 [N, blocks, block], float32 [N, blocks]); K is filled up with zeros.

    weight ≈ (values − 128) × scale, the largest number of each block being ±127.
    """
    rows, columns = weight.shape
    padded = np.zeros((rows, -(-columns // block) * block), np.float32)
    padded[:, :columns] = weight
    blocks = padded.reshape(rows, -1, block)
    scales = np.abs(blocks).max(axis=-1) / np.float32(127)
    steps = np.where(scales == 0, np.float32(1), scales)[..., None]
    return (np.rint(blocks / steps) + ZERO).astype(np.uint8), scales


def linear_layers(model: onnx.ModelProto, parameters: Mapping[str, Shape]) -> dict[str, list[onnx.NodeProto]]:
    """Parameter [N, K] or [N, K, 1, 1] → the nodes x · parameterᵀ, for those that are read in no other way.

    Of the convolutions of 1×1, only those at a transformer's edge count: the others are shortcuts around blocks,
    whose rounding would reach the output undiminished.
    """
    readers = defaultdict(list)
    turned_values = set()
    for node in model.graph.node:
        for name in node.input:
            readers[name].append(node)
        if node.op_type == "Transpose":
            turned_values.update([*node.input, *node.output])
    found: dict[str, list[onnx.NodeProto]] = {}
    for name in parameters:
        nodes: list[onnx.NodeProto] = []
        linear = bool(readers[name])
        for reader in readers[name]:
            turned = reader.op_type == "Transpose" and _settings(reader) == {"perm": [1, 0]}
            weight = reader.output[0] if turned else name
            products = readers[weight] if turned else [reader]
            forms = _TURNED_FORMS if turned else _FORMS
            linear &= all(
                forms.get(product.op_type) == _settings(product)
                and list(product.input).index(weight) == 1
                and (product.op_type != "Conv" or {product.input[0], product.output[0]} & turned_values)
                for product in products
            )
            nodes += products
        if linear:
            found[name] = nodes
    return found


def _settings(node: onnx.NodeProto) -> dict[str, object]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def bind_int8(
    model: onnx.ModelProto, parameters: Mapping[str, Shape], file: Path, replaced: Container[str] = ()
) -> int:
    """Let the linear layers that `file` holds read it instead of their parameters; returns how many there are.

    Those in `replaced` are left as they are. `model` is changed in place and no longer names the parameters that it
    does not need. It is loaded from the folder of `file`. Raises `EngineError` when the file is damaged or was made for another graph.
    """
    try:
        places = read_header(file)
    except EngineError as error:
        raise EngineError(_again(file, "it is damaged")) from error
    layers = linear_layers(model, parameters)
    held = [name.removesuffix(VALUES) for name in places if name.endswith(VALUES)]
    if not held:
        raise EngineError(_again(file, "it holds no layer"))
    read = [name for name in held if name not in replaced]
    rounded: dict[str, list[onnx.NodeProto]] = {}
    for name in read:
        values, scales = places[name + VALUES], places.get(name + SCALES)
        if name not in layers or scales is None or not _fits(values, scales, parameters[name]):
            raise EngineError(_again(file, f"its {name} does not fit the graph"))
        for place, suffix, kind in (
            (values, VALUES, onnx.TensorProto.UINT8),
            (scales, SCALES, onnx.TensorProto.FLOAT),
        ):
            tensor = model.graph.initializer.add(name=name + suffix, dims=place.shape, data_type=kind)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            point(tensor, file.name, place)
        for node in layers[name]:
            rounded[node.output[0]] = _rounded(node, name, parameters[name], values.shape[2])
    _replace(model, rounded, read)
    return len(rounded)


def _fits(values: TensorPlace, scales: TensorPlace, shape: Shape) -> bool:
    """Whether the two tensors are a parameter of that shape, in blocks."""
    if len(values.shape) != 3 or (values.dtype, scales.dtype) != ("U8", "F32"):
        return False
    rows, blocks, block = values.shape
    return (
        block > 0 and scales.shape == (rows, blocks) and shape[0] == rows and -(-shape[1] // block) == blocks
    )


def _rounded(node: onnx.NodeProto, name: str, shape: Shape, block: int) -> list[onnx.NodeProto]:
    """The nodes that stand for `node`; a convolution's channels go last before the product, and back after."""
    given, made = node.input[0], node.output[0]
    convolved = node.op_type == "Conv"
    source, result = (f"{made}.last", f"{made}.product") if convolved else (given, made)
    product = onnx.helper.make_node(
        "MatMulNBits",
        [source, name + VALUES, name + SCALES, "", "", *node.input[2:]],
        [result],
        name=f"{node.name}/int8",
        domain=DOMAIN,
        K=shape[1],
        N=shape[0],
        bits=8,
        block_size=block,
        accuracy_level=INT8_ACTIVATIONS,
    )
    if not convolved:
        return [product]
    last = onnx.helper.make_node("Transpose", [given], [source], f"{node.name}/last", perm=[0, 2, 3, 1])
    back = onnx.helper.make_node("Transpose", [result], [made], f"{node.name}/back", perm=[0, 3, 1, 2])
    return [last, product, back]


def _replace(
    model: onnx.ModelProto, replaced: Mapping[str, list[onnx.NodeProto]], freed: Container[str]
) -> None:
    """Put the products in their places; what only the old ones needed goes, so that nothing loads it."""
    nodes = [new for node in model.graph.node for new in replaced.get(node.output[0], [node])]
    kept = needed(nodes, [output.name for output in model.graph.output])
    tensors = [t for t in model.graph.initializer if t.name.removesuffix(STORED) not in freed]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(kept)
    model.graph.initializer.extend(tensors)
    use_domain(model)


def _again(file: Path, why: str) -> str:
    checkpoint = file.absolute().parent.parent.name
    return (
        f"{file}: {why}: run `studio quantize {checkpoint}` again, or `studio quantize {checkpoint} --off` "
        "to do without."
    )
