"""Two clients of ComfyUI that others wrote, unmodified, against real workers and a real Triton server.

One in Python that knows a host and a port and signs in by HTTP Basic, one in JavaScript at /comfy with a bearer token. Each
sends a picture, queues a graph, follows the WebSocket, fetches the picture, and interrupts.
"""

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from comfy_api_simplified import ComfyApiWrapper, ComfyWorkflowWrapper
from PIL import Image
from websockets.sync.client import connect

from studio.stack.process import free_port, running
from tests.control.conftest import api_service
from tests.control.people import Person, made, register
from tests.scheduler.conftest import Workers, wait_for

TOOLS = Path(__file__).parents[1] / "tools" / "comfy"
PORT = free_port()
TIERS = (
    '{"free": {"monthly_credits": 100, "max_pixels": 1048576, "seats": 100, "storage_gib": 1, "concurrent_jobs": 2, '
    '"queued_jobs": 8, "own_models": 0, "api_keys_generate": true}}'
)


def graph(image: str, seed: int, steps: int = 4) -> dict[str, Any]:
    """Paints a picture anew, in ComfyUI's API form as its editor exports it."""
    sampling = {
        "seed": seed,
        "steps": steps,
        "cfg": 7.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 0.8,
    }
    nodes: dict[str, tuple[str, str, dict[str, Any]]] = {
        "1": ("LoadImage", "Load Image", {"image": image}),
        "2": ("CheckpointLoaderSimple", "Load Checkpoint", {"ckpt_name": "pocket.safetensors"}),
        "3": ("CLIPTextEncode", "Positive", {"text": "a large red circle on a blue background", "clip": ["2", 1]}),
        "4": ("CLIPTextEncode", "Negative", {"text": "", "clip": ["2", 1]}),
        "5": ("VAEEncode", "VAE Encode", {"pixels": ["1", 0], "vae": ["2", 2]}),
        "6": ("KSampler", "KSampler", sampling | {
            "model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["5", 0],
        }),
        "8": ("VAEDecode", "VAE Decode", {"samples": ["6", 0], "vae": ["2", 2]}),
        "9": ("SaveImage", "Save Image", {"filename_prefix": "clients/anna", "images": ["8", 0]}),
    }  # fmt: skip
    return {
        node: {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}
        for node, (kind, title, inputs) in nodes.items()
    }


@pytest.fixture(scope="module")
def comfy(environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    service, base = api_service(
        environment, control_home / "log" / "comfy.log", STUDIO_COMFY_PORT=str(PORT), STUDIO_TIERS=TIERS
    )
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def artist(comfy: httpx.Client) -> Person:
    return register(comfy)


@pytest.fixture(scope="module")
def api_key(artist: Person) -> str:
    scopes = ["job:create", "job:read", "asset:create", "asset:read"]
    return str(made(artist.post("/api-keys", name="comfy", scopes=scopes))["key"])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "sketch.png"
    Image.new("RGB", (128, 128), (40, 60, 200)).save(path)
    return path


def check(data: bytes, given: dict[str, Any]) -> None:
    """The picture is one, and says what it was made of."""
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (128, 128))
        low, high = image.convert("L").getextrema()
        # The sketch was of one colour.
        assert high - low > 20
        said = image.info["prompt"]
    assert json.loads(said).keys() == given.keys()
    assert json.loads(said)["6"]["inputs"]["seed"] == given["6"]["inputs"]["seed"]


def test_a_client_in_python(artist: Person, api_key: str, worker: Workers, picture: Path) -> None:
    api = ComfyApiWrapper(f"http://127.0.0.1:{PORT}", user="artist", password=api_key)
    assert "KSampler" in api.get_object_info()
    assert api.get_system_stats()["system"]["comfyui_version"]
    sent = api.upload_image(picture)
    assert sent == {"name": "sketch.png", "subfolder": "default_upload_folder", "type": "input"}
    workflow = ComfyWorkflowWrapper(graph("", seed=1))
    workflow.set_node_param("Load Image", "image", f"{sent['subfolder']}/{sent['name']}")
    found = api.queue_and_wait_images(workflow, "Save Image")
    [(name, data)] = found.items()
    assert name == "anna_00001_.png"
    check(data, workflow)
    # Once more: nothing of it is painted again, and it is another file.
    assert list(api.queue_and_wait_images(workflow, "Save Image")) == ["anna_00002_.png"]
    long = api.queue_prompt(graph("default_upload_folder/sketch.png", seed=2, steps=150))["prompt_id"]
    wait_for(lambda: [item[1] for item in api.get_queue()["queue_running"]] == [long])
    assert api.get_queue_size_before(long) == 0
    api.interrupt()
    entry = wait_for(lambda: api.get_history(long))[long]
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"
    assert entry["outputs"] == {}


def test_a_client_in_javascript(artist: Person, worker: Workers, picture: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (TOOLS / "node_modules" / "@saintno").is_dir():
        pytest.skip("Install Node 20 or newer with npm, then: make tests/tools/comfy/node_modules")
    given = {"paint": graph("", seed=3, steps=12), "long": graph("js/sketch.png", seed=4, steps=150)}
    graphs, into = tmp_path / "graphs.json", tmp_path / "made.png"
    graphs.write_text(json.dumps(given))
    base = str(artist.api.base_url).rstrip("/")
    done = subprocess.run(
        [node, "client.mjs", f"{base}/comfy", artist.token, str(picture), str(graphs), str(into)],
        cwd=TOOLS, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        said |= json.loads(line)
    assert said["checkpoints"] == ["pocket"]
    assert said["sent"]["subfolder"] == "js"
    painted = said["painted"]
    assert painted["failed"] is None
    assert painted["done"]["images"]["images"][0]["subfolder"] == "clients"
    check(into.read_bytes(), given["paint"])
    assert said["stopped"] == "The execution was interrupted!"
    kinds = [kind for kind, _ in said["heard"]]
    for kind in ("status", "execution_start", "executing", "progress", "executed", "execution_success"):
        assert kind in kinds, (kind, kinds)
    assert kinds.index("execution_start") < kinds.index("executed") < kinds.index("execution_success")


def test_both_at_once_hear_their_own(artist: Person, api_key: str, worker: Workers, picture: Path) -> None:
    api = ComfyApiWrapper(f"http://127.0.0.1:{PORT}", user="artist", password=api_key)
    api.upload_image(picture)
    image = "default_upload_folder/sketch.png"
    with ThreadPoolExecutor(2) as several:
        works = [ComfyWorkflowWrapper(graph(image, seed=seed)) for seed in (5, 6)]
        found = list(several.map(lambda work: api.queue_and_wait_images(work, "Save Image"), works))
    for work, pictures in zip(works, found, strict=True):
        [data] = pictures.values()
        check(data, work)


def test_previews_of_what_is_being_painted(
    artist: Person, api_key: str, worker: Workers, picture: Path
) -> None:
    """No client of the two asks for them: as ComfyUI, only who does gets them."""
    base = f"http://127.0.0.1:{PORT}"
    ComfyApiWrapper(base, user="artist", password=api_key).upload_image(picture)
    given = graph("default_upload_folder/sketch.png", seed=7, steps=30)
    frames: list[bytes] = []
    with connect(
        f"{base.replace('http', 'ws')}/ws?clientId=me&token={api_key}", proxy=None, max_size=None
    ) as socket:
        body = {"prompt": given, "client_id": "me", "extra_data": {"preview_method": "auto"}}
        made(httpx.post(f"{base}/prompt", json=body, params={"token": api_key}))
        while True:
            message = socket.recv(timeout=30)
            if isinstance(message, bytes):
                frames.append(message)
            elif json.loads(message)["type"] == "execution_success":
                break
    assert frames
    for frame in frames:
        assert frame[:8] == struct.pack(">II", 1, 1)
        with Image.open(BytesIO(frame[8:])) as image:
            assert image.format == "JPEG"
            image.load()
