"""The container's folder in a bare tritonserver, started as docs/runtimes.md says and with nothing else.

No TensorRT here: in its place each network is our own engine under the very names and limits that the export
gave the plans. What is tested is all the rest: the folder's layout, the shared models, their environment,
and that steps find the UNet of their bucket.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException

from ensembles.manifest import read_manifest
from export.command import export_checkpoint
from export.repository import network_config, served, thin_model
from export.runtimes.target import choose_target
from studio.embedded import SOURCE
from studio.triton.binary import build_backend_directory, find_distribution, server_environment
from studio.triton.server import take_ports
from tests.serving.pictures import paint, unary

pytestmark = pytest.mark.triton


def stand_in(folder: Path) -> None:
    """Put our own engine where the plans of the checkpoint in `folder` would be."""
    manifest = read_manifest(folder / "manifest.json")
    python = msgspec.structs.replace(manifest, runtime="python")
    for model in served(manifest):
        directory = folder / "repository" / model.model
        (directory / "config.pbtxt").write_text(network_config(python, model))
        (directory / "1" / "model.py").write_text(thin_model("network", "A stand-in")(python))


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """gRPC address of a tritonserver over an exported folder that was moved elsewhere."""
    base = tmp_path_factory.mktemp("container")
    target = choose_target(base / "home", "tensorrt", "fp32", base / "out")
    export_checkpoint(SOURCE, "pocket", base / "home", verify=False, trace="never", target=target)
    folder = Path(shutil.copytree(base / "out", base / "studio", symlinks=True))
    shutil.rmtree(base / "out")
    stand_in(folder / "models" / "pocket")
    found = find_distribution()
    http, grpc, metrics = take_ports("127.0.0.1", {"http": 0, "grpc": 0, "metrics": 0})
    command = [
        str(found.server), f"--model-repository={folder / 'repository'}",
        f"--backend-directory={build_backend_directory(found, base / 'backends')}",
        f"--cache-directory={found.caches}", "--cache-config=local,size=67108864",
        f"--http-port={http}", f"--grpc-port={grpc}", f"--metrics-port={metrics}",
        "--http-address=127.0.0.1", "--grpc-address=127.0.0.1", "--metrics-address=127.0.0.1",
    ]  # fmt: skip
    env = {name: value for name, value in server_environment(found).items() if not name.startswith("STUDIO_")}
    env |= {"STUDIO_MODELS": str(folder / "models"), "STUDIO_ENGINE_THREADS": "1"}
    log = base / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=env, stdout=file, stderr=file, start_new_session=True)
    try:
        wait_ready(server, f"127.0.0.1:{grpc}", log)
        yield f"127.0.0.1:{grpc}"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    client = grpcclient.InferenceServerClient(url)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            if client.is_server_ready():
                return
        except InferenceServerException:
            pass
        time.sleep(0.2)
    pytest.fail(log.read_text(errors="replace")[-3000:])


def executions(url: str) -> dict[str, int]:
    """UNet model → batches run so far."""
    stats = grpcclient.InferenceServerClient(url).get_inference_statistics(as_json=True)["model_stats"]
    return {one["name"]: int(one.get("execution_count", 0)) for one in stats if "-unet-" in one["name"]}


def test_it_paints_what_the_studios_own_server_paints(container: str, triton) -> None:
    before = executions(container)
    here, there = paint(container), paint(triton.grpc)
    assert np.abs(here.images.astype(int) - there.images).mean() < 0.5
    ensemble = unary(container).as_numpy("IMAGE").astype(int)
    assert np.abs(ensemble - there.images).mean() < 0.5
    ran = {name for name, count in executions(container).items() if count > before[name]}
    assert ran == {"pocket-unet-256"}


def test_each_size_has_its_unet(container: str) -> None:
    before = executions(container)
    # More samples than the bucket's plan takes at once: 2 pictures with both halves of guidance are 4.
    pictures = paint(container, WIDTH=1024, HEIGHT=64, STEPS=1, BATCH=2)
    assert pictures.images.shape == (2, 64, 1024, 3)
    grown = {name: count - before[name] for name, count in executions(container).items()}
    assert grown.pop("pocket-unet-1024") == 2
    assert not any(grown.values())
    with pytest.raises(Exception, match="built for pictures of up to 1024 pixels"):
        paint(container, WIDTH=1032, HEIGHT=64, STEPS=1)
