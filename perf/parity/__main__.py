"""Paint the same picture with our NumPy loop and with torch, and say how far apart they are.

Both sides ask the same torch float32 network, so that only noise, schedule, guidance and sampler differ.
"""

import asyncio
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch

from ensembles.sampling import SAMPLERS, ModelSampling, Request, sample
from perf.parity import pipeline, schedules
from perf.parity.references import REFERENCES, Job

ENOUGH_DB = 50.0


@dataclass(frozen=True)
class Row:
    sampler: str
    schedule: str
    source: str
    psnr: float
    worst: float
    """Largest difference of a value, in 1/255."""


@dataclass(frozen=True)
class Setting:
    seed: int
    steps: int
    cfg: float
    size: int
    batch: int


def compare(pipe: pipeline.Pipeline, setting: Setting, sampler: str, schedule: str) -> Row:
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
    latent = asyncio.run(sample(request, ModelSampling(), pipe.predictor()))
    ours = pipe.picture(torch.from_numpy(latent))
    difference = np.abs(ours - theirs)
    mean_square = float(np.mean(np.square(difference)))
    psnr = 10 * np.log10(1 / mean_square) if mean_square > 0 else np.inf
    return Row(sampler, schedule, source, float(psnr), float(difference.max() * 255))


def pairs() -> list[tuple[str, str]]:
    """All samplers on one schedule, all schedules with two samplers."""
    crossed = [(sampler, schedule) for schedule in schedules.SCHEDULES for sampler in ("euler", "dpmpp_2m")]
    return list(dict.fromkeys([(sampler, "karras") for sampler in REFERENCES] + crossed))


def report(rows: list[Row], setting: Setting, seconds: float, prompt: str) -> str:
    missing = sorted(set(SAMPLERS) - set(REFERENCES))
    low = [r for r in rows if r.psnr < ENOUGH_DB]
    worst = min(rows, key=lambda r: r.psnr)
    table = [
        f"| {r.sampler} | {r.schedule} | {r.psnr:.1f} | {r.worst:.3f} | {r.source} |"
        for r in sorted(rows, key=lambda r: (r.schedule != "karras", r.schedule, r.sampler))
    ]
    return "\n".join(
        [
            "# Parity of the sampling loop",
            "",
            "Written by `python -m perf.parity`. The NumPy loop of `ensembles/sampling` against independent torch",
            "float32 references (`perf/parity/references.py`, `schedules.py`) on the pocket weights. Both ask the same",
            "torch network, so the figures are of noise, schedule, guidance and sampler alone, not of an engine, and",
            "not of ComfyUI itself. Reference schedules and starting noise are torch's own.",
            "",
            f"Seed {setting.seed}, {setting.steps} steps, cfg {setting.cfg:g}, {setting.batch} pictures of "
            f"{setting.size}×{setting.size}, “{prompt}”. torch {torch.__version__}, NumPy {np.__version__}, "
            f"{platform.machine()} ({torch.backends.cpu.get_cpu_capability()}), {seconds:.0f} s.",
            "",
            f"{len(rows) - len(low)} of {len(rows)} at {ENOUGH_DB:g} dB or more; the lowest is {worst.sampler} on "
            f"{worst.schedule} with {worst.psnr:.1f} dB. PSNR of the decoded pictures in 0..1; worst value in 1/255.",
            "",
            "| sampler | schedule | PSNR, dB | worst, 1/255 | reference |",
            "|---|---|---|---|---|",
            *table,
            "",
            f"No independent reference: {', '.join(missing) or 'none'}. They are tested against closed forms only",
            "(`tests/ensembles/sampling`).",
            "",
        ]
    )


@click.command()
@click.option(
    "--weights", type=click.Path(path_type=Path), default=Path("export/pocket/weights"), show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/parity.md"), show_default=True)
@click.option("--steps", default=10, show_default=True)
@click.option("--seed", default=20240607, show_default=True)
@click.option("--cfg", default=4.0, show_default=True)
@click.option("--size", default=128, show_default=True, help="Pixels along each side.")
@click.option("--prompt", default="a red ball on a blue table", show_default=True)
def main(weights: Path, out: Path, steps: int, seed: int, cfg: float, size: int, prompt: str) -> None:
    """Compare, write the report, and exit 1 if a picture falls short."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    began = time.monotonic()
    setting = Setting(seed, steps, cfg, size, batch=2)
    pipe = pipeline.load(weights, prompt, "")
    rows = []
    for sampler, schedule in pairs():
        rows.append(compare(pipe, setting, sampler, schedule))
        click.echo(f"{sampler:28} {schedule:18} {rows[-1].psnr:7.1f} dB  {rows[-1].worst:.3f}/255")
    out.write_text(report(rows, setting, time.monotonic() - began, prompt))
    short = [r for r in rows if r.psnr < ENOUGH_DB]
    if short:
        raise SystemExit(f"{len(short)} of {len(rows)} below {ENOUGH_DB:g} dB; see {out}")


if __name__ == "__main__":
    main()
