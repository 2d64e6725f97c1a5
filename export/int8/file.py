"""The linear layers of a published network, rounded to 8 bits, as one safetensors file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import save_file

from ensembles.engine.graph import PARTS, read_meta
from ensembles.engine.int8 import SCALES, VALUES, linear_layers, quantize_rows
from ensembles.engine.weights import open_weights
from export.errors import ExportError

MINIMUM = 1 << 16
"""Numbers in a weight below which a layer stays as it is: its time and memory are nothing."""
BLOCK = 64
"""Numbers of a row that share a scale; why 64: docs/decisions/0008-low-precision.md."""


def write_int8(
    folder: Path,
    network: str,
    target: Path,
    minimum: int = MINIMUM,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[int, int]:
    """Write `target`: the linear layers of `network` in the published `folder` with `minimum` numbers or more.

    Returns how many layers and how many numbers those are. One weight at a time is held as float32.
    `progress` is called with the share done. Raises `ExportError` when no layer is that large or the file
    cannot be written, `EngineError` when the folder does not fit together.
    """
    meta = read_meta(folder / "graphs" / f"{network}.json")
    model = onnx.load(str(folder / "graphs" / f"{network}.onnx"), load_external_data=False)
    weights = open_weights(folder, PARTS[network])
    sizes = {name: int(np.prod(meta.parameters[name])) for name in linear_layers(model, meta.parameters)}
    large = [name for name, size in sizes.items() if size >= minimum]
    if not large:
        raise ExportError(
            f"{folder.name}: no linear layer of its {network} has {minimum} numbers or more; "
            "in 8 bits it would be neither faster nor smaller."
        )
    tensors: dict[str, NDArray[Any]] = {}
    for done, name in enumerate(large):
        weight = weights.tensor(name)
        values, scales = quantize_rows(weight.reshape(len(weight), -1), BLOCK)
        tensors[name + VALUES], tensors[name + SCALES] = values, scales
        progress((done + 1) / len(large))
    try:
        save_file(tensors, target)
    except SafetensorError as error:
        raise ExportError(f"{target} cannot be written: {error}.") from error
    # The library writes for the user alone; Triton reads with whatever reads the other weights.
    target.chmod(weights.path.stat().st_mode & 0o777)
    return len(large), sum(sizes[name] for name in large)
