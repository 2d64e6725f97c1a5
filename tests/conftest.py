"""What many tests share: one real Triton server over the embedded checkpoint."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import studio  # noqa: F401 - before grpc, for the processes that tests start: see there

SOAK = bool(os.environ.get("STUDIO_SOAK"))
"""`make soak` runs the long forms."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those in a browser are the last: Playwright's event loop runs until it is closed, and asyncio's tests want their own."""
    items.sort(key=lambda item: "tests/web/" in item.nodeid)


@dataclass(frozen=True)
class Served:
    """A running server and its home."""

    home: Path
    grpc: str
    http: str
    metrics: str


@pytest.fixture(scope="session")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Real Triton on free ports, serving pocket as a bare clone would."""
    from rich.console import Console

    from studio.settings import Settings
    from studio.triton.session import temporary_server
    from tests.tools.preprocessors import publish_tiny

    home = tmp_path_factory.mktemp("home")
    publish_tiny(home, tmp_path_factory.mktemp("preprocessors"))
    with temporary_server(Settings(home=home), Console(stderr=True)) as state:
        base = f"http://{state.host}"
        yield Served(
            home=home,
            grpc=state.grpc_url,
            http=f"{base}:{state.http_port}",
            metrics=f"{base}:{state.metrics_port}/metrics",
        )


@pytest.fixture(scope="session")
def published_pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`models/pocket` of a home where it is published. Read only: copy it to change it."""
    from export.command import export_checkpoint
    from export.pocket.evaluate import WEIGHTS

    home = tmp_path_factory.mktemp("home")
    export_checkpoint(WEIGHTS, "pocket", home, verify=False, trace="never")
    return home / "models" / "pocket"


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same at every run."""
    return np.random.default_rng(0)
