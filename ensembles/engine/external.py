"""A graph's parameters as external data: bytes that lie in a safetensors file, where ONNX Runtime reads them."""

from collections.abc import Container

import onnx

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, WeightFile

_TYPES = {
    "F32": onnx.TensorProto.FLOAT,
    "F16": onnx.TensorProto.FLOAT16,
    "BF16": onnx.TensorProto.BFLOAT16,
}
"""safetensors' dtypes in ONNX"""

TURNED = ".turned"
"""What follows a matrix' name where its bytes are those of the matrix turned over."""
STORED = ".stored"
"""What follows a parameter's name where its bytes have another type than the graph wants."""


def bind_external(
    model: onnx.ModelProto, weights: WeightFile, file: str, replaced: Container[str] = ()
) -> None:
    """Point every parameter of `model`, a graph without data, at its bytes in `weights`.

    `file` is what that very file is called in the folder that the graph is loaded from. Bytes of another
    type stay as they are: a Cast, which ONNX Runtime folds while loading, makes of them what the graph
    wants. Those in `replaced` stay without data: whoever loads the graph gives it. Raises `EngineError` for a tensor that is missing, of another shape or of no such dtype.
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL or tensor.name in replaced:
            continue
        place = weights.places.get(tensor.name)
        if place is None:
            raise EngineError(f"{weights.path} has no tensor {tensor.name}: export the checkpoint again.")
        if place.shape != tuple(tensor.dims):
            raise EngineError(
                f"{weights.path}: {tensor.name} has shape {place.shape}, "
                f"but the graph wants {tuple(tensor.dims)}."
            )
        if place.dtype not in _TYPES:
            raise EngineError(
                f"{weights.path} stores {tensor.name} as {place.dtype}; save it as F32, F16 or BF16."
            )
        wanted, stored = tensor.data_type, _TYPES[place.dtype]
        name, turned = tensor.name, f"{tensor.name}{TURNED}"
        if place.transposed:
            tensor.name = turned
            tensor.dims[:] = place.shape[::-1]
            casts.append(
                onnx.helper.make_node("Transpose", [turned], [name], f"{name}.transpose", perm=[1, 0])
            )
        if stored != wanted:
            read, tensor.name, tensor.data_type = tensor.name, f"{name}{STORED}", stored
            casts.insert(0, onnx.helper.make_node("Cast", [tensor.name], [read], f"{name}.cast", to=wanted))
        point(tensor, file, place)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])


def point(tensor: onnx.TensorProto, file: str, place: TensorPlace) -> None:
    """Say that the tensor's bytes are those at `place` in `file`."""
    del tensor.external_data[:]
    entries = {"location": file, "offset": place.start, "length": place.end - place.start}
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=str(value))
