"""How far two sets of outputs are apart."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ensembles.engine.graph import Comparison
from export.errors import ExportError
from export.samples import Case


def compare(
    case: Case,
    inputs: Mapping[str, NDArray[Any]],
    served: Mapping[str, NDArray[Any]],
    reference: Mapping[str, NDArray[Any]],
) -> Comparison:
    """The largest absolute difference over all outputs; raises `ExportError` when shapes differ or it is NaN."""
    difference = magnitude = 0.0
    for name, expected in reference.items():
        found = served[name]
        if found.shape != expected.shape:
            raise ExportError(
                f"{case.network} gives {name} of shape {found.shape} where the reference gives {expected.shape}."
            )
        difference = max(difference, float(np.abs(found - expected).max()))
        magnitude = max(magnitude, float(np.abs(expected).max()))
        if not np.isfinite(found).all():
            raise ExportError(
                f"{case.network} gives values in {name} that are not finite: check the weights."
            )
    shapes = {name: list(array.shape) for name, array in inputs.items()}
    return Comparison(case.batch, shapes, difference, magnitude)
