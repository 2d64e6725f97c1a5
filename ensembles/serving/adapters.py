"""Files of the registry that a request names: found, and of the checkpoint's kind."""

import os
import re
from functools import lru_cache
from pathlib import Path

import msgspec

from ensembles.adapters.about import About, Kind
from ensembles.adapters.fitting import TYPES, unfit
from ensembles.adapters.store import ABOUT, folder, read_about, shared
from ensembles.engine.variant import PLAIN, UsedLora, Variant, from_text
from ensembles.manifest import Manifest
from ensembles.sampling.parameters import MAX_LORA
from ensembles.serving.tensors import BadInput

MAX_LORAS = 32
_SHA256 = re.compile(r"[0-9a-f]{64}")


def home() -> Path:
    """`$STUDIO_HOME` of this server."""
    return Path(os.environ["STUDIO_MODELS"]).parent


def about(kind: Kind, name: str, tensor: str) -> About:
    """The file of that SHA-256, or of that name among everybody's; raises `BadInput` that begins with `tensor`."""
    found: About | None
    if _SHA256.fullmatch(name):
        path = folder(home(), name) / ABOUT
        found = _read(path.parent, path.stat().st_mtime_ns) if path.is_file() else None
    else:
        found = shared(home(), kind).get(name)
    if found is None:
        known = ", ".join(sorted(shared(home(), kind))) or "none"
        raise BadInput(f"{tensor}: there is no {TYPES[kind]} {name[:80]!r}; everybody's are: {known}.")
    if found.type != kind:
        raise BadInput(f"{tensor}: {name[:80]!r} is a {TYPES[found.type]}, no {TYPES[kind]}.")
    return found


@lru_cache(maxsize=512)
def _read(path: Path, _modified: int) -> About:
    return read_about(path)


def fitting(kind: Kind, name: str, tensor: str, manifest: Manifest) -> str:
    """SHA-256 of a file (see `about`) that goes with the checkpoint; raises `BadInput` for one that does not."""
    found = about(kind, name, tensor)
    if (why := unfit(found, manifest, home())) is not None:
        raise BadInput(f"{tensor}: {why.removesuffix('.')}.")
    return found.sha256


def read_variant(text: str, manifest: Manifest, tensor: str = "VARIANT") -> Variant:
    """The LoRAs, by content, and seamless axes that a request wants; raises `BadInput`."""
    if not text:
        return PLAIN
    try:
        variant = from_text(text)
    except msgspec.MsgspecError as error:
        raise BadInput(f"{tensor}: send a JSON object with loras and seamless ({error}).") from None
    if variant.controls or variant.image_prompt:
        raise BadInput(
            f"{tensor}: controls come in CONDITIONS and an IP-Adapter in IMAGE_PROMPT; leave them out here."
        )
    if variant == PLAIN:
        return PLAIN
    check_runtime(manifest, tensor)
    return msgspec.structs.replace(variant, loras=checked(variant.loras, manifest, tensor))


def checked(loras: tuple[UsedLora, ...], manifest: Manifest, tensor: str) -> tuple[UsedLora, ...]:
    """The LoRAs by content; raises `BadInput` for what is unknown, of another family, or too strong."""
    if len(loras) > MAX_LORAS:
        raise BadInput(f"{tensor}: there are {len(loras)} LoRAs; send at most {MAX_LORAS}.")
    for one in loras:
        # NaN is in no range.
        if not all(-MAX_LORA <= n <= MAX_LORA for n in (one.strength, *(one.blocks or ()))):
            raise BadInput(
                f"{tensor}: the strength of {one.sha256[:80]!r} is not between −{MAX_LORA:g} and {MAX_LORA:g}."
            )
    return tuple(
        msgspec.structs.replace(one, sha256=fitting("lora", one.sha256, tensor, manifest)) for one in loras
    )


def check_runtime(manifest: Manifest, tensor: str) -> None:
    """Raises `BadInput` where what runs the checkpoint's networks can not be changed from request to request."""
    if manifest.runtime != "python":
        raise BadInput(
            f"{tensor}: {manifest.name} is published for the runtime {manifest.runtime}, whose networks stay as they "
            "are; publish it for the runtime python as well and use that."
        )


def check_extended(manifest: Manifest, tensor: str) -> None:
    """Raises `BadInput` for a checkpoint whose UNet takes nothing beside texts."""
    check_runtime(manifest, tensor)
    if not manifest.residuals:
        raise BadInput(
            f"{tensor}: the UNet of {manifest.name} was published before it could be steered so; publish the "
            "checkpoint again with `studio export`."
        )
