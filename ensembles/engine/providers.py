"""Which of ONNX Runtime's execution providers run the networks: what is there, in order, or $STUDIO_PROVIDERS."""

import ctypes
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import onnxruntime as ort

from ensembles.engine.errors import EngineError

PROVIDERS_VARIABLE = "STUDIO_PROVIDERS"

Options = dict[str, str]
Choice = tuple[str, Options]
"""What `InferenceSession(providers=…)` takes: ONNX Runtime's name and that provider's options."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One execution provider as the studio uses it."""

    ort_name: str
    libraries: tuple[str, ...]
    """Shared libraries of which one must load: ONNX Runtime lists a provider it was built with even where
    its driver is missing, and then fails or falls back at the first session."""
    install: str
    """What to install where this ONNX Runtime was built without it."""
    options: Callable[[Path, int], Options]
    """cache folder, threads → options"""


# Picture sizes change from call to call: neither memory nor algorithms may be sought anew for each.
PROVIDERS: dict[str, Provider] = {
    "tensorrt": Provider(
        "TensorrtExecutionProvider",
        ("libnvinfer.so.11", "libnvinfer.so.10", "libnvinfer.so"),
        "onnxruntime-gpu in place of onnxruntime, and tensorrt",
        lambda cached, _threads: {
            # Building an engine takes minutes: it is kept, by a hash of graph, GPU and version.
            "trt_engine_cache_enable": "1",
            "trt_engine_cache_path": str(cached / "tensorrt"),
            "trt_timing_cache_enable": "1",
            "trt_timing_cache_path": str(cached / "tensorrt"),
        },
    ),
    "cuda": Provider(
        "CUDAExecutionProvider",
        ("libcuda.so.1",),
        "onnxruntime-gpu in place of onnxruntime",
        lambda _cached, _threads: {
            "arena_extend_strategy": "kSameAsRequested",
            "cudnn_conv_algo_search": "HEURISTIC",
        },
    ),
    "openvino": Provider(
        "OpenVINOExecutionProvider",
        (),
        "onnxruntime-openvino in place of onnxruntime",
        lambda cached, threads: {
            "device_type": "CPU",
            # It would take bfloat16 by itself where the CPU has it, and paint another picture.
            "precision": "FP32",
            "num_of_threads": str(threads),
            "cache_dir": str(cached / "openvino"),
        },
    ),
    "cpu": Provider("CPUExecutionProvider", (), "onnxruntime", lambda _cached, _threads: {}),
}
"""name → provider, in the order in which they are preferred"""


@cache
def loads(library: str) -> bool:
    """Whether the dynamic linker finds and loads `library`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def usable(provider: Provider, available: Sequence[str], can_load: Callable[[str], bool]) -> bool:
    """Whether `provider` was built into ONNX Runtime and its driver is there."""
    return provider.ort_name in available and (
        not provider.libraries or any(map(can_load, provider.libraries))
    )


def choose_providers(
    wanted: str | None = None,
    threads: int = 1,
    can_load: Callable[[str], bool] = loads,
) -> list[Choice]:
    """The providers to give to a session, first choice first, each with its options.

    `wanted` is a list like "cuda,cpu", by default $STUDIO_PROVIDERS; empty takes all that are there.
    `threads` is for providers that run on the CPU. Raises `EngineError` for a name that is unknown or
    a provider that is not there.
    """
    text = os.environ.get(PROVIDERS_VARIABLE, "") if wanted is None else wanted
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    available = ort.get_available_providers()
    there = [name for name, provider in PROVIDERS.items() if usable(provider, available, can_load)]
    for name in names:
        if name not in PROVIDERS:
            raise EngineError(
                f"{PROVIDERS_VARIABLE}: there is no provider {name!r}; choose from {', '.join(PROVIDERS)}."
            )
        if name not in there:
            raise EngineError(_why_not(name, there, available))
    # A name given twice would be refused by ONNX Runtime.
    chosen = list(dict.fromkeys(names)) or there
    return [(PROVIDERS[name].ort_name, PROVIDERS[name].options(_cache_folder(), threads)) for name in chosen]


def _why_not(name: str, there: Sequence[str], available: Sequence[str]) -> str:
    provider = PROVIDERS[name]
    ends = f"or leave {name} out; there are {', '.join(there)}."
    if provider.ort_name not in available:
        return (
            f"{PROVIDERS_VARIABLE} asks for {name}, which this onnxruntime was built without: "
            f"install {provider.install}, {ends}"
        )
    return (
        f"{PROVIDERS_VARIABLE} asks for {name}, but {provider.libraries[0]} does not load: "
        f"install NVIDIA's driver and libraries, {ends}"
    )


def _cache_folder() -> Path:
    """`$STUDIO_HOME/cache` inside Triton, which is told where the models are; elsewhere a temporary one."""
    models = os.environ.get("STUDIO_MODELS")
    return Path(models).parent / "cache" if models else Path(tempfile.gettempdir()) / "studio-cache"
