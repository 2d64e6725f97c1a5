"""The parameters of a picture as Triton tensors: one table for every model that takes them."""

from typing import Any, NamedTuple

import numpy as np


class Field(NamedTuple):
    """One request parameter: a tensor of shape [1]."""

    name: str
    kind: str
    """Triton's type, as config.pbtxt spells it."""
    default: Any
    """Taken when the tensor is not sent; None: no fixed default (see `meaning`)."""
    meaning: str


SAMPLING = (
    Field("SEED", "TYPE_UINT64", None, "noise seed, 0 to 2^64-1; drawn at random when not sent"),
    Field("STEPS", "TYPE_INT32", 20, "denoising steps, 1 to 150"),
    Field("CFG", "TYPE_FP32", 7.0, "guidance scale; 1 leaves the negative prompt unused"),
    Field("SAMPLER", "TYPE_STRING", "dpmpp_2m", "sampler"),
    Field("SCHEDULER", "TYPE_STRING", "karras", "noise schedule"),
    Field("WIDTH", "TYPE_INT32", None, "pixels, a multiple of 8; the checkpoint's own size when not sent"),
    Field("HEIGHT", "TYPE_INT32", None, "pixels, a multiple of 8; the checkpoint's own size when not sent"),
    Field("BATCH", "TYPE_INT32", 1, "pictures of one prompt, 1 to 8"),
)
"""What the loop needs besides conditioning."""

PROMPTING = (
    Field("PROMPT", "TYPE_STRING", None, "what to paint; (words:1.2) weights, embedding:name"),
    Field("NEGATIVE_PROMPT", "TYPE_STRING", "", "what to keep away from"),
    Field("CLIP_SKIP", "TYPE_INT32", 1, "which text layer is used, counted from the last (1)"),
)
"""What text encoding needs."""

WANTED = {"WANTED": "CONDITIONING, POOLED"}
"""Sent to `text_encode` by whoever asks it for both outputs. Triton's response cache (2.51) takes no account of the
outputs that are asked for: after a request for one of them alone, the same without this would get that one alone."""
MODEL = Field("MODEL", "TYPE_STRING", None, "name of a published checkpoint")
DENOISE = Field(
    "DENOISE",
    "TYPE_FP32",
    1.0,
    "share of the schedule that is run, above 0 to 1; below 1 needs LATENT or INIT_IMAGE",
)
GUIDING = (
    Field("GUIDER", "TYPE_STRING", "cfg", "how texts guide: basic, cfg or dual_cfg"),
    Field("CFG2", "TYPE_FP32", 1.0, "dual_cfg's scale between the negative and the middle text"),
    Field("PREDICTION", "TYPE_STRING", None, "epsilon or v_prediction, instead of the checkpoint's own"),
    Field("ADD_NOISE", "TYPE_BOOL", True, "false where LATENT carries the noise of its first level already"),
)
"""What `sampler` takes besides about guidance and noise."""
LOOKS = (
    Field("RESCALE", "TYPE_FP32", 0.0, "share of CFG rescaling, 0 to 1"),
    Field("PAG", "TYPE_FP32", 0.0, "scale of perturbed-attention guidance, 0 to 100; 3 is usual"),
    Field("MIMIC", "TYPE_FP32", None, "dynamic thresholding: the guidance scale whose contrast is kept"),
    Field("PERCENTILE", "TYPE_FP32", 1.0, "with MIMIC: share of values that is not clipped, above 0 to 1"),
    Field("THRESHOLDING", "TYPE_STRING", "{}", "with MIMIC: a JSON object of its other options"),
    Field("VARIATION_SEED", "TYPE_UINT64", 0, "seed of the noise that VARIATION_STRENGTH mixes in"),
    Field("VARIATION_STRENGTH", "TYPE_FP32", 0.0, "share of the way to VARIATION_SEED's noise, 0 to 1"),
)
"""What `sampler` and the entries take about guidance and noise."""
FREEU = "FREEU"
"""fp32 [5]: b1, b2, s1, s2 and the version, 1 or 2 (Si et al. 2023)."""
VARIANT = Field(
    "VARIANT", "TYPE_STRING", "", "LoRAs and seamless axes, a JSON object (ensembles/engine/variant.py)"
)
EMBEDDINGS = Field(
    "EMBEDDINGS",
    "TYPE_STRING",
    "{}",
    "a JSON object: name → SHA-256 of textual inversions beside everybody's",
)
PROMPT_2 = Field(
    "PROMPT_2", "TYPE_STRING", None, "another text for the second text encoder; PROMPT when not sent"
)
IMAGE_PROMPT = Field(
    "IMAGE_PROMPT", "TYPE_STRING", None, "an IP-Adapter, a JSON object: adapter, strength, start, end"
)
LORAS = Field("LORAS", "TYPE_STRING", "[]", "a JSON list of LoRAs: name, strength, clip, blocks")
CONTROLS = Field(
    "CONTROLS", "TYPE_STRING", "[]", "a JSON list of ControlNets: net, strength, start, end, mode"
)
SEAMLESS = Field("SEAMLESS", "TYPE_STRING", "", "axes along which pictures can be tiled: x, y or xy")
VAE = Field("VAE", "TYPE_STRING", None, "name of another published VAE")
CONDITIONS = Field(
    "CONDITIONS", "TYPE_STRING", None, "a JSON list of conditions, instead of POSITIVE and NEGATIVE"
)
SAMPLER_OPTIONS = Field("SAMPLER_OPTIONS", "TYPE_STRING", "{}", "a JSON object of the sampler's own options")
DECODE = Field("DECODE", "TYPE_BOOL", False, "give PIXELS as well")
TILE = Field("TILE", "TYPE_INT32", 0, "side of a tile in pixels; 0: the server chooses")
OVERLAP = Field("OVERLAP", "TYPE_INT32", 0, "with TILE: pixels that neighbouring tiles share")
INIT_IMAGE = "INIT_IMAGE"
"""uint8 [1 or BATCH, H, W, 3]: the picture that painting begins with."""
PREVIEW_EVERY = Field("PREVIEW_EVERY", "TYPE_INT32", 0, "a preview every so many steps; 0: none")
FORMAT = Field("FORMAT", "TYPE_STRING", "png", "png or webp")
METADATA = Field("METADATA", "TYPE_STRING", "{}", "a JSON object of text chunks, name → text")
FILLING = (
    Field(
        "FILL",
        "TYPE_STRING",
        "original",
        "with MASK: what painting begins with: original, noise, blur, neutral",
    ),
    Field("GROW", "TYPE_INT32", 0, "with MASK: pixels by which it is grown"),
    Field("FEATHER", "TYPE_INT32", 0, "with MASK: pixels over which it then falls to 0"),
)
"""Of a picture that is painted over in part."""
STREAMING = (
    PREVIEW_EVERY, FORMAT, DENOISE, *FILLING, *LOOKS, LORAS, EMBEDDINGS, CONTROLS, IMAGE_PROMPT, SEAMLESS, VAE
)  # fmt: skip
"""What the streaming entry takes besides."""
ARRAYS = (
    (INIT_IMAGE, "TYPE_UINT8", (-1, -1, -1, 3)),
    ("MASK", "TYPE_FP32", (-1, -1, -1)),
    ("HINTS", "TYPE_UINT8", (-1, -1, -1, 3)),
    ("PROMPT_IMAGE", "TYPE_UINT8", (-1, -1, -1, 3)),
    (FREEU, "TYPE_FP32", (5,)),
)
"""(name, type, dims) of what the streaming entry takes that is no single value."""

NUMPY = {
    "TYPE_STRING": np.object_,
    "TYPE_INT32": np.int32,
    "TYPE_INT64": np.int64,
    "TYPE_UINT64": np.uint64,
    "TYPE_FP32": np.float32,
    "TYPE_UINT8": np.uint8,
    "TYPE_BOOL": np.bool_,
}
"""Triton type → NumPy dtype."""
