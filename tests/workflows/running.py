"""Runs a pure node as the worker does, and holds it to what every node promises."""

from copy import deepcopy
from typing import Any

import numpy as np
import torch

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import Size
from control.workflows.values import Latent, Stitch

SIZED = ("IMAGE", "MASK", "LATENT")


def run(name: str, **given: Any) -> tuple[Any, ...]:
    """A node's outputs; defaults filled in. Its inputs must stay as they are, its sizes be those that it declares."""
    node = CATALOGUE[name]
    assert set(given) <= set(node.inputs), f"{name} has no such input: {set(given) - set(node.inputs)}"
    inputs = {key: given.get(key, wanted.default) for key, wanted in node.inputs.items()}
    for key, wanted in node.inputs.items():
        assert wanted.optional or inputs[key] is not None, f"{name} needs {key}"
        assert wanted.choices is None or inputs[key] in wanted.choices, f"{name} has no {key} {inputs[key]}"
    before = deepcopy(inputs)
    results = node.run(**inputs)
    torch.testing.assert_close(_plain(inputs), _plain(before), rtol=0, atol=0, equal_nan=True)
    assert len(results) == len(node.outputs)
    for output, value in zip(node.outputs, results, strict=True):
        for array in _arrays(value):
            assert array.dtype == np.float32, name
            assert array.flags.c_contiguous, name
            assert array.base is None or array.base.size == array.size, f"{name} keeps more than it gives"
        if output.type in ("IMAGE", "MASK"):
            assert value.ndim == (4 if output.type == "IMAGE" else 3), name
    known = {key: measured(value) for key, value in inputs.items()}
    for output, value, size in zip(node.outputs, results, declared(name, known), strict=True):
        assert size is None or size == measured(value), f"{name}.{output.type} is declared as {size}"
        assert size is not None or output.type not in SIZED or None in known.values(), f"{name} should know"
    return results


def declared(name: str, known: dict[str, Any]) -> tuple[Any, ...]:
    """What the compiler knows of the outputs before (NodeType.size)."""
    node = CATALOGUE[name]
    if node.check is not None:
        node.check(**known)
    if node.size is not None:
        return node.size(**known)
    first = next((value for value in known.values() if isinstance(value, Size)), None)
    return tuple(first if output.type in SIZED else None for output in node.outputs)


def measured(value: Any) -> Any:
    """The Size of a picture, mask, latent, or picture that is stitched; anything else as it is."""
    if isinstance(value, Stitch):
        value = value.original
    if isinstance(value, Latent):
        pictures, _, height, width = value.samples.shape
        return Size(pictures, 8 * width, 8 * height)
    if isinstance(value, np.ndarray):
        return Size(value.shape[0], value.shape[2], value.shape[1])
    return value


def picture(height: int, width: int, count: int = 2, channels: int = 3, seed: int = 0) -> np.ndarray:
    """f32[N,H,W,C], random in 0..1."""
    return np.random.default_rng(seed).random((count, height, width, channels), np.float32)


def mask(height: int, width: int, count: int = 2, seed: int = 1) -> np.ndarray:
    """f32[N,H,W], random in 0..1."""
    return picture(height, width, count, 1, seed)[..., 0]


def latent(height: int, width: int, count: int = 2, seed: int = 2, **more: Any) -> Latent:
    """Of so many cells, normal."""
    values = np.random.default_rng(seed).normal(size=(count, 4, height, width)).astype(np.float32)
    return Latent(values, **more)


def torch_resized(values: np.ndarray, width: int, height: int, method: str) -> np.ndarray:
    """f32[N,C,H,W] as torch resizes it."""
    done = torch.nn.functional.interpolate(torch.from_numpy(values.copy()), (height, width), mode=method)
    return done.numpy()


def torch_picture(values: np.ndarray, width: int, height: int, method: str) -> np.ndarray:
    """f32[N,H,W,C] or f32[N,H,W] as torch resizes it."""
    if values.ndim == 3:
        return torch_resized(values[:, None], width, height, method)[:, 0]
    return np.moveaxis(torch_resized(np.moveaxis(values, -1, 1), width, height, method), 1, -1)


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, Latent):
        return [value.samples, *([] if value.mask is None else [value.mask])]
    if isinstance(value, Stitch):
        return [value.original, value.weight]
    return [value] if isinstance(value, np.ndarray) else []


def _plain(inputs: dict[str, Any]) -> list[torch.Tensor]:
    return [torch.from_numpy(array) for value in inputs.values() for array in _arrays(value)]
