"""Triton's entry to ensembles.serving.encode_image."""

from ensembles.serving.encode_image import TritonPythonModel

__all__ = ["TritonPythonModel"]
