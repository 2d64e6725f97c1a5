"""Where a UNet can be added to: read from its parameters' names and shapes, which every published checkpoint lists."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Shapes = Mapping[str, Sequence[int]]

_CROSS = re.compile(r"\.attn2\.to_k\.weight$")
_DOWN = r"^((?:down_blocks\.\d+|mid_block)\.attentions\.\d+"
_OPTIONAL = (
    re.compile(rf"{_DOWN})\.norm\.weight$"),
    re.compile(rf"{_DOWN}\.transformer_blocks\.\d+)\.norm1\.weight$"),
    re.compile(r"^(mid_block\.resnets\.1)\.norm1\.weight$"),
)
_ORDER = ("down_blocks.", "up_blocks.", "mid_block.")
"""In which order IP-Adapter files count the cross attentions: as diffusers' UNet lists its modules."""


@dataclass(frozen=True, slots=True)
class Places:
    """What ControlNets and image prompts add to."""

    residuals: tuple[int, ...]
    """Channels at each place that a ControlNet adds to: on the way down from the first convolution, then the middle."""
    levels: tuple[int, ...]
    """How often each of them was halved."""
    image_layers: tuple[tuple[str, int], ...]
    """Module and width of each cross attention, in the order of IP-Adapter files: down, up, middle."""
    width: int
    """Channels of the first level."""
    context: int
    """Of the texts: C."""


def places(parameters: Shapes) -> Places:
    """The places of the UNet with these `parameters` (diffusers' names → shapes); also of a ControlNet's."""
    width = parameters["conv_in.weight"][0]
    residuals, levels = [width], [0]
    for level in range(_count(parameters, r"down_blocks\.(\d+)\.")):
        block = f"down_blocks.{level}"
        channels = parameters[f"{block}.resnets.0.conv1.weight"][0]
        count = _count(parameters, rf"{re.escape(block)}\.resnets\.(\d+)\.")
        residuals += [channels] * count
        levels += [level] * count
        if f"{block}.downsamplers.0.conv.weight" in parameters:
            residuals.append(channels)
            levels.append(level + 1)
    residuals.append(parameters["mid_block.resnets.0.conv1.weight"][0])
    levels.append(levels[-1])
    crosses = sorted((name for name in parameters if _CROSS.search(name)), key=_position)
    layers = tuple((name.removesuffix(".to_k.weight"), int(parameters[name][0])) for name in crosses)
    context = max((int(parameters[name][1]) for name in crosses), default=0)
    return Places(tuple(map(int, residuals)), tuple(levels), layers, int(width), context)


def optional_modules(parameters: Iterable[str]) -> list[str]:
    """Modules of the way down that small ControlNets do without: attentions, blocks in them, the middle's second residual.

    Each adds to what passes through it, so that it can be passed by.
    """
    return sorted({match[1] for name in parameters for sign in _OPTIONAL if (match := sign.match(name))})


def _position(name: str) -> tuple[int, list[int]]:
    """Where a cross attention stands among the others: its part of the UNet, then its numbers."""
    part = next(number for number, prefix in enumerate(_ORDER) if name.startswith(prefix))
    return part, [int(digits) for digits in re.findall(r"\d+", name)]


def _count(names: Iterable[str], pattern: str) -> int:
    """One more than the highest number that the group of `pattern` matches at the beginning of a name."""
    compiled = re.compile(pattern)
    return max((int(match[1]) + 1 for name in names if (match := compiled.match(name))), default=0)
