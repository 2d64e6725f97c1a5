"""What changes how a model is used, and leaves its weights: FreeU, perturbed attention, thresholds, seamless tiles.

SeamlessTile, MakeCircularVAE and CircularVAEDecode are named as in the community's ComfyUI-seamless-tiling,
DynamicThresholdingSimple and DynamicThresholdingFull as in sd-dynamic-thresholding.
"""

from dataclasses import replace
from typing import Literal

from control.workflows.engine import Engine
from control.workflows.nodes.vae import check_samples, decode
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Image, Latent, Model, Vae
from ensembles.engine.variant import Seamless
from ensembles.sampling.thresholding import MODES, Threshold

TILINGS: dict[str, Seamless] = {"enable": "xy", "x_only": "x", "y_only": "y", "disable": ""}


def freeu(model: Model, b1: float, b2: float, s1: float, s2: float) -> tuple[Model]:
    """FreeU (Si et al. 2023): its backbone louder, its skip connections' low frequencies softer."""
    return (replace(model, freeu=(b1, b2, s1, s2, 1)),)


def freeu_v2(model: Model, b1: float, b2: float, s1: float, s2: float) -> tuple[Model]:
    """FreeU's second version: how much louder hangs on where the features are strong."""
    return (replace(model, freeu=(b1, b2, s1, s2, 2)),)


MAX_PAG = 100.0
"""Scale of perturbed-attention guidance."""


def pag(model: Model, scale: float) -> tuple[Model]:
    """Perturbed-attention guidance (Ahn et al. 2024): away from what it would paint without looking around."""
    if model.pag + scale > MAX_PAG:
        raise Unfit(
            "scale", f"the scales of several add up to {model.pag + scale:g}; {MAX_PAG:g} is the most"
        )
    return (replace(model, pag=model.pag + scale),)


def threshold(model: Model, mimic_scale: float, threshold_percentile: float) -> tuple[Model]:
    """Dynamic thresholding: the contrast of a lower guidance."""
    return (replace(model, threshold=Threshold(mimic_scale, threshold_percentile)),)


def threshold_full(
    model: Model,
    mimic_scale: float,
    threshold_percentile: float,
    mimic_mode: str,
    mimic_scale_min: float,
    cfg_mode: str,
    cfg_scale_min: float,
    sched_val: float,
    separate_feature_channels: str,
    scaling_startpoint: Literal["MEAN", "ZERO"],
    variability_measure: Literal["AD", "STD"],
    interpolate_phi: float,
) -> tuple[Model]:
    """Dynamic thresholding with all that it can be told."""
    found = Threshold(
        mimic_scale, threshold_percentile, mimic_mode, mimic_scale_min, cfg_mode, cfg_scale_min, sched_val,
        separate_feature_channels == "enable", scaling_startpoint, variability_measure, interpolate_phi,
    )  # fmt: skip
    return (replace(model, threshold=found),)


def seamless(model: Model, tiling: str, copy_model: str = "") -> tuple[Model]:
    """The model's convolutions go round at the edges."""
    return (replace(model, seamless=TILINGS[tiling]),)


def seamless_vae(vae: Vae, tiling: str, copy_vae: str = "") -> tuple[Vae]:
    """The VAE's convolutions go round at the edges."""
    return (replace(vae, seamless=TILINGS[tiling]),)


async def decode_seamless(engine: Engine, samples: Latent, vae: Vae, tiling: str) -> tuple[Image]:
    """Pictures whose edges meet."""
    return await decode(engine, samples, replace(vae, seamless=TILINGS[tiling]))


def _number(default: float, high: float, tooltip: str, step: float = 0.01) -> Input:
    return Input("FLOAT", default, 0.0, high, step, tooltip=tooltip)


def _freeu(b1: float, b2: float) -> dict[str, Input]:
    return {
        "model": _MODEL,
        "b1": _number(b1, 10.0, "Of the deepest features."),
        "b2": _number(b2, 10.0, "Of the next ones."),
        "s1": _number(0.9, 10.0, "Of what skips past the deepest."),
        "s2": _number(0.2, 10.0, "Of what skips past the next ones."),
    }


def _tiling(what: str, copied: str = "") -> dict[str, Input]:
    found = {"tiling": Input("COMBO", "enable", choices=tuple(TILINGS), tooltip="Which edges meet.")}
    if copied:
        found[copied] = Input(
            "COMBO",
            "Make a copy",
            choices=("Make a copy", "Modify in place"),
            optional=True,
            tooltip=f"Other nodes' {what} always stays as it is here.",
        )
    return found


_MODEL = Input("MODEL", tooltip="The model that removes the noise.")
_VAE = Input("VAE", tooltip="The VAE, of a checkpoint or of a loader.")
_PATCHES = "model_patches/unet"
_THRESHOLD = {
    "model": _MODEL,
    "mimic_scale": _number(7.0, 100.0, "The guidance whose contrast it shall have.", 0.5),
    "threshold_percentile": _number(1.0, 1.0, "Share of the values that count for the contrast."),
}


def _mode(what: str) -> Input:
    return Input("COMBO", "Constant", choices=tuple(MODES), tooltip=f"How {what} goes over the steps.")


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="FreeU",
        title="FreeU",
        category=_PATCHES,
        description="Weighs the UNet's deep features against its skip connections: cleaner shapes, for nothing.",
        inputs=_freeu(1.1, 1.2),
        outputs=outputs("MODEL"),
        run=freeu,
    ),
    NodeType(
        name="FreeU_V2",
        title="FreeU_V2",
        category=_PATCHES,
        description="FreeU, second version: what is amplified hangs on the features themselves.",
        inputs=_freeu(1.3, 1.4),
        outputs=outputs("MODEL"),
        run=freeu_v2,
    ),
    NodeType(
        name="PerturbedAttentionGuidance",
        title="PerturbedAttentionGuidance",
        category=_PATCHES,
        description="Guides away from what the model would paint without attention; one more question to it at each step.",
        inputs={"model": _MODEL, "scale": _number(3.0, MAX_PAG, "How far; 0 is not at all.")},
        outputs=outputs("MODEL"),
        run=pag,
    ),
    NodeType(
        name="DynamicThresholdingSimple",
        title="DynamicThresholdingSimple",
        category="advanced/mcmonkey",
        description="Keeps high guidance from burning out: the contrast is that of a lower one.",
        inputs=_THRESHOLD,
        outputs=outputs("MODEL"),
        run=threshold,
    ),
    NodeType(
        name="DynamicThresholdingFull",
        title="DynamicThresholdingFull",
        category="advanced/mcmonkey",
        description="Dynamic thresholding whose scales may change from step to step, and which may count in other ways.",
        inputs={
            **_THRESHOLD,
            "mimic_mode": _mode("mimic_scale"),
            "mimic_scale_min": _number(0.0, 100.0, "Where mimic_scale begins, or ends.", 0.5),
            "cfg_mode": _mode("the sampler's cfg"),
            "cfg_scale_min": _number(0.0, 100.0, "Where cfg begins, or ends.", 0.5),
            "sched_val": _number(4.0, 100.0, "Power, or number of repetitions, of a mode."),
            "separate_feature_channels": Input(
                "COMBO",
                "enable",
                choices=("enable", "disable"),
                tooltip="Is each channel looked at by itself?",
            ),
            "scaling_startpoint": Input(
                "COMBO", "MEAN", choices=("MEAN", "ZERO"), tooltip="What values are scaled away from."
            ),
            "variability_measure": Input(
                "COMBO",
                "AD",
                choices=("AD", "STD"),
                tooltip="Contrast: the largest distance, or the standard deviation.",
            ),
            "interpolate_phi": _number(1.0, 1.0, "Its share of the result; the rest is plain guidance."),
        },
        outputs=outputs("MODEL"),
        run=threshold_full,
    ),
    NodeType(
        name="SeamlessTile",
        title="Seamless Tile",
        category=_PATCHES,
        description="Pictures that can be laid side by side: convolutions go round at the edges. The VAE's must as well.",
        inputs={"model": _MODEL, **_tiling("model", "copy_model")},
        outputs=outputs("MODEL"),
        run=seamless,
    ),
    NodeType(
        name="MakeCircularVAE",
        title="Make Circular VAE",
        category="latent",
        description="A VAE whose convolutions go round at the edges, so that pictures can be laid side by side.",
        inputs={"vae": _VAE, **_tiling("VAE", "copy_vae")},
        outputs=outputs("VAE"),
        run=seamless_vae,
    ),
    NodeType(
        name="CircularVAEDecode",
        title="Circular VAE Decode (tile)",
        category="latent",
        description="Latents back to pictures that can be laid side by side.",
        inputs={
            "samples": Input("LATENT", tooltip="The latent to be decoded."),
            "vae": _VAE,
            **_tiling("VAE"),
        },
        outputs=outputs("IMAGE"),
        run=decode_seamless,
        asks="vae_decode",
        check=check_samples,
    ),
)
