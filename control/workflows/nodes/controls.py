"""ControlNets: a picture that says where edges, limbs or depths lie, at work beside a text."""

from dataclasses import replace
from typing import Any

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Conditioning, Control, ControlNet, Image, Vae
from ensembles.sampling.conditions import Mode

MODES: tuple[Mode, ...] = ("balanced", "prompt", "control")
MOST_CONTROLS = 8
"""Beside one text."""
MAX_HINT = 8192
"""Pixels of a hint's side."""


async def load(engine: Engine, control_net_name: str) -> tuple[ControlNet]:
    """A ControlNet of the registry. Nothing is read: it is done where the UNet stands."""
    return (ControlNet(engine.adapter("controlnet", control_net_name).sha256, control_net_name),)


def apply(
    conditioning: Conditioning, control_net: ControlNet, image: Image, strength: float
) -> tuple[Conditioning]:
    """The texts with one more control, on all of the way; `shared` gives it to the other side of the guidance as well."""
    one = replace(_control(control_net, image, strength), both=True)
    return (_with(conditioning, one),)


def shared(positive: Conditioning, others: Conditioning) -> Conditioning:
    """Texts of another side of the guidance: those without controls have what `apply` put beside the positive ones.

    As in ComfyUI, what was put there last decides, and areas are left out on both sides.
    """
    given = [one.controls for one in positive if one.area is None and one.controls and one.controls[-1].both]
    if not given:
        return others
    wide = [place for place, one in enumerate(others) if one.area is None]
    more = {
        place: given[count % len(given)] for count, place in enumerate(wide) if not others[place].controls
    }
    return tuple(
        replace(one, controls=more[place]) if place in more else one for place, one in enumerate(others)
    )


def apply_advanced(
    positive: Conditioning,
    negative: Conditioning,
    control_net: ControlNet,
    image: Image,
    strength: float,
    start_percent: float,
    end_percent: float,
    vae: Vae | None = None,
) -> tuple[Conditioning, Conditioning]:
    """Both sides' texts with one more control, between two shares of the way."""
    one = _control(control_net, image, strength, start_percent, end_percent)
    return _with(positive, one), _with(negative, one)


def apply_mode(
    positive: Conditioning,
    negative: Conditioning,
    control_net: ControlNet,
    image: Image,
    strength: float,
    start_percent: float,
    end_percent: float,
    mode: Mode,
) -> tuple[Conditioning, Conditioning]:
    """As `apply_advanced`, in a control mode (`values.Control.mode`)."""
    one = _control(control_net, image, strength, start_percent, end_percent, mode)
    return _with(positive, one), _with(negative, one)


def _control(
    net: ControlNet,
    image: Image,
    strength: float,
    start: float = 0.0,
    end: float = 1.0,
    mode: Mode = "balanced",
) -> Control:
    check(image=Size(len(image), image.shape[2], image.shape[1]), start_percent=start, end_percent=end)
    return Control(net, image[..., :3], strength, start, end, mode)


def _with(conditioning: Conditioning, control: Control) -> Conditioning:
    """Texts with one more control: of no strength they are as they were."""
    if not control.strength:
        return conditioning
    if any(len(one.controls) >= MOST_CONTROLS for one in conditioning):
        raise Unfit("control_net", f"{MOST_CONTROLS} ControlNets beside a text are the most")
    return tuple(replace(one, controls=(*one.controls, control)) for one in conditioning)


def check(
    image: Size | None = None,
    start_percent: float | None = None,
    end_percent: float | None = None,
    **_: Any,
) -> None:
    """Raises `Unfit` for a range that ends before it begins, and for hints that are too large."""
    if start_percent is not None and end_percent is not None and start_percent > end_percent:
        raise Unfit("end_percent", f"{end_percent:g} lies before start_percent, {start_percent:g}")
    if image is not None and max(image.width, image.height) > MAX_HINT:
        raise Unfit(
            "image", f"{image.width} x {image.height} is too large: {MAX_HINT} pixels a side are the most"
        )


_NET = Input("CONTROL_NET", tooltip="The ControlNet.")
_HINT = Input(
    "IMAGE",
    tooltip="The hint that it was trained on: edges, a pose, depths; of any size, cut to the picture's proportions.",
)
_STRENGTH = Input("FLOAT", 1.0, 0.0, 10.0, 0.01, tooltip="How much it counts; 0 is not at all.")
_BOTH = {
    "positive": Input("CONDITIONING", tooltip="What shall be in the picture."),
    "negative": Input("CONDITIONING", tooltip="What shall not be in it."),
    "control_net": _NET,
    "image": _HINT,
    "strength": _STRENGTH,
    "start_percent": Input(
        "FLOAT", 0.0, 0.0, 1.0, 0.001, tooltip="Share of the timesteps from which it counts; 0 is noise."
    ),
    "end_percent": Input(
        "FLOAT",
        1.0,
        0.0,
        1.0,
        0.001,
        tooltip="Share of the timesteps up to which it counts; 1 is the picture.",
    ),
}
_CATEGORY = "conditioning/controlnet"


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="ControlNetLoader",
        title="Load ControlNet Model",
        category="loaders",
        description="A ControlNet of the registry.",
        inputs={
            "control_net_name": Input(
                "COMBO", folder="controlnet", tooltip="A ControlNet, of everybody's or of your organisation's."
            )
        },
        outputs=outputs("CONTROL_NET"),
        run=load,
        asks="manifest",
    ),
    NodeType(
        name="ControlNetApply",
        title="Apply ControlNet (old)",
        category=_CATEGORY,
        description="A ControlNet beside a text, on all of the way; negative texts that have none are sampled with the same.",
        inputs={
            "conditioning": Input("CONDITIONING", tooltip="The encoded text."),
            "control_net": _NET,
            "image": _HINT,
            "strength": _STRENGTH,
        },
        outputs=outputs("CONDITIONING"),
        run=apply,
        check=check,
    ),
    NodeType(
        name="ControlNetApplyAdvanced",
        title="Apply ControlNet",
        category=_CATEGORY,
        description="A ControlNet beside both sides' texts, on a part of the way; several may follow one another.",
        inputs={
            **_BOTH,
            "vae": Input("VAE", optional=True, tooltip="Of ControlNets that look at latents; no one here does."),
        },
        outputs=outputs(("CONDITIONING", "positive"), ("CONDITIONING", "negative")),
        run=apply_advanced,
        check=check,
    ),
    NodeType(
        name="StudioControlNetApply",
        title="Apply ControlNet (Mode)",
        category=_CATEGORY,
        description="As Apply ControlNet, with a say in what counts more, the prompt or the hint (AUTOMATIC1111's control mode).",
        inputs={
            **_BOTH,
            "mode": Input(
                "COMBO",
                "balanced",
                choices=MODES,
                tooltip="prompt: deep places of the network count less; control: the same, and on the positive side alone.",
            ),
        },
        outputs=outputs(("CONDITIONING", "positive"), ("CONDITIONING", "negative")),
        run=apply_mode,
        check=check,
    ),
)  # fmt: skip
