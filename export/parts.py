"""One part of a checkpoint (a text encoder, UNet or VAE): its file, and what its tensors are called there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ensembles.engine.weights import PartLayout, TensorPlace, resolve

Style = Literal["diffusers", "ldm"]

_RENAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    # What diffusers before 0.18 called the parts of the VAE's attention.
    (re.compile(r"(mid_block\.attentions\.\d+)\.query\."), r"\1.to_q."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.key\."), r"\1.to_k."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.value\."), r"\1.to_v."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.proj_attn\."), r"\1.to_out.0."),
    # transformers 5 saves a text encoder without its outer name.
    (re.compile(r"^(?=(embeddings|final_layer_norm|encoder\.layers)\.)"), "text_model."),
)
_NOT_PARAMETERS = re.compile(r"(^|\.)position_ids$")


@dataclass(frozen=True, slots=True)
class Part:
    """The weights and the config of one part."""

    config: dict[str, Any]
    """As in a diffusers folder's config.json"""
    file: Path
    style: Style
    """Whose names the file uses: diffusers' (and transformers'), or those of the original LDM code"""
    tensors: dict[str, TensorPlace]
    """parameter → its place, with the shape that the graph wants"""
    names: dict[str, str]
    """parameter → the tensor's name in the file"""
    shapes: dict[str, list[int]]
    """parameter → the shape that the graph wants, where the file's is another"""
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    """parameter → (first row, row after its last) of the tensor that it is a piece of"""
    transposed: tuple[str, ...] = ()
    """Parameters whose tensor is the graph's turned over"""

    def layout(self, file: str) -> PartLayout:
        """What `weights/layout.json` says of this part when its file is called `file` there."""
        return PartLayout(file, self.names, self.shapes, self.rows, self.transposed)


def canonical_name(name: str) -> str:
    """The graph's parameter for a tensor's name in a diffusers folder."""
    for pattern, replacement in _RENAMES:
        name = pattern.sub(replacement, name, count=1)
    return name


def diffusers_part(config: dict[str, Any], file: Path, header: Mapping[str, TensorPlace]) -> Part:
    """A part whose file uses the names of diffusers or transformers, of any age."""
    names = {canonical_name(name): name for name in header if not _NOT_PARAMETERS.search(name)}
    return make_part(config, file, "diffusers", header, names, {})


def make_part(
    config: dict[str, Any],
    file: Path,
    style: Style,
    header: Mapping[str, TensorPlace],
    names: dict[str, str],
    shapes: dict[str, list[int]],
    rows: dict[str, tuple[int, int]] | None = None,
    transposed: tuple[str, ...] = (),
) -> Part:
    """A part with its places worked out; `header` must hold what `names` says."""
    tensors = resolve(file, dict(header), PartLayout(file.name, names, shapes, rows or {}, transposed))
    return Part(config, file, style, tensors, names, shapes, rows or {}, transposed)
