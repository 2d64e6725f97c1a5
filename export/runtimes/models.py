"""The networks as NVIDIA's backends load them: ONNX models with their weights, or graphs to build plans of."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import onnx
import onnxruntime as ort

from ensembles.engine.bind import default_threads, session_options
from ensembles.engine.external import bind_external
from ensembles.engine.graph import PARTS
from ensembles.engine.network import Network
from ensembles.engine.weights import open_weights
from ensembles.manifest import Manifest
from export.checkpoint import Checkpoint
from export.compare import compare
from export.errors import ExportError
from export.report import WrittenReport
from export.runtimes.typed import typed_graph
from export.samples import cases, make_inputs
from export.write import link_or_copy

MODEL = "model.onnx"
LIMITS = {"fp32": 1e-4, "fp16": 5e-2}
"""precision → largest difference from the fp32 engine, relative to the outputs' magnitude, that is published"""

Progress = Callable[[str, float], None]


def write_models(
    folder: Path, manifest: Manifest, checkpoint: Checkpoint, progress: Progress
) -> list[WrittenReport]:
    """Write every network of the published `folder` for its runtime, and compare it with the fp32 engine.

    onnxruntime: `repository/MODEL/1/model.onnx` with its weights beside it; the folder's own graphs and
    weights go, since nothing in the container reads them. tensorrt: the graphs take their precision, and
    stay with the weights until `python -m export.tensorrt` has made plans of them.
    Raises `ExportError` past `LIMITS`.
    """
    reports = []
    networks = checkpoint.family.networks
    for number, network in enumerate(networks):
        progress(f"writing {network}", number / len(networks))
        reports.append(_write(folder, network, manifest, checkpoint))
    if manifest.runtime == "onnxruntime":
        shutil.rmtree(folder / "weights")
        shutil.rmtree(folder / "graphs")
    return reports


def _write(folder: Path, network: str, manifest: Manifest, checkpoint: Checkpoint) -> WrittenReport:
    graph = folder / "graphs" / f"{network}.onnx"
    weights = open_weights(folder, PARTS[network])
    engine = Network(folder, network)
    model = typed_graph(graph, engine.meta, manifest.precision)
    if manifest.runtime == "tensorrt":
        graph.unlink()  # a link to the graph that all checkpoints of the architecture share
        onnx.save(model, str(graph))
    # What plans are built of is run once here, where there may be no GPU.
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        version = {
            "onnxruntime": folder / "repository" / f"{manifest.name}-{network}" / "1",
            "tensorrt": Path(scratch),
        }[manifest.runtime]
        link_or_copy(weights.path, version / weights.path.name)
        bind_external(model, weights, weights.path.name)
        onnx.save(model, str(version / MODEL))
        return _compare(version / MODEL, engine, manifest, checkpoint)


def _compare(path: Path, engine: Network, manifest: Manifest, checkpoint: Checkpoint) -> WrittenReport:
    """How far the model at `path`, loaded as Triton's backend would, is from the engine, over all cases."""
    try:
        session = ort.InferenceSession(
            str(path), session_options(default_threads()), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise ExportError(
            f"The {engine.name} that was written does not load: {error}; report this."
        ) from error
    names = [port.name for port in engine.meta.outputs]
    difference = magnitude = 0.0
    for case in cases(engine.name):
        inputs = make_inputs(case, checkpoint)
        written = dict(zip(names, session.run(names, inputs), strict=True))
        found = compare(case, inputs, written, engine.run(inputs))
        difference, magnitude = max(difference, found.difference), max(magnitude, found.magnitude)
    limit = LIMITS[manifest.precision]
    if difference > limit * max(1.0, magnitude):
        raise ExportError(
            f"{engine.name} in {manifest.precision} differs from fp32 by {difference:.1e} where {limit:.0e} is "
            "allowed: nothing was published; export it with --precision fp32."
        )
    return WrittenReport(engine.name, manifest.precision, difference, magnitude)
