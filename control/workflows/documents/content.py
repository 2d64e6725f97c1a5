"""What a version holds: a graph, an editor's document, or both, within limits."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from control.errors import BadRequest, NotFound
from control.workflows.documents.exchange import MOST_BYTES, plain
from control.workflows.documents.schemas import VersionDetails
from control.workflows.editor.convert import MOST_NODES, graph_of_document

BODY = 2 * MOST_BYTES + 2**16
"""Of a request that holds both."""


class Content(NamedTuple):
    """What is kept of a version: JSON."""

    graph: str
    document: str
    """Empty where there is none."""


def content_of(graph: Mapping[str, Any] | None, document: dict[str, Any] | None) -> Content:
    """What a request brings; a graph that is not given is made of the document. Raises `BadRequest`."""
    if graph is None and document is None:
        raise BadRequest("There is nothing to keep: send `graph`, `document`, or both.")
    kept = "" if document is None else _json(document, "document")
    if document is not None:
        # Also where the graph is given: a document that cannot be read could not be opened again.
        made = graph_of_document(document).graph
        graph = made if graph is None else graph
    assert graph is not None
    if len(graph) > MOST_NODES:
        raise BadRequest(f"The workflow has {len(graph)} nodes; {MOST_NODES} are the most.")
    return Content(_json(plain(graph), "graph"), kept)


def held(version: VersionDetails | None, number: int) -> VersionDetails:
    """`version`; raises `NotFound` where there is none."""
    if version is None:
        raise NotFound(f"This workflow has no version {number}.")
    return version


def _json(value: object, name: str) -> str:
    try:
        text = msgspec.json.encode(value)
    except (OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise BadRequest(f"`{name}` cannot be kept: {error}.") from None
    if len(text) > MOST_BYTES:
        raise BadRequest(f"`{name}` has {len(text):,} bytes; {MOST_BYTES:,} are the most.")
    return text.decode()
