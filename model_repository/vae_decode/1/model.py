"""Triton's entry to ensembles.serving.vae_decode."""

from ensembles.serving.vae_decode import TritonPythonModel

__all__ = ["TritonPythonModel"]
