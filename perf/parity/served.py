"""ComfyUI's default text-to-image graph through Triton against torch: every sampler of a list with every schedule.

The graph is two texts, an empty latent, one sampler and the VAE; here it goes the way that a workflow's nodes go
(scheduler/networks.py). The reference shares nothing with it but the weights' files: transformers' text encoder,
torch's noise, schedules in torch, k-diffusion's (uni_pc: diffusers') sampler, diffusers' networks.
"""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import tritonclient.grpc.aio as grpcclient

from control.workflows.engine import Sampling
from control.workflows.values import Clip, Guider, Latent, Model, Sampler, Vae
from ensembles.arrays import Array
from ensembles.manifest import Manifest, read_manifest
from ensembles.sampling import ModelSampling
from ensembles.sampling.schedules import sigmas_for
from perf.parity import pipeline, schedules
from perf.parity.job import Job
from perf.parity.references import REFERENCES
from scheduler import networks
from scheduler.calls import OPTIONS, Call

SAMPLERS = (
    *(
        "euler",
        "euler_ancestral",
        "heun",
        "dpm_2",
        "dpm_2_ancestral",
        "lms",
        "dpmpp_2s_ancestral",
        "dpmpp_sde",
    ),
    *("dpmpp_2m", "dpmpp_2m_sde", "ddim", "uni_pc"),
)
SCHEDULES = ("normal", "sgm_uniform", "karras", "exponential", "simple", "ddim_uniform", "beta")
PAIRS = tuple((sampler, schedule) for sampler in SAMPLERS for schedule in SCHEDULES)
CROSS = tuple(pair for pair in PAIRS if pair[0] == "euler" or pair[1] == "karras")
"""Each sampler and each schedule."""


@dataclass(frozen=True)
class Graph:
    """The graph's values: its own defaults but for the text, the size (pocket's), and two pictures instead of one."""

    prompt: str = "a large red circle on a blue background"
    negative: str = "text, watermark"
    seed: int = 156680208700286
    steps: int = 20
    cfg: float = 8.0
    size: int = 128
    batch: int = 2


@dataclass(frozen=True)
class Row:
    """One sampler on one schedule."""

    sampler: str
    schedule: str
    psnr: tuple[float, ...]
    """Of each picture, dB."""


@asynccontextmanager
async def calling(url: str, home: Path) -> AsyncIterator[tuple[Call, Manifest]]:
    """Whom to ask for pictures."""
    client = grpcclient.InferenceServerClient(url, channel_args=OPTIONS)
    try:
        yield Call(client), read_manifest(home / "models" / "pocket" / "manifest.json")
    finally:
        await client.close()


async def ours(call: Call, manifest: Manifest, graph: Graph, sampler: str, schedule: str) -> Array:
    """[N,H,W,3] in 0..1, painted by Triton."""
    positive, negative = [
        await networks.encode_text(call, Clip("pocket"), text) for text in (graph.prompt, graph.negative)
    ]
    side = graph.size // manifest.vae_factor
    wanted = Sampling(
        guider=Guider("cfg", Model("pocket"), positive, negative, cfg=graph.cfg),
        sampler=Sampler(sampler),
        sigmas=sigmas_for(schedule, graph.steps, 1.0, sampler, ModelSampling()),
        latent=Latent(np.zeros((graph.batch, manifest.latent_channels, side, side), np.float32)),
        seed=graph.seed,
    )
    _, picture = await networks.sample(call, wanted, manifest, decode=Vae("pocket"))
    assert picture is not None
    return picture


def theirs(pipe: pipeline.Pipeline, graph: Graph, sampler: str, schedule: str) -> Array:
    """[N,H,W,3] in 0..1, painted by torch."""
    sigmas = schedules.sigmas(schedule, graph.steps, sampler)
    torch.manual_seed(graph.seed)
    side = graph.size // 8
    noise = torch.randn(graph.batch, 4, side, side)
    top = sigmas[0] > schedules.TRAINED[-1] * 0.99999
    x = noise * ((1 + sigmas[0] ** 2).sqrt() if top else sigmas[0])
    _, reference = REFERENCES[sampler]
    with torch.no_grad():
        picture = pipe.picture(reference(Job(x, sigmas, pipe.both(graph.cfg), graph.seed)))
    return np.moveaxis(picture, 1, -1)


def psnr(one: Array, other: Array) -> float:
    """Of pictures in 0..1, dB; a NaN in either counts as 0."""
    mean_square = float(np.mean(np.square(one.astype(np.float64) - other)))
    if not math.isfinite(mean_square):
        return 0.0
    return 10 * math.log10(1 / mean_square) if mean_square > 0 else math.inf


async def compare(
    call: Call, manifest: Manifest, pipe: pipeline.Pipeline, graph: Graph, sampler: str, schedule: str
) -> Row:
    """One cell of the table."""
    made, wanted = (
        await ours(call, manifest, graph, sampler, schedule),
        theirs(pipe, graph, sampler, schedule),
    )
    return Row(sampler, schedule, tuple(psnr(a, b) for a, b in zip(made, wanted, strict=True)))


def table(rows: Sequence[Row]) -> list[str]:
    """Lines of Markdown: samplers down, schedules across, in each cell the first and the second picture."""
    found = {(row.sampler, row.schedule): row.psnr for row in rows}
    return [
        f"| sampler | {' | '.join(SCHEDULES)} |",
        f"|---|{'---|' * len(SCHEDULES)}",
        *(
            f"| {sampler} | {' | '.join(_cell(found.get((sampler, schedule), ())) for schedule in SCHEDULES)} |"
            for sampler in SAMPLERS
        ),
    ]


def _cell(pictures: tuple[float, ...]) -> str:
    return ", ".join(f"{one:.0f}" for one in pictures)
