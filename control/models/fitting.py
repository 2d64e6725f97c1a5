"""Does a file of the registry go with a checkpoint? As Triton's models judge it."""

from ensembles.adapters.fitting import FAMILIES, TYPES, unfit

__all__ = ["FAMILIES", "TYPES", "unfit"]
