"""Noise levels: schedules made, cut and turned."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from control.workflows.engine import Engine
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Model, Sigmas
from ensembles.sampling import schedules
from ensembles.sampling.checkpoints import of_checkpoint
from ensembles.sampling.parameters import MAX_SCHEDULE, MAX_STEPS
from ensembles.sampling.schedules import SCHEDULES, ModelSampling, sigmas_for
from ensembles.sampling.spans import Between, laplace, polyexponential, sd_turbo, variance_preserving


class Levels(NamedTuple):
    """What is known of SIGMAS before there are any (NodeType.size): what sampling them costs hangs on it."""

    steps: int
    whole: int
    """Of the schedule that they are a part of."""


NONE = np.zeros(0, np.float32)
"""No levels: nothing is sampled."""
AFTER_ZERO = 1e-4
"""First level of a turned schedule, where 0 would leave nothing to divide by."""
MAX_LEVEL = 1e6
"""Of levels written down."""
BEYOND = 999999999.9
"""A level above all others: from the very first step on."""


def model_sampling(engine: Engine, model: Model) -> ModelSampling:
    """The levels that a checkpoint was trained on, and how its answers are meant."""
    return of_checkpoint(engine.manifest(model.checkpoint), model.prediction)


def levels(
    engine: Engine, model: Model, *, scheduler: str, steps: int, denoise: float, sampler: str = ""
) -> Sigmas:
    """fp32 [steps+1], the last 0; none where `denoise` is 0."""
    if denoise <= 0:
        return NONE
    return sigmas_for(scheduler, steps, denoise, sampler, model_sampling(engine, model))


def ended(sigmas: Sigmas) -> tuple[Sigmas]:
    """With a last 0."""
    return (np.append(sigmas, np.float32(0)),)


async def basic(engine: Engine, model: Model, scheduler: str, steps: int, denoise: float) -> tuple[Sigmas]:
    """The last `steps` of a checkpoint's schedule of steps/denoise."""
    return (levels(engine, model, scheduler=scheduler, steps=steps, denoise=denoise),)


async def turbo(engine: Engine, model: Model, steps: int, denoise: float) -> tuple[Sigmas]:
    """SD-Turbo's ten timesteps, from the noisy end; fewer where `denoise` leaves out the first."""
    return ended(sd_turbo(model_sampling(engine, model), steps, denoise))


async def beta_sampling(engine: Engine, model: Model, steps: int, alpha: float, beta: float) -> tuple[Sigmas]:
    """Quantiles of a beta distribution over a checkpoint's timesteps."""
    return ended(schedules.beta(model_sampling(engine, model), steps, alpha, beta))


def between(steps: int, sigma_max: float, sigma_min: float, rho: float) -> tuple[Sigmas]:
    """Karras et al. 2022, eq. 5, between two levels."""
    return ended(schedules.karras(Between(sigma_min, sigma_max), steps, rho))


def evenly(steps: int, sigma_max: float, sigma_min: float) -> tuple[Sigmas]:
    """Evenly in log σ between two levels."""
    return ended(schedules.exponential(Between(sigma_min, sigma_max), steps))


def bent(steps: int, sigma_max: float, sigma_min: float, rho: float) -> tuple[Sigmas]:
    """A polynomial in log σ between two levels."""
    return ended(polyexponential(Between(sigma_min, sigma_max), steps, rho))


def in_vp(steps: int, beta_d: float, beta_min: float, eps_s: float) -> tuple[Sigmas]:
    """The continuous variance preserving process."""
    return ended(variance_preserving(steps, beta_d, beta_min, eps_s))


def in_laplace(steps: int, sigma_max: float, sigma_min: float, mu: float, beta: float) -> tuple[Sigmas]:
    """Quantiles of a Laplace distribution of log σ. As in ComfyUI no 0 follows: steps − 1 steps."""
    return (laplace(Between(sigma_min, sigma_max), steps, mu, beta),)


def split(sigmas: Sigmas, step: int) -> tuple[Sigmas, Sigmas]:
    """Up to the level that step number `step` begins at, and from it on."""
    return sigmas[: step + 1], sigmas[step:]


def split_denoise(sigmas: Sigmas, denoise: float) -> tuple[Sigmas, Sigmas]:
    """All but the last share of the steps, and that share. As in ComfyUI the first is empty where the share is none."""
    last = round(max(0, len(sigmas) - 1) * denoise)
    return sigmas[:-last] if last else sigmas[:0], sigmas[-(last + 1) :]


def flip(sigmas: Sigmas) -> tuple[Sigmas]:
    """The other way round; a 0 in front becomes 0.0001."""
    turned = sigmas[::-1].copy()
    if len(turned) and turned[0] == 0:
        turned[0] = AFTER_ZERO
    return (turned,)


def set_first(sigmas: Sigmas, sigma: float) -> tuple[Sigmas]:
    """The same with another first level."""
    changed = sigmas.copy()
    changed[:1] = sigma
    return (changed,)


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def read(sigmas: str) -> tuple[Sigmas]:
    """The numbers that a text holds."""
    found = [float(one) for one in _NUMBER.findall(sigmas)]
    if len(found) > MAX_STEPS + 1:
        raise Unfit("sigmas", f"{len(found)} levels; {MAX_STEPS + 1} are the most")
    if not all(0 <= one <= MAX_LEVEL for one in found):
        raise Unfit("sigmas", f"a level is no number from 0 to {MAX_LEVEL:g}")
    return (np.array(found, np.float32),)


async def percent_to_sigma(
    engine: Engine, model: Model, sampling_percent: float, return_actual_sigma: bool
) -> tuple[float]:
    """The level at a share of a checkpoint's timesteps; at the ends levels beyond all others, unless actual ones."""
    found = model_sampling(engine, model)
    ends = {0.0: found.sigma_max, 1.0: found.sigma_min} if return_actual_sigma else {0.0: BEYOND, 1.0: 0.0}
    return (ends.get(sampling_percent, found.percent_to_sigma(sampling_percent)),)


def of_steps(steps: int | None = None, **_: Any) -> tuple[Levels | None]:
    """A whole schedule."""
    return (None if steps is None else Levels(steps, steps),)


def split_levels(
    sigmas: Levels | None = None, step: int | None = None, **_: Any
) -> tuple[Levels | None, ...]:
    """As `split`."""
    if sigmas is None or step is None:
        return None, None
    first = min(step, sigmas.steps)
    return Levels(first, sigmas.whole), Levels(sigmas.steps - first, sigmas.whole)


def split_denoise_levels(
    sigmas: Levels | None = None, denoise: float | None = None, **_: Any
) -> tuple[Levels | None, ...]:
    """As `split_denoise`."""
    if sigmas is None or denoise is None:
        return None, None
    last = round(sigmas.steps * denoise)
    return Levels(sigmas.steps - last if last else 0, sigmas.whole), Levels(last, sigmas.whole)


def check_schedule(steps: int | None = None, denoise: float | None = None, **_: Any) -> None:
    """The schedule that denoise asks for is not endless."""
    if steps is not None and denoise and steps / denoise > MAX_SCHEDULE:
        raise Unfit(
            "denoise", f"{denoise:g} is too little for {steps} steps; take {steps / MAX_SCHEDULE:g} or 0"
        )


def check_span(sigma_max: float | None = None, sigma_min: float | None = None, **_: Any) -> None:
    """From a higher level down to a lower one."""
    if sigma_max is not None and sigma_min is not None and sigma_max < sigma_min:
        raise Unfit("sigma_max", f"{sigma_max:g} is less than sigma_min, {sigma_min:g}")


def check_text(sigmas: str | None = None, **_: Any) -> None:
    """As `read`."""
    if isinstance(sigmas, str):
        read(sigmas)


_MODEL = Input("MODEL", tooltip="The model whose levels they are.")
_SCHEDULER = Input("COMBO", "normal", choices=tuple(SCHEDULES), tooltip="Which levels are chosen.")
_STEPS = Input("INT", 20, 1, MAX_STEPS, tooltip="How many steps.")
_DENOISE = Input("FLOAT", 1.0, 0.0, 1.0, 0.01, tooltip="Below 1 the end of a longer schedule; 0 is no step.")
_SIGMAS = Input("SIGMAS", tooltip="Noise levels.")
_LEAST = 1e-4
"""Of levels that logarithms are taken of."""
_SPAN = {
    "steps": _STEPS,
    "sigma_max": Input("FLOAT", 14.614642, _LEAST, 5000.0, 0.01, tooltip="The first level."),
    "sigma_min": Input("FLOAT", 0.0291675, _LEAST, 5000.0, 0.01, tooltip="The last level before 0."),
}
_RHO = Input("FLOAT", 7.0, 0.01, 100.0, 0.01, tooltip="How much more steps there are at low levels.")
_SCHEDULERS = "sampling/custom_sampling/schedulers"
_CUTS = "sampling/custom_sampling/sigmas"


def _node(
    name: str,
    run: Callable[..., Any],
    description: str,
    inputs: dict[str, Input],
    *,
    category: str = _SCHEDULERS,
    gives: tuple[str | tuple[str, str], ...] = ("SIGMAS",),
    size: Callable[..., Any] = of_steps,
    check: Callable[..., None] | None = None,
) -> NodeType:
    return NodeType(
        name=name,
        title=name,
        category=category,
        description=description,
        inputs=inputs,
        outputs=outputs(*gives),
        run=run,
        asks="manifest" if "model" in inputs else "",
        size=size,
        check=check,
    )


NODES: tuple[NodeType, ...] = (
    _node(
        "BasicScheduler",
        basic,
        "The levels that KSampler would walk through.",
        {"model": _MODEL, "scheduler": _SCHEDULER, "steps": _STEPS, "denoise": _DENOISE},
        check=check_schedule,
    ),
    _node(
        "KarrasScheduler",
        between,
        "Karras' levels between two of one's own.",
        {**_SPAN, "rho": _RHO},
        check=check_span,
    ),
    _node("ExponentialScheduler", evenly, "Levels evenly apart in their logarithm.", _SPAN, check=check_span),
    _node(
        "PolyexponentialScheduler",
        bent,
        "Levels along a polynomial in their logarithm; rho 1 is exponential.",
        {**_SPAN, "rho": Input("FLOAT", 1.0, 0.01, 100.0, 0.01, tooltip="The polynomial's degree.")},
        check=check_span,
    ),
    _node(
        "LaplaceScheduler",
        in_laplace,
        "Levels as a Laplace distribution has them. The last is not 0, so that there are steps - 1 steps.",
        {
            **_SPAN,
            "mu": Input(
                "FLOAT",
                0.0,
                -10.0,
                10.0,
                0.1,
                tooltip="Middle of the distribution, of the level's logarithm.",
            ),
            "beta": Input("FLOAT", 0.5, 0.0, 10.0, 0.1, tooltip="Its width."),
        },
        check=check_span,
    ),
    _node(
        "VPScheduler",
        in_vp,
        "Levels of the continuous variance preserving process.",
        {
            "steps": _STEPS,
            "beta_d": Input("FLOAT", 19.9, 0.0, 100.0, 0.01, tooltip="How fast noise grows faster."),
            "beta_min": Input("FLOAT", 0.1, 0.0, 100.0, 0.01, tooltip="How fast noise grows at first."),
            "eps_s": Input("FLOAT", 0.001, 0.0, 1.0, 0.0001, tooltip="The last time before 0."),
        },
    ),
    _node(
        "BetaSamplingScheduler",
        beta_sampling,
        "Levels as a beta distribution has them.",
        {
            "model": _MODEL,
            "steps": _STEPS,
            "alpha": Input("FLOAT", 0.6, 0.01, 50.0, 0.01, tooltip="Below 1: more steps at the noisy end."),
            "beta": Input("FLOAT", 0.6, 0.01, 50.0, 0.01, tooltip="Below 1: more steps at the clean end."),
        },
    ),
    _node(
        "SDTurboScheduler",
        turbo,
        "The levels that SD-Turbo was trained on.",
        {"model": _MODEL, "steps": Input("INT", 1, 1, 10, tooltip="How many steps."), "denoise": _DENOISE},
    ),
    _node(
        "SplitSigmas",
        split,
        "Two parts of a schedule, to be sampled one after the other.",
        {"sigmas": _SIGMAS, "step": Input("INT", 0, 0, 10_000, tooltip="Steps of the first part.")},
        category=_CUTS,
        gives=(("SIGMAS", "high_sigmas"), ("SIGMAS", "low_sigmas")),
        size=split_levels,
    ),
    _node(
        "SplitSigmasDenoise",
        split_denoise,
        "Two parts of a schedule; the second is what denoise would leave of it.",
        {
            "sigmas": _SIGMAS,
            "denoise": Input("FLOAT", 1.0, 0.0, 1.0, 0.01, tooltip="Share of the second part."),
        },
        category=_CUTS,
        gives=(("SIGMAS", "high_sigmas"), ("SIGMAS", "low_sigmas")),
        size=split_denoise_levels,
    ),
    _node(
        "FlipSigmas",
        flip,
        "The levels the other way round: from picture to noise.",
        {"sigmas": _SIGMAS},
        category=_CUTS,
        size=lambda sigmas=None, **_: (sigmas,),
    ),
    _node(
        "SetFirstSigma",
        set_first,
        "The levels with another one at the beginning.",
        {
            "sigmas": _SIGMAS,
            "sigma": Input("FLOAT", 136.0, 0.0, 20000.0, 0.001, tooltip="The first level."),
        },
        category=_CUTS,
        size=lambda sigmas=None, **_: (sigmas,),
    ),
    _node(
        "ManualSigmas",
        read,
        "Levels written down.",
        {"sigmas": Input("STRING", "1, 0.5", high=5000, tooltip="Numbers, whatever stands between them.")},
        check=check_text,
        size=lambda **_: (None,),
    ),
    _node(
        "SamplingPercentToSigma",
        percent_to_sigma,
        "The level at a share of the way from noise to picture.",
        {
            "model": _MODEL,
            "sampling_percent": Input("FLOAT", 0.0, 0.0, 1.0, 0.0001, tooltip="0 is noise, 1 the picture."),
            "return_actual_sigma": Input(
                "BOOLEAN",
                False,
                tooltip="On: the highest and lowest levels at 0 and 1, in place of ones beyond.",
            ),
        },
        category=_CUTS,
        gives=(("FLOAT", "sigma_value"),),
        size=lambda **_: (None,),
    ),
)
