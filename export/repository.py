"""Render a published checkpoint's Triton model directories: one table of files, plain text templates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ensembles.engine.graph import Port
from ensembles.manifest import Manifest
from export.families import family_of
from export.networks import layout_of
from export.pipelines import request_config, stream_config, txt2img_config

_TYPES = {"float32": "TYPE_FP32", "int64": "TYPE_INT64", "string": "TYPE_STRING"}

_CONFIG = """\
# Written by `studio export`.
name: "{name}"
{platform}
max_batch_size: {max_batch}
input [
{inputs}
]
output [
{outputs}
]
instance_group [ {{ {instances} }} ]
dynamic_batching {{ {batching}}}
{cache}{parameters}
"""

_PORT = '  {{ name: "{name}" data_type: {type} dims: [ {dims} ]{optional} }}'

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
    "text-encoder-2": Serving(max_batch=8, cached=True),
    "unet": Serving(max_batch=16),
    "vae-encoder": Serving(max_batch=4),
    "vae-decoder": Serving(max_batch=4),
}


@dataclass(frozen=True, slots=True)
class Backend:
    """What a runtime's configs say beside the tensors."""

    platform: str
    instances: str
    parameters: str
    """`{network}` is filled in"""
    variants: bool = False
    """Whether requests may add optional inputs: only our own engine changes a network from call to call."""


BACKENDS = {
    "python": Backend(
        'backend: "python"',
        "count: 1 kind: KIND_AUTO",
        'parameters {{ key: "network" value: {{ string_value: "{network}" }} }}',
        variants=True,
    ),
    "onnxruntime": Backend(
        'platform: "onnxruntime_onnx"',
        "count: 1 kind: KIND_GPU",
        # Sizes change from call to call: neither algorithms nor memory are to be sought anew for each.
        'optimization {{ execution_accelerators {{ gpu_execution_accelerator : [ {{ name : "cuda"\n'
        '  parameters {{ key: "cudnn_conv_algo_search" value: "HEURISTIC" }}\n'
        '  parameters {{ key: "arena_extend_strategy" value: "kSameAsRequested" }}\n'
        "}} ] }} }}",
    ),
    # A plan is built for one profile: Triton takes the first one when none is named, which would be this.
    "tensorrt": Backend('platform: "tensorrt_plan"', 'count: 1 kind: KIND_GPU profile: [ "0" ]', ""),
}
"""`Manifest.runtime` → what Triton is told"""


class Served(NamedTuple):
    """One Triton model that serves a network."""

    model: str
    network: str
    max_batch: int
    bucket: str | None = None
    """Longest side in pixels that it takes; None: any."""


def served(manifest: Manifest) -> list[Served]:
    """The Triton models of a checkpoint's networks; under tensorrt its UNet is one model a bucket."""
    models = []
    for network in family_of(manifest).networks:
        serving = SERVING[network]
        if manifest.runtime == "tensorrt" and network == "unet":
            models += [
                Served(f"{manifest.name}-unet-{bucket}", network, min(samples, serving.max_batch), bucket)
                for bucket, samples in manifest.max_batch.items()
            ]
        else:
            models.append(Served(f"{manifest.name}-{network}", network, serving.max_batch))
    return models


Renderer = Callable[[Manifest], str]


def network_config(manifest: Manifest, model: Served) -> str:
    """The config.pbtxt of a network, for the manifest's runtime."""
    serving, backend = SERVING[model.network], BACKENDS[manifest.runtime]
    kind, layout = family_of(manifest).networks[model.network], layout_of(manifest, model.network)
    inputs, outputs = kind.ports(layout)
    optional = kind.optional_ports(layout) if backend.variants else []
    delay = f"max_queue_delay_microseconds: {serving.delay_us} " if serving.delay_us else ""
    return _CONFIG.format(
        name=model.model,
        platform=backend.platform,
        max_batch=model.max_batch,
        inputs=",\n".join([*map(_port, inputs), *(_port(port, optional=True) for port in optional)]),
        outputs=",\n".join(map(_port, outputs)),
        instances=backend.instances,
        batching=delay,
        cache=_CACHE if serving.cached else "",
        parameters=backend.parameters.format(network=model.network),
    )


def _port(port: Port, *, optional: bool = False) -> str:
    """One tensor without its batch axis; free axes are -1."""
    dims = ", ".join("-1" if isinstance(extent, str) else str(extent) for extent in port.shape[1:])
    said = " optional: true" if optional else ""
    return _PORT.format(name=port.name, type=_TYPES[port.dtype], dims=dims, optional=said)


def thin_model(module: str, what: str) -> Renderer:
    """The renderer of a 1/model.py that hands everything to `ensembles.serving.MODULE`."""
    return lambda manifest: _MODEL.format(module=module, what=what, name=manifest.name)


WHAT = {
    "text-encoder": "The text encoder",
    "text-encoder-2": "The second text encoder",
    "unet": "The UNet",
    "vae-encoder": "The VAE's encoder",
    "vae-decoder": "The VAE's decoder",
}

FILES: dict[str, Renderer] = {
    "{name}-request/config.pbtxt": lambda manifest: request_config(manifest.name, manifest.pooled_dim > 0),
    "{name}-request/1/model.py": thin_model("request", "The first step of the ensemble"),
    "{name}-txt2img/config.pbtxt": lambda manifest: txt2img_config(manifest.name, manifest.pooled_dim > 0),
    # Triton asks for a version folder even of an ensemble, and git and copies keep no empty ones.
    "{name}-txt2img/1/.keep": lambda _: "",
    "{name}-txt2img-stream/config.pbtxt": lambda manifest: stream_config(manifest.name),
    "{name}-txt2img-stream/1/model.py": thin_model("txt2img_stream", "The streaming entry"),
}
"""Path under `repository/` → what renders the file from the manifest, whatever the runtime."""


def rendered(manifest: Manifest, folder: Path) -> list[tuple[Path, str]]:
    """Every text file of the checkpoint's Triton models under `folder`, with its text."""
    files: dict[str, str] = {}
    for model in served(manifest):
        files[f"{model.model}/config.pbtxt"] = network_config(manifest, model)
        if manifest.runtime == "python":
            files[f"{model.model}/1/model.py"] = thin_model("network", WHAT[model.network])(manifest)
        else:
            # The model itself is no text: export/runtimes/ writes it.
            files[f"{model.model}/1/.keep"] = ""
    if manifest.kind == "checkpoint":
        files |= {pattern.format(name=manifest.name): render(manifest) for pattern, render in FILES.items()}
    return [(folder / path, text) for path, text in files.items()]


def write_repository(manifest: Manifest, folder: Path) -> None:
    """Write every file of `rendered` under `folder`."""
    for path, text in rendered(manifest, folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
