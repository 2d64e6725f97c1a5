"""A LoRA's file: its layers, by the network they belong to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ensembles.adapters.lora.changes import Tensors, kind_of
from ensembles.adapters.lora.names import OTHERS, Part, layout_of, take_apart
from ensembles.adapters.lora.shapes import Shapes, extents
from ensembles.adapters.store import ABOUT, read_about
from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, WeightFile, read_header, read_metadata

_DTYPES = ("F32", "F16", "BF16")
_NOTED = "lora_adapter_metadata"
"""Under which diffusers notes PEFT's settings."""
_SETTINGS = "adapter_config.json"
"""PEFT's settings, beside the file."""
MAX_ALPHA = 1e6
"""Of a layer: ranks are below a few thousand, and alpha is seldom above the rank."""
_KEPT = ("r", "lora_alpha", "alpha_pattern", "rank_pattern", "use_rslora")
KEPT_SETTINGS = "peft"
"""Under which `About.details` keeps them, since the store takes the file alone."""
_PREFIXES: dict[Part, str] = {"unet": "unet.", "te1": "text_encoder.", "te2": "text_encoder_2."}


@dataclass(frozen=True, slots=True)
class Layer:
    """What a file holds for one module."""

    part: Part
    module: str
    """Flat, as the file names it."""
    tensors: Mapping[str, str]
    """leaf (`names.Named`) → the tensor's name"""
    shapes: Shapes = field(hash=False)
    alpha: float | None = None
    """From the file's settings, where its layer holds none."""

    @property
    def kind(self) -> str:
        """lora, locon, loha, lokr, difference, or none where only a bias is changed."""
        return kind_of(self.tensors) or ""

    def read(self, weights: WeightFile) -> Tensors:
        """leaf → tensor, float32."""
        return {leaf: weights.tensor(name) for leaf, name in self.tensors.items()}


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A file taken apart; nothing but its header is read."""

    path: Path
    places: dict[str, TensorPlace]
    layers: tuple[Layer, ...]
    layout: str
    metadata: Mapping[str, str]

    def weights(self) -> WeightFile:
        """Its tensors, mapped."""
        return WeightFile(self.path, self.places)


def read_lora(path: Path) -> LoraFile:
    """The LoRA at `path`; raises `EngineError`, one sentence, for what is none or cannot be used."""
    places = read_header(path)
    layers: dict[tuple[Part, str], dict[str, str]] = {}
    unknown = []
    for name, place in places.items():
        named = take_apart(name)
        if named is None:
            unknown.append(name)
            continue
        if place.dtype not in _DTYPES:
            raise EngineError(
                f"{path.name} stores {name} as {place.dtype}; save the LoRA as F32, F16 or BF16."
            )
        layers.setdefault((named.part, named.module), {})[named.leaf] = name
    if unknown or not layers:
        raise EngineError(_no_lora(path, unknown))
    metadata = read_metadata(path)
    alphas = _alphas(path, metadata)
    made = tuple(
        Layer(
            part,
            module,
            leaves,
            {leaf: places[name].shape for leaf, name in leaves.items()},
            _alpha_of(alphas.get(part, {}), module),
        )
        for (part, module), leaves in sorted(layers.items())
    )
    for layer in made:
        if layer.kind and extents(layer.shapes) is None:
            shapes = ", ".join(f"{leaf} {list(shape)}" for leaf, shape in sorted(layer.shapes.items()))
            raise EngineError(
                f"{path.name} cannot be used: the tensors of {layer.module} do not go together ({shapes}); download "
                "or save it again."
            )
        if not (layer.kind or _is_bias(layer)):
            raise EngineError(
                f"{path.name} is incomplete: of {layer.module} it holds {', '.join(sorted(layer.tensors))} alone; "
                "download or save it again."
            )
    return LoraFile(path, places, made, layout_of(places), metadata)


def _is_bias(layer: Layer) -> bool:
    return bool({"diff_b", "b_norm"} & layer.tensors.keys())


def _no_lora(path: Path, unknown: list[str]) -> str:
    for name in unknown:
        for sign, kind in OTHERS.items():
            if sign in name:
                return f"{path.name} holds {name}, as {kind} does; LoRA, LoCon, LoHa, LoKr and DoRA files can be used."
    first = f", first {unknown[0]}" if unknown else ""
    return (
        f"{path.name} is no LoRA: {len(unknown)} of its tensors belong to no layout that is known{first}; "
        "send a LoRA in the layout of kohya, LyCORIS, diffusers or PEFT."
    )


def _alphas(path: Path, metadata: Mapping[str, str]) -> dict[Part, dict[str, object]]:
    """PEFT's settings for each part: a file in its layout says nothing of alpha in its tensors."""
    try:
        if _NOTED in metadata:
            noted = msgspec.json.decode(metadata[_NOTED], type=dict[str, object])
            return {
                part: {key.removeprefix(prefix): noted[key] for key in noted if key.startswith(prefix)}
                for part, prefix in _PREFIXES.items()
            }
        if settings := read_settings(path):
            return dict.fromkeys(_PREFIXES, settings)
    except msgspec.DecodeError as error:
        raise EngineError(
            f"{path.name}: the settings that go with it are no JSON object ({error})."
        ) from None
    return {}


def read_settings(path: Path) -> dict[str, object]:
    """PEFT's settings beside the file, or what `about.json` in its place keeps of them; raises `msgspec.DecodeError`."""
    beside, about = path.parent / _SETTINGS, path.parent / ABOUT
    if beside.is_file():
        found = msgspec.json.decode(beside.read_bytes(), type=dict[str, object])
        return {key: found[key] for key in _KEPT if key in found}
    if about.is_file():
        kept = read_about(path.parent).details.get(KEPT_SETTINGS)
        return dict(kept) if isinstance(kept, dict) else {}
    return {}


def _alpha_of(settings: Mapping[str, object], module: str) -> float | None:
    """alpha, or with rank-stabilised scaling what has the same effect; None: the rank."""
    alpha, rank = settings.get("lora_alpha"), settings.get("r")
    for key, value in _pattern(settings.get("alpha_pattern")):
        if module.endswith(key.replace(".", "_")):
            alpha = value
    for key, value in _pattern(settings.get("rank_pattern")):
        if module.endswith(key.replace(".", "_")):
            rank = value
    if not isinstance(alpha, int | float):
        return None
    if settings.get("use_rslora") and isinstance(rank, int | float) and rank > 0:
        return _bounded(float(alpha) * math.sqrt(rank))
    return _bounded(float(alpha))


def _bounded(alpha: float) -> float:
    """Raises `EngineError` for NaN, infinity, and what is out of all proportion."""
    if not abs(alpha) <= MAX_ALPHA:
        raise EngineError(
            f"A LoRA's alpha is {alpha:g}, which makes no picture: train or save the LoRA again."
        )
    return alpha


def _pattern(value: object) -> list[tuple[str, object]]:
    return [(str(key), one) for key, one in value.items()] if isinstance(value, dict) else []
