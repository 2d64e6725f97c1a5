"""Trace an architecture into graphs without weights: `python -m export.trace SOURCE --out GRAPHS`.

Runs once per architecture; every checkpoint of that shape is then only bound. Needs the `export` extra.
"""

import argparse
import importlib.metadata
import math
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import onnx
import torch
from safetensors.torch import save_file

from ensembles.engine.bind import bind
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import Comparison, GraphMeta, Port
from ensembles.engine.weights import WeightFile
from export.checkpoint import Checkpoint, open_checkpoint
from export.compare import compare
from export.errors import ExportError
from export.graphs import write_identity
from export.samples import Case, cases, make_inputs
from export.tracing_modules import build, build_hollow, scatter

OPSET = 17
HALVES = {"vae-encoder": ("encoder.", "quant_conv."), "vae-decoder": ("decoder.", "post_quant_conv.")}
"""What the names of the parameters begin with that a half of the VAE uses."""
LARGE_CONSTANT = 8192
"""Elements; CLIP's causal mask has 77², a weight that lost its name would have more."""
TRACE_LIMIT = 1e-4
"""Largest difference from torch that a new graph may have, relative to the outputs' magnitude."""

_TRACE_CASES = {
    # Odd sizes, so that the UNet's way up is traced with sizes and not with a factor of 2.
    "text-encoder": Case("text-encoder", 0, 2, 0, 0),
    "text-encoder-2": Case("text-encoder-2", 0, 2, 0, 0),
    "unet": Case("unet", 0, 2, 9, 13, 83),
    "vae-encoder": Case("vae-encoder", 0, 2, 5, 7),
    "vae-decoder": Case("vae-decoder", 0, 2, 5, 7),
}

Progress = Callable[[str, float], None]


def trace(
    checkpoint: Checkpoint, folder: Path, progress: Progress | None = None, *, verified: bool = True
) -> Path:
    """Trace all networks of `checkpoint`'s architecture into `folder/HASH` (returned), all or nothing.

    With `verified` off the graphs are not compared with torch (what is exported with them is), and UNets are traced
    without values, which takes hardly any memory whatever their size. Raises `ExportError` when the checkpoint lacks parameters, or a graph differs from torch.
    """
    target = folder / checkpoint.hash
    folder.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{checkpoint.hash}.tmp-", dir=folder))
    try:
        networks = checkpoint.family.networks
        for number, network in enumerate(networks):
            if progress:
                progress(f"tracing {network}", number / len(networks))
            try:
                _trace_network(network, checkpoint, building, verified=verified)
            except (RuntimeError, ValueError, TypeError, KeyError, EngineError) as error:
                # A config that diffusers takes for another model ends in any of these.
                reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
                raise ExportError(f"{network} of {checkpoint.source} cannot be traced: {reason}") from error
        write_identity(checkpoint, building)
        shutil.rmtree(target, ignore_errors=True)
        building.chmod(0o755)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _trace_network(network: str, checkpoint: Checkpoint, folder: Path, *, verified: bool) -> None:
    kind = checkpoint.family.networks[network]
    hollow = not verified and kind.part == "unet"
    module = (build_hollow if hollow else build)(kind.module, checkpoint.configs[kind.part])
    _check_parameters(module, checkpoint, kind.part)
    if not hollow:
        scatter(module, seed=len(network))
    inputs, outputs = kind.ports(checkpoint.layout(network))
    path = folder / f"{network}.onnx"
    _export(module, make_inputs(_TRACE_CASES[network], checkpoint), inputs, outputs, path)
    shapes = {name: list(value.shape) for name, value in module.named_parameters()}
    parameters = {
        name: shape for name, shape in shapes.items() if name.startswith(HALVES.get(network, ("",)))
    }
    _declare(path, parameters, dict(module.named_buffers()), f"{kind.part}.safetensors")
    meta = GraphMeta(
        network=network,
        architecture=checkpoint.architecture,
        inputs=inputs,
        outputs=outputs,
        parameters=parameters,
        versions=_versions(),
        verified=_verify(network, module, path, parameters, checkpoint) if verified else [],
    )
    (folder / f"{network}.json").write_bytes(msgspec.json.format(msgspec.json.encode(meta), indent=1) + b"\n")


def _check_parameters(module: torch.nn.Module, checkpoint: Checkpoint, part: str) -> None:
    """The file's tensors must be the module's parameters, by name and shape."""
    wanted = {name: tuple(value.shape) for name, value in module.named_parameters()}
    found = {name: place.shape for name, place in checkpoint.tensors[part].items()}
    wrong = sorted(name for name in wanted if found.get(name) != wanted[name])
    if wrong:
        raise ExportError(
            f"{checkpoint.files[part]} does not hold what its config.json describes: {len(wrong)} tensors are "
            f"missing or of another shape, first {wrong[0]}; download the checkpoint again."
        )
    extra = sorted(set(found) - set(wanted))
    if extra:
        raise ExportError(
            f"{checkpoint.files[part]} holds {len(extra)} tensors that its config.json does not describe, "
            f"first {extra[0]}; save the checkpoint again with diffusers."
        )


def _export(
    module: torch.nn.Module, example: dict[str, Any], inputs: list[Port], outputs: list[Port], path: Path
) -> None:
    free = {
        port.name: {axis: name for axis, name in enumerate(port.shape) if isinstance(name, str)}
        for port in inputs + outputs
    }
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of every Python `if` inside diffusers
        torch.onnx.export(
            module,
            tuple(torch.from_numpy(example[port.name]) for port in inputs),
            str(path),
            export_params=False,  # they would have to fit into protobuf's 2 GB
            dynamo=False,  # the new exporter's optimiser turns Linear weights into nameless constants
            opset_version=OPSET,
            do_constant_folding=False,  # folding would merge parameters into values of no name
            input_names=[port.name for port in inputs],
            output_names=[port.name for port in outputs],
            dynamic_axes=free,
        )


def _declare(
    path: Path, parameters: dict[str, list[int]], buffers: dict[str, torch.Tensor], location: str
) -> None:
    """Turn the inputs that tracing made of `parameters` (name → shape) into initializers without data.

    Buffers, which are no checkpoint's business, become constants. Raises `ExportError` when a parameter
    lost its name, or there is a large constant: then another checkpoint would be bound wrongly.
    """
    model = onnx.load(str(path))
    graph = model.graph
    inputs = {value.name: value for value in graph.input}
    lost = sorted(set(parameters) - set(inputs))
    if lost:
        raise ExportError(f"Tracing lost the names of {len(lost)} parameters, first {lost[0]}: report this.")
    for name, shape in parameters.items():
        tensor = onnx.TensorProto(name=name, dims=shape, data_type=onnx.TensorProto.FLOAT)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        graph.initializer.append(tensor)
        graph.input.remove(inputs[name])
    for name in buffers.keys() & inputs.keys():
        graph.initializer.append(onnx.numpy_helper.from_array(buffers[name].numpy(), name))
        graph.input.remove(inputs[name])
    _refuse_large_constants(model)
    for node in graph.node:
        node.doc_string = ""
    onnx.save(model, str(path))


def _refuse_large_constants(model: Any) -> None:
    """A large constant with data is a parameter that lost its name."""
    constants = [tensor for tensor in model.graph.initializer if tensor.data_location != tensor.EXTERNAL]
    constants += [
        attribute.t for node in model.graph.node for attribute in node.attribute if attribute.HasField("t")
    ]
    for tensor in constants:
        if math.prod(tensor.dims) > LARGE_CONSTANT:
            raise ExportError(f"Tracing made a constant of shape {list(tensor.dims)}: report this.")


def _verify(
    network: str,
    module: torch.nn.Module,
    graph: Path,
    parameters: dict[str, list[int]],
    checkpoint: Checkpoint,
) -> list[Comparison]:
    """Bind the random parameters as a checkpoint's would be, and compare with torch. Empties `module`."""
    inputs = {case: make_inputs(case, checkpoint) for case in cases(network)}
    expected = {case: _run(module, arrays) for case, arrays in inputs.items()}
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "random.safetensors"
        save_file({name: value.detach().contiguous() for name, value in module.named_parameters()}, file)
        module.to("meta")  # a full-width UNet is 3.4 GB, and the session will need as much again
        session = bind(graph, WeightFile(file), parameters, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        comparisons = [
            compare(
                case,
                arrays,
                dict(zip(names, session.run(names, arrays), strict=True)),
                dict(zip(names, expected[case], strict=True)),
            )
            for case, arrays in inputs.items()
        ]
    worst = max(comparisons, key=lambda found: found.difference)
    if worst.difference > TRACE_LIMIT * max(1.0, worst.magnitude):
        raise ExportError(f"The traced {network} differs from torch by {worst.difference:.1e}: report this.")
    return comparisons


def _run(module: torch.nn.Module, arrays: dict[str, Any]) -> list[Any]:
    """The module's outputs, in order, as arrays."""
    with torch.no_grad():
        result = module(*(torch.from_numpy(array) for array in arrays.values()))
    return [value.numpy() for value in (result if isinstance(result, tuple) else (result,))]


def _versions() -> dict[str, str]:
    packages = ("torch", "diffusers", "transformers", "onnx", "onnxruntime")
    return {name: importlib.metadata.version(name) for name in packages} | {"opset": str(OPSET)}


def main() -> None:
    """Trace the architecture of a diffusers folder, and remove the graphs of others on request."""
    parser = argparse.ArgumentParser(prog="python -m export.trace", description=__doc__)
    parser.add_argument("source", type=Path, help="a diffusers folder")
    parser.add_argument(
        "--out", type=Path, required=True, help="the folder that holds one folder per architecture"
    )
    parser.add_argument("--unverified", action="store_true", help="in little memory, without a comparison")
    parser.add_argument("--keep", action="store_true", help="keep the graphs of other architectures in OUT")
    arguments = parser.parse_args()
    try:
        folder = trace(open_checkpoint(arguments.source), arguments.out, verified=not arguments.unverified)
    except ExportError as error:
        parser.exit(2, f"{error}\n")
    if not arguments.keep:
        for other in arguments.out.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other)
    print(folder)


if __name__ == "__main__":
    main()
