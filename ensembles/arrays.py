"""The one name for "some array" in signatures; shapes and dtypes stand in the docstrings."""

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
