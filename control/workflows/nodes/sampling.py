"""Noise to latents: what samples at once. Its parts as nodes of their own: nodes/guiders.py, nodes/samplers.py."""

from dataclasses import replace
from typing import Any

from control.workflows.engine import Engine, Sampling
from control.workflows.nodes import sigmas as schedules
from control.workflows.nodes.controls import shared
from control.workflows.nodes.inpainting import inpainted
from control.workflows.nodes.samplers import SAMPLER_NAME, named
from control.workflows.nodes.sigmas import Levels
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Condition, Conditioning, Guider, Latent, Model, Noise, Sampler, Sigmas
from ensembles.arrays import Array
from ensembles.sampling.parameters import MAX_BATCH, MAX_CFG, MAX_SEED, MAX_SIZE, MAX_STEPS
from ensembles.sampling.schedules import SCHEDULES

USUAL = 20
"""Steps of a schedule that makes a picture."""
LAST = 10_000
"""A step beyond any schedule's end, as ComfyUI writes it."""


async def sampled(engine: Engine, wanted: Sampling) -> tuple[Latent, Latent]:
    """(latent, the model's last guess of it), with `wanted`'s own mask and places; as given where no level is left."""
    if len(wanted.sigmas) < 2:
        return wanted.latent, wanted.latent
    fit(engine, wanted)
    found = await engine.sample(told(engine, replace(wanted, guider=_controlled(wanted.guider))))
    return (
        replace(wanted.latent, samples=found.latent),
        replace(wanted.latent, samples=found.denoised),
    )


def fit(engine: Engine, wanted: Sampling) -> None:
    """Raises `Unfit` for texts and latents that come from networks of another kind than the model."""
    guider = wanted.guider
    manifest = engine.manifest(guider.model.checkpoint)
    texts = (*guider.positive, *(guider.negative or ()), *(guider.middle or ()))
    if wrong := next((one for one in texts if one.context.shape[1] != manifest.context_dim), None):
        raise Unfit(
            "model",
            f"{manifest.name} takes texts of {manifest.context_dim} numbers a token, and one has "
            f"{wrong.context.shape[1]}: encode it with the CLIP of that checkpoint, or of one of its kind",
        )
    if wrong := next((one for one in texts if _pooled(one) != manifest.pooled_dim > 0), None):
        raise Unfit(
            "model",
            f"{manifest.name} takes texts with {manifest.pooled_dim} numbers for the whole, and one has {_pooled(wrong)}: "
            "encode it with the CLIP of that checkpoint, or of one of its kind",
        )
    channels = wanted.latent.samples.shape[1]
    if channels != manifest.latent_channels:
        raise Unfit(
            "latent_image",
            f"{manifest.name} takes latents of {manifest.latent_channels} channels, and this has {channels}",
        )


def _pooled(condition: Condition) -> int:
    return 0 if condition.pooled is None else condition.pooled.shape[-1]


def told(engine: Engine, wanted: Sampling) -> Sampling:
    """With what a UNet of 9 channels sees of the picture, where nothing has told it: the latent's own mask, and the latent,
    which VAEEncodeForInpaint has made of the masked picture. So any graph that inpaints does it with such a checkpoint."""
    manifest = engine.manifest(wanted.guider.model.checkpoint)
    latent, guider = wanted.latent, wanted.guider
    if manifest.unet_channels == manifest.latent_channels or latent.mask is None:
        return wanted
    seen = inpainted(latent.samples, latent.mask)
    guider = replace(
        guider,
        positive=_telling(guider.positive, seen),
        negative=None if guider.negative is None else _telling(guider.negative, seen),
        middle=None if guider.middle is None else _telling(guider.middle, seen),
    )
    return replace(wanted, guider=guider)


def _controlled(guider: Guider) -> Guider:
    """With the positive side's controls on the others too, where they are meant for all."""
    return replace(
        guider,
        negative=None if guider.negative is None else shared(guider.positive, guider.negative),
        middle=None if guider.middle is None else shared(guider.positive, guider.middle),
    )


def _telling(conditioning: Conditioning, seen: Array) -> Conditioning:
    return tuple(one if one.inpaint is not None else replace(one, inpaint=seen) for one in conditioning)


async def ksampler(
    engine: Engine,
    model: Model,
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: float,
    variation_seed: int = 0,
    variation_strength: float = 0.0,
) -> tuple[Latent]:
    """The last `steps` of a schedule of steps/denoise."""
    sampler = named(sampler_name)
    wanted = Sampling(
        guider=Guider("cfg", model, positive, negative, cfg=cfg),
        sampler=sampler,
        sigmas=schedules.levels(
            engine, model, scheduler=scheduler, steps=steps, denoise=denoise, sampler=sampler.name
        ),
        latent=latent_image,
        seed=seed,
        variation_seed=variation_seed,
        variation_strength=variation_strength,
    )
    return (await sampled(engine, wanted))[:1]


async def ksampler_advanced(
    engine: Engine,
    model: Model,
    add_noise: str,
    noise_seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: int,
    end_at_step: int,
    return_with_leftover_noise: str,
) -> tuple[Latent]:
    """Steps start_at_step to end_at_step of a schedule; it ends at 0 unless noise is to be left over."""
    sampler = named(sampler_name)
    whole = schedules.levels(engine, model, scheduler=scheduler, steps=steps, denoise=1, sampler=sampler.name)
    part = whole[: end_at_step + 1].copy()
    if len(part) < len(whole) and return_with_leftover_noise == "disable":
        part[-1] = 0
    wanted = Sampling(
        guider=Guider("cfg", model, positive, negative, cfg=cfg),
        sampler=sampler,
        sigmas=part[start_at_step:],
        latent=latent_image,
        seed=noise_seed,
        add_noise=add_noise == "enable",
    )
    return (await sampled(engine, wanted))[:1]


async def sampler_custom(
    engine: Engine,
    model: Model,
    add_noise: bool,
    noise_seed: int,
    cfg: float,
    positive: Conditioning,
    negative: Conditioning,
    sampler: Sampler,
    sigmas: Sigmas,
    latent_image: Latent,
) -> tuple[Latent, Latent]:
    """(latent, the model's last guess) after walking `sigmas`."""
    guider = Guider("cfg", model, positive, negative, cfg=cfg)
    return await sampled(engine, Sampling(guider, sampler, sigmas, latent_image, noise_seed, add_noise))


async def sampler_custom_advanced(
    engine: Engine, noise: Noise, guider: Guider, sampler: Sampler, sigmas: Sigmas, latent_image: Latent
) -> tuple[Latent, Latent]:
    """(latent, the model's last guess) after walking `sigmas`."""
    wanted = Sampling(
        guider, sampler, sigmas, latent_image, noise.seed or 0, noise.seed is not None,
        noise.variation_seed, noise.variation_strength,
    )  # fmt: skip
    return await sampled(engine, wanted)


def priced(latent_image: Size | None, part: float = 1.0) -> float:
    """Pictures x width x height x part; the largest there may be where the size is not known."""
    pictures, width, height = latent_image or Size(MAX_BATCH, MAX_SIZE, MAX_SIZE)
    return pictures * width * height * part


def share(steps: int, whole: int) -> float:
    """Of a whole sampling: what so many steps of a schedule are. A longer one than usual makes none of them cheaper."""
    return min(1.0, steps / max(1, min(whole, USUAL)))


def ksampler_pixels(latent_image: Size | None = None, denoise: float | None = None, **_: Any) -> float:
    """The whole, whatever `denoise`: all its steps are done, on the end of a longer schedule."""
    return 0.0 if denoise == 0 else priced(latent_image)


def advanced_pixels(
    latent_image: Size | None = None,
    steps: int | None = None,
    start_at_step: int | None = None,
    end_at_step: int | None = None,
    **_: Any,
) -> float:
    """The share of the schedule that is run."""
    if steps is None or start_at_step is None or end_at_step is None:
        return priced(latent_image)
    return priced(latent_image, share(max(0, min(end_at_step, steps) - start_at_step), steps))


def custom_pixels(latent_image: Size | None = None, sigmas: Levels | None = None, **_: Any) -> float:
    """The share of the schedule that is run; of levels that are not known, a whole."""
    return priced(latent_image, share(sigmas.steps, sigmas.whole) if isinstance(sigmas, Levels) else 1.0)


def check_latent(latent_image: Size | None = None, **_: Any) -> None:
    """What one call of a sampler can paint."""
    if latent_image is None:
        return
    pictures, width, height = latent_image
    if pictures > MAX_BATCH:
        raise Unfit("latent_image", f"{pictures} pictures at once; {MAX_BATCH} are the most")
    if max(width, height) > MAX_SIZE:
        raise Unfit("latent_image", f"{width} x {height} pixels; {MAX_SIZE} a side are the most")


def check_ksampler(latent_image: Size | None = None, **inputs: Any) -> None:
    """As `check_latent`, and the schedule that denoise asks for is not endless."""
    check_latent(latent_image)
    schedules.check_schedule(**inputs)


def latent_size(latent_image: Size | None = None, **_: Any) -> tuple[Size | None, Size | None]:
    """Sampling changes no size."""
    return latent_image, latent_image


MODEL = Input("MODEL", tooltip="The model that removes the noise.")
POSITIVE = Input("CONDITIONING", tooltip="What shall be in the picture.")
NEGATIVE = Input("CONDITIONING", tooltip="What shall not be in it.")
LATENT = Input("LATENT", tooltip="Where it begins: an empty latent, or a picture's.")
SEED = Input("INT", 0, 0, MAX_SEED, tooltip="Of the noise: the same seed gives the same picture.")
STEPS = Input("INT", 20, 1, MAX_STEPS, tooltip="How many steps lead from noise to picture.")
CFG = Input(
    "FLOAT", 8.0, 0.0, MAX_CFG, 0.1, tooltip="Guidance: how closely it follows the texts; 1 is without."
)
SCHEDULER = Input(
    "COMBO", "normal", choices=tuple(SCHEDULES), tooltip="Which noise levels the steps go through."
)
DENOISE = Input(
    "FLOAT",
    1.0,
    0.0,
    1.0,
    0.01,
    tooltip="How much is painted anew: less keeps more of the latent; 0 keeps all.",
)
_RANDOM = {"control_after_generate": True}
_GUIDER = Input("GUIDER", tooltip="Whom the sampler asks.")
_SAMPLER = Input("SAMPLER", tooltip="How a step is taken.")
_SIGMAS = Input("SIGMAS", tooltip="The noise levels that are walked through.")
_BOTH = outputs(("LATENT", "output"), ("LATENT", "denoised_output"))
VARIATION = {
    "variation_seed": Input("INT", 0, 0, MAX_SEED, tooltip="Of the noise that it varies towards."),
    "variation_strength": Input(
        "FLOAT", 0.0, 0.0, 1.0, 0.01, tooltip="How far: 0 is the seed's own picture, 1 the other seed's."
    ),
}
_KSAMPLER = {
    "model": MODEL,
    "seed": SEED,
    "steps": STEPS,
    "cfg": CFG,
    "sampler_name": SAMPLER_NAME,
    "scheduler": SCHEDULER,
    "positive": POSITIVE,
    "negative": NEGATIVE,
    "latent_image": LATENT,
    "denoise": DENOISE,
}


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="KSampler",
        title="KSampler",
        category="sampling",
        description="Removes noise from a latent, step by step, as the texts say.",
        inputs=_KSAMPLER,
        outputs=outputs("LATENT"),
        run=ksampler,
        asks="sampler",
        check=check_ksampler,
        size=lambda latent_image=None, **_: (latent_image,),
        pixels=ksampler_pixels,
        ui={"seed": _RANDOM},
    ),
    NodeType(
        name="StudioKSamplerVariation",
        title="KSampler (Variation)",
        category="sampling",
        description="A KSampler whose noise lies between two seeds': small changes of a picture that is nearly right.",
        inputs={**_KSAMPLER, **VARIATION},
        outputs=outputs("LATENT"),
        run=ksampler,
        asks="sampler",
        check=check_ksampler,
        size=lambda latent_image=None, **_: (latent_image,),
        pixels=ksampler_pixels,
        ui={"seed": _RANDOM},
    ),
    NodeType(
        name="KSamplerAdvanced",
        title="KSampler (Advanced)",
        category="sampling",
        description="A part of the steps: the rest can be done before or after, by another model or with other texts.",
        inputs={
            "model": MODEL,
            "add_noise": Input(
                "COMBO",
                "enable",
                choices=("enable", "disable"),
                tooltip="disable: the latent has its noise already.",
            ),
            "noise_seed": SEED,
            "steps": STEPS,
            "cfg": CFG,
            "sampler_name": SAMPLER_NAME,
            "scheduler": SCHEDULER,
            "positive": POSITIVE,
            "negative": NEGATIVE,
            "latent_image": LATENT,
            "start_at_step": Input(
                "INT", 0, 0, LAST, 1, tooltip="The first step that is done, counted from 0."
            ),
            "end_at_step": Input(
                "INT", LAST, 0, LAST, 1, tooltip="The first step that is not done any more."
            ),
            "return_with_leftover_noise": Input(
                "COMBO",
                "disable",
                choices=("disable", "enable"),
                tooltip="enable: noise that later steps would remove stays in.",
            ),
        },
        outputs=outputs("LATENT"),
        run=ksampler_advanced,
        asks="sampler",
        check=check_latent,
        size=lambda latent_image=None, **_: (latent_image,),
        pixels=advanced_pixels,
        ui={"noise_seed": _RANDOM},
    ),
    NodeType(
        name="SamplerCustom",
        title="SamplerCustom",
        category="sampling/custom_sampling",
        description="Samples with a sampler and noise levels that other nodes make.",
        inputs={
            "model": MODEL,
            "add_noise": Input("BOOLEAN", True, tooltip="Off: the latent has its noise already."),
            "noise_seed": SEED,
            "cfg": CFG,
            "positive": POSITIVE,
            "negative": NEGATIVE,
            "sampler": _SAMPLER,
            "sigmas": _SIGMAS,
            "latent_image": LATENT,
        },
        outputs=_BOTH,
        run=sampler_custom,
        asks="sampler",
        check=check_latent,
        size=latent_size,
        pixels=custom_pixels,
        ui={"noise_seed": _RANDOM},
    ),
    NodeType(
        name="SamplerCustomAdvanced",
        title="SamplerCustomAdvanced",
        category="sampling/custom_sampling",
        description="Samples with noise, guider, sampler and noise levels that other nodes make.",
        inputs={
            "noise": Input("NOISE", tooltip="Where the noise comes from."),
            "guider": _GUIDER,
            "sampler": _SAMPLER,
            "sigmas": _SIGMAS,
            "latent_image": LATENT,
        },
        outputs=_BOTH,
        run=sampler_custom_advanced,
        asks="sampler",
        check=check_latent,
        size=latent_size,
        pixels=custom_pixels,
    ),
)
