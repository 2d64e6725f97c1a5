"""Settings of the studio, read from the environment (`STUDIO_*`)."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from control.errors import ControlError
from control.settings import ROOT, Port, read_environment
from scheduler.settings import SchedulerSettings
from studio.errors import StudioError

__all__ = ["ROOT", "Settings", "read_settings"]


class Settings(SchedulerSettings, frozen=True, kw_only=True):
    """Settings of the control plane, of the workers and of Triton: one field per environment variable."""

    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 1
    """Worker processes of the local stack."""
    tritons: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    """Triton servers of the local stack."""

    triton_host: str = "127.0.0.1"
    """Address that Triton listens on, and that `studio image` connects to."""
    http_port: Port = 8000
    """Triton's KServe HTTP port; 0 takes a free one."""
    grpc_port: Port = 8001
    """Triton's gRPC port; 0 takes a free one."""
    metrics_port: Port = 8002
    """Triton's Prometheus port; 0 takes a free one."""
    providers: str = ""
    """ONNX Runtime's execution providers, first choice first: of tensorrt, cuda, openvino, cpu; empty: all there are."""
    engine_threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    """Threads of one network's engine; 0: as many as there are cores, which the servers of `tritons` share."""
    max_batch: dict[str, Annotated[int, msgspec.Meta(ge=1, le=16)]] = msgspec.field(default_factory=dict)
    """Largest UNet batch by resolution, instead of a checkpoint's own: JSON, longest side in pixels → samples."""
    variants_mb: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Memory in MB for the variants of one network (LoRAs in its weights, seamless), and as much again for its ControlNets; it
    holds for each network of each checkpoint, not for all together. Those that jobs are using stay, of the others those
    used longest ago go; a job whose variant has no room waits, aside from the others, for 60 s at most before it takes a
    place; one variant may always stand. 0: a quarter of all."""
    adapted_mb: Annotated[int, msgspec.Meta(ge=0)] = 12000
    """Disk for weights with LoRAs in them, from which variants are made again at once; those used longest ago go."""
    response_cache_mb: Annotated[int, msgspec.Meta(ge=1)] = 64
    """Triton's response cache, which holds text encodings."""
    start_timeout: float = 120.0
    """Seconds that models may take to load before `studio serve` gives up."""
    step_timeout: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    """Seconds that one step of a network may take before the watchdog ends it; longer than the slowest healthy one."""
    shm_limit_mb: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Shared memory that an idle server may keep before the watchdog has it back; 0: half of /dev/shm."""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `STUDIO_*` variables; raises `StudioError` naming the variable that is wrong."""
    try:
        return read_environment(Settings, environ)
    except ControlError as error:
        raise StudioError(str(error)) from None
