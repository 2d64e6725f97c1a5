"""Triton's entry to ensembles.serving.vae_encode."""

from ensembles.serving.vae_encode import TritonPythonModel

__all__ = ["TritonPythonModel"]
