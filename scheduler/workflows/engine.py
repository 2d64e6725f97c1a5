"""What nodes ask for, of real Triton servers and the job's own files: one engine a job, as each node gets it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TypeVar

import numpy as np
from opentelemetry.trace import SpanKind

from control.http import tracing
from control.models.catalogue import checkpoint
from control.models.preprocessors import preprocessor
from control.models.upscalers import upscaler
from control.realtime.events import JobError
from control.workflows.engine import Hint, Loaded, Sampled, Sampling
from control.workflows.keys import texts_name
from control.workflows.plan import Plan
from control.workflows.types import Folder
from control.workflows.values import Clip, Conditioning, Image, ImageAdapter, Latent, UpscaleModel, Vae
from ensembles.adapters.about import About
from ensembles.arrays import Array
from ensembles.imaging.codec import decode_rgba
from ensembles.manifest import Manifest
from scheduler import networks
from scheduler.calls import Call
from scheduler.claims import Claim
from scheduler.faults import Fault
from scheduler.finishing import LONGEST_PAUSE, PAUSE
from scheduler.means import Means, Stopped, read_file
from scheduler.placement import Server
from scheduler.triton import Step
from scheduler.workflows.latents import read_latent

AT_ONCE = 4
"""Calls of one job that Triton works on at a time: a wide graph leaves room for others."""
TRIES = 3
"""How often a node is tried within an attempt, where the server rather than the node is at fault."""
TEXT_EFFORT, IMAGE_PROMPT_EFFORT, VAE_EFFORT, UPSCALE_EFFORT = 0.01, 0.2, 0.5, 10.0
"""Steps x pictures x megapixels that a text or a picture's tokens, or a megapixel for a VAE or an upscaler, count as."""
MAX_PIXELS = 2**24
"""Of a picture that is loaded: as floats it takes 20 bytes a pixel."""
PREPROCESS_EFFORT = 9.0
"""The same of a megapixel for a preprocessor."""
T = TypeVar("T")
OnStep = Callable[[str, Step], None]


class Engine:
    """What the nodes of one job share. Raises `Fault`, and `Stopped` where there is no server at all."""

    def __init__(self, means: Means, claim: Claim, plan: Plan, preview_every: int, on_step: OnStep) -> None:
        self.means, self.claim, self.plan = means, claim, plan
        self.preview_every, self.on_step = preview_every, on_step
        self.server = ""
        """Where the last call went."""
        self.milliseconds = 0.0
        """That calls to Triton took, all together."""
        self._turns = asyncio.Semaphore(AT_ONCE)

    def at(self, node: str, decode: Vae | None = None) -> "NodeEngine":
        """As a node gets it; see scheduler.workflows.executor.Engines."""
        return NodeEngine(self, node, decode)

    async def ask(
        self,
        place: Callable[[], AbstractAsyncContextManager[Server]],
        work: Callable[[Call], Awaitable[T]],
    ) -> T:
        """What `work` gives on a server of `place`; goes on elsewhere where a server is lost or will not."""
        tries, pause = 0, PAUSE
        while True:
            server: Server | None = None
            try:
                async with self._turns, place() as server:
                    self.server = server.url
                    return await self._timed(server, work)
            except Fault as fault:
                if server is None:
                    if fault.error.retryable and not self.means.servers.ready:
                        # All are away, which is no fault of the job's: it waits in line, like all others.
                        raise Stopped("stopping") from None
                    raise
                if fault.lost:
                    self.means.servers.lost(server)
                tries += fault.begun
                if not (fault.error.retryable or not fault.begun) or tries >= TRIES:
                    raise
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _timed(self, server: Server, work: Callable[[Call], Awaitable[T]]) -> T:
        began = asyncio.get_running_loop().time()
        try:
            with tracing.part_span("triton", kind=SpanKind.CLIENT, **{"server.address": server.url}):
                call = Call(
                    server.client, self.claim.job_id.hex, tracing.outgoing(), alive=lambda: server.ready
                )
                return await work(call)
        finally:
            self.milliseconds += (asyncio.get_running_loop().time() - began) * 1000


class NodeEngine:
    """control.workflows.engine.Engine for one node."""

    def __init__(self, job: Engine, node: str, decode: Vae | None) -> None:
        self._job, self._node, self._decode = job, node, decode
        self._decoded: tuple[Array, Image] | None = None
        """Latents that were sampled here, and their pictures."""

    def manifest(self, checkpoint_name: str) -> Manifest:
        """Of a published checkpoint; raises `NotFound`."""
        return checkpoint(self._job.means.settings.home, checkpoint_name)

    def adapter(self, folder: Folder, name: str) -> About:
        """A file of the registry that the job's graph names, as it was when it was submitted; raises `Fault`."""
        found = self._job.plan.adapters.get(f"{folder}/{name}")
        if found is None:
            raise Fault(JobError(kind="invalid", detail=f"There is no {name!r} of {folder} in this job."))
        return found

    def embeddings(self, text: str) -> dict[str, str]:
        """Name → SHA-256 of the registry's textual inversions that a text names."""
        adapters = self._job.plan.adapters
        return {
            name.removeprefix("embeddings/"): adapters[name].sha256 for name in texts_name(text, adapters)
        }

    async def encode_text(self, clip: Clip, text: str, second: str | None = None) -> Conditioning:
        """The conditioning of a text; `second` is what a second text encoder reads in its place."""
        manifest = self.manifest(clip.checkpoint)

        async def encoded(call: Call) -> Conditioning:
            await networks.warm_texts(call, clip, manifest)
            return await networks.encode_text(call, clip, text, second)

        return await self._ask(clip.checkpoint, TEXT_EFFORT, encoded)

    async def image_prompt(
        self, adapter: ImageAdapter, checkpoint: str, pixels: Image
    ) -> tuple[Array, Array]:
        """fp32 [N,H,W,3] → tokens fp32 [N,k,C], and fp32 [1,k,C] of no picture"""
        effort = len(pixels) * IMAGE_PROMPT_EFFORT
        return await self._ask(
            checkpoint, effort, lambda call: networks.image_prompt(call, adapter.sha256, pixels)
        )

    async def encode(self, vae: Vae, pixels: Image, *, tile: int = 0, overlap: int = 0) -> Array:
        """fp32 [N,H,W,3] → fp32 [N,C,H/8,W/8]"""
        manifest, effort = self.manifest(vae.checkpoint), _megapixels(pixels.shape[:3]) * VAE_EFFORT
        return await self._ask(
            vae.checkpoint, effort,
            lambda call: networks.encode(call, vae, pixels, manifest, tile=tile, overlap=overlap),
        )  # fmt: skip

    async def decode(self, vae: Vae, samples: Array, *, tile: int = 0, overlap: int = 0) -> Image:
        """fp32 [N,C,h,w] → fp32 [N,8h,8w,3]; at once where the sampler's call has decoded them."""
        if self._decoded is not None and not tile and vae == self._decode and self._decoded[0] is samples:
            return self._decoded[1]
        manifest = self.manifest(vae.checkpoint)
        effort = _megapixels(samples.shape) * manifest.vae_factor**2 * VAE_EFFORT
        return await self._ask(
            vae.checkpoint, effort,
            lambda call: networks.decode(call, vae, samples, manifest, tile=tile, overlap=overlap),
        )  # fmt: skip

    async def sample(self, wanted: Sampling) -> Sampled:
        """Runs a sampler; the pictures come with it where they are going to be decoded and that is one call."""
        job, name = self._job, wanted.guider.model.checkpoint
        manifest = self.manifest(name)
        effort = (len(wanted.sigmas) - 1) * _megapixels(wanted.latent.samples.shape) * manifest.vae_factor**2
        began = time.perf_counter()
        decode = self._decode
        if decode is not None and not networks.goes_along(decode, wanted.guider.model):
            decode = None
        sampled, pictures = await self._ask(
            name, effort,
            lambda call: networks.sample(
                call, wanted, manifest, preview_every=job.preview_every, on_step=partial(job.on_step, self._node),
                decode=decode,
            ),
        )  # fmt: skip
        height, width = (side * manifest.vae_factor for side in wanted.latent.samples.shape[2:])
        if effort:
            job.means.speeds.took(name, f"{width}x{height}", effort, time.perf_counter() - began)
        if pictures is not None:
            self._decoded = sampled.latent, pictures
        return sampled

    async def upscale(self, model: UpscaleModel, pixels: Image) -> Image:
        """fp32 [N,H,W,3] → fp32 [N,kH,kW,3]"""
        job, found = self._job, upscaler(self._job.means.settings.home, model.name)
        effort = _megapixels(pixels.shape[:3]) * UPSCALE_EFFORT
        # Each upscaler is a Triton model of its own name; tiles count as steps.
        return await job.ask(
            lambda: job.means.servers.having(found.name, effort),
            lambda call: networks.upscale(call, found, pixels, on_step=partial(job.on_step, self._node)),
        )

    async def preprocess(self, name: str, pixels: Image) -> Hint:
        """fp32 [N,H,W,3] → hints as large as the pictures."""
        job, found = self._job, preprocessor(self._job.means.settings.home, name)
        effort = _megapixels(pixels.shape[:3]) * PREPROCESS_EFFORT
        # Each preprocessor is a Triton model of its own name; pictures count as steps.
        return await job.ask(
            lambda: job.means.servers.having(found.model, effort),
            lambda call: networks.preprocess(call, found, pixels, on_step=partial(job.on_step, self._node)),
        )

    async def load_image(self, name: str) -> Loaded:
        """A picture that the job's graph names."""
        return await self._file(name, loaded)

    async def load_latent(self, name: str) -> Latent:
        """A .latent file that the job's graph names."""
        return await self._file(name, read_latent)

    async def _file(self, name: str, decode: Callable[[bytes], T]) -> T:
        file = self._job.plan.files.get(name)
        if file is None:
            raise Fault(JobError(kind="invalid", detail=f"There is no file {name!r} in this job."))
        return await read_file(self._job.means, self._job.claim.owner.organisation_id, file.asset_id, decode)

    async def _ask(self, name: str, effort: float, work: Callable[[Call], Awaitable[T]]) -> T:
        return await self._job.ask(lambda: self._job.means.servers.place(name, effort), work)


def loaded(data: bytes) -> Loaded:
    """A picture's file: upright, its colours as they are beneath what is transparent. Raises `ImageError`."""
    pixels = decode_rgba(data, MAX_PIXELS).astype(np.float32)[None]
    pixels /= 255
    opaque = bool((pixels[..., 3] == 1).all())
    mask = np.zeros(pixels.shape[:3], np.float32) if opaque else 1 - pixels[..., 3]
    return Loaded(pixels[..., :3], mask, pixels)


def _megapixels(shape: tuple[int, ...]) -> float:
    """Of [N,H,W] or [N,C,h,w]; cells where these are latents."""
    return shape[0] * shape[-2] * shape[-1] / 1e6


__all__ = ["Engine", "NodeEngine", "loaded"]
