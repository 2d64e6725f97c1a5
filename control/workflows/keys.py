"""What a node's result is addressed by: everything that it depends on, and nothing else."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from control.workflows.graph import Link
from control.workflows.known import OF_CHECKPOINTS, OF_FILES, Known
from control.workflows.shapes import Seen
from ensembles.adapters.about import About
from ensembles.manifest import Manifest

VERSION = 1
"""Raised when what a key is made of changes: no result from before is found then."""
_EMBEDDING = re.compile(r"embedding:([^\s,()]+)")
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
        elif kind.asks == "text_encode" and isinstance(value, str):
            weights += embeddings(value, known.hashes)
        inputs[name] = ["value", value]
    return _sha256([VERSION, kind.name, kind.version, inputs, weights])


def checkpoint_hash(manifest: Manifest) -> str:
    """Of all that a checkpoint's networks give."""
    fields = msgspec.to_builtins(manifest)
    return _sha256({name: value for name, value in fields.items() if name not in _ASIDE})


def embeddings(text: str, hashes: Mapping[str, str]) -> Iterable[str]:
    """Hashes of the embeddings that a prompt names."""
    for name in _EMBEDDING.findall(text):
        bare = name.removesuffix(".safetensors")
        # `embedding:dusk.` may end a sentence.
        yield hashes.get(f"embeddings/{bare}") or hashes.get(f"embeddings/{bare.rstrip('.;:!?')}", "")


def texts_name(text: str, adapters: Mapping[str, About]) -> Iterable[str]:
    """Embeddings that a prompt names, of `Known.adapters` or `Plan.adapters`: as `embeddings/NAME`."""
    for name in _EMBEDDING.findall(text):
        bare = name.removesuffix(".safetensors")
        found = (f"embeddings/{one}" for one in (bare, bare.rstrip(".;:!?")))
        if (first := next((one for one in found if one in adapters), None)) is not None:
            yield first


def embeddings_named(graph: object) -> set[str]:
    """Names of embeddings that any text of a raw graph may mean, with and without a mark at the end."""
    found = set()
    for node in graph.values() if isinstance(graph, dict) else ():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for value in inputs.values() if isinstance(inputs, dict) else ():
            if isinstance(value, str) and "embedding:" in value:
                found |= embedded(value)
    return found


def embedded(text: str) -> set[str]:
    """Names of embeddings that a text may mean."""
    found = set()
    for name in _EMBEDDING.findall(text):
        bare = name.removesuffix(".safetensors")
        found |= {bare, bare.rstrip(".;:!?")}
    return found


def resolved(link: Link) -> list[Any]:
    """A link as plans have it."""
    return [link.node, link.output]


def _sha256(what: Any) -> str:
    return hashlib.sha256(_ENCODER.encode(what)).hexdigest()
