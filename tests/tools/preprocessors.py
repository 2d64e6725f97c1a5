"""Preprocessors so small that tests may make them: HED's form with random weights, people that are known, depth."""

from pathlib import Path

import h5py
import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from export.preprocessors import hed, own, publish
from export.preprocessors.hed import BLOCKS
from export.preprocessors.sources import SOURCES

WIDTHS = (4, 6, 8, 8, 10)
"""Channels of HED's blocks."""


def write_hed(path: Path, seed: int = 0) -> Path:
    """An h5 file as Keras writes HED's, with so few channels and random weights."""
    rng = np.random.default_rng(seed)
    with h5py.File(path, "w") as file:

        def layer(name: str, size: int, taken: int, given: int, scale: float) -> None:
            group = file.create_group(f"{name}/vars")
            group["0"] = rng.normal(
                0, scale / np.sqrt(size * size * taken), (size, size, taken, given)
            ).astype("f4")
            group["1"] = rng.normal(0, 0.1, given).astype("f4")

        taken = 3
        for block, (count, width) in enumerate(zip(BLOCKS, WIDTHS, strict=True), 1):
            for place in range(count):
                first = block == place + 1 == 1
                layer(
                    f"block{block}/layers/conv2d{f'_{place}' if place else ''}",
                    3,
                    taken,
                    width,
                    0.03 if first else 1.4,
                )
                taken = width
            layer(f"dsn{block}", 1, width, 1, 1.0)
        layer("fuse", 1, 5, 1, 1.5)
    return path


def standing_person() -> np.ndarray:
    """[1,6,56]: one person, straight, arms down, as MoveNet gives it; five who are not there."""
    # COCO's 17 points as (y, x).
    points = [
        (0.2, 0.5), (0.18, 0.52), (0.18, 0.48), (0.2, 0.55), (0.2, 0.45), (0.3, 0.6), (0.3, 0.4), (0.45, 0.65),
        (0.45, 0.35), (0.6, 0.65), (0.6, 0.35), (0.6, 0.55), (0.6, 0.45), (0.75, 0.55), (0.75, 0.45), (0.9, 0.55),
        (0.9, 0.45),
    ]  # fmt: skip
    people = np.zeros((1, 6, 56), np.float32)
    people[0, 0, :51] = [value for y, x in points for value in (y, x, 0.9)]
    people[0, 0, 51:] = (0.15, 0.3, 0.95, 0.7, 0.8)
    return people


def write_people(path: Path) -> Path:
    """A graph that sees `standing_person` in pictures whose brightest value is 1, and is less sure in darker ones."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMax", ["image"], ["light"], keepdims=0),
            helper.make_node("Mul", ["people", "light"], ["hint"]),
        ],
        "people",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info("hint", TensorProto.FLOAT, [1, 6, 56])],
        [numpy_helper.from_array(standing_person(), "people")],
    )
    return _saved(graph, path)


def write_map(
    path: Path,
    *,
    channels: int = 1,
    layout: str = "NCHW",
    size: tuple[int | str, int | str] = ("h", "w"),
    dtype: int = TensorProto.FLOAT,
) -> Path:
    """A graph whose channel c is (c + 1) x red + green x c: of one channel, how red a pixel is."""
    weight = np.zeros((channels, 3, 1, 1), np.float32)
    weight[:, 0, 0, 0] = np.arange(channels) + 1
    weight[:, 1, 0, 0] = np.arange(channels)
    kind = np.float16 if dtype == TensorProto.FLOAT16 else np.float32
    planes = layout == "NCHW"
    steps = [] if planes else [helper.make_node("Transpose", ["picture"], ["planes"], perm=[0, 3, 1, 2])]
    steps.append(
        helper.make_node(
            "Conv", ["picture" if planes else "planes", "weight"], ["made" if not planes else "map"]
        )
    )
    if not planes:
        steps.append(helper.make_node("Transpose", ["made"], ["map"], perm=[0, 2, 3, 1]))

    def shape(count: int) -> list[int | str]:
        return [1, count, *size] if planes else [1, *size, count]

    graph = helper.make_graph(
        steps,
        "map",
        [helper.make_tensor_value_info("picture", dtype, shape(3))],
        [helper.make_tensor_value_info("map", dtype, shape(channels))],
        [numpy_helper.from_array(weight.astype(kind), "weight")],
    )
    return _saved(graph, path)


def _saved(graph: onnx.GraphProto, path: Path, opset: int = 17) -> Path:
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), str(path)
    )
    return path


PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0), "multiple": 1}


def publish_tiny(home: Path, folder: Path) -> list[str]:
    """Publishes small ones under the names of the packaged ones and `depth`; `folder` is for what lies between."""
    graph = folder / "hed.onnx"
    graph.write_bytes(hed.to_onnx(write_hed(folder / "hed.h5")).SerializeToString())
    for name in ("hed", "lineart", "scribble"):
        publish.publish(msgspec.structs.replace(SOURCES[name].said, weights="0" * 64), graph, home)
    publish.publish(
        msgspec.structs.replace(SOURCES["movenet"].said, weights="1" * 64),
        write_people(folder / "people.onnx"),
        home,
    )
    own.add_file(write_map(folder / "depth.onnx"), own.Wanted(type="depth", name="depth", **PLAIN), home)
    return ["depth", "hed", "lineart", "movenet", "scribble"]
