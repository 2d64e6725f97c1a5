"""`.latent` files: safetensors with the one tensor `latent_tensor`, as ComfyUI reads and writes them.

Values are as the VAE gives them where `latent_format_version_0` is there; files of before that are scaled for SD 1.x.
"""

import json
from collections.abc import Mapping

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from control.realtime.events import JobError
from control.workflows.values import Latent
from scheduler.faults import Fault

TENSOR, MARK = "latent_tensor", "latent_format_version_0"
OLD_SCALE = 0.18215
MEDIA_TYPE = "application/octet-stream"


def write_latent(latent: Latent, texts: Mapping[str, str]) -> bytes:
    """The file; `texts` (prompt, workflow) become its metadata."""
    tensors = {TENSOR: np.ascontiguousarray(latent.samples, np.float32), MARK: np.zeros(0, np.float32)}
    made: bytes = save(tensors, metadata=dict(texts))
    return made


def read_latent(data: bytes) -> Latent:
    """Raises `Fault` for what is no such file."""
    try:
        found = load(data)
        samples = found[TENSOR].astype(np.float32)
    except (SafetensorError, KeyError, ValueError, TypeError, json.JSONDecodeError):
        raise _wrong("This is no .latent file. Save one with SaveLatent.") from None
    if samples.ndim != 4 or not samples.size or not np.isfinite(samples).all():
        raise _wrong(f"A .latent file holds [N,C,h,w] numbers; this one holds {list(samples.shape)}.")
    return Latent(samples if MARK in found else samples / np.float32(OLD_SCALE))


def _wrong(detail: str) -> Fault:
    return Fault(JobError(kind="invalid", detail=detail))
