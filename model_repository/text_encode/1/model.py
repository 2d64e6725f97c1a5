"""Triton's entry to ensembles.serving.text_encode."""

from ensembles.serving.text_encode import TritonPythonModel

__all__ = ["TritonPythonModel"]
