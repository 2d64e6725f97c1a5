"""A network that somebody brings as ONNX, looked at before it is published: depth, or classes of pixels."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, TensorProto

from ensembles.engine.errors import EngineError
from ensembles.engine.preprocessing import PreprocessingNetwork
from ensembles.imaging.ade20k import COLOURS
from ensembles.preprocessor import FILE, GRAPH, Colour, Input, Output, Preprocessor
from export.errors import ExportError
from export.preprocessors.publish import publish
from export.preprocessors.sources import SOURCES
from export.publish import check_name
from export.write import file_hash

Own = Literal["depth", "segmentation"]
OPSETS = range(9, 24)
MOST_BYTES = 2**31 - 1
"""Of a file: what protobuf reads."""
SIDES = range(32, 2049)
"""Pixels of a side that a graph may be run on."""
_FLOATS: dict[int, Literal["float32", "float16"]] = {
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
}
_WHOLE = (TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8, TensorProto.UINT16)
_TRIES = ((0, 0), (3, 4), (16, 9))
"""Proportions of the pictures that it is tried on; (0, 0): a square."""


class Wanted(msgspec.Struct, frozen=True):
    """How somebody says that the network is to be used."""

    type: Own
    name: str
    low: float = 0.0
    high: float = 1.0
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    """ImageNet's, with which most networks for depth and classes were trained."""
    side: int = 512
    multiple: int = 32
    invert: bool = False
    palette: tuple[Colour, ...] = ()
    licence: str = "not stated"


def add_file(file: Path, wanted: Wanted, home: Path) -> Preprocessor:
    """Publishes the network of `file`; what is said of it. Raises `ExportError` with what is wrong with it.

    It needs one float input of pictures, NCHW or NHWC, one output, operators of ONNX's own, and all weights inside; and
    it has to run, on pictures of several proportions where its size is free.
    """
    check_name(wanted.name)
    if wanted.name in SOURCES:
        raise ExportError(f"{wanted.name} is the name of a preprocessor that there is: choose another name.")
    _check_options(wanted)
    said = _described(file, _read(file), wanted)
    _try(said, file)
    publish(said, file, home)
    return said


def _check_options(wanted: Wanted) -> None:
    numbers = (wanted.low, wanted.high, *wanted.mean, *wanted.std)
    if not np.isfinite(numbers).all() or wanted.high == wanted.low or min(wanted.std) <= 0:
        raise ExportError("--range takes two different numbers, --mean three, and --std three above 0.")
    if wanted.side not in SIDES or not 1 <= wanted.multiple <= wanted.side:
        raise ExportError(
            f"--size takes {SIDES[0]} to {SIDES[-1]} pixels, and --multiple at most as many as --size."
        )
    if wanted.palette and wanted.type != "segmentation":
        raise ExportError("--palette is for --type segmentation.")
    if wanted.invert and wanted.type != "depth":
        raise ExportError("--invert is for --type depth.")


def _read(file: Path) -> onnx.ModelProto:
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise ExportError(
                f"{file.name} has {size / 1e9:.1f} GB, and {MOST_BYTES / 1e9:.1f} are the most: bring a smaller network."
            )
        model = onnx.load(str(file), load_external_data=False)
    except (OSError, DecodeError) as error:
        raise ExportError(f"{file.name} cannot be read as ONNX: export the network to ONNX first.") from error
    if not model.graph.node:
        raise ExportError(f"{file.name} cannot be read as ONNX: export the network to ONNX first.")
    if any(one.data_location == TensorProto.EXTERNAL for one in _tensors(model.graph)):
        raise ExportError(
            f"{file.name} keeps its weights in another file: save it as one file (onnx.save with "
            "save_as_external_data=False)."
        )
    strange = sorted({one.domain for one in _nodes(model.graph)} - {"", "ai.onnx"})
    if strange or model.functions:
        what = ", ".join(strange) or "functions of its own"
        raise ExportError(
            f"{file.name} uses operators that are not ONNX's own ({what}): export it without them (not optimised for a runtime)."
        )
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if opset not in OPSETS:
        raise ExportError(
            f"{file.name} is of opset {opset}: export it with one from {OPSETS[0]} to {OPSETS[-1]} (17 suits most)."
        )
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        first = str(error).strip().splitlines()[0]
        raise ExportError(f"{file.name} is no valid ONNX: {first}") from error
    return model


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and those within its loops and branches."""
    left = [graph]
    while left:
        one = left.pop()
        yield one
        for node in one.node:
            for attribute in node.attribute:
                if attribute.type == AttributeProto.GRAPH:
                    left.append(attribute.g)
                left.extend(attribute.graphs)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for one in _graphs(graph):
        yield from one.node


def _tensors(graph: onnx.GraphProto) -> Iterator[TensorProto]:
    for one in _graphs(graph):
        yield from one.initializer
        for sparse in one.sparse_initializer:
            yield from (sparse.values, sparse.indices)
        for node in one.node:
            for attribute in node.attribute:
                yield attribute.t
                yield from attribute.tensors


def _described(file: Path, model: onnx.ModelProto, wanted: Wanted) -> Preprocessor:
    weights = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    outputs = model.graph.output
    if len(inputs) != 1 or len(outputs) != 1:
        raise ExportError(
            f"{file.name} has {len(inputs)} inputs and {len(outputs)} outputs: it needs one of each, a picture and a map."
        )
    taken, given = inputs[0].type.tensor_type, outputs[0].type.tensor_type
    shape = _shape(taken)
    layout = _layout(shape)
    if taken.elem_type not in _FLOATS or layout is None:
        raise ExportError(
            f"{file.name} takes {_told(taken)}: it needs a picture as float32 or float16, [1,3,h,w] or [1,h,w,3]."
        )
    height, width = shape[2:] if layout == "NCHW" else shape[1:3]
    for side in (height, width):
        if side and side not in SIDES:
            raise ExportError(
                f"{file.name} takes pictures of {width or 'any'} x {height or 'any'} pixels: "
                f"sides from {SIDES[0]} to {SIDES[-1]} can be served."
            )
    return Preprocessor(
        name=wanted.name,
        type=wanted.type,
        version="own",
        weights=file_hash(file),
        source=file.name,
        licence=wanted.licence,
        output=_output(file, given, wanted.type, layout),
        answer=outputs[0].name,
        invert=wanted.invert,
        palette=wanted.palette,
        input=Input(
            name=inputs[0].name,
            layout=layout,
            dtype=_FLOATS[taken.elem_type],
            low=wanted.low,
            high=wanted.high,
            mean=wanted.mean,
            std=wanted.std,
            height=height,
            width=width,
            side=wanted.side,
            multiple=wanted.multiple,
        ),
    )


def _shape(of: onnx.TypeProto.Tensor) -> list[int]:
    """0 where a side is free."""
    return [one.dim_value if one.HasField("dim_value") else 0 for one in of.shape.dim]


def _told(of: onnx.TypeProto.Tensor) -> str:
    sides = ",".join(str(one) if one else "?" for one in _shape(of))
    return f"{TensorProto.DataType.Name(of.elem_type).lower()} [{sides}]"


def _layout(shape: Sequence[int]) -> Literal["NCHW", "NHWC"] | None:
    if len(shape) != 4 or shape[0] not in (0, 1):
        return None
    return "NCHW" if shape[1] == 3 else "NHWC" if shape[3] == 3 else None


def _output(file: Path, given: onnx.TypeProto.Tensor, kind: Own, layout: str) -> Output:
    shape = _shape(given)
    channels = shape[1 if layout == "NCHW" else -1] if len(shape) == 4 else 1
    flat = len(shape) in (2, 3) or (len(shape) == 4 and 1 in (shape[1], shape[3]))
    if kind == "depth" and (flat or (len(shape) == 4 and not channels)) and given.elem_type in _FLOATS:
        return "map"
    if kind == "segmentation":
        if flat and given.elem_type in (*_WHOLE, *_FLOATS):
            return "labels"
        if len(shape) == 4 and channels != 1 and given.elem_type in _FLOATS:
            return "classes"
    needs = {
        "depth": "one float value a pixel, [1,h,w] or [1,1,h,w]",
        "segmentation": "a class a pixel, [1,h,w], or a float value a class, [1,C,h,w] ([1,h,w,C] with a picture [1,h,w,3])",
    }[kind]
    raise ExportError(f"{file.name} gives {_told(given)}: --type {kind} needs {needs}.")


def _try(said: Preprocessor, file: Path) -> None:
    """Runs it, as it would be served."""
    known = len(said.palette or COLOURS)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / GRAPH).symlink_to(file.resolve())
        (folder / FILE).write_bytes(msgspec.json.encode(said))
        try:
            network = PreprocessingNetwork(folder, providers=["CPUExecutionProvider"])
            random = np.random.default_rng(0)
            side = said.input.side
            for wide, high in _TRIES:
                width, height = (side, side * high // wide) if wide else (side, side)
                answer = network.answer(random.random((height, width, 3), np.float32))
                if said.output == "classes":
                    classes = answer.shape[1 if said.input.layout == "NCHW" else -1]
                    if not 2 <= classes <= known:
                        raise ExportError(
                            f"{file.name} tells {classes} classes apart, and there are colours for {known}: "
                            "give --palette FILE.json, a list of [red, green, blue] for each."
                        )
                if answer.shape[-1] < 2 and said.output != "classes":
                    raise ExportError(f"{file.name} gives a single value for a whole picture, and no map.")
                if said.input.height and said.input.width:
                    break
        except EngineError as error:
            text = " ".join(str(error).split())[:300]
            raise ExportError(
                f"{file.name} does not run on pictures of {said.input.side} pixels: {text} "
                "(--size and --multiple say which sides it is given.)"
            ) from error
