"""Render a published checkpoint's Triton model directories: one table of files, plain text templates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ensembles.engine.graph import Port
from ensembles.manifest import Manifest
from export.networks import NETWORKS, Layout
from export.pipelines import request_config, stream_config, txt2img_config

_TYPES = {"float32": "TYPE_FP32", "int64": "TYPE_INT64"}

_CONFIG = """\
# Written by `studio export`.
name: "{name}"
backend: "python"
max_batch_size: {max_batch}
input [
{inputs}
]
output [
{outputs}
]
instance_group [ {{ count: 1 kind: KIND_AUTO }} ]
dynamic_batching {{ {batching}}}
{cache}parameters {{ key: "network" value: {{ string_value: "{network}" }} }}
"""

_PORT = '  {{ name: "{name}" data_type: {type} dims: [ {dims} ] }}'

_CACHE = "response_cache { enable: true }\n"

_MODEL = '''\
"""{what} of {name}: see ensembles/serving."""

from ensembles.serving.{module} import TritonPythonModel

__all__ = ["TritonPythonModel"]
'''


@dataclass(frozen=True, slots=True)
class Serving:
    """How Triton serves one network."""

    max_batch: int
    delay_us: int = 0
    """Microseconds that a request waits for others to join its batch."""
    cached: bool = False


SERVING = {
    "text-encoder": Serving(max_batch=8, cached=True),
    "unet": Serving(max_batch=16, delay_us=2000),
    "vae-encoder": Serving(max_batch=4),
    "vae-decoder": Serving(max_batch=4),
}

Renderer = Callable[[Manifest], str]


def network_config(network: str) -> Renderer:
    """The renderer of a network's config.pbtxt."""

    def render(manifest: Manifest) -> str:
        serving = SERVING[network]
        inputs, outputs = NETWORKS[network].ports(Layout(manifest.context_dim, manifest.latent_channels))
        delay = f"max_queue_delay_microseconds: {serving.delay_us} " if serving.delay_us else ""
        return _CONFIG.format(
            name=f"{manifest.name}-{network}",
            network=network,
            max_batch=serving.max_batch,
            inputs=",\n".join(map(_port, inputs)),
            outputs=",\n".join(map(_port, outputs)),
            batching=delay,
            cache=_CACHE if serving.cached else "",
        )

    return render


def _port(port: Port) -> str:
    """One tensor without its batch axis; free axes are -1."""
    dims = ", ".join("-1" if isinstance(extent, str) else str(extent) for extent in port.shape[1:])
    return _PORT.format(name=port.name, type=_TYPES[port.dtype], dims=dims)


def thin_model(module: str, what: str) -> Renderer:
    """The renderer of a 1/model.py that hands everything to `ensembles.serving.MODULE`."""
    return lambda manifest: _MODEL.format(module=module, what=what, name=manifest.name)


FILES: dict[str, Renderer] = {
    "{name}-text-encoder/config.pbtxt": network_config("text-encoder"),
    "{name}-text-encoder/1/model.py": thin_model("network", "The text encoder"),
    "{name}-unet/config.pbtxt": network_config("unet"),
    "{name}-unet/1/model.py": thin_model("network", "The UNet"),
    "{name}-vae-encoder/config.pbtxt": network_config("vae-encoder"),
    "{name}-vae-encoder/1/model.py": thin_model("network", "The VAE's encoder"),
    "{name}-vae-decoder/config.pbtxt": network_config("vae-decoder"),
    "{name}-vae-decoder/1/model.py": thin_model("network", "The VAE's decoder"),
    "{name}-request/config.pbtxt": lambda manifest: request_config(manifest.name),
    "{name}-request/1/model.py": thin_model("request", "The first step of the ensemble"),
    "{name}-txt2img/config.pbtxt": lambda manifest: txt2img_config(manifest.name),
    # Triton asks for a version folder even of an ensemble, and git and copies keep no empty ones.
    "{name}-txt2img/1/.keep": lambda _: "",
    "{name}-txt2img-stream/config.pbtxt": lambda manifest: stream_config(manifest.name),
    "{name}-txt2img-stream/1/model.py": thin_model("txt2img_stream", "The streaming entry"),
}
"""Path under `repository/` → what renders the file from the manifest."""


def rendered(manifest: Manifest, folder: Path) -> list[tuple[Path, str]]:
    """Every file of `FILES` under `folder` with its text, the manifest's name filled in."""
    return [
        (folder / pattern.format(name=manifest.name), render(manifest)) for pattern, render in FILES.items()
    ]


def write_repository(manifest: Manifest, folder: Path) -> None:
    """Write every file of `FILES` under `folder`."""
    for path, text in rendered(manifest, folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
