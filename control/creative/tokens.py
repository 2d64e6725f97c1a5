"""What a prompt comes to: chunks of tokens by the checkpoint's own tokenizer, and what in it will not do as it seems."""

import asyncio
import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import decoders

from control.access.principal import Principal
from control.creative import schemas
from control.errors import Conflict
from control.jobs.prompting import Wrong, read, with_embeddings
from control.models import registry
from control.models.catalogue import usable
from control.models.fitting import unfit
from control.settings import ControlSettings
from ensembles.adapters.about import About
from ensembles.manifest import Manifest
from ensembles.text import syntax
from ensembles.text.conditioning import F32, laid_out
from ensembles.text.embeddings import read_embedding
from ensembles.text.errors import PromptError
from ensembles.text.tokens import ROOM, Chunk, ClipTokenizer, load_tokenizer

# What is repeated never overlaps: a tag without its end must not cost the square of its length.
_LORA = re.compile(r"<lora:([^<>:]*)(?::[^<>]*)?>")
_TAG = re.compile(r"<lora:[^<>]*>")
_OPEN_TAG = re.compile(r"<lora:[^<>]*(?=<|$)")
_NAMED = re.compile(r"(?<!\S)\(*embedding:([^\s,;)]+)")
_BREAK = re.compile(r"(?<!\S)BREAK(?!\S)")
_DECODER = decoders.ByteLevel()
MOST_COUNTED = 1_000
"""Chunks: what a prompt's characters come to at the most are 134; embeddings may be of any size."""


def tokenizer_of(home: Path, manifest: Manifest) -> ClipTokenizer:
    """The tokenizer of a published checkpoint, read once for as long as its file is the same; raises `Conflict`."""
    folder = home / "models" / manifest.name / "tokenizer"
    try:
        changed = max(file.stat().st_mtime_ns for file in folder.iterdir())
        return _loaded(folder, changed)
    except (OSError, ValueError) as error:
        raise Conflict(
            f"The tokenizer of {manifest.name} cannot be read ({type(error).__name__}). Export the checkpoint again."
        ) from None


@lru_cache(maxsize=32)
def _loaded(folder: Path, _changed: int) -> ClipTokenizer:
    return load_tokenizer(folder)


async def count(who: Principal, data: schemas.ToCount, settings: ControlSettings) -> schemas.Counted:
    """What the prompt comes to as a job would read it; raises `NotFound` for a checkpoint that is not there."""
    manifest = usable(settings.home, data.checkpoint, who.organisation_id)
    known = await registry.names(who, settings.home, ("lora", "embedding"))
    worded = with_embeddings(data.prompt, known["embedding"])
    references = [spelling for name in syntax.references(worded) for spelling in syntax.spellings(name)]
    tags = [tag[1].strip() for tag in _LORA.finditer(data.prompt)]
    files = await registry.find(who, settings.home, {"embedding": references, "lora": tags})
    # Beside the event loop: a tokenizer is read for the first time, a LoRA's names are looked at.
    return await asyncio.to_thread(_counted, data, worded, manifest, files, known, settings.home)


def _counted(
    data: schemas.ToCount,
    worded: str,
    manifest: Manifest,
    files: Mapping[Any, About],
    known: Mapping[Any, list[str]],
    home: Path,
) -> schemas.Counted:
    notes = list(_noted(data, manifest, files, known, home))
    tokenizer = tokenizer_of(home, manifest)
    width = manifest.towers[0].width
    names: dict[int, str] = {}

    def vectors(name: str) -> F32 | None:
        """As many as the file has; what they are does not count. The first number tells whose they are."""
        number = _vectors(name, files, manifest, home)
        if number is None:
            return None
        mark = len(names) + 1
        names[mark] = name
        return np.full((number, width), mark, np.float32)

    try:
        words = read(worded).words
    except Wrong:
        words = _TAG.sub("", worded)
    try:
        rows, _ = laid_out(words, tokenizer, width=width, embeddings=vectors)
    except PromptError as error:
        # Longer than a text encoder takes: counted all the same.
        notes.append(_note("error", str(error), 0, len(data.prompt)))
        try:
            rows, _ = laid_out(words, tokenizer, width=width, embeddings=vectors, most=MOST_COUNTED)
        except PromptError:
            rows, _ = laid_out("", tokenizer, width=width)
    chunks = [schemas.TokenChunk(tokens=row.used, text=_text(tokenizer, row, names)) for row in rows]
    return schemas.Counted(
        chunks=chunks, total=sum(one.tokens for one in chunks), limit=ROOM,
        syntax=sorted(notes, key=lambda note: (note.start, note.severity)),
    )  # fmt: skip


def _vectors(name: str, files: Mapping[Any, About], manifest: Manifest, home: Path) -> int | None:
    """How many an embedding has; None where there is none that goes with the checkpoint."""
    about = files.get(("embedding", name)) or files.get(("embedding", name.removesuffix(".safetensors")))
    if about is not None:
        return int(about.details.get("vectors", 1)) if unfit(about, manifest) is None else None
    try:
        found = read_embedding(home / "embeddings", name)
    except PromptError:
        return None
    return None if found is None or found.shape[1] != manifest.towers[0].width else len(found)


def _text(tokenizer: ClipTokenizer, row: Chunk, names: Mapping[int, str]) -> str:
    """What a chunk's tokens say."""
    parts: list[str] = []
    last = 0
    for place in range(1, row.used + 1):
        vector = row.vectors.get(place)
        mark = 0 if vector is None else int(vector[0])
        if mark and mark != last:
            parts.append(f" embedding:{names[mark]} ")
        elif not mark:
            token = tokenizer.backend.id_to_token(int(row.ids[place])) or ""
            parts.append(_DECODER.decode([token.removesuffix("</w>")]) + " " * token.endswith("</w>"))
        last = mark
    return " ".join("".join(parts).split())


def _noted(
    data: schemas.ToCount,
    manifest: Manifest,
    files: Mapping[Any, About],
    known: Mapping[Any, list[str]],
    home: Path,
) -> Iterator[schemas.SyntaxNote]:
    """What in a prompt will not do as it seems, and what a job with it is refused for."""
    prompt = data.prompt
    for tag in _LORA.finditer(prompt):
        name = tag[1].strip()
        try:
            read(tag[0])
        except Wrong as error:
            yield _note("error", f"{error}.", *tag.span())
            continue
        about = files.get(("lora", name)) or files.get(("lora", name.removesuffix(".safetensors")))
        if about is None:
            yield _note("error", f"There is no LoRA {name!r} here.{_near(name, known['lora'])}", *tag.span())
        elif (why := unfit(about, manifest, home)) is not None:
            yield _note("error", f"{why[:1].upper()}{why[1:]}.", *tag.span())
    for tag in _OPEN_TAG.finditer(_TAG.sub(lambda found: " " * len(found[0]), prompt)):
        yield _note(
            "warning", "This tag is not closed, and is read as words: write <lora:NAME:0.8>.", *tag.span()
        )
    for found in _NAMED.finditer(prompt):
        name = found[1].partition(":")[0]
        spelled = [files.get(("embedding", one)) for one in syntax.spellings(name)]
        there = next((one for one in spelled if one is not None), None)
        if there is not None:
            if (why := unfit(there, manifest)) is not None:
                yield _note("error", f"{why[:1].upper()}{why[1:]}.", *found.span())
        elif not any(
            (home / "embeddings" / f"{one}.safetensors").is_file() for one in syntax.spellings(name)
        ):
            yield _note(
                "warning",
                f"There is no embedding {name!r} here; it is left out.{_near(name, known['embedding'])}",
                *found.span(),
            )
    for place in _alone(prompt):
        yield _note("warning", f"This {prompt[place]} has no partner and is read as text.", place, place + 1)
    for found in _BREAK.finditer(prompt):
        yield _note("warning", "BREAK begins no new chunk here: it is read as a word.", *found.span())
    if data.clip_skip > manifest.text_layers:
        message = f"{manifest.name} has {manifest.text_layers} text layers; clip_skip is {data.clip_skip}."
        yield _note("error", message, 0, 0)


def _alone(prompt: str) -> list[int]:
    """Places of parentheses without a partner."""
    opened: list[int] = []
    alone: list[int] = []
    for found in re.finditer(r"\\[()]|[()]", prompt):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")":
            if opened:
                opened.pop()
            else:
                alone.append(found.start())
    return sorted(alone + opened)


def _near(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name[:100], names, n=2)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _note(severity: Any, message: str, start: int, end: int) -> schemas.SyntaxNote:
    return schemas.SyntaxNote(severity=severity, message=message, start=start, end=end)
