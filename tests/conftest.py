"""What many tests share: one real Triton server over the embedded checkpoint."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

SOAK = bool(os.environ.get("STUDIO_SOAK"))
"""`make soak` runs the long forms."""


@dataclass(frozen=True)
class Served:
    """A running server and its home."""

    home: Path
    grpc: str
    http: str
    metrics: str
    log: Path


@pytest.fixture(scope="session")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Real Triton on free ports, serving pocket as a bare clone would."""
    from rich.console import Console

    from studio.embedded import publish_embedded
    from studio.settings import Settings
    from studio.triton.server import TritonServer

    home = tmp_path_factory.mktemp("home")
    publish_embedded(home, Console(stderr=True))
    server = TritonServer(Settings(home=home, http_port=0, grpc_port=0, metrics_port=0))
    state = server.start()
    yield Served(
        home,
        state.grpc_url,
        f"http://{state.host}:{state.http_port}",
        f"http://{state.host}:{state.metrics_port}/metrics",
        server.log,
    )
    server.stop()


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same at every run."""
    return np.random.default_rng(0)
