"""Triton's entry to ensembles.serving.image_prompt."""

from ensembles.serving.image_prompt import TritonPythonModel

__all__ = ["TritonPythonModel"]
