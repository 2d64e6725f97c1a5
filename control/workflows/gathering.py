"""What a graph of somebody's is looked at with: published networks, and the files of theirs that it names."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from control.access.principal import Principal
from control.assets.rights import only_seen
from control.assets.tables import Asset, FileName
from control.billing.tiers import entitlements
from control.database.owned import scoped
from control.jobs.line import Speeds
from control.jobs.tables import Speed
from control.models import catalogue, registry
from control.models.preprocessors import by_type, preprocessors
from control.models.upscalers import upscalers
from control.settings import ControlSettings
from control.workflows.keys import MOST_EMBEDDINGS, embeddings_named, links_prompts
from control.workflows.known import (
    OF_ADAPTERS,
    OF_CHECKPOINTS,
    Known,
    adapters_named,
    bare_name,
    files_named,
)
from control.workflows.nodes.preprocessors import FOLDERS as PREPROCESSORS
from control.workflows.plan import File
from control.workflows.validation import MOST_NODES
from ensembles.adapters.about import About

SUGGESTED = 200
"""Names of files that are looked through for one that is near."""
SPEEDS_SECONDS = 30
"""For so long measured times are used again."""
FOLDERS = ("input", "output", "temp")
_ASSET: Any = FileName.asset_id
_BLOB: Any = Asset.blob_id


async def gather(who: Principal, graph: object, settings: ControlSettings) -> Known:
    """All that a compilation of a raw graph depends on. Asks the database where the graph names files."""
    if isinstance(graph, dict) and len(graph) > MOST_NODES:
        # It will be refused for that, whatever it names.
        graph = None
    names = files_named(graph)
    files = await _files(who, names) if names else {}
    # In a thread: it looks through all texts.
    embeddings, linked = await asyncio.to_thread(lambda: (embeddings_named(graph), links_prompts(graph)))
    known = await asyncio.to_thread(published, settings.home, graph, who.organisation_id)
    near = await _near(who) if len(files) < len(names) else []
    if linked:
        every = await registry.names(who, settings.home, ("embedding",))
        embeddings |= set(every["embedding"][:MOST_EMBEDDINGS])
    adapters, of_registry = await _adapters(who, graph, embeddings, settings.home)
    lists: dict[str, Sequence[str]] = {**known.lists, **of_registry, "input": near, "latents": near}
    return Known(
        checkpoints=known.checkpoints,
        lists=lists,
        files=files,
        hashes={**known.hashes, **{name: about.sha256 for name, about in adapters.items()}},
        adapters=adapters,
        home=settings.home,
        speeds=await _Kept.speeds(),
        max_pixels=entitlements(who.tier, settings).max_pixels,
    )


async def _adapters(
    who: Principal, graph: object, embeddings: set[str], home: Path
) -> tuple[dict[str, About], dict[str, Sequence[str]]]:
    """FOLDER/NAME → file of the registry that a graph names; the lists of which it names what is not there.

    `embeddings` may be named in its texts.
    """
    wanted = adapters_named(graph)
    if embeddings:
        wanted["embeddings"] = wanted.get("embeddings", set()) | embeddings
    if not wanted:
        return {}, {}
    kinds = {OF_ADAPTERS[folder]: some for folder, some in wanted.items()}
    found = await registry.find(who, home, kinds)
    adapters = {
        f"{folder}/{name}": found[OF_ADAPTERS[folder], name]
        for folder, some in wanted.items() for name in some if (OF_ADAPTERS[folder], name) in found
    }  # fmt: skip
    known = Known({}, adapters=adapters)
    lacking = [
        folder for folder, some in wanted.items()
        if folder != "embeddings" and any(known.choice(folder, name) is None for name in some if name == bare_name(name))
    ]  # fmt: skip
    names = await registry.names(who, home, [OF_ADAPTERS[folder] for folder in lacking]) if lacking else {}
    return adapters, {folder: names[OF_ADAPTERS[folder]] for folder in lacking}


def published(home: Path, graph: object = None, organisation_id: UUID | None = None) -> Known:
    """What everybody and an organisation may use of what is published in `home`, and nobody's files.

    `graph` is looked through for embeddings.
    """
    every = catalogue.published(home, organisation_id)
    found = [name for name, manifest in every.items() if manifest.kind == "checkpoint"]
    larger = upscalers(home)
    hashes = {f"upscale_models/{name}": one.weights for name, one in larger.items()}
    hinting = preprocessors(home)
    hashes |= {f"{PREPROCESSORS[one.type]}/{name}": one.hash for name, one in hinting.items()}
    named, linked = embeddings_named(graph), links_prompts(graph)
    if named or linked:
        there = _embeddings(home)
        for name in sorted(there if linked else there.intersection(named))[:MOST_EMBEDDINGS]:
            hashes[f"embeddings/{name}"] = _embedding(home, name) or ""
    return Known(
        checkpoints=every,
        lists={
            **{folder: list(every) if folder == "vae" else found for folder in OF_CHECKPOINTS},
            "upscale_models": list(larger),
            "preprocessors": list(hinting),
            **by_type(hinting),
        },
        hashes=hashes,
    )


def split(name: str) -> tuple[str, str, str]:
    """Folder, subfolder and file name of a name as graphs have it: `portraits/anna.png [output]`."""
    folder = "input"
    for one in FOLDERS:
        if name.endswith(f" [{one}]"):
            folder, name = one, name.removesuffix(f" [{one}]")
    subfolder, _, filename = name.replace("\\", "/").rpartition("/")
    return folder, subfolder.strip("/"), filename


async def _files(who: Principal, names: list[str]) -> dict[str, File]:
    """Name → file, of those that the caller sees."""
    found: dict[str, File] = {}
    ids = {name: made for name in names if (made := _uuid(name)) is not None}
    if ids:
        query = scoped(Asset, who).select(
            Asset.id, _BLOB.sha256.as_alias("sha256"), Asset.width, Asset.height
        )
        wanted = query.where(Asset.id.is_in(list(set(ids.values()))), Asset.deleted_at.is_null())
        rows = {row["id"]: row for row in await (await only_seen(who, Asset, wanted))}
        found = {name: _file(rows[one]) for name, one in ids.items() if one in rows}
    places = {split(name): name for name in names if name not in found}
    plain = [place[2] for place in places if "\0" not in "".join(place)]
    if plain:
        named = await (
            scoped(FileName, who)
            .select(
                FileName.folder, FileName.subfolder, FileName.filename, _ASSET.id.as_alias("id"),
                _ASSET.blob_id.sha256.as_alias("sha256"), _ASSET.width.as_alias("width"),
                _ASSET.height.as_alias("height"),
            )
            .where(FileName.user_id == who.user_id, FileName.filename.is_in(plain), _ASSET.deleted_at.is_null())
        )  # fmt: skip
        here = {(row["folder"], row["subfolder"], row["filename"]): row for row in named}
        found |= {name: _file(here[split(name)]) for name in names if split(name) in here}
    return found


def _file(row: dict[str, Any]) -> File:
    return File(row["id"], row["sha256"], row["width"], row["height"])


async def _near(who: Principal) -> list[str]:
    """Some of the caller's own names, the latest first."""
    rows = await (
        scoped(FileName, who)
        .select(FileName.subfolder, FileName.filename)
        .where(FileName.user_id == who.user_id, FileName.folder == "input")
        .order_by(FileName.created_at, ascending=False)
        .limit(SUGGESTED)
    )
    return ["/".join(part for part in (row["subfolder"], row["filename"]) if part) for row in rows]


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name) if len(name) == 36 else None
    except ValueError:
        return None


def _embeddings(home: Path) -> frozenset[str]:
    """Names of the embeddings that there are, those in folders as FOLDER/NAME."""
    folder = home / "embeddings"
    return frozenset(
        str(path.relative_to(folder).with_suffix(""))
        for path in folder.glob("**/*.safetensors")
        if path.is_file()
    )


def _embedding(home: Path, name: str) -> str | None:
    """SHA-256 of an embedding's file; None where there is none."""
    folder = (home / "embeddings").resolve()
    try:
        path = (folder / f"{name}.safetensors").resolve()
        if not path.is_relative_to(folder):
            return None
        found = path.stat()
        return _sha256(path, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=1000)
def _sha256(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Kept:
    """Measured times, for a while."""

    found: ClassVar[Speeds | None] = None
    until = 0.0

    @classmethod
    async def speeds(cls) -> Speeds | None:
        if time.monotonic() >= cls.until:
            cls.until = time.monotonic() + SPEEDS_SECONDS
            rows = await Speed.select(Speed.key, Speed.seconds_per_work, Speed.samples)
            cls.found = Speeds((row["key"], row["seconds_per_work"], row["samples"]) for row in rows)
        return cls.found
