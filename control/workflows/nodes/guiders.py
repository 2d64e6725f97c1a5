"""Whom a sampler asks and how: noise, guiders, and what changes a model."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Conditioning, Guider, Latent, Model, Noise, Sigmas
from ensembles.sampling.noise import Generator, in_places
from ensembles.sampling.parameters import MAX_CFG, MAX_SEED


def random_noise(noise_seed: int) -> tuple[Noise]:
    """Noise of a seed."""
    return (Noise(noise_seed),)


def varied_noise(noise_seed: int, variation_seed: int, variation_strength: float) -> tuple[Noise]:
    """Noise between those of two seeds, on the arc."""
    return (Noise(noise_seed, variation_seed, variation_strength),)


def no_noise() -> tuple[Noise]:
    """None: the latent has its own."""
    return (Noise(None),)


async def add_noise(
    engine: Engine, model: Model, noise: Noise, sigmas: Sigmas, latent_image: Latent
) -> tuple[Latent]:
    """As much noise as lies between the first and the last level; of one level as much as it is; of none, none."""
    if noise.seed is None or not len(sigmas):
        return (latent_image,)
    level = sigmas[0] - sigmas[-1] if len(sigmas) > 1 else sigmas[0]
    samples, generator = latent_image.samples, Generator(noise.seed)
    if latent_image.places is None:
        drawn = generator.randn(samples.shape)
    else:
        drawn = in_places(generator, samples.shape, latent_image.places)
    factor = engine.manifest(model.checkpoint).scaling_factor
    noisy = samples + drawn * np.float32(abs(level) / factor)
    return (replace(latent_image, samples=np.asarray(noisy, np.float32)),)


def basic(model: Model, conditioning: Conditioning) -> tuple[Guider]:
    """Asks for one text alone."""
    return (Guider("basic", model, conditioning),)


def cfg(model: Model, positive: Conditioning, negative: Conditioning, cfg: float) -> tuple[Guider]:
    """Away from one text, towards the other."""
    return (Guider("cfg", model, positive, negative, cfg=cfg),)


def dual(
    model: Model,
    cond1: Conditioning,
    cond2: Conditioning,
    negative: Conditioning,
    cfg_conds: float,
    cfg_cond2_negative: float,
    style: str,
) -> tuple[Guider]:
    """Away from the negative towards `cond2`, and from there towards `cond1`."""
    return (Guider("dual_cfg", model, cond1, negative, cond2, cfg=cfg_conds, cfg2=cfg_cond2_negative),)


def rescale(model: Model, multiplier: float) -> tuple[Model]:
    """Guided answers that keep the contrast of unguided ones (Lin et al. 2023, section 3.4)."""
    return (replace(model, rescale=multiplier),)


PREDICTIONS: dict[str, Literal["epsilon", "v_prediction"]] = {
    "eps": "epsilon",
    "v_prediction": "v_prediction",
}


def discrete(model: Model, sampling: str, zsnr: bool) -> tuple[Model]:
    """The model's answers taken for noise, or for velocity, whatever its checkpoint says."""
    return (replace(model, prediction=PREDICTIONS[sampling]),)


def check_zsnr(zsnr: bool | None = None, **_: Any) -> None:
    """Levels are the checkpoint's own, without any signal at the end where it was trained so."""
    if zsnr:
        raise Unfit(
            "zsnr",
            "turn it off: a checkpoint that was trained without signal at the end is sampled so by itself",
        )


def _cfg(tooltip: str) -> Input:
    return Input("FLOAT", 8.0, 0.0, MAX_CFG, 0.1, tooltip=tooltip)


_MODEL = Input("MODEL", tooltip="The model that removes the noise.")
_POSITIVE = Input("CONDITIONING", tooltip="What shall be in the picture.")
_NEGATIVE = Input("CONDITIONING", tooltip="What shall not be in it.")
_NOISES = "sampling/custom_sampling/noise"
_GUIDERS = "sampling/custom_sampling/guiders"


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="RandomNoise",
        title="RandomNoise",
        category=_NOISES,
        description="Noise of a seed: the same seed gives the same picture.",
        inputs={"noise_seed": Input("INT", 0, 0, MAX_SEED, tooltip="Of the noise.")},
        outputs=outputs("NOISE"),
        run=random_noise,
        ui={"noise_seed": {"control_after_generate": True}},
    ),
    NodeType(
        name="StudioVariationNoise",
        title="Variation Noise",
        category=_NOISES,
        description="Noise between those of two seeds: small changes of a picture that is nearly right.",
        inputs={
            "noise_seed": Input("INT", 0, 0, MAX_SEED, tooltip="Of the noise."),
            "variation_seed": Input("INT", 0, 0, MAX_SEED, tooltip="Of the noise that it varies towards."),
            "variation_strength": Input(
                "FLOAT",
                0.0,
                0.0,
                1.0,
                0.01,
                tooltip="How far: 0 is the seed's own noise, 1 the other seed's.",
            ),
        },
        outputs=outputs("NOISE"),
        run=varied_noise,
        ui={"noise_seed": {"control_after_generate": True}},
    ),
    NodeType(
        name="DisableNoise",
        title="DisableNoise",
        category=_NOISES,
        description="No noise: for latents that have some already.",
        inputs={},
        outputs=outputs("NOISE"),
        run=no_noise,
    ),
    NodeType(
        name="AddNoise",
        title="AddNoise",
        category="_for_testing/custom_sampling/noise",
        description="A latent with noise, for a sampler that adds none.",
        inputs={
            "model": _MODEL,
            "noise": Input("NOISE", tooltip="Where the noise comes from."),
            "sigmas": Input("SIGMAS", tooltip="The levels between which it lies."),
            "latent_image": Input("LATENT", tooltip="What it is added to."),
        },
        outputs=outputs("LATENT"),
        run=add_noise,
        asks="manifest",
    ),
    NodeType(
        name="BasicGuider",
        title="BasicGuider",
        category=_GUIDERS,
        description="Follows one text, without guidance.",
        inputs={"model": _MODEL, "conditioning": _POSITIVE},
        outputs=outputs("GUIDER"),
        run=basic,
    ),
    NodeType(
        name="CFGGuider",
        title="CFGGuider",
        category=_GUIDERS,
        description="Follows one text and keeps away from another.",
        inputs={
            "model": _MODEL,
            "positive": _POSITIVE,
            "negative": _NEGATIVE,
            "cfg": _cfg("How closely it follows the texts; 1 is without guidance."),
        },
        outputs=outputs("GUIDER"),
        run=cfg,
    ),
    NodeType(
        name="DualCFGGuider",
        title="DualCFGGuider",
        category=_GUIDERS,
        description="Follows two texts, one through the other, and keeps away from a third.",
        inputs={
            "model": _MODEL,
            "cond1": _POSITIVE,
            "cond2": Input("CONDITIONING", tooltip="What stands between it and the negative."),
            "negative": _NEGATIVE,
            "cfg_conds": _cfg("From cond2 towards cond1."),
            "cfg_cond2_negative": _cfg("From the negative towards cond2."),
            "style": Input("COMBO", "regular", choices=("regular",), tooltip="Both at once."),
        },
        outputs=outputs("GUIDER"),
        run=dual,
    ),
    NodeType(
        name="RescaleCFG",
        title="RescaleCFG",
        category="advanced/model",
        description="Keeps high guidance from burning out the contrast.",
        inputs={
            "model": _MODEL,
            "multiplier": Input(
                "FLOAT", 0.7, 0.0, 1.0, 0.01, tooltip="How much of it is rescaled; 0 is nothing."
            ),
        },
        outputs=outputs("MODEL"),
        run=rescale,
    ),
    NodeType(
        name="ModelSamplingDiscrete",
        title="ModelSamplingDiscrete",
        category="advanced/model",
        description="Says what the model's answers are, where its checkpoint says something else.",
        inputs={
            "model": _MODEL,
            "sampling": Input(
                "COMBO", "eps", choices=tuple(PREDICTIONS), tooltip="eps: noise; v_prediction: velocity."
            ),
            "zsnr": Input("BOOLEAN", False, tooltip="Has to be off: the checkpoint itself says it."),
        },
        outputs=outputs("MODEL"),
        run=discrete,
        check=check_zsnr,
    ),
)
