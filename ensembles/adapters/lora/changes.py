"""What a layer of a file makes of a weight: LoRA, LoCon, LoHa, LoKr, DoRA, and differences as they are.

Formulas: LoRA (Hu et al. 2021), LoCon, LoHa and LoKr (LyCORIS, Yeh et al. 2023), DoRA (Liu et al. 2024). Everything is
float32; a layer of either shape, linear or 1×1 convolution, goes with a weight of the other.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ensembles.adapters.lora.shapes import BIASES, Shapes
from ensembles.engine.errors import EngineError

Float = NDArray[np.float32]
Tensors = Mapping[str, Float]


def _flat(tensor: Float) -> Float:
    return tensor.reshape(tensor.shape[0], -1)


def _lora(t: Tensors) -> tuple[Float, int]:
    up, down = _flat(t["up"]), t["down"]
    rank = down.shape[0]
    if "mid" in t:
        return np.einsum("om,mnkl,ni->oikl", up, t["mid"], _flat(down), optimize=True), rank
    return up @ _flat(down), rank


def _loha(t: Tensors) -> tuple[Float, int]:
    rank = t["hada_w1_b"].shape[0]

    def one(number: int) -> Float:
        a, b = t[f"hada_w{number}_a"], t[f"hada_w{number}_b"]
        if f"hada_t{number}" in t:
            made: Float = np.einsum("ijkl,jr,ip->prkl", t[f"hada_t{number}"], b, a, optimize=True)
            return made
        return a @ b

    return one(1) * one(2), rank


def _lokr(t: Tensors) -> tuple[Float, int]:
    first = t["lokr_w1"] if "lokr_w1" in t else t["lokr_w1_a"] @ t["lokr_w1_b"]
    if "lokr_w2" in t:
        second = _flat(t["lokr_w2"])
    elif "lokr_t2" in t:
        second = _flat(
            np.einsum("ijkl,ip,jr->prkl", t["lokr_t2"], t["lokr_w2_a"], t["lokr_w2_b"], optimize=True)
        )
    else:
        second = t["lokr_w2_a"] @ _flat(t["lokr_w2_b"])
    ranks = [t[name].shape[0] for name in ("lokr_w1_b", "lokr_w2_b") if name in t]
    # With both factors whole there is no rank, and alpha says nothing.
    return np.kron(first, second), ranks[0] if ranks else 0


def _difference(t: Tensors) -> tuple[Float, int]:
    return t["diff"] if "diff" in t else t["w_norm"], 0


_KINDS: tuple[tuple[str, frozenset[str], Callable[[Tensors], tuple[Float, int]]], ...] = (
    ("lora", frozenset({"up", "down"}), _lora),
    ("loha", frozenset({"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"}), _loha),
    ("lokr", frozenset({"lokr_w1", "lokr_w2"}), _lokr),
    ("lokr", frozenset({"lokr_w1", "lokr_w2_a", "lokr_w2_b"}), _lokr),
    ("lokr", frozenset({"lokr_w1_a", "lokr_w1_b", "lokr_w2"}), _lokr),
    ("lokr", frozenset({"lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b"}), _lokr),
    ("difference", frozenset({"diff"}), _difference),
    ("difference", frozenset({"w_norm"}), _difference),
)
"""kind → the tensors that it cannot do without → (change [rows, …], rank; 0 where alpha does not count)"""


def kind_of(leaves: Mapping[str, object]) -> str | None:
    """lora, locon (with a kernel in between), loha, lokr, difference; None where tensors are missing."""
    for kind, needed, _ in _KINDS:
        if needed <= leaves.keys():
            return "locon" if kind == "lora" and "mid" in leaves else kind
    return None


def rank_of(shapes: Shapes) -> int:
    """A layer's rank; 0 where it has none."""
    names = ("down", "hada_w1_b", "lokr_w1_b", "lokr_w2_b")
    return next((shapes[name][0] for name in names if name in shapes), 0)


def weight_change(tensors: Tensors, weight: Float, alpha: float | None) -> Float:
    """What a layer at strength 1 adds to `weight`, of its shape. `alpha` None: the layer's own, else its rank.

    With DoRA that is the whole way from the weight to the decomposed one, so that a strength goes along a straight
    line, and several files add up whatever their order. Raises `EngineError` for tensors that make no layer.
    """
    make = next((make for _, needed, make in _KINDS if needed <= tensors.keys()), None)
    if make is None:
        raise EngineError(f"A layer has {', '.join(sorted(tensors))} alone, which makes no change.")
    change, rank = make(tensors)
    if "alpha" in tensors:
        alpha = float(tensors["alpha"].reshape(-1)[0])
    scale = np.float32(alpha / rank if rank and alpha is not None else 1)
    made: Float = (change * scale).reshape(weight.shape).astype(np.float32, copy=False)
    magnitude = tensors.get("dora_scale", tensors.get("magnitude"))
    if magnitude is None:
        return made
    merged = weight + made
    directed: Float = merged * _per_channel(magnitude, merged, "dora_scale" in tensors)
    return directed - weight


def _per_channel(magnitude: Float, merged: Float, by_shape: bool) -> Float:
    """magnitude / norm for each output channel; for each input channel in files of early LyCORIS, [1, in, …]."""
    axis = int(by_shape and magnitude.ndim > 1 and magnitude.shape[0] == 1 and merged.shape[0] != 1)
    if magnitude.size != merged.shape[axis]:
        raise EngineError(
            f"A DoRA's magnitudes are {magnitude.size} numbers for a weight of {merged.shape[axis]} channels."
        )
    moved = np.moveaxis(merged, axis, 0).reshape(merged.shape[axis], -1)
    norms = np.linalg.norm(moved, axis=1) + np.finfo(np.float32).eps
    shape = [1] * merged.ndim
    shape[axis] = -1
    ratio: Float = (magnitude.reshape(-1) / norms).astype(np.float32).reshape(shape)
    return ratio


def bias_change(tensors: Tensors, alpha: float | None) -> Float | None:
    """What a layer at strength 1 adds to its module's bias; None: nothing."""
    for name in BIASES:
        if name in tensors:
            rank = tensors["down"].shape[0] if "down" in tensors else 0
            counts = name == "up_bias" and alpha is not None and rank
            return tensors[name].reshape(-1) * np.float32(alpha / rank if counts and alpha is not None else 1)
    return None
