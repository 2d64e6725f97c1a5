"""TensorRT and TensorRT-RTX: one API under two names, and a table of what differs."""

import importlib
from dataclasses import dataclass
from typing import Any

from export.errors import ExportError


@dataclass(frozen=True, slots=True)
class Dialect:
    """One of the two packages."""

    module: str
    install: str
    strips_without_gpu: bool | None
    """Whether a refittable plan can be built where there is no GPU; None: nothing can."""
    targets: tuple[str, ...]
    """Compute capabilities that a plan is built for; empty: the GPU that is there."""
    triton: bool
    """Whether Triton has a backend that loads its plans."""


# Both build what the graph's types say (`export.runtimes.typed`): RTX and TensorRT 11 know nothing else, and
# TensorRT 10 is asked for it. So there is no fp16 flag to differ in.
DIALECTS: dict[str, Dialect] = {
    "tensorrt": Dialect(
        module="tensorrt",
        install="build in NVIDIA's TensorRT container of the same month as Triton's (docs/runtimes.md)",
        strips_without_gpu=None,
        targets=(),
        triton=True,  # of the very same version
    ),
    "tensorrt-rtx": Dialect(
        module="tensorrt_rtx",
        install="pip install -c constraints.txt tensorrt-rtx, or make tensorrt",
        # 1.5.0 and 1.7.1: "graph_jit.cpp: CHECK(status == CUDA_SUCCESS) failed", for any refit flag, even for
        # one MatMul. Whole plans are built without a GPU.
        strips_without_gpu=False,
        # Turing (SM75) takes fp16 graphs alone: "FP32 GEMM is not supported".
        targets=("SM80", "SM86", "SM89", "SM120"),
        triton=False,
    ),
}


def load_dialect(name: str) -> tuple[Dialect, Any]:
    """The dialect and its imported package; raises `ExportError` saying how to get it."""
    dialect = DIALECTS[name]
    try:
        return dialect, importlib.import_module(dialect.module)
    except (ImportError, OSError) as error:
        raise ExportError(f"{name} cannot be imported ({error}): {dialect.install}.") from error
