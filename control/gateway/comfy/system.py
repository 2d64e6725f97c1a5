"""What the studio says of itself to ComfyUI's clients."""

import platform
import sys
from typing import Any

import psutil

from control.settings import ControlSettings

SPOKEN = "0.3.75"
"""The version of ComfyUI whose API this is."""


def features(settings: ControlSettings) -> dict[str, Any]:
    """What the server understands beside the usual."""
    return {"supports_preview_metadata": True, "max_upload_size": settings.max_upload_mb << 20}


def stats() -> dict[str, Any]:
    """/system_stats. Memory is this process's machine's; what the Triton servers have is not each user's to see."""
    memory = psutil.virtual_memory()
    return {
        "system": {
            "os": platform.system().lower(),
            "ram_total": memory.total,
            "ram_free": memory.available,
            "comfyui_version": SPOKEN,
            "required_frontend_version": None,
            "installed_templates_version": None,
            "required_templates_version": None,
            "python_version": sys.version,
            "pytorch_version": "",
            "embedded_python": False,
            "argv": [],
        },
        "devices": [
            {
                "name": "NVIDIA Triton Inference Server",
                "type": "triton",
                "index": 0,
                "vram_total": 0,
                "vram_free": 0,
                "torch_vram_total": 0,
                "torch_vram_free": 0,
            }
        ],
    }


def about(settings: ControlSettings) -> dict[str, Any]:
    """/: what this is."""
    return {
        "name": "Studio",
        "api": "ComfyUI",
        "version": SPOKEN,
        "address": f"{settings.url}/comfy",
        "authorization": "An API key or access token: Authorization: Bearer …, X-API-Key: …, or ?token=…",
    }
