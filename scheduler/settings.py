"""Settings of the workers, read from the environment (`STUDIO_*`)."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from control.settings import ControlSettings, read_environment


class SchedulerSettings(ControlSettings, frozen=True, kw_only=True):
    """The control plane's settings and the workers' own: one field per environment variable."""

    triton_url: str = ""
    """`host:port` of Triton servers' gRPC, with commas between several; empty: the local stack's own."""
    triton_key: str = ""
    """Opens the servers' management interfaces (header `studio-key`), for loading and unloading; empty: none is sent."""
    worker_name: str = ""
    """What this worker is called, in jobs' rows and in `home`/run/NAME.json; empty: worker-PROCESS."""
    worker_jobs: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    """Jobs that one worker has under way at a time, so that Triton can batch their steps."""
    triton_memory_mb: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Memory that checkpoints may take on one Triton server; the least recently used make room; 0: all stay loaded."""
    job_timeout: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    """Seconds that one attempt at a job may take."""
    job_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """Attempts before a job fails for good."""
    lease_seconds: Annotated[float, msgspec.Meta(ge=1)] = 8.0
    """How long a worker that says nothing keeps its jobs; another one takes them over then."""

    worker_cache_mb: Annotated[int, msgspec.Meta(ge=0)] = 512
    """Memory in which one worker keeps results of workflows' nodes; the least recently used make room."""
    cache_mb_per_organisation: Annotated[int, msgspec.Meta(ge=0)] = 2048
    """Object storage that results of an organisation's nodes may take; what was not used for longest goes first."""

    @property
    def triton_urls(self) -> list[str]:
        """The servers, host:port each."""
        return [url.strip() for url in self.triton_url.split(",") if url.strip()]


def read_settings(environ: Mapping[str, str] | None = None) -> SchedulerSettings:
    """The workers' own settings."""
    return read_environment(SchedulerSettings, environ)
