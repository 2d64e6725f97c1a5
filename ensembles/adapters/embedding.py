"""What a textual-inversion file is: which towers' vectors, how many, how wide."""

from pathlib import Path

from ensembles.adapters.about import About
from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, read_header

TOWERS = ("clip_l", "clip_g")
"""Keys of a file for SDXL, which has two text encoders."""
_SINGLE = "emb_params"
"""AUTOMATIC1111's key. diffusers keeps one tensor, named as its token: `<dusk>`."""
FAMILIES = {768: "sd15", 1024: "sd2"}
"""Width of vectors for one tower → family; what is trained for another width says nothing of its family."""
MAX_VECTORS = 75
"""As many as a chunk of a prompt holds."""


def describe(path: Path, name: str, sha256: str) -> About:
    """The file at `path`, of that hash, as it shall be called; raises `EngineError` for what is no embedding."""
    tensors = read_header(path)
    layout, found = _vectors(path, tensors)
    shapes = {key: _matrix(path, key, place) for key, place in found.items()}
    counts = {rows for rows, _ in shapes.values()}
    if len(counts) != 1:
        said = ", ".join(f"{key} {rows}" for key, (rows, _) in shapes.items())
        raise EngineError(f"{path.name} holds differently many vectors for its towers ({said}).")
    [count] = counts
    if not 1 <= count <= MAX_VECTORS:
        raise EngineError(f"{path.name} holds {count} vectors; an embedding has 1 to {MAX_VECTORS}.")
    width = sum(columns for _, columns in shapes.values())
    token = next(iter(found)) if layout == "diffusers" else ""
    return About(
        type="embedding",
        name=name,
        sha256=sha256,
        bytes=path.stat().st_size,
        layout=layout,
        base="sdxl" if layout == "sdxl" else FAMILIES.get(width, ""),
        width=width,
        details={"vectors": count} | ({"token": token} if token else {}),
    )


def _vectors(path: Path, tensors: dict[str, TensorPlace]) -> tuple[str, dict[str, TensorPlace]]:
    towers = {key: tensors[key] for key in TOWERS if key in tensors}
    if towers and len(towers) < len(TOWERS):
        raise EngineError(
            f"{path.name} has {next(iter(towers))} alone: an embedding for SDXL has vectors for both text encoders, "
            f"{' and '.join(TOWERS)}."
        )
    if towers:
        return "sdxl", towers
    if _SINGLE in tensors:
        return "a1111", {_SINGLE: tensors[_SINGLE]}
    if len(tensors) == 1:
        return "diffusers", dict(tensors)
    raise EngineError(
        f"{path.name} is no textual inversion: it holds {len(tensors)} tensors ({', '.join(sorted(tensors)[:3])}, …), and one "
        f"has {_SINGLE}, {' and '.join(TOWERS)}, or a single tensor."
    )


def _matrix(path: Path, key: str, place: TensorPlace) -> tuple[int, int]:
    shape = (1, *place.shape) if len(place.shape) == 1 else place.shape
    if len(shape) != 2 or 0 in shape:
        raise EngineError(
            f"{path.name}: {key} is of shape {list(place.shape)}; vectors are [how many, width]."
        )
    return shape[0], shape[1]
