"""Which shapes the tensors of a layer have to have: one table, so that nothing is computed that makes no change."""

import math
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

Shapes = Mapping[str, tuple[int, ...]]

BIASES = ("diff_b", "b_norm", "up_bias")
MAGNITUDES = ("dora_scale", "magnitude")


class _Form(NamedTuple):
    """Tensors that make a change together."""

    tensors: Mapping[str, str]
    """leaf → its axes, a letter each; equal letters are equal extents, and `+` takes all axes that are left together"""
    rows: str
    """Letters whose extents multiplied are the rows of the weight that is changed."""
    columns: str


_KRONECKER_FIRST = (
    _Form({"lokr_w1": "ab"}, "a", "b"),
    _Form({"lokr_w1_a": "ar", "lokr_w1_b": "rb"}, "a", "b"),
)
_KRONECKER_SECOND = (
    _Form({"lokr_w2": "cd+"}, "c", "d"),
    _Form({"lokr_t2": "stkl", "lokr_w2_a": "sc", "lokr_w2_b": "td"}, "c", "dkl"),
    _Form({"lokr_w2_a": "cs", "lokr_w2_b": "sd+"}, "c", "d"),
)
_FORMS = (
    _Form({"up": "om+", "mid": "mnkl", "down": "ni+"}, "o", "ikl"),
    _Form({"up": "or+", "down": "ri+"}, "o", "i"),
    _Form(
        {
            **{"hada_w1_a": "ro", "hada_w1_b": "qi", "hada_t1": "rqkl"},
            **{"hada_w2_a": "so", "hada_w2_b": "ti", "hada_t2": "stkl"},
        },
        "o",
        "ikl",
    ),
    _Form({"hada_w1_a": "or", "hada_w1_b": "ri", "hada_w2_a": "os", "hada_w2_b": "si"}, "o", "i"),
    *(
        _Form({**first.tensors, **second.tensors}, first.rows + second.rows, first.columns + second.columns)
        for first, second in product(_KRONECKER_FIRST, _KRONECKER_SECOND)
    ),
    _Form({"diff": "oi+"}, "o", "i"),
    _Form({"w_norm": "oi+"}, "o", "i"),
)
_FACTORS = frozenset(leaf for form in _FORMS for leaf in form.tensors) - {"diff", "w_norm"}
"""Leaves that are read where they are there."""


def extents(shapes: Shapes) -> tuple[int, int] | None:
    """Rows and columns of the weight that a layer is for, from its tensors' shapes; None where they make no layer."""
    for form in _FORMS:
        if form.tensors.keys() <= shapes.keys():
            if (_FACTORS & shapes.keys()) - form.tensors.keys():
                return None
            found = _extents(form, shapes)
            return found if found is not None and _goes_with(shapes, *found) else None
    return None


def _extents(form: _Form, shapes: Shapes) -> tuple[int, int] | None:
    known: dict[str, int] = {}
    for leaf, axes in form.tensors.items():
        shape, letters = shapes[leaf], axes.removesuffix("+")
        if axes.endswith("+") and len(shape) >= len(letters) - 1:
            shape = (*shape[: len(letters) - 1], math.prod(shape[len(letters) - 1 :]))
        if len(shape) != len(letters) or any(
            extent < 1 or known.setdefault(letter, extent) != extent
            for letter, extent in zip(letters, shape, strict=True)
        ):
            return None
    return math.prod(known[one] for one in form.rows), math.prod(known[one] for one in form.columns)


def _goes_with(shapes: Shapes, rows: int, columns: int) -> bool:
    """Whether what goes with the factors fits the weight: alpha, a bias, a DoRA's magnitudes."""
    if math.prod(shapes.get("alpha", ())) != 1:
        return False
    if any(math.prod(shapes[leaf]) != rows for leaf in BIASES if leaf in shapes):
        return False
    for leaf in MAGNITUDES:
        if leaf in shapes:
            size = math.prod(shapes[leaf])
            inward = leaf == "dora_scale" and shapes[leaf][:1] == (1,) and size > 0 and columns % size == 0
            if size != rows and not inward:
                return False
    return True
