"""Workflows from files and to files: our own form, ComfyUI's API form, its editor's, and pictures that carry them."""

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, Any, Literal, NamedTuple

import msgspec

from control.errors import BadRequest
from control.workflows.documents import schemas
from control.workflows.editor.draw import drawn
from control.workflows.graph import Node

MOST_BYTES = 2 * 2**20
"""Of a graph and of a document, as JSON."""
FORMAT, FORMAT_VERSION = "studio-workflow", 1
MOST_FILE = 50 * 2**20
"""Bytes of a picture that is sent for its workflow."""
PICTURES = (b"\x89PNG\r\n\x1a\n", b"RIFF", b"\xff\xd8\xff", b"GIF8", b"\0\0\0")
"""How files begin that are looked at as pictures; everything else is JSON or wrong."""
Form = Literal["native", "api", "editor", "editor-1.0"]


class Native(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow in our own form."""

    format: str
    format_version: int
    name: str
    description: str = ""
    tags: list[str] = []
    graph: dict[str, Node] | None = None
    document: dict[str, Any] | None = None


class Found(NamedTuple):
    """A workflow that a file holds."""

    name: str
    description: str
    tags: list[str]
    graph: dict[str, Node] | None
    document: dict[str, Any] | None


def is_picture(begin: bytes) -> bool:
    """Is a file that begins so to be looked at as a picture?"""
    return begin.startswith(PICTURES)


def of_json(data: bytes, name: str) -> Found:
    """The workflow in a JSON file, told by what is in it; raises `BadRequest`."""
    if len(data) > 2 * MOST_BYTES:
        raise BadRequest(f"The file has {len(data):,} bytes; {2 * MOST_BYTES:,} are the most.")
    value = _parsed(data, "The file")
    if not isinstance(value, dict):
        raise BadRequest("The file holds no workflow: it is no JSON object.")
    if value.get("format") == FORMAT:
        return _native(value)
    if isinstance(value.get("nodes"), list):
        return Found(_stem(name), "", [], None, value)
    if isinstance(value.get("prompt"), dict):
        # As clients send it to /prompt.
        return Found(_stem(name), "", [], _graph(value["prompt"]), _sent_along(value))
    return Found(_stem(name), "", [], _graph(value), None)


def of_texts(texts: dict[str, str], name: str) -> Found:
    """The workflow that a picture carries (`prompt`, `workflow`); raises `BadRequest` where it carries none."""
    document = _chunk(texts, "workflow")
    prompt = _chunk(texts, "prompt")
    if document is not None and not isinstance(document.get("nodes"), list):
        # Some programs write their own things there.
        document = None
    graph = _graph(prompt) if prompt is not None else None
    if graph is None and document is None:
        raise BadRequest("This picture carries no workflow: neither `prompt` nor `workflow` is in it.")
    return Found(_stem(name), "", [], graph, document)


def exported(row: dict[str, Any], version: schemas.VersionDetails, form: Form) -> dict[str, Any]:
    """A version as a file's JSON."""
    graph = plain(version.graph)
    if form == "api":
        return graph
    if form != "native":
        # A document that was saved stays what it is; one that is drawn takes the format that was asked for.
        return version.document or drawn(version.graph, "1.0" if form == "editor-1.0" else "0.4")
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": row["name"],
        "description": row["description"],
        "tags": row["tags"],
        "graph": graph,
        "document": version.document,
    }


def plain(graph: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A graph as JSON has it, a copy, without fields that nobody gave."""
    found: dict[str, dict[str, Any]] = msgspec.to_builtins(graph)
    for node in found.values():
        if not node.get("_meta"):
            node.pop("_meta", None)
    return found


def read_all(file: IO[bytes]) -> bytes:
    """The whole of a file that has been written."""
    file.seek(0)
    return file.read(2 * MOST_BYTES + 1)


def _native(value: dict[str, Any]) -> Found:
    if value.get("format_version") != FORMAT_VERSION:
        raise BadRequest(
            f"This file's format_version is {value.get('format_version')!r}; {FORMAT_VERSION} can be read."
        )
    try:
        found = msgspec.convert(value, Native)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The file is wrong. {error}.") from None
    return Found(found.name, found.description, found.tags, found.graph, found.document)


def _sent_along(value: Any) -> dict[str, Any] | None:
    """The editor's document in a body for /prompt; None where there is none."""
    for name in ("extra_data", "extra_pnginfo", "workflow"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) and isinstance(value.get("nodes"), list) else None


def _chunk(texts: dict[str, str], name: str) -> dict[str, Any] | None:
    # Written as `prompt:{…}` by some.
    text = texts.get(name, "").removeprefix(f"{name}:").strip("\0 \n")
    if not text:
        return None
    value = _parsed(text.encode(), f"`{name}` of the picture")
    return value if isinstance(value, dict) else None


def _graph(value: object) -> dict[str, Node]:
    """Nodes as ComfyUI writes them, with what else stands in them left out."""
    if not isinstance(value, dict) or not value:
        raise BadRequest("The file holds no workflow: neither a graph of nodes nor an editor's document.")
    nodes: dict[str, Node] = {}
    for node, given in value.items():
        if not isinstance(given, dict) or not isinstance(given.get("class_type"), str):
            raise BadRequest(f"The file holds no workflow: `{str(node)[:100]}` is no node with a class_type.")
        inputs, meta = given.get("inputs", {}), given.get("_meta", {})
        if not isinstance(inputs, dict):
            raise BadRequest(f"`inputs` of node {str(node)[:100]} must be an object.")
        nodes[str(node)] = Node(given["class_type"][:200], inputs, meta if isinstance(meta, dict) else {})
    return nodes


def _parsed(data: bytes, what: str) -> Any:
    try:
        # Python's own: ComfyUI writes NaN where it has no number.
        value = json.loads(data, parse_constant=lambda _: None)
        # Half characters, and numbers that nobody can reckon with.
        msgspec.json.encode(value)
    except (ValueError, RecursionError, OverflowError):
        raise BadRequest(f"{what} is not JSON that can be read.") from None
    return value


def _stem(name: str) -> str:
    stem = "".join(char for char in PurePath(name).stem if char.isprintable()).strip()
    return stem[:200] or "Imported workflow"
