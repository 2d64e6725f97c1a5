"""The denoising loop as the serving models run it: the UNet by BLS, progress to a response sender."""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import Any, Literal, NamedTuple
from weakref import WeakValueDictionary

import msgspec
import numpy as np

from ensembles.arrays import Array
from ensembles.engine.batching import bucket_of, largest_batch
from ensembles.engine.sessions import PINNED
from ensembles.engine.tuned import buckets_in_force
from ensembles.engine.variant import PLAIN, Variant, to_text
from ensembles.imaging.preview import preview_jpeg
from ensembles.manifest import Manifest
from ensembles.sampling.checkpoints import of_checkpoint
from ensembles.sampling.conditions import Condition
from ensembles.sampling.guidance import NoisePredictor, same_length
from ensembles.sampling.loop import Painted, Request, paint
from ensembles.sampling.more import NO_MORE, More
from ensembles.sampling.parameters import MAX_TOKENS
from ensembles.sampling.types import StepInfo
from ensembles.serving import checkpoints, vae
from ensembles.serving.adapters import check_extended
from ensembles.serving.busy import is_busy
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.gate import Gate
from ensembles.serving.joiner import Inputs, Joiner
from ensembles.serving.tensors import BadInput, CallFailed, tensor
from ensembles.serving.turns import Turns
from ensembles.serving.unet import MOST_BYTES, noise

IN_FLIGHT = 256
"""UNet calls that one process may have waiting; asyncio's own default is cpus + 4, fewer than jobs."""

LARGEST_BATCH = 16
"""Samples in one UNet batch: its max_batch_size in export/repository.py."""

UNDER_WAY = 0.001
"""Seconds after which a UNet call has surely left this process, so that other work no longer holds it up."""

AHEAD = 0.003
"""Seconds before a UNet call is expected to end at which to ask whether there shall be another."""

Progress = Callable[[list[Any]], None]
"""Takes the tensors of one progress response."""


def raise_in_flight_limit() -> None:
    """Gives the running event loop enough threads that BLS calls of many jobs can wait together."""
    loop = asyncio.get_running_loop()
    if not getattr(loop, "_studio_executor", False):
        loop.set_default_executor(ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bls"))
        loop._studio_executor = True  # type: ignore[attr-defined]


class Shape(NamedTuple):
    """What UNet calls have in common that can share a request."""

    height: int
    """In cells."""
    width: int
    tokens: int
    variant: str = ""
    """As text (ensembles.engine.variant)."""
    more: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """(name, shape of one sample) of each input beside sample, timestep and text."""

    @property
    def network(self) -> tuple[str, bool]:
        """What has to be made before it can answer: variant, and whether it is more than the plain UNet."""
        return self.variant, any(name not in NEEDED for name, _ in self.more)


NEEDED = ("text_embeds", "time_ids")
"""What the plain UNet takes as well, where it takes it."""
PLAIN_NETWORK = ("", False)
TRUSTED = PINNED - 5
"""Seconds for which a network that has answered is there: it stays `PINNED` seconds after each use."""
AGAIN = 0.5
"""Seconds after which a UNet is asked again that had no room for what a job needs."""
Made = dict[tuple[str, bool], float]
"""`Shape.network` → when it last answered this process, in seconds of the monotonic clock."""
MADE: dict[tuple[str, str], Made] = {}
"""(checkpoint, hash of its UNet) → networks of it."""
MOST_MADE = 4096

GATES: WeakValueDictionary[tuple[str, Shape], Gate] = WeakValueDictionary()
"""(checkpoint, shape) → its gate, for as long as a job uses it."""
TURNS: WeakValueDictionary[str, Turns] = WeakValueDictionary()
"""Checkpoint → the turns at its UNet, for as long as a gate uses them."""


def gate(model: str, manifest: Manifest, shape: Shape) -> Gate:
    """The gate of all jobs in this process whose UNet calls can share a batch."""
    side = max(shape.height, shape.width) * manifest.vae_factor
    buckets = buckets_in_force(manifest.max_batch, checkpoints.tuning(model))
    at_once = min(LARGEST_BATCH, largest_batch(buckets, side) or LARGEST_BATCH)
    turns = TURNS.setdefault(model, Turns())
    joiner = Joiner(lambda inputs: noise(manifest, inputs), at_once, MOST_BYTES)
    return GATES.setdefault((model, shape), Gate(joiner, turns, bucket_of(buckets, side) or "larger"))


class Home:
    """A job's place: the gate of its calls about the whole picture, and those of its others (areas, other lengths).

    It moves where such a call wants another network than the last did: a ControlNet begins or ends on the way. To be
    entered, for as long as the job calls.
    """

    def __init__(self, gate: Callable[[Shape], Gate], shape: Shape, made: Made | None = None) -> None:
        self._gate, self._shape = gate, shape
        self._made = {} if made is None else made
        self._others: dict[Shape, Gate] = {}
        self._stay = ExitStack()

    def __enter__(self) -> "Home":
        self._here = self._gate(self._shape)
        self._stay.enter_context(self._here.job())
        return self

    def __exit__(self, *_: object) -> None:
        self._stay.close()

    async def call(self, shape: Shape, inputs: Inputs, check: Callable[[], None]) -> Array:
        """The UNet's answer, together with other jobs' calls of the same shape."""
        if self._is_there(shape):
            try:
                answer = await self._in_turn(shape, inputs, check)
            except CallFailed as error:
                if not is_busy(error):
                    raise
            else:
                self._made[shape.network] = time.monotonic()
                return answer
        # What the network is may have to be made first, which takes seconds: nobody is to wait for that, neither
        # here nor for a turn.
        with self._here.aside():
            answer = await self._patiently(inputs, check)
        self._made[shape.network] = time.monotonic()
        return answer

    def _is_there(self, shape: Shape) -> bool:
        network = shape.network
        return network == PLAIN_NETWORK or time.monotonic() - self._made.get(network, -math.inf) < TRUSTED

    async def _patiently(self, inputs: Inputs, check: Callable[[], None]) -> Array:
        """The answer, asked for until there is room for what it takes: jobs whose networks fill the memory go first."""
        while True:
            check()
            try:
                return await self._here.joiner.run(inputs)
            except CallFailed as error:
                if not is_busy(error):
                    raise
            await asyncio.sleep(AGAIN)

    async def _in_turn(self, shape: Shape, inputs: Inputs, check: Callable[[], None]) -> Array:
        if shape != self._shape and shape[:3] == self._shape[:3]:
            self._move(shape)
        if shape == self._shape:
            return await self._here.call(inputs, check)
        if shape not in self._others:
            self._others[shape] = self._gate(shape)
        away = self._others[shape]
        # Those who wait for this job's next call at its own gate need not wait for this one.
        with self._here.aside(), away.job():
            return await away.call(inputs, check)

    def _move(self, shape: Shape) -> None:
        there, stay = self._gate(shape), ExitStack()
        stay.enter_context(there.job())
        # Only then: a lane without jobs would lose the time that it is owed.
        self._stay.close()
        self._here, self._shape, self._stay = there, shape, stay


def home(model: str, manifest: Manifest, request: Request, variant: Variant = PLAIN) -> Home:
    """Where a job begins."""
    height, width = _cells(request, manifest)
    tokens = len(same_length([context for _, context in contexts(request)])[0])
    made = MADE.setdefault((model, manifest.weights.get("unet", "")), {})
    if len(made) > MOST_MADE:
        made.clear()
    return Home(
        lambda shape: gate(model, manifest, shape), Shape(height, width, tokens, to_text(variant)), made
    )


def contexts(request: Request) -> list[tuple[str, Array]]:
    """(role in capitals, conditioning) of all that is asked for."""
    given = (("POSITIVE", request.positive), ("NEGATIVE", request.negative), ("MIDDLE", request.middle))
    found: list[tuple[str, Array]] = []
    for name, texts in given:
        if isinstance(texts, np.ndarray):
            found.append((name, texts))
        else:
            found += [(name, one.context) for one in texts or ()]
    return found


def unet(
    home: Home,
    check: Callable[[], None],
    tell: Callable[[], None],
    ask: Callable[[], None],
    variant: Variant = PLAIN,
) -> NoisePredictor:
    """The awaitable noise predictor: the checkpoint's UNet, in one request with the other jobs at the gate.

    `check` is asked when the gate has opened, just before the call. While the UNet works, `tell` is called early
    (or when it has answered, if it was too quick for that), and `ask` late.
    """
    loop = asyncio.get_running_loop()
    took = 0.0

    @cache
    def wanted(nets: tuple[str, ...], image_prompt: str) -> str:
        return to_text(msgspec.structs.replace(variant, controls=nets, image_prompt=image_prompt))

    async def predict(sample: Array, timestep: Array, context: Array, more: More = NO_MORE) -> Array:
        nonlocal took
        inputs = {
            "sample": sample.astype(np.float32, copy=False),
            "timestep": timestep.astype(np.float32, copy=False).reshape(-1, 1),
            "encoder_hidden_states": context.astype(np.float32, copy=False),
            **more.tensors,
        }
        text = wanted(more.nets, more.image_prompt)
        if text:
            inputs["variant"] = np.full((len(sample), 1), text.encode(), np.object_)
        shape = Shape(
            sample.shape[2],
            sample.shape[3],
            context.shape[1],
            text,
            tuple((name, one.shape[1:]) for name, one in more.tensors.items()),
        )
        began = 0.0
        timers: list[asyncio.TimerHandle] = []

        def set_off() -> None:
            nonlocal began
            check()
            began = loop.time()
            timers.append(loop.call_later(UNDER_WAY, tell))
            timers.append(loop.call_later(max(UNDER_WAY, took - AHEAD), ask))

        try:
            answer = await home.call(shape, inputs, set_off)
        finally:
            for timer in timers:
                timer.cancel()
        took = loop.time() - began
        tell()
        return answer

    return predict


def check_tensors(request: Request, manifest: Manifest) -> None:
    """Raises `BadInput` for tensors that the UNet of this checkpoint cannot take."""
    for name, context in contexts(request):
        fits = (
            context.ndim == 2 and 0 < len(context) <= MAX_TOKENS and context.shape[1] == manifest.context_dim
        )
        if not fits or not np.isfinite(context).all():
            raise BadInput(
                f"{name}: send CONDITIONING of text_encode for this checkpoint, finite numbers "
                f"[up to {MAX_TOKENS}, {manifest.context_dim}], not {list(context.shape)}."
            )
    for one in conditions(request):
        _check_condition(one, request, manifest)
    masks = [("CONDITION_MASKS", one.mask) for one in conditions(request)]
    for name, start in (("LATENT", request.latent), ("MASK", request.mask), *masks):
        if start is not None and not np.isfinite(start).all():
            raise BadInput(f"{name}: send finite numbers only.")


def conditions(request: Request) -> list[Condition]:
    """All that is asked for, where it is more than plain texts."""
    found: list[Condition] = []
    for texts in (request.positive, request.negative, request.middle):
        if texts is not None and not isinstance(texts, np.ndarray):
            found += texts
    return found


def _check_condition(one: Condition, request: Request, manifest: Manifest) -> None:
    pooled = None if one.pooled is None else one.pooled.shape
    if manifest.pooled_dim and (
        pooled != (manifest.pooled_dim,) or one.pooled is None or not np.isfinite(one.pooled).all()
    ):
        raise BadInput(
            f"POOLEDS: {manifest.name} needs POOLED of text_encode for each text, finite numbers [{manifest.pooled_dim}], "
            f"as POOLEDS with CONDITIONS, else as POSITIVE_POOLED and NEGATIVE_POOLED, not "
            f"{'none' if pooled is None else list(pooled)}."
        )
    if one.sizes is not None and len(one.sizes) != manifest.size_ids:
        raise BadInput(
            f"CONDITIONS: sizes has {len(one.sizes)} numbers; {manifest.name} takes {manifest.size_ids or 'none'}."
        )
    height, width = _cells(request, manifest)
    if one.inpaint is not None:
        if manifest.unet_channels == manifest.latent_channels:
            raise BadInput(
                f"INPAINTS: the UNet of {manifest.name} sees no mask; send MASK, or use an inpainting checkpoint."
            )
        wanted = (1 + manifest.latent_channels, height, width)
        if one.inpaint.shape[1:] != wanted:
            raise BadInput(
                f"INPAINTS: send [K, {', '.join(map(str, wanted))}], not {list(one.inpaint.shape)}."
            )
    for control in one.controls:
        check_extended(manifest, "CONDITIONS")
        sides = (3, height * manifest.vae_factor, width * manifest.vae_factor)
        if control.hint.shape[1:] != sides:
            raise BadInput(
                f"HINTS: send [K, {', '.join(map(str, sides))}] for pictures of {sides[2]}x{sides[1]} pixels, "
                f"not {list(control.hint.shape)}."
            )


def _cells(request: Request, manifest: Manifest) -> tuple[int, int]:
    """Height and width of the latent."""
    if request.latent is not None:
        return request.latent.shape[2], request.latent.shape[3]
    return request.height // manifest.vae_factor, request.width // manifest.vae_factor


async def _grey(model: str, height: int, width: int) -> Array:
    """[1, C, h, w]: the scaled latent of a grey picture, which inpainting UNets see where nothing is shown."""
    weights = checkpoints.manifest(model).weights.get("vae-encoder", "")
    key = (model, weights, height, width)
    if key not in GREYS:
        factor = checkpoints.manifest(model).vae_factor
        pixels = np.full((1, height * factor, width * factor, 3), 0.5, np.float32)
        if len(GREYS) >= MOST_GREYS:
            GREYS.pop(next(iter(GREYS)))
        GREYS[key] = await vae.encode_pixels(model, pixels)
    return GREYS[key]


GREYS: dict[tuple[str, str, int, int], Array] = {}
MOST_GREYS = 16
"""Sizes of pictures that are remembered."""


async def denoise(
    model: str,
    request: Request,
    *,
    prediction: Literal["epsilon", "v_prediction"] | None = None,
    variant: Variant = PLAIN,
    preview_every: int = 0,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Painted:
    """Runs the loop; returns scaled latents. `prediction` instead of the checkpoint's own; `variant` its LoRAs and axes.

    `progress` gets STEP, STEPS, SIGMA, STEP_MS and, every `preview_every` steps, PREVIEW (one JPEG per
    picture), all before this returns. `cancellation` is checked before every UNet call; raises `Cancelled` when
    it says so.
    """
    manifest = checkpoints.manifest(model)
    last = time.perf_counter()
    untold: list[tuple[StepInfo, float]] = []
    failed: list[Exception] = []

    def check() -> None:
        if failed:
            raise failed.pop()
        if cancellation is not None:
            cancellation.check()

    def on_step(info: StepInfo) -> None:
        nonlocal last
        now = time.perf_counter()
        if progress is not None:
            untold.append((info, (now - last) * 1000))
        last = now

    def tell() -> None:
        while progress is not None and untold:
            info, milliseconds = untold.pop(0)
            tensors = [
                tensor("STEP", info.step, np.int32),
                tensor("STEPS", info.steps, np.int32),
                tensor("SIGMA", float(info.sigma), np.float32),
                tensor("STEP_MS", milliseconds, np.float32),
            ]
            if preview_every and info.step % preview_every == 0 and info.step < info.steps:
                pictures = [preview_jpeg(latent, manifest.latent_rgb) for latent in info.denoised]
                tensors.append(tensor("PREVIEW", np.array(pictures, np.object_)))
            progress(tensors)

    def ask() -> None:
        if cancellation is not None:
            cancellation.ask()

    def meanwhile(work: Callable[[], None]) -> Callable[[], None]:
        # Telling and asking wait for Triton: between two calls they would hold up the next one.
        def attempt() -> None:
            try:
                work()
            except Exception as error:  # raised by the next check: here nobody would hear of it
                failed.append(error)

        return attempt

    request = replace(
        request,
        latent_channels=manifest.latent_channels,
        vae_factor=manifest.vae_factor,
        unet_channels=manifest.unet_channels,
        pooled_dim=manifest.pooled_dim,
        size_ids=manifest.size_ids,
        residuals=manifest.residuals,
    )
    check_tensors(request, manifest)
    if manifest.unet_channels > manifest.latent_channels:
        request = replace(request, grey=await _grey(model, *_cells(request, manifest)))
    with home(model, manifest, request, variant) as place:
        predict = unet(place, check, meanwhile(tell), meanwhile(ask), variant)
        painted = await paint(request, of_checkpoint(manifest, prediction), predict, on_step, check)
    tell()
    if failed:
        raise failed.pop()
    return painted
