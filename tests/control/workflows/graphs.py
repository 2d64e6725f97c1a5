"""Graphs that tests begin with, and what they are looked at with."""

import copy
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from control.jobs.requests import Img2Img, Txt2Img
from control.workflows.compiling import Compiled, compile_graph
from control.workflows.known import Known
from control.workflows.plan import File, Plan
from ensembles.manifest import Manifest, TextTower

PICTURE = UUID("0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de")
WORDS = Txt2Img(
    prompt="a (red:1.2) circle", negative_prompt="blue", model="pocket", steps=12, cfg=4.5, sampler="euler",
    scheduler="normal", seed=2**64 - 1, batch=3, clip_skip=2, width=256, height=128,
)  # fmt: skip
PAINTED_OVER = Img2Img(
    prompt="a star", model="pocket", seed=5, image=PICTURE, strength=0.4, width=128, height=64, batch=2
)
DEFAULT: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {
        "seed": 7, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
    }},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blue", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
}  # fmt: skip
"""ComfyUI's own first graph."""


def manifest(name: str, **changes: Any) -> Manifest:
    """A checkpoint as the control plane looks at it."""
    given = {
        "architecture": "sd15-test", "context_dim": 128, "towers": (TextTower(width=128),), "weights": {"unet": name * 8},
        **changes,
    }  # fmt: skip
    return Manifest(name=name, **given)


KNOWN = Known(
    checkpoints={
        "pocket": manifest("pocket"),
        "grand": manifest("grand", architecture="sdxl-test"),
        "other": manifest("other"),
    },
    files={
        str(PICTURE): File(PICTURE, "ab" * 32, 300, 200),
        "cat.png": File(PICTURE, "ab" * 32, 300, 200),
        "dog.png": File(UUID(int=2), "cd" * 32, 64, 96),
    },
    lists={"input": ["cat.png", "dog.png"], "upscale_models": ["realesrgan-x4"]},
    hashes={"upscale_models/realesrgan-x4": "ef" * 32},
)


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node of a graph."""
    return {"class_type": class_type, "inputs": inputs}


def graph(changes: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """The default graph, with inputs of its nodes changed (id → name → value) and further nodes (`_10=node(…)`)."""
    found = copy.deepcopy(DEFAULT)
    for name, inputs in (changes or {}).items():
        found[name]["inputs"].update(inputs)
    return found | {name.removeprefix("_"): given for name, given in more.items()}


def compiled(given: object, known: Known = KNOWN, **options: Any) -> Compiled:
    """`compile_graph`, with what it must always keep to."""
    found = compile_graph(given, known, **options)
    assert (found.plan is None) == (found.errors.error is not None)
    return found


def plan_of(given: object, known: Known = KNOWN, **options: Any) -> Plan:
    """The plan of a graph in which nothing is wrong."""
    found = compiled(given, known, **options)
    assert found.errors.error is None, found.errors
    assert found.errors.node_errors == {}
    assert found.plan is not None
    return found.plan


def wrong(given: object, known: Known = KNOWN, **options: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """(node, input) → (type, details), of everything that is wrong."""
    return {
        (name, error.extra_info.get("input_name", "")): (error.type, error.details)
        for name, error in compiled(given, known, **options).errors
    }
