"""Graphs evaluated node by node over a Triton server: workflows without compiler, scheduler and cache."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from control.workflows.catalogue import CATALOGUE
from control.workflows.engine import Loaded, Sampled, Sampling
from control.workflows.graph import link_of
from control.workflows.keys import texts_name
from control.workflows.known import OF_ADAPTERS
from control.workflows.types import Folder, Size
from control.workflows.values import Clip, Conditioning, Image, ImageAdapter, Latent, Vae
from ensembles.adapters.about import About
from ensembles.adapters.store import shared
from ensembles.arrays import Array
from ensembles.manifest import Manifest, read_manifest
from scheduler import networks
from scheduler.calls import Call


@dataclass
class Files:
    """Manifests, everybody's files of the registry, and pictures that are there because somebody says so."""

    home: Path
    files: dict[str, Loaded | Latent] = field(default_factory=dict)

    def manifest(self, checkpoint: str) -> Manifest:
        """Of a published checkpoint."""
        return read_manifest(self.home / "models" / checkpoint / "manifest.json")

    def adapter(self, folder: Folder, name: str) -> About:
        """Of everybody's."""
        return shared(self.home, OF_ADAPTERS[folder])[name]

    def embeddings(self, text: str) -> dict[str, str]:
        """Name → SHA-256 of the textual inversions that a text names."""
        found = {f"embeddings/{name}": about for name, about in shared(self.home, "embedding").items()}
        return {name.removeprefix("embeddings/"): found[name].sha256 for name in texts_name(text, found)}

    async def load_image(self, name: str) -> Loaded:
        """A picture of `files`."""
        found = self.files[name]
        assert isinstance(found, Loaded)
        return found

    async def load_latent(self, name: str) -> Latent:
        """A latent of `files`."""
        found = self.files[name]
        assert isinstance(found, Latent)
        return found


@dataclass
class Networks(Files):
    """Real networks: what the scheduler's executor asks, asked without it."""

    call: Call = None  # type: ignore[assignment]
    asked: list[Sampling] = field(default_factory=list)
    """What was sampled."""

    def __init__(self, home: Path, call: Call) -> None:
        super().__init__(home)
        self.call, self.asked = call, []

    async def encode_text(self, clip: Clip, text: str, second: str | None = None) -> Conditioning:
        """By `text_encode`."""
        return await networks.encode_text(self.call, clip, text, second)

    async def image_prompt(
        self, adapter: ImageAdapter, checkpoint: str, pixels: Image
    ) -> tuple[Array, Array]:
        """By `image_prompt`."""
        return await networks.image_prompt(self.call, adapter.sha256, pixels)

    async def encode(self, vae: Vae, pixels: Image, *, tile: int = 0, overlap: int = 0) -> Array:
        """By `vae_encode`."""
        manifest = self.manifest(vae.checkpoint)
        return await networks.encode(self.call, vae, pixels, manifest, tile=tile, overlap=overlap)

    async def decode(self, vae: Vae, samples: Array, *, tile: int = 0, overlap: int = 0) -> Image:
        """By `vae_decode`."""
        manifest = self.manifest(vae.checkpoint)
        return await networks.decode(self.call, vae, samples, manifest, tile=tile, overlap=overlap)

    async def sample(self, wanted: Sampling) -> Sampled:
        """By `sampler`."""
        self.asked.append(wanted)
        manifest = self.manifest(wanted.guider.model.checkpoint)
        return (await networks.sample(self.call, wanted, manifest))[0]


async def run_node(engine: Any, name: str, **given: Any) -> Any:
    """What one node gives, defaults filled in; its checks pass with what is known of the inputs."""
    node = CATALOGUE[name]
    assert set(given) <= set(node.inputs), f"{name} has no input {set(given) - set(node.inputs)}"
    inputs = {key: given.get(key, wanted.default) for key, wanted in node.inputs.items()}
    for key, wanted in node.inputs.items():
        assert wanted.optional or inputs[key] is not None, f"{name} needs {key}"
        assert wanted.choices is None or inputs[key] in wanted.choices, f"{name} has no {key} {inputs[key]}"
    if node.check is not None:
        node.check(**{key: known(value) for key, value in inputs.items()})
    result = node.run(engine, **inputs) if node.asks else node.run(**inputs)
    result = await result if inspect.isawaitable(result) else result
    if not node.output:
        assert len(result) == len(node.outputs), name
    return result


async def run_graph(engine: Any, graph: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """What each node of {id: (class, inputs)} gives, in order; links are [id, output]. Lazy inputs only if needed."""
    made: dict[str, Any] = {}

    async def value(given: Any) -> Any:
        link = link_of(given)
        return given if link is None else (await node(link.node))[link.output]

    async def node(name: str) -> Any:
        if name not in made:
            kind, inputs = graph[name]
            wanted = CATALOGUE[kind]
            lazy = {key for key, one in wanted.inputs.items() if one.lazy}
            values = {key: await value(given) for key, given in inputs.items() if key not in lazy}
            needed = wanted.needs(**values) if wanted.needs is not None else frozenset()
            values |= {key: await value(inputs[key]) for key in needed & inputs.keys()}
            made[name] = await run_node(engine, kind, **values)
        return made[name]

    ends = [name for name, (kind, _) in graph.items() if CATALOGUE[kind].output]
    for name in ends or graph:
        await node(name)
    return made


def known(value: Any) -> Any:
    """What the compiler would know of a value: a Size of pictures, masks and latents, plain values as they are."""
    if isinstance(value, Latent):
        pictures, _, height, width = value.samples.shape
        return Size(pictures, 8 * width, 8 * height)
    if isinstance(value, np.ndarray):
        return Size(value.shape[0], value.shape[2], value.shape[1]) if value.ndim > 2 else None
    return value if isinstance(value, bool | int | float | str) else None
