"""What changes how a picture is guided beside texts, as tensors: rescaling, PAG, thresholding, FreeU, variations, pictures."""

import math
from typing import Any

import msgspec
import numpy as np

from ensembles.arrays import Array
from ensembles.manifest import Manifest
from ensembles.sampling.loop import Shown
from ensembles.sampling.thresholding import MODES, Threshold
from ensembles.serving.adapters import check_extended, fitting
from ensembles.serving.conditions import WireImagePrompt
from ensembles.serving.fields import FREEU, IMAGE_PROMPT, LOOKS
from ensembles.serving.tensors import BadInput, array, scalar, values

MAX_SCALE = 100.0
"""Of PAG and MIMIC."""
MAX_FREEU = 10.0
LEAST_WEIGHT, MOST_WEIGHT = -1.0, 5.0
"""Of an image prompt."""
MAX_IMAGE_TOKENS = 4096


def read_looks(request: Any, guider: str, manifest: Manifest) -> dict[str, Any]:
    """The fields of a sampling request that LOOKS and FREEU say; raises `BadInput`."""
    given = values(request, LOOKS)
    for name, most in (("rescale", 1.0), ("pag", MAX_SCALE), ("variation_strength", 1.0)):
        # NaN is in no range.
        if not 0 <= given[name] <= most:
            raise BadInput(f"{name.upper()}: {given[name]} is not between 0 and {most:g}.")
    freeu = read_freeu(array(request, FREEU))
    if given["pag"]:
        check_extended(manifest, "PAG")
    if freeu is not None:
        check_extended(manifest, FREEU)
    return {
        "rescale": given["rescale"],
        "pag": given["pag"],
        "variation_seed": given["variation_seed"],
        "variation_strength": given["variation_strength"],
        "threshold": _threshold(given["mimic"], given["percentile"], given["thresholding"], guider),
        "freeu": freeu,
    }


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """THRESHOLDING: `Threshold` but for its first two."""

    mimic_mode: str = "Constant"
    mimic_min: float = 0.0
    cfg_mode: str = "Constant"
    cfg_min: float = 0.0
    sched_val: float = 1.0
    separate: bool = False
    startpoint: str = "MEAN"
    measure: str = "AD"
    phi: float = 1.0


def _threshold(mimic: float | None, percentile: float, options: str, guider: str) -> Threshold | None:
    if mimic is None:
        return None
    if guider != "cfg":
        raise BadInput(f"MIMIC: dynamic thresholding goes with the guider cfg; GUIDER is {guider}.")
    if not 0 <= mimic <= MAX_SCALE:
        raise BadInput(f"MIMIC: {mimic} is not between 0 and {MAX_SCALE:g}.")
    if not 0 < percentile <= 1:
        raise BadInput(f"PERCENTILE: {percentile} is not above 0 and at most 1.")
    try:
        given = msgspec.structs.asdict(msgspec.json.decode(options, type=_Options))
    except msgspec.DecodeError as error:
        raise BadInput(f"THRESHOLDING: send a JSON object ({error}).") from None
    for name in ("mimic_mode", "cfg_mode"):
        if given[name] not in MODES:
            raise BadInput(f"THRESHOLDING: {name} {given[name]!r} is not one of {', '.join(MODES)}.")
    for name, choices in (("startpoint", ("MEAN", "ZERO")), ("measure", ("AD", "STD"))):
        if given[name] not in choices:
            raise BadInput(f"THRESHOLDING: {name} {given[name]!r} is not one of {', '.join(choices)}.")
    for name, most in (
        ("mimic_min", MAX_SCALE),
        ("cfg_min", MAX_SCALE),
        ("sched_val", MAX_SCALE),
        ("phi", 1.0),
    ):
        if not 0 <= given[name] <= most:
            raise BadInput(f"THRESHOLDING: {name} {given[name]} is not between 0 and {most:g}.")
    return Threshold(mimic, percentile, **given)


def read_freeu(given: Array | None) -> tuple[float, ...] | None:
    """b1, b2, s1, s2 and the version; raises `BadInput`."""
    if given is None:
        return None
    numbers = given.reshape(-1).tolist()
    if len(numbers) != 5 or not all(0 <= n <= MAX_FREEU for n in numbers) or numbers[4] not in (0, 1, 2):
        raise BadInput(
            f"FREEU: send b1, b2, s1, s2, each 0 to {MAX_FREEU:g}, and the version, 1 or 2 (0: off), not {numbers}."
        )
    return tuple(numbers) if numbers[4] else None


def read_image_prompt(request: Any, manifest: Manifest) -> Shown | None:
    """IMAGE_PROMPT, IMAGE_TOKENS and IMAGE_NEGATIVE; raises `BadInput`."""
    wire = read_prompt(scalar(request, IMAGE_PROMPT), manifest)
    if wire is None:
        return None
    found = {}
    for name in ("IMAGE_TOKENS", "IMAGE_NEGATIVE"):
        tokens = array(request, name)
        if tokens is None:
            raise BadInput(f"{name}: send what image_prompt gave for the pictures of IMAGE_PROMPT.")
        found[name] = tokens
    return shown(wire, found["IMAGE_TOKENS"], found["IMAGE_NEGATIVE"], manifest)


def read_prompt(text: str | None, manifest: Manifest) -> WireImagePrompt | None:
    """IMAGE_PROMPT, its adapter by content; raises `BadInput`."""
    if text is None:
        return None
    try:
        wire = msgspec.json.decode(text, type=WireImagePrompt)
    except msgspec.DecodeError as error:
        raise BadInput(f"IMAGE_PROMPT: send a JSON object with an adapter ({error}).") from None
    if not LEAST_WEIGHT <= wire.strength <= MOST_WEIGHT:
        raise BadInput(
            f"IMAGE_PROMPT: the strength {wire.strength} is not between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}."
        )
    if not (math.isfinite(wire.start) and math.isfinite(wire.end)):
        raise BadInput("IMAGE_PROMPT: start and end are shares of the way, 0 to 1.")
    check_extended(manifest, "IMAGE_PROMPT")
    return msgspec.structs.replace(
        wire, adapter=fitting("ip_adapter", wire.adapter, "IMAGE_PROMPT", manifest)
    )


def shown(wire: WireImagePrompt, tokens: Array, negative: Array, manifest: Manifest) -> Shown:
    """The image prompt as sampling takes it; raises `BadInput` for tokens that are not this checkpoint's."""
    for name, one in (("IMAGE_TOKENS", tokens), ("IMAGE_NEGATIVE", negative)):
        fits = one.ndim == 3 and one.shape[2] == manifest.context_dim and one.shape[1:] == tokens.shape[1:]
        if not fits or not 0 < one.shape[1] <= MAX_IMAGE_TOKENS or not np.isfinite(one).all():
            raise BadInput(
                f"{name}: send what image_prompt gave for this checkpoint's family, finite numbers "
                f"[N, tokens, {manifest.context_dim}], not {list(one.shape)}."
            )
    if len(negative) != 1:
        raise BadInput(
            f"IMAGE_NEGATIVE: send [1, tokens, {manifest.context_dim}], not {list(negative.shape)}."
        )
    return Shown(wire.adapter, tokens, negative, wire.strength, wire.start, wire.end)
