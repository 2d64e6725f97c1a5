"""The denoising loop as the serving models run it: the UNet by BLS, progress to a response sender."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal
from weakref import WeakValueDictionary

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.batching import bucket_of, largest_batch
from ensembles.engine.tuned import buckets_in_force
from ensembles.imaging.preview import preview_jpeg
from ensembles.manifest import Manifest
from ensembles.sampling.conditions import Condition
from ensembles.sampling.guidance import NoisePredictor, same_length
from ensembles.sampling.loop import Painted, Request, paint
from ensembles.sampling.parameters import MAX_TOKENS
from ensembles.sampling.schedules import ModelSampling
from ensembles.sampling.types import StepInfo
from ensembles.serving import checkpoints
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.gate import Gate
from ensembles.serving.joiner import Joiner
from ensembles.serving.tensors import BadInput, tensor
from ensembles.serving.turns import Turns
from ensembles.serving.unet import noise

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


def model_sampling(
    manifest: Manifest, prediction: Literal["epsilon", "v_prediction"] | None
) -> ModelSampling:
    """The checkpoint's noise schedule; `prediction` instead of its own."""
    return ModelSampling(
        beta_schedule=manifest.beta_schedule,
        beta_start=manifest.beta_start,
        beta_end=manifest.beta_end,
        train_timesteps=manifest.train_timesteps,
        prediction=prediction or manifest.prediction,
    )


GATES: WeakValueDictionary[tuple[object, ...], Gate] = WeakValueDictionary()
"""(checkpoint, latent shape, tokens) → its gate, for as long as a job uses it."""
TURNS: WeakValueDictionary[str, Turns] = WeakValueDictionary()
"""Checkpoint → the turns at its UNet, for as long as a gate uses them."""


def gate(model: str, manifest: Manifest, height: int, width: int, tokens: int) -> Gate:
    """The gate of all jobs in this process whose UNet calls can share a batch: of this size in cells, and length."""
    side = max(height, width) * manifest.vae_factor
    buckets = buckets_in_force(manifest.max_batch, checkpoints.tuning(model))
    at_once = min(LARGEST_BATCH, largest_batch(buckets, side) or LARGEST_BATCH)
    turns = TURNS.setdefault(model, Turns())
    joiner = Joiner(lambda inputs: noise(manifest, inputs), at_once)
    return GATES.setdefault(
        (model, height, width, tokens), Gate(joiner, turns, bucket_of(buckets, side) or "larger")
    )


Elsewhere = Callable[[int, int, int], Gate | None]
"""Height and width in cells, and tokens, of a call → its gate, where that is another than the job's own."""


def home(model: str, manifest: Manifest, request: Request) -> tuple[Gate, Elsewhere]:
    """The gate of a job's calls about the whole picture, and those of its others: areas, texts of other lengths."""
    height, width = request.height // manifest.vae_factor, request.width // manifest.vae_factor
    if request.latent is not None:
        height, width = request.latent.shape[2:]
    whole = (height, width, len(same_length([context for _, context in contexts(request)])[0]))
    others: dict[tuple[int, int, int], Gate] = {}

    def elsewhere(*shape: int) -> Gate | None:
        place = (shape[0], shape[1], shape[2])
        if place == whole:
            return None
        if place not in others:
            others[place] = gate(model, manifest, *place)
        return others[place]

    return gate(model, manifest, *whole), elsewhere


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


def nowhere(_height: int, _width: int, _tokens: int) -> None:
    """All calls are of one shape."""


def unet(
    gate: Gate,
    check: Callable[[], None],
    tell: Callable[[], None],
    ask: Callable[[], None],
    elsewhere: Elsewhere = nowhere,
) -> NoisePredictor:
    """The awaitable noise predictor: the checkpoint's UNet, in one request with the other jobs at the gate.

    `check` is asked when the gate has opened, just before the call. While the UNet works, `tell` is called early
    (or when it has answered, if it was too quick for that), and `ask` late.
    """
    loop = asyncio.get_running_loop()
    took = 0.0

    async def predict(sample: Array, timestep: Array, context: Array) -> Array:
        nonlocal took
        inputs = {
            "sample": sample.astype(np.float32, copy=False),
            "timestep": timestep.astype(np.float32, copy=False).reshape(-1, 1),
            "encoder_hidden_states": context.astype(np.float32, copy=False),
        }
        began = 0.0
        timers: list[asyncio.TimerHandle] = []

        def set_off() -> None:
            nonlocal began
            check()
            began = loop.time()
            timers.append(loop.call_later(UNDER_WAY, tell))
            timers.append(loop.call_later(max(UNDER_WAY, took - AHEAD), ask))

        try:
            away = elsewhere(sample.shape[2], sample.shape[3], context.shape[1])
            if away is None:
                answer = await gate.call(inputs, set_off)
            else:
                # Those who wait for this job's next call at its own gate need not wait for this one.
                with gate.aside(), away.job():
                    answer = await away.call(inputs, set_off)
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
    masks = [
        one.mask for texts in (request.positive, request.negative, request.middle) for one in masked(texts)
    ]
    for name, start in (
        ("LATENT", request.latent),
        ("MASK", request.mask),
        *(("CONDITION_MASKS", m) for m in masks),
    ):
        if start is not None and not np.isfinite(start).all():
            raise BadInput(f"{name}: send finite numbers only.")


def masked(texts: Any) -> list[Condition]:
    """Those of a role's conditions that have a mask."""
    return [] if texts is None or isinstance(texts, np.ndarray) else [o for o in texts if o.mask is not None]


async def denoise(
    model: str,
    request: Request,
    *,
    prediction: Literal["epsilon", "v_prediction"] | None = None,
    preview_every: int = 0,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Painted:
    """Runs the loop; returns scaled latents. `prediction` instead of the checkpoint's own.

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

    request = replace(request, latent_channels=manifest.latent_channels, vae_factor=manifest.vae_factor)
    check_tensors(request, manifest)
    together, elsewhere = home(model, manifest, request)
    with together.job():
        predict = unet(together, check, meanwhile(tell), meanwhile(ask), elsewhere)
        painted = await paint(request, model_sampling(manifest, prediction), predict, on_step, check)
    tell()
    if failed:
        raise failed.pop()
    return painted
