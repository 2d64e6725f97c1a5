"""The workflow that a plain request is: what goes into its PNG, and what a client may begin with."""

from typing import Any

import msgspec

from control.jobs.requests import Img2Img, Work
from control.workflows.graph import Node


def graph_of(work: Work) -> dict[str, Node]:
    """The workflow that a completed request is: what ComfyUI would be given for the same picture."""
    if isinstance(work, Img2Img):
        size = {"upscale_method": "lanczos", "width": work.width, "height": work.height, "crop": "disabled"}
        start = {
            "5": Node("LoadImage", {"image": str(work.image)}),
            "6": Node("ImageScale", {"image": ["5", 0], **size}),
            "7": Node("VAEEncode", {"pixels": ["6", 0], "vae": ["1", 2]}),
            "8": Node("RepeatLatentBatch", {"samples": ["7", 0], "amount": work.batch}),
        }
    else:
        size = {"width": work.width, "height": work.height, "batch_size": work.batch}
        start = {"8": Node("EmptyLatentImage", size)}
    sampling = {
        "model": ["1", 0],
        "seed": work.seed,
        "steps": work.steps,
        "cfg": work.cfg,
        "sampler_name": work.sampler,
        "scheduler": work.scheduler,
        "positive": ["3", 0],
        "negative": ["4", 0],
        "latent_image": ["8", 0],
        "denoise": work.strength if isinstance(work, Img2Img) else 1.0,
    }
    return {
        "1": Node("CheckpointLoaderSimple", {"ckpt_name": work.model}),
        "2": Node("CLIPSetLastLayer", {"clip": ["1", 1], "stop_at_clip_layer": -work.clip_skip}),
        "3": Node("CLIPTextEncode", {"text": work.prompt, "clip": ["2", 0]}),
        "4": Node("CLIPTextEncode", {"text": work.negative_prompt, "clip": ["2", 0]}),
        **start,
        "9": Node("KSampler", sampling),
        "10": Node("VAEDecode", {"samples": ["9", 0], "vae": ["1", 2]}),
        "11": Node("SaveImage", {"images": ["10", 0], "filename_prefix": "studio"}),
    }


def as_json(work: Work) -> dict[str, Any]:
    """`graph_of`, as plain JSON."""
    found: dict[str, Any] = msgspec.to_builtins(graph_of(work))
    return {node: {key: value for key, value in given.items() if value} for node, given in found.items()}
