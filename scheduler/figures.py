"""Figures of workers for Prometheus, in the folder that the API's processes count in (control/http/metrics.py).

`control.http.metrics_folder` must have prepared the folder before this is imported.
"""

from collections.abc import Iterable
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from control.realtime.events import ENDED, State

_JOBS = Gauge(
    "studio_jobs",
    "Jobs that have not ended, by state and tier",
    ["state", "tier"],
    multiprocess_mode="livemostrecent",
)
_ENDED = Counter("studio_jobs_ended_total", "Jobs that ended", ["state"])
_ATTEMPTS = Counter("studio_job_attempts_total", "Attempts at jobs that workers began")
_RETRIED = Counter("studio_job_retries_total", "Attempts that failed and are followed by another one")
_WAIT = Histogram(
    "studio_job_wait_seconds", "From a job's place in line to its worker", ["tier"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
)  # fmt: skip
_ENGINE = Histogram(
    "studio_job_engine_seconds", "What Triton took for a job", ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)  # fmt: skip
_UNDER_WAY = Gauge("studio_worker_jobs", "Jobs that workers have under way", multiprocess_mode="livesum")

_seen: set[tuple[str, str]] = set()


def claimed(waits: Iterable[tuple[str, float]]) -> None:
    """Jobs were taken off the line: tier and seconds in it of each."""
    for tier, seconds in waits:
        _ATTEMPTS.inc()
        _WAIT.labels(tier).observe(max(0.0, seconds))


def ended(state: State) -> None:
    """A job ended, or will be tried again."""
    if state in ENDED:
        _ENDED.labels(state).inc()
    else:
        _RETRIED.inc()


def painted(model: str, seconds: float) -> None:
    """Triton has painted."""
    _ENGINE.labels(model).observe(seconds)


def under_way(jobs: int) -> None:
    """How many this process has."""
    _UNDER_WAY.set(jobs)


def line(rows: Iterable[dict[str, Any]]) -> None:
    """How many jobs there are: state, tier, jobs of each."""
    now = {(row["state"], row["tier"]): row["jobs"] for row in rows}
    for key in _seen - now.keys():
        _JOBS.labels(*key).set(0)
    _seen.update(now)
    for key, jobs in now.items():
        _JOBS.labels(*key).set(jobs)
