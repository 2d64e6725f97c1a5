"""A watched server of their own for tests that kill, stop and starve what runs in it."""

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from studio.settings import Settings
from studio.triton.care import Care, watched
from studio.triton.processes import Stub, stubs
from studio.triton.server import TritonServer
from studio.triton.watchdog import Watchdog
from tests.serving.pictures import eventually
from tests.tools.pocket_adapters import add_all

STEP_SECONDS = 3.0
SHM_MEGABYTES = 64

SLEEPER = '''
import time

import triton_python_backend_utils as pb

from ensembles.serving.progress import working


class TritonPythonModel:
    """A step that comes to no end, in a process that is alive in every other way."""

    def execute(self, requests):
        with working():
            time.sleep(float(pb.get_input_tensor_by_name(requests[0], "SECONDS").as_numpy()[0]))
        return [pb.InferenceResponse([pb.Tensor("SECONDS", r.inputs()[0].as_numpy())]) for r in requests]
'''
SLEEPER_CONFIG = """
name: "sleeper-unet"
backend: "python"
max_batch_size: 0
input [ { name: "SECONDS" data_type: TYPE_FP32 dims: [ 1 ] } ]
output [ { name: "SECONDS" data_type: TYPE_FP32 dims: [ 1 ] } ]
instance_group [ { kind: KIND_CPU count: 1 } ]
"""


@dataclass
class Patient:
    """A watched server and what its watchdog said."""

    server: TritonServer
    said: list[str] = field(default_factory=list)
    dog: Watchdog | None = None

    @property
    def url(self) -> str:
        assert self.server.state is not None
        return self.server.state.grpc_url

    def stubs(self) -> dict[int, Stub]:
        process = self.server.process
        return {} if process is None else stubs(process.pid)

    def pids(self, model: str) -> list[int]:
        """Processes of one model now."""
        return sorted(pid for pid, stub in self.stubs().items() if stub.model == model)

    def wait_well(self, seconds: float = 20.0) -> None:
        """Returns when the watchdog has looked twice more and found nothing."""
        assert self.dog is not None
        self.dog.calm = 0
        assert eventually(lambda: self.dog.calm >= 2, seconds), self.said

    def streaming(self) -> list[str]:
        """Models that answer in streams, by what the server says of itself."""
        return sorted(Care(self.server).census().streaming)


@pytest.fixture(scope="session")
def registry(triton, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Random LoRAs, ControlNets, an IP-Adapter and an embedding for pocket, everybody's on the server under test."""
    add_all(triton.home, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def patient(triton, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """Pocket, and a model that sleeps, under a watchdog with little patience."""
    home = tmp_path_factory.mktemp("patient")
    models = home / "models"
    (models / "sleeper" / "repository" / "sleeper-unet" / "1").mkdir(parents=True)
    (models / "pocket").symlink_to(triton.home / "models" / "pocket")
    shutil.copy(models / "pocket" / "manifest.json", models / "sleeper" / "manifest.json")
    sleeper = models / "sleeper" / "repository" / "sleeper-unet"
    (sleeper / "config.pbtxt").write_text(SLEEPER_CONFIG)
    (sleeper / "1" / "model.py").write_text(textwrap.dedent(SLEEPER))
    settings = Settings(home=Path(home), step_timeout=STEP_SECONDS, shm_limit_mb=SHM_MEGABYTES)
    patient = Patient(TritonServer(settings, temporary=True))
    try:
        patient.server.start()
        with watched(patient.server, patient.said.append) as patient.dog:
            patient.dog.every = 0.4
            yield patient
    finally:
        patient.server.stop()
