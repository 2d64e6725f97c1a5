"""One request from noise to a finished latent: what Triton's sampler model calls."""

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ensembles.sampling.brownian import BrownianNoise
from ensembles.sampling.conditions import Condition, Conditions, Placed, placed, span, with_counterparts
from ensembles.sampling.guidance import ROLES, Guidance, GuidedModel, Kind, Mask, NoisePredictor
from ensembles.sampling.more import ImagePrompt
from ensembles.sampling.noise import Generator, in_places, on_the_arc
from ensembles.sampling.parameters import ParameterError, check_hinted
from ensembles.sampling.samplers import ONE_AT_A_TIME, SAMPLERS
from ensembles.sampling.schedules import ModelSampling, sigmas_for
from ensembles.sampling.thresholding import Threshold
from ensembles.sampling.types import F32, Run, StepInfo

OnStep: TypeAlias = Callable[[StepInfo], Awaitable[None] | None]
Check: TypeAlias = Callable[[], Awaitable[None] | None]


AESTHETIC = {"negative": 2.5}
"""The refiner's score of what a text asks for, by role; others 6 (Podell et al. 2023, appendix C)."""
SCORE = 6.0


@dataclass(frozen=True)
class Shown:
    """Pictures that guide like a text, and how."""

    adapter: str
    """IP-Adapter (SHA-256)"""
    tokens: F32 = field(repr=False)
    """[N or 1, k, C]"""
    negative: F32 = field(repr=False)
    """[1, k, C]: of no picture"""
    strength: float = 1.0
    start: float = 0.0
    """Share of the way, as of a condition."""
    end: float = 1.0


@dataclass(frozen=True)
class Request:
    """What to paint. `parameters.check` tells beforehand whether the numbers and names are usable."""

    seed: int
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    positive: F32 | Conditions = field(repr=False)
    """[T, C], or several conditions."""
    negative: F32 | Conditions | None = field(default=None, repr=False)
    """The same; None paints without guidance whatever cfg says. Lengths of texts may differ."""
    denoise: float = 1.0
    """In (0, 1]: the share of the schedule's end that is walked."""
    width: int = 512
    height: int = 512
    """Pixels; not used where a latent gives the size."""
    batch: int = 1
    """Pictures. A latent of one picture is repeated, one of N must agree."""
    latent: F32 | None = field(default=None, repr=False)
    """[N or 1, C, h, w], scaled, to start from; zeros where None."""
    mask: F32 | None = field(default=None, repr=False)
    """[N or 1, 1, h, w] in 0..1: 1 is repainted, 0 stays as `latent`."""
    start_step: int = 0
    """The first step to take, from 0: earlier ones were taken by another request."""
    last_step: int | None = None
    """The step to stop before; None walks to the end."""
    add_noise: bool = True
    """False where `latent` already carries the noise of its level."""
    return_with_leftover_noise: bool = False
    """With `last_step`: keep the noise of that level instead of stepping to 0 from it."""
    sigmas: tuple[float, ...] | None = None
    """n+1 noise levels to walk instead of what steps, scheduler, denoise, start_step and last_step say."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the sampler, by name (`ensembles.sampling.options`)."""
    places: tuple[int, ...] | None = None
    """For each picture, of which picture of a larger batch it gets the noise; None: 0, 1, 2, …"""
    guider: Kind = "cfg"
    """Which roles are asked, and how: `guidance.Guidance.kind`."""
    middle: Conditions | None = field(default=None, repr=False)
    """Of `dual_cfg`."""
    cfg2: float = 1.0
    rescale: float = 0.0
    pag: float = 0.0
    """Scale of perturbed-attention guidance."""
    threshold: Threshold | None = None
    """Dynamic thresholding; of `cfg` alone."""
    freeu: tuple[float, ...] | None = None
    """b1, b2, s1, s2 and the version, 1 or 2 (Si et al. 2023)."""
    shown: Shown | None = None
    variation_seed: int = 0
    variation_strength: float = 0.0
    """0..1: the first noise lies so far on the arc from `seed`'s to `variation_seed`'s."""
    unet_channels: int = 4
    """More than the latent's: an inpainting UNet, which sees mask and masked picture as well."""
    grey: F32 | None = field(default=None, repr=False)
    """[1, C, h, w]: for inpainting UNets, the scaled latent of a grey picture, seen where no other is given."""
    pooled_dim: int = 0
    """Width of the pooled text that the UNet takes; 0: it takes none, and what conditions have is left out."""
    size_ids: int = 0
    """Numbers of `time_ids` that the UNet takes: 0, 5 or 6."""
    residuals: int = 0
    """Places at which ControlNets add to the UNet."""
    latent_channels: int = 4
    vae_factor: int = 8
    """Pixels per latent cell, along each axis."""


class Painted(NamedTuple):
    """What a request comes to: both [N,C,h,w], scaled, float32."""

    latent: F32
    """With the noise of the last level."""
    denoised: F32
    """The model's last guess of the finished latent."""


async def sample(
    request: Request,
    model_sampling: ModelSampling,
    predict: NoisePredictor,
    on_step: OnStep | None = None,
    check: Check | None = None,
) -> F32:
    """The finished scaled latent [N,C,h,w], float32: `paint` without the last guess."""
    return (await paint(request, model_sampling, predict, on_step, check)).latent


async def paint(
    request: Request,
    model_sampling: ModelSampling,
    predict: NoisePredictor,
    on_step: OnStep | None = None,
    check: Check | None = None,
) -> Painted:
    """Runs a request to its end.

    `on_step` is called (awaited if it returns an awaitable) once a step, when the model has answered; `check` before
    every network call, of which some samplers make several a step. Either may raise `Cancelled` to stop: it passes
    through, and no further network call is made. Raises `ParameterError` for shapes that do not fit.
    """
    latent = _latent(request)
    sigmas = _levels(request, model_sampling)
    texts = _texts(request, latent, model_sampling)
    generator = Generator(request.seed)
    noise = _first_noise(request, generator, latent)
    mask = _mask(request, latent, noise)
    if not sigmas or (len(sigmas) == 1 and request.sigmas is None):
        return Painted(latent, latent)
    top = sigmas[0] > model_sampling.sigma_max * (1 - 1e-5)
    x = noise * (math.sqrt(1 + sigmas[0] ** 2) if top else sigmas[0]) + latent
    if len(sigmas) == 1:
        return Painted(x, x)
    model = GuidedModel(
        predict=predict,
        sampling=model_sampling,
        guidance=Guidance(
            _kind(request), request.cfg, request.cfg2, request.rescale, request.pag, request.threshold
        ),
        texts=texts,
        image=_image(request, model_sampling),
        freeu=None if request.freeu is None else np.asarray(request.freeu, np.float32),
        mask=mask,
        check=None if check is None else lambda: _settle(check()),
    )
    watcher = _Watcher(on_step, len(sigmas) - 1)
    run = Run(
        sigmas=sigmas,
        model=model,
        noise=lambda _sigma, _next: generator.randn(latent.shape),
        brownian=BrownianNoise(sigmas, latent.shape, request.seed),
        step=watcher,
        sigma_of_percent=model_sampling.percent_to_sigma,
    )
    sampler: Callable[..., Awaitable[F32]] = partial(SAMPLERS[request.sampler], **request.options)
    if request.sampler not in ONE_AT_A_TIME or len(x) == 1:
        walked = await sampler(x, run)
        return Painted(walked, walked if watcher.denoised is None else watcher.denoised)
    walks, guesses = [], []
    for i in range(len(x)):
        walks.append(await sampler(x[i : i + 1], _alone(run, model, request, latent, i)))
        guesses.append(walks[-1] if watcher.denoised is None else watcher.denoised)
    return Painted(np.concatenate(walks), np.concatenate(guesses))


def _alone(run: Run, model: GuidedModel, request: Request, latent: F32, picture: int) -> Run:
    """The run of one picture of a batch, which has its place's share of the noise, however long the others walk."""
    generator = Generator(request.seed)
    _first_noise(request, generator, latent)
    one = slice(picture, picture + 1)
    hints: dict[int, F32] = {}
    texts = {role: [_of_picture(text, one, hints) for text in texts] for role, texts in model.texts.items()}
    mask = None if model.mask is None else model.mask.of(one)
    return replace(
        run,
        model=replace(model, texts=texts, mask=mask),
        noise=lambda _sigma, _next: generator.randn(latent.shape)[one],
        brownian=lambda sigma, to: run.brownian(sigma, to)[one],
    )


def _of_picture(text: Placed, one: slice, hints: dict[int, F32]) -> Placed:
    """What of a text is one picture's; `hints` keeps what controls share shared."""

    def own(values: F32 | None) -> F32 | None:
        return values if values is None or len(values) == 1 else values[one]

    def hint(values: F32) -> F32:
        return values if len(values) == 1 else hints.setdefault(id(values), values[one])

    return replace(
        text,
        weight=own(text.weight),
        inpaint=own(text.inpaint),
        image=own(text.image),
        controls=tuple(replace(control, hint=hint(control.hint)) for control in text.controls),
    )


def _image(request: Request, model_sampling: ModelSampling) -> ImagePrompt | None:
    shown = request.shown
    if shown is None:
        return None
    return ImagePrompt(shown.adapter, shown.strength, *span(shown.start, shown.end, model_sampling))


def _kind(request: Request) -> Kind:
    return "basic" if request.guider == "cfg" and request.negative is None else request.guider


def _texts(request: Request, latent: F32, model_sampling: ModelSampling) -> dict[str, list[Placed]]:
    """Role → its conditions on this latent, and counterparts of those in areas."""
    height, width = latent.shape[2:]
    given = {"positive": request.positive, "negative": request.negative, "middle": request.middle}
    roles = {}
    asked: list[Condition] = []
    for role in ROLES[_kind(request)]:
        texts = given[role]
        conditions = [Condition(texts)] if isinstance(texts, np.ndarray) else list(texts or ())
        if not conditions:
            raise ParameterError(role, f"{request.guider} needs at least one condition there")
        for one in conditions:
            _check_counts(one, role, len(latent))
        asked += conditions
        roles[role] = [
            _complete(
                placed(one, height, width, model_sampling, role, request.residuals), role, request, latent
            )
            for one in conditions
        ]
    controls = {
        (control.net, id(control.hint)) for one in asked for control in one.controls if control.strength
    }
    sides = (width * request.vae_factor, height * request.vae_factor)
    check_hinted("controls", len(asked), len(latent), len(controls), *sides)
    return with_counterparts(roles, (0, 0, height, width))


def _check_counts(one: Condition, role: str, pictures: int) -> None:
    given = [("masks", one.mask), ("planes to inpaint", one.inpaint)]
    given += [("planes of a hint", control.hint) for control in one.controls]
    for what, planes in given:
        if planes is not None and len(planes) not in (1, pictures):
            raise ParameterError(
                role, f"a condition has {len(planes)} {what}; give 1, or {pictures}, one a picture"
            )


def _complete(text: Placed, role: str, request: Request, latent: F32) -> Placed:
    """The text with what else its call to the UNet takes."""
    factor = request.vae_factor
    height, width = (side * factor for side in latent.shape[2:])
    sizes = text.sizes
    if request.size_ids and sizes is None:
        last = (AESTHETIC.get(role, SCORE),) if request.size_ids == 5 else (height, width)
        sizes = (height, width, 0, 0, *last)
    inpaint = text.inpaint
    if request.unet_channels > request.latent_channels and inpaint is None:
        inpaint = _nothing_shown(request, latent)
    shown = request.shown
    image = None if shown is None else shown.negative if role == "negative" else shown.tokens
    pooled = text.pooled if request.pooled_dim else None
    return replace(text, pooled=pooled, sizes=sizes, inpaint=inpaint, image=image)


def _nothing_shown(request: Request, latent: F32) -> F32:
    """[N or 1, 1 + C, h, w] for a text without a masked picture of its own: of MASK the latent that is painted over, else grey."""
    if request.mask is not None:
        mask = np.broadcast_to(np.round(request.mask), (len(latent), 1, *latent.shape[2:]))
        return np.asarray(np.concatenate([mask, latent], axis=1), np.float32)
    grey = np.zeros_like(latent[:1]) if request.grey is None else request.grey
    return np.concatenate([np.ones_like(grey[:, :1]), grey], axis=1)


def _first_noise(request: Request, generator: Generator, latent: F32) -> F32:
    if not request.add_noise:
        return np.zeros_like(latent)
    noise = _noise(request, generator, latent)
    if not request.variation_strength:
        return noise
    other = _noise(request, Generator(request.variation_seed), latent)
    return on_the_arc(noise, other, request.variation_strength)


def _noise(request: Request, generator: Generator, latent: F32) -> F32:
    if request.places is None:
        return generator.randn(latent.shape)
    if len(request.places) != len(latent) or min(request.places) < 0:
        raise ParameterError(
            "places", f"{list(request.places)} are not {len(latent)} places from 0, one a picture"
        )
    return in_places(generator, latent.shape, request.places)


def _latent(request: Request) -> F32:
    if request.latent is None:
        size = (request.height // request.vae_factor, request.width // request.vae_factor)
        return np.zeros((request.batch, request.latent_channels, *size), dtype=np.float32)
    latent = np.asarray(request.latent, dtype=np.float32)
    if latent.ndim != 4 or len(latent) not in (1, request.batch):
        raise ParameterError(
            "latent", f"its shape is {list(latent.shape)}; give [1 or {request.batch}, channels, h, w]"
        )
    return latent if len(latent) == request.batch else np.repeat(latent, request.batch, axis=0)


def _levels(request: Request, model_sampling: ModelSampling) -> tuple[float, ...]:
    if request.sigmas is not None:
        # As in a schedule: a step must lead somewhere.
        return tuple(s for i, s in enumerate(request.sigmas) if i == 0 or s != request.sigmas[i - 1])
    levels = sigmas_for(
        request.scheduler, request.steps, request.denoise, request.sampler, model_sampling
    ).tolist()
    if request.last_step is not None and request.last_step < len(levels) - 1:
        levels = levels[: request.last_step + 1]
        if not request.return_with_leftover_noise:
            levels[-1] = 0.0
    return tuple(levels[request.start_step :])


def _mask(request: Request, latent: F32, noise: F32) -> Mask | None:
    if request.mask is None:
        return None
    weight = np.asarray(request.mask, dtype=np.float32)
    n, _, h, w = latent.shape
    if weight.ndim != 4 or weight.shape[0] not in (1, n) or weight.shape[1:] != (1, h, w):
        raise ParameterError("mask", f"its shape is {list(weight.shape)}; give [1 or {n}, 1, {h}, {w}]")
    return Mask(weight, latent, noise)


class _Watcher:
    """Reports steps, and remembers what was guessed last."""

    def __init__(self, on_step: OnStep | None, steps: int) -> None:
        self.denoised: F32 | None = None
        self._on_step, self._steps = on_step, steps

    async def __call__(self, index: int, sigma: float, x: F32, denoised: F32) -> None:
        self.denoised = denoised
        if self._on_step is not None:
            await _settle(self._on_step(StepInfo(index + 1, self._steps, sigma, x, denoised)))


async def _settle(outcome: Awaitable[None] | None) -> None:
    if inspect.isawaitable(outcome):
        await outcome
