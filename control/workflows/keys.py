"""What a node's result is addressed by: everything that it depends on, and nothing else."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from control.workflows.catalogue import CATALOGUE
from control.workflows.graph import Link
from control.workflows.known import OF_CHECKPOINTS, OF_FILES, Known
from control.workflows.shapes import Seen
from control.workflows.types import NodeType
from ensembles.adapters.about import About
from ensembles.manifest import Manifest
from ensembles.text.syntax import references, spellings

VERSION = 1
"""Raised when what a key is made of changes: no result from before is found then."""
MOST_EMBEDDINGS = 1000
"""Names that are looked for in one graph."""
_ENCODER = msgspec.msgpack.Encoder(order="sorted")
# What a manifest says that is no part of what its networks give.
_ASIDE = {"name", "max_batch", "default_size", "latent_rgb", "runtime", "organisation"}


def key(seen: Seen, keys: Mapping[str, str], known: Known) -> str:
    """SHA-256, hexadecimal, of a node whose ancestors' keys are in `keys`."""
    kind = seen.node.kind
    inputs: dict[str, Any] = {}
    weights: list[str] = []
    for name, wanted in kind.inputs.items():
        link = seen.links.get(name)
        if link is not None:
            inputs[name] = ["link", keys[link.node], link.output]
            if is_prompt(kind, name):
                # What it will name is known when it runs.
                weights += [
                    known.hashes[one] for one in sorted(known.hashes) if one.startswith("embeddings/")
                ]
            continue
        value = seen.values.get(name)
        if value is None:
            # An input that comes to be, and is left out, changes nothing.
            continue
        if wanted.folder in OF_FILES:
            value = known.files[value].sha256
        elif wanted.folder in OF_CHECKPOINTS:
            weights.append(checkpoint_hash(known.checkpoints[value]))
        elif wanted.folder is not None:
            weights.append(known.hashes.get(f"{wanted.folder}/{value}", ""))
        elif is_prompt(kind, name) and isinstance(value, str):
            weights += embeddings(value, known.hashes)
        inputs[name] = ["value", value]
    return _sha256([VERSION, kind.name, kind.version, inputs, weights])


def checkpoint_hash(manifest: Manifest) -> str:
    """Of all that a checkpoint's networks give."""
    fields = msgspec.to_builtins(manifest)
    return _sha256({name: value for name, value in fields.items() if name not in _ASIDE})


def embeddings(text: str, hashes: Mapping[str, str]) -> Iterable[str]:
    """Hashes of the embeddings that a prompt names."""
    for name in references(text):
        found = (hashes.get(f"embeddings/{one}") for one in spellings(name))
        yield next((one for one in found if one), "")


def texts_name(text: str, adapters: Mapping[str, About]) -> Iterable[str]:
    """Embeddings that a prompt names, of `Known.adapters` or `Plan.adapters`: as `embeddings/NAME`."""
    for name in references(text):
        found = (f"embeddings/{one}" for one in spellings(name))
        if (first := next((one for one in found if one in adapters), None)) is not None:
            yield first


def embeddings_named(graph: object) -> set[str]:
    """Names of embeddings that any text of a raw graph may mean, with and without a mark at the end; the first
    `MOST_EMBEDDINGS`."""
    found: set[str] = set()
    for node in graph.values() if isinstance(graph, dict) else ():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for value in inputs.values() if isinstance(inputs, dict) else ():
            if isinstance(value, str) and len(found) < MOST_EMBEDDINGS:
                found |= embedded(value)
    return set(sorted(found)[:MOST_EMBEDDINGS])


def is_prompt(kind: NodeType, name: str) -> bool:
    """Is an input a text in which embeddings may be named?"""
    return kind.asks == "text_encode" and kind.inputs[name].type == "STRING"


def links_prompts(graph: object, catalogue: Mapping[str, NodeType] = CATALOGUE) -> bool:
    """Does a raw graph make a prompt of other texts? What they name together, no one of them has to."""
    return any(_links_prompt(node, catalogue) for node in (graph.values() if isinstance(graph, dict) else ()))


def _links_prompt(node: object, catalogue: Mapping[str, NodeType]) -> bool:
    if not isinstance(node, dict) or not isinstance(name := node.get("class_type"), str):
        return False
    kind, inputs = catalogue.get(name), node.get("inputs")
    if kind is None or not isinstance(inputs, dict):
        return False
    return any(isinstance(inputs.get(one), list) and is_prompt(kind, one) for one in kind.inputs)


def embedded(text: str) -> set[str]:
    """Names of embeddings that a text may mean."""
    return {one for name in references(text) for one in spellings(name)}


def resolved(link: Link) -> list[Any]:
    """A link as plans have it."""
    return [link.node, link.output]


def _sha256(what: Any) -> str:
    return hashlib.sha256(_ENCODER.encode(what)).hexdigest()
