"""Build one plan from a typed graph, and refit a stripped one with a checkpoint's weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ensembles.engine.weights import WeightFile
from export.errors import ExportError
from export.tensorrt.dialects import Dialect
from export.tensorrt.profiles import Shapes

DTYPES: dict[str, type[np.generic]] = {"fp32": np.float32, "fp16": np.float16}
"""precision of a graph → what its parameters are"""


def build_plan(
    trt: Any,
    dialect: Dialect,
    graph: Path,
    weights: WeightFile,
    parameters: Mapping[str, Sequence[int]],
    precision: str,
    shapes: Mapping[str, Shapes],
    *,
    strip: bool,
) -> bytes:
    """The plan of the typed graph without data at `graph`, whose `parameters` are tensors of `weights`.

    `shapes` is the one optimisation profile. With `strip` the parameters, and nothing else, can be refitted
    and are left out: the plan serves every checkpoint of the architecture. Raises `ExportError` with the
    builder's own first error.
    """
    logger, errors = _logger(trt)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, logger)
    held = _give_weights(parser, graph, weights, parameters, precision)
    if not parser.parse_model_proto():
        reasons = [parser.get_error(index).desc() for index in range(parser.num_errors)]
        raise ExportError(f"{graph} cannot be parsed: {_first(reasons)}")
    config = builder.create_builder_config()
    if precision == "fp32":
        config.clear_flag(trt.BuilderFlag.TF32)  # it would round what was asked for in full
    if strip:
        # Not REFIT: it makes constants of the graph itself variable too, and CLIP's conditions on their
        # shapes with them, which then do not build.
        config.set_flag(trt.BuilderFlag.REFIT_INDIVIDUAL)
        config.set_flag(trt.BuilderFlag.STRIP_PLAN)
        lost = [name for name in parameters if not network.mark_weights_refittable(name)]
        if lost:
            raise ExportError(
                f"{graph}: {len(lost)} parameters lost their names in parsing, first {lost[0]}."
            )
    _add_profile(builder, config, shapes)
    if dialect.targets:
        config.num_compute_capabilities = len(dialect.targets)
        for index, target in enumerate(dialect.targets):
            config.set_compute_capability(getattr(trt.ComputeCapability, target), index)
    plan = builder.build_serialized_network(network, config)
    del held  # the builder reads from it until here
    if plan is None:
        raise ExportError(f"{graph.name} cannot be built: {_first(errors)}")
    return bytes(plan)


def refit(trt: Any, plan: bytes, weights: WeightFile, precision: str) -> bytes:
    """A stripped `plan` with the tensors of `weights` in it; it can be refitted again. Needs a GPU.

    Raises `ExportError` when the plan asks for a tensor that `weights` does not hold, or refuses one.
    """
    logger, errors = _logger(trt)
    engine = trt.Runtime(logger).deserialize_cuda_engine(plan)
    if engine is None:
        raise ExportError(f"The plan does not load on this GPU: {_first(errors)}")
    refitter = trt.Refitter(engine, logger)
    held = []
    for name in refitter.get_all_weights():
        if name not in weights.places:
            raise ExportError(f"The plan asks for {name}, which {weights.path} does not hold.")
        held.append(_array(weights, name, precision))
        if not refitter.set_named_weights(name, trt.Weights(held[-1])):
            raise ExportError(f"The plan refuses {name} of {weights.path}: {_first(errors)}")
    missing = refitter.get_missing_weights()
    if missing or not refitter.refit_cuda_engine():
        what = f"{len(missing)} weights are missing, first {missing[0]}" if missing else _first(errors)
        raise ExportError(f"The plan could not be refitted: {what}")
    config = engine.create_serialization_config()
    config.clear_flag(trt.SerializationFlag.EXCLUDE_WEIGHTS)
    config.set_flag(trt.SerializationFlag.INCLUDE_REFIT)
    return bytes(engine.serialize_with_config(config))


def _array(weights: WeightFile, name: str, precision: str) -> NDArray[Any]:
    return np.ascontiguousarray(weights.tensor(name), dtype=DTYPES[precision])


def _give_weights(
    parser: Any, graph: Path, weights: WeightFile, parameters: Mapping[str, Sequence[int]], precision: str
) -> list[NDArray[Any]]:
    """Load `graph` into `parser` with its parameters; the arrays must live until the plan is built."""
    if not hasattr(parser, "load_initializer"):
        raise ExportError(
            "This TensorRT takes no weights from memory (OnnxParser.load_initializer): use a newer container."
        )
    if not parser.load_model_proto(graph.read_bytes(), str(graph)):
        raise ExportError(f"{graph} cannot be parsed: {_first([])}")
    held = []
    for name in parameters:
        array = _array(weights, name, precision)
        if not parser.load_initializer(name, array.ctypes.data, array.nbytes):
            raise ExportError(f"{graph} takes no {name} of {array.shape} in {precision}: export again.")
        held.append(array)
    return held


def _add_profile(builder: Any, config: Any, shapes: Mapping[str, Shapes]) -> None:
    profile = builder.create_optimization_profile()
    for name, (smallest, usual, largest) in shapes.items():
        profile.set_shape(name, smallest, usual, largest)
    config.add_optimization_profile(profile)


def _logger(trt: Any) -> tuple[Any, list[str]]:
    """A logger that keeps errors instead of printing them, and the list it keeps them in."""
    errors: list[str] = []

    class Keeper(trt.ILogger):  # type: ignore[misc]
        def log(self, severity: Any, message: str) -> None:
            if severity in (trt.ILogger.Severity.ERROR, trt.ILogger.Severity.INTERNAL_ERROR):
                errors.append(message)

    return Keeper(), errors


def _first(errors: Sequence[str]) -> str:
    return errors[0].strip() if errors else "TensorRT gives no reason."
