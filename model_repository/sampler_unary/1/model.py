"""Triton's entry to ensembles.serving.sampler_unary."""

from ensembles.serving.sampler_unary import TritonPythonModel

__all__ = ["TritonPythonModel"]
