"""Settings of the studio, read from the environment (`STUDIO_*`)."""

import os
from pathlib import Path
from typing import Annotated

import msgspec

from studio.errors import StudioError

ROOT = Path(__file__).resolve().parents[1]
"""The checkout: where model_repository/ and the embedded family stand."""


Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field per environment variable, its name in capitals with `STUDIO_` before it."""

    home: Path = ROOT / "var"
    """Where data lives: published models, logs, the local server's files."""
    triton_host: str = "127.0.0.1"
    """Address that Triton listens on, and that `studio image` connects to."""
    http_port: Port = 8000
    """Triton's KServe HTTP port; 0 takes a free one."""
    grpc_port: Port = 8001
    """Triton's gRPC port; 0 takes a free one."""
    metrics_port: Port = 8002
    """Triton's Prometheus port; 0 takes a free one."""
    triton_url: str = ""
    """`host:port` of a Triton server run by somebody else; empty: the local one."""
    providers: str = ""
    """ONNX Runtime's execution providers, first choice first: of tensorrt, cuda, openvino, cpu; empty: all there are."""
    engine_threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    """Threads of one network's engine; 0: as many as there are cores."""
    max_batch: dict[str, Annotated[int, msgspec.Meta(ge=1, le=16)]] = {}
    """Largest UNet batch by resolution, instead of a checkpoint's own: JSON, longest side in pixels → samples."""
    response_cache_mb: Annotated[int, msgspec.Meta(ge=1)] = 64
    """Triton's response cache, which holds text encodings."""
    start_timeout: float = 120.0
    """Seconds that models may take to load before `studio serve` gives up."""
    step_timeout: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    """Seconds that one step of a network may take before the watchdog ends it; longer than the slowest healthy one."""
    shm_limit_mb: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Shared memory that an idle server may keep before the watchdog has it back; 0: half of /dev/shm."""


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from `STUDIO_*` variables; raises `StudioError` naming the variable that is wrong."""
    env = os.environ if environ is None else environ
    # JSON where the field is an object, the text itself elsewhere.
    given: dict[str, object] = {
        f: env[f"STUDIO_{f.upper()}"] for f in Settings.__struct_fields__ if f"STUDIO_{f.upper()}" in env
    }
    try:
        if "max_batch" in given:
            given["max_batch"] = msgspec.json.decode(str(given["max_batch"]))
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise StudioError(f"A STUDIO_* variable in the environment is wrong: {error}") from None
    return msgspec.structs.replace(settings, home=settings.home.expanduser().resolve())
