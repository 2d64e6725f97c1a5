"""Triton's entry to ensembles.serving.sampler."""

from ensembles.serving.sampler import TritonPythonModel

__all__ = ["TritonPythonModel"]
