"""The denoising loop as the serving models run it: the UNet by BLS, progress to a response sender."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.batching import bucket_of, largest_batch
from ensembles.engine.tuned import buckets_in_force
from ensembles.imaging.preview import preview_jpeg
from ensembles.manifest import Manifest
from ensembles.sampling.guidance import NoisePredictor, same_length
from ensembles.sampling.loop import Request, sample
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


def model_sampling(manifest: Manifest) -> ModelSampling:
    """The checkpoint's noise schedule."""
    return ModelSampling(
        beta_schedule=manifest.beta_schedule,
        beta_start=manifest.beta_start,
        beta_end=manifest.beta_end,
        train_timesteps=manifest.train_timesteps,
        prediction=manifest.prediction,
    )


GATES: WeakValueDictionary[tuple[object, ...], Gate] = WeakValueDictionary()
"""(checkpoint, latent shape, tokens) → its gate, for as long as a job uses it."""
TURNS: WeakValueDictionary[str, Turns] = WeakValueDictionary()
"""Checkpoint → the turns at its UNet, for as long as a gate uses them."""


def gate(model: str, manifest: Manifest, request: Request) -> Gate:
    """The gate of all jobs in this process whose UNet calls can share a batch with this one's."""
    height, width = request.height // manifest.vae_factor, request.width // manifest.vae_factor
    if request.latent is not None:
        height, width = request.latent.shape[2:]
    prompts = [p for p in (request.positive, request.negative) if p is not None]
    tokens = len(same_length(prompts)[0])
    side = max(height, width) * manifest.vae_factor
    buckets = buckets_in_force(manifest.max_batch, checkpoints.tuning(model))
    at_once = min(LARGEST_BATCH, largest_batch(buckets, side) or LARGEST_BATCH)
    turns = TURNS.setdefault(model, Turns())
    joiner = Joiner(lambda inputs: noise(manifest, inputs), at_once)
    return GATES.setdefault(
        (model, height, width, tokens), Gate(joiner, turns, bucket_of(buckets, side) or "larger")
    )


def unet(
    gate: Gate, check: Callable[[], None], tell: Callable[[], None], ask: Callable[[], None]
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
            answer = await gate.call(inputs, set_off)
        finally:
            for timer in timers:
                timer.cancel()
        took = loop.time() - began
        tell()
        return answer

    return predict


def check_conditioning(request: Request, manifest: Manifest) -> None:
    """Raises `BadInput` for tensors that the UNet of this checkpoint cannot take."""
    for name, context in (("POSITIVE", request.positive), ("NEGATIVE", request.negative)):
        if context is None:
            continue
        fits = (
            context.ndim == 2 and 0 < len(context) <= MAX_TOKENS and context.shape[1] == manifest.context_dim
        )
        if not fits or not np.isfinite(context).all():
            raise BadInput(
                f"{name}: send CONDITIONING of text_encode for this checkpoint, finite numbers "
                f"[up to {MAX_TOKENS}, {manifest.context_dim}], not {list(context.shape)}."
            )
    for name, start in (("LATENT", request.latent), ("MASK", request.mask)):
        if start is not None and not np.isfinite(start).all():
            raise BadInput(f"{name}: send finite numbers only.")


async def denoise(
    model: str,
    request: Request,
    *,
    preview_every: int = 0,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Array:
    """Runs the loop; returns scaled latents fp32 [N,4,h,w].

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
    check_conditioning(request, manifest)
    together = gate(model, manifest, request)
    with together.job():
        predict = unet(together, check, meanwhile(tell), meanwhile(ask))
        latent = await sample(request, model_sampling(manifest), predict, on_step, check)
    tell()
    if failed:
        raise failed.pop()
    return latent
