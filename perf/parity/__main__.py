"""Paint the same picture with our NumPy loop and with torch, and say how far apart they are.

First both sides ask the same torch float32 network, so that only noise, schedule, guidance and sampler differ; then
the default graph goes through Triton, against torch from end to end.
"""

import asyncio
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click
import numpy as np
import numpy.typing as npt
import torch

from ensembles.sampling import SAMPLERS, ModelSampling, NoisePredictor, Request, sample
from perf.parity import pipeline, schedules, served
from perf.parity.job import Job
from perf.parity.operations import run as operations
from perf.parity.references import REFERENCES

ENOUGH_DB = 50.0

Picture: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    sampler: str
    schedule: str
    source: str
    psnr: float
    """Our loop on the torch network."""
    worst: float
    """Its largest difference of a value, in 1/255."""
    served: float | None
    """PSNR of our loop on the served ONNX graph, where there is one."""

    @property
    def lowest(self) -> float:
        return self.psnr if self.served is None else min(self.psnr, self.served)


@dataclass(frozen=True)
class Setting:
    seed: int
    steps: int
    cfg: float
    size: int
    batch: int


def compare(
    pipe: pipeline.Pipeline, onnx: NoisePredictor | None, setting: Setting, sampler: str, schedule: str
) -> Row:
    source, reference = REFERENCES[sampler]
    sigmas = schedules.sigmas(schedule, setting.steps, sampler)
    torch.manual_seed(setting.seed)
    cells = setting.size // 8
    noise = torch.randn(setting.batch, 4, cells, cells)
    top = sigmas[0] > schedules.TRAINED[-1] * 0.99999
    x = noise * ((1 + sigmas[0] ** 2).sqrt() if top else sigmas[0])
    theirs = pipe.picture(reference(Job(x, sigmas, pipe.both(setting.cfg), setting.seed)))
    request = Request(
        seed=setting.seed,
        steps=setting.steps,
        cfg=setting.cfg,
        sampler=sampler,
        scheduler=schedule,
        positive=pipe.positive[0].numpy(),
        negative=pipe.negative[0].numpy(),
        width=setting.size,
        height=setting.size,
        batch=setting.batch,
    )
    ours = _painted(pipe, request, pipe.in_torch())
    return Row(
        sampler=sampler,
        schedule=schedule,
        source=source,
        psnr=served.psnr(ours, theirs),
        worst=float(np.abs(ours - theirs).max() * 255),
        served=None if onnx is None else served.psnr(_painted(pipe, request, onnx), theirs),
    )


def _painted(pipe: pipeline.Pipeline, request: Request, predict: NoisePredictor) -> Picture:
    return pipe.picture(torch.from_numpy(asyncio.run(sample(request, ModelSampling(), predict))))


def pairs() -> list[tuple[str, str]]:
    """All samplers on one schedule, all schedules with two samplers."""
    crossed = [(sampler, schedule) for schedule in schedules.SCHEDULES for sampler in ("euler", "dpmpp_2m")]
    return list(dict.fromkeys([(sampler, "karras") for sampler in REFERENCES] + crossed))


def report(rows: list[Row], setting: Setting, seconds: float, prompt: str) -> str:
    missing = sorted(set(SAMPLERS) - set(REFERENCES))
    low = [r for r in rows if r.lowest < ENOUGH_DB]
    worst = min(rows, key=lambda r: r.lowest)
    table = [
        f"| {r.sampler} | {r.schedule} | {r.psnr:.1f} | {r.worst:.3f} "
        f"| {'' if r.served is None else f'{r.served:.1f}'} | {r.source} |"
        for r in sorted(rows, key=lambda r: (r.schedule != "karras", r.schedule, r.sampler))
    ]
    return "\n".join(
        [
            "# Parity of the sampling loop",
            "",
            "Written by `python -m perf.parity`. The NumPy loop of `ensembles/sampling` against independent torch",
            "float32 references (`perf/parity/references.py`) on the pocket weights. First with both",
            "sides asking the same torch network, so that only noise, schedule, guidance and sampler differ; then our",
            "loop on the served ONNX graph, in this process, against the same reference. Reference schedules and",
            "starting noise are torch's own. None of it is a comparison with ComfyUI itself. References other than",
            "k-diffusion's and diffusers' own code are written out in `formulas.py`; where the published form leaves",
            "the step to σ = 0 open (ipndm, deis, gradient_estimation, er_sde, uni_pc, sa_solver), both sides take",
            "the model's guess there, so that choice is not checked by this.",
            "",
            f"Seed {setting.seed}, {setting.steps} steps, cfg {setting.cfg:g}, {setting.batch} pictures of "
            f"{setting.size}×{setting.size}, “{prompt}”. torch {torch.__version__}, NumPy {np.__version__}, "
            f"{platform.machine()} ({torch.backends.cpu.get_cpu_capability()}), {seconds:.0f} s.",
            "",
            f"{len(rows) - len(low)} of {len(rows)} at {ENOUGH_DB:g} dB or more; the lowest is {worst.sampler} on "
            f"{worst.schedule} with {worst.lowest:.1f} dB. PSNR of the decoded pictures in 0..1; worst value in 1/255.",
            "",
            "| sampler | schedule | PSNR, dB | worst, 1/255 | through ONNX, dB | reference |",
            "|---|---|---|---|---|---|",
            *table,
            "",
            f"No independent reference: {', '.join(missing) or 'none'}. They are our own forms, tested against closed",
            "forms only (`tests/ensembles/sampling`).",
            "",
        ]
    )


def through_triton(weights: Path, graph: served.Graph, pairs: Sequence[tuple[str, str]]) -> list[served.Row]:
    """The default graph with samplers and schedules of its table, on a server of its own."""
    from rich.console import Console

    from studio.settings import Settings
    from studio.triton.session import temporary_server

    pipe = pipeline.load(weights, graph.prompt, graph.negative)

    async def run(url: str, home: Path) -> list[served.Row]:
        rows = []
        async with served.calling(url, home) as (call, manifest):
            for sampler, schedule in pairs:
                row = await served.compare(call, manifest, pipe, graph, sampler, schedule)
                rows.append(row)
                click.echo(f"{sampler:28} {schedule:18} " + "".join(f"{one:7.1f} dB" for one in row.psnr))
        return rows

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with temporary_server(Settings(home=home), Console(stderr=True)) as state:
            return asyncio.run(run(state.grpc_url, home))


def served_report(rows: list[served.Row], graph: served.Graph) -> str:
    lowest = min(rows, key=lambda row: min(row.psnr))
    enough = sum(min(row.psnr) >= ENOUGH_DB for row in rows)
    return "\n".join(
        [
            "## The default graph through Triton",
            "",
            "ComfyUI's default text-to-image graph (two texts, an empty latent, KSampler, VAEDecode), sent to a real",
            "server as a workflow's nodes send it: `text_encode`, then `sampler`, which drives `pocket-unet`, and the",
            "VAE in the same request. The reference (`perf/parity/served.py`) is torch from end to end: transformers'",
            "text encoder, torch's noise and schedules, k-diffusion's samplers (uni_pc: diffusers'), diffusers'",
            "UNet and VAE, sharing nothing but the weights' files. It is not ComfyUI itself.",
            "",
            f"Seed {graph.seed}, {graph.steps} steps, cfg {graph.cfg:g}, {graph.batch} pictures of "
            f"{graph.size}×{graph.size}, “{graph.prompt}” against “{graph.negative}”. PSNR in dB of the first and",
            "of the second picture, values in 0..1, not rounded.",
            "",
            f"{enough} of {len(rows)} at {ENOUGH_DB:g} dB or more in both pictures; the lowest is {lowest.sampler} on "
            f"{lowest.schedule} with {min(lowest.psnr):.1f} dB.",
            "",
            *served.table(rows),
            "",
        ]
    )


@click.command()
@click.option(
    "--weights", type=click.Path(path_type=Path), default=Path("export/pocket/weights"), show_default=True
)
@click.option("--graphs", type=click.Path(path_type=Path), default=Path("export/graphs"), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/parity.md"), show_default=True)
@click.option("--steps", default=8, show_default=True)
@click.option("--seed", default=20240607, show_default=True)
@click.option("--cfg", default=4.0, show_default=True)
@click.option("--size", default=64, show_default=True, help="Pixels along each side.")
@click.option(
    "--short", is_flag=True, help="Through Triton each sampler and each schedule once, not all pairs."
)
@click.option("--prompt", default="a red ball on a blue table", show_default=True)
def main(
    weights: Path,
    graphs: Path,
    out: Path,
    steps: int,
    seed: int,
    cfg: float,
    size: int,
    prompt: str,
    short: bool,
) -> None:
    """Compare, write the report, and exit 1 if a picture falls short."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    began = time.monotonic()
    setting = Setting(seed, steps, cfg, size, batch=2)
    pipe = pipeline.load(weights, prompt, "")
    onnx = pipeline.in_onnx(weights, graphs)
    rows = []
    for sampler, schedule in pairs():
        row = compare(pipe, onnx, setting, sampler, schedule)
        rows.append(row)
        beside = "" if row.served is None else f"  through ONNX {row.served:.1f} dB"
        click.echo(f"{sampler:28} {schedule:18} {row.psnr:7.1f} dB{beside}")
    page = report(rows, setting, time.monotonic() - began, prompt)
    graph = served.Graph()
    painted = through_triton(weights, graph, served.CROSS if short else served.PAIRS)
    with tempfile.TemporaryDirectory() as folder:
        operated = operations.operations(Path(folder))
    out.write_text("\n".join([page, served_report(painted, graph), operations.report(operated)]))
    low = sum(r.lowest < ENOUGH_DB for r in rows) + sum(min(r.psnr) < ENOUGH_DB for r in painted)
    low += sum(one.psnr < operations.ENOUGH_DB for one in operated)
    if low:
        raise SystemExit(f"{low} of {len(rows) + len(painted) + len(operated)} are too low; see {out}")


if __name__ == "__main__":
    main()
