"""An inpainting UNet's graphs out of its plain sister's: only its first convolution takes more channels.

To the byte what tracing would give, so that one set of graphs serves both, and torch is not needed.
"""

import shutil
from pathlib import Path

import msgspec
import onnx

from ensembles.engine.graph import GraphMeta, Port, read_meta
from export.architecture import shape_hash
from export.checkpoint import Checkpoint

FIRST, INPUT = "conv_in.weight", "sample"


def plain_hash(checkpoint: Checkpoint) -> str | None:
    """The hash of the same architecture with a UNet that takes a latent alone; None where `checkpoint`'s is that."""
    if checkpoint.sample_channels in (0, checkpoint.latent_channels):
        return None
    configs = {**checkpoint.configs, "unet": {**checkpoint.configs["unet"]}}
    configs["unet"]["in_channels"] = checkpoint.latent_channels
    shapes = {
        part: {name: [*place.shape] for name, place in t.items()} for part, t in checkpoint.tensors.items()
    }
    if shapes["unet"].get(FIRST, [])[1:2] != [checkpoint.sample_channels]:
        return None  # damaged: whoever traces it says so
    shapes["unet"][FIRST][1] = checkpoint.latent_channels
    return shape_hash(checkpoint.family.name, configs, shapes)


def derive(plain: Path, checkpoint: Checkpoint, folder: Path) -> None:
    """Fill the empty `folder` with the graphs of `checkpoint`, made of those in `plain`."""
    channels = checkpoint.sample_channels
    for network in checkpoint.family.networks:
        graph, meta = folder / f"{network}.onnx", read_meta(plain / f"{network}.json")
        shutil.copyfile(plain / f"{network}.onnx", graph)
        if network == "unet":
            _widen(graph, channels)
            meta = _told(meta, channels)
        meta = msgspec.structs.replace(meta, architecture=checkpoint.architecture)
        text = msgspec.json.format(msgspec.json.encode(meta), indent=1)
        (folder / f"{network}.json").write_bytes(text + b"\n")


def _widen(graph: Path, channels: int) -> None:
    model = onnx.load(str(graph), load_external_data=False)
    for tensor in model.graph.initializer:
        if tensor.name == FIRST:
            tensor.dims[1] = channels
    for value in model.graph.input:
        if value.name == INPUT:
            value.type.tensor_type.shape.dim[1].dim_value = channels
    onnx.save(model, str(graph))


def _told(meta: GraphMeta, channels: int) -> GraphMeta:
    """What is known of the plain graph, for the wider one; it was not compared with torch itself."""
    first = [*meta.parameters[FIRST]]
    first[1] = channels
    inputs = [
        Port(port.name, port.dtype, [port.shape[0], channels, *port.shape[2:]])
        if port.name == INPUT
        else port
        for port in meta.inputs
    ]
    return msgspec.structs.replace(
        meta, parameters={**meta.parameters, FIRST: first}, inputs=inputs, verified=[]
    )
