"""Nodes over real Triton, without compiler or scheduler."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import tritonclient.grpc.aio as grpcclient

from perf.parity.nodes import Files, Networks
from scheduler.calls import OPTIONS, Call


@pytest_asyncio.fixture
async def engine(triton) -> AsyncIterator[Networks]:
    """The pocket checkpoint's networks, and files that a test puts into `engine.files`."""
    client = grpcclient.InferenceServerClient(triton.grpc, channel_args=OPTIONS)
    try:
        yield Networks(triton.home, Call(client))
    finally:
        await client.close()


@pytest.fixture
def manifests(published_pocket: Path) -> Files:
    """An engine for nodes that ask no network: pocket's manifest alone."""
    return Files(published_pocket.parents[1])


@pytest.fixture(scope="session")
def torch_pocket():
    """The pocket family in torch, apart from everything that serves it."""
    from tests.workflows.reference import Torch

    return Torch()
