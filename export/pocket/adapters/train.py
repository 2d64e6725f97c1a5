"""Train the adapters of a finished pocket family: ``python -m export.pocket.adapters.train --all --work DIR``.

Stages in order: cache, hints, control, style-judge, style, inversion. Each resumes from its last
checkpoint in the work folder; finished adapters go to ``--out``. ``cache`` is the base family's own
(``DIR/latents.bin``, ``DIR/states.bin``, ``DIR/critic.pt`` of ``export.pocket.train`` are used where
they lie there already).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist
from diffusers import UNet2DConditionModel

from export.pocket import cache, critic, tokenizer
from export.pocket.adapters import control, hints, inversion, lora, style_judge, style_training
from export.pocket.evaluate import WEIGHTS
from export.pocket.train import SCENES, SEED

STAGES = ("cache", "hints", "control", "style-judge", "style", "inversion")
#: Stages that run as several processes of one thread each.
SPREAD = ("cache", "hints", "control")
OUT = Path(__file__).parent
#: Scenes that are drawn again in the style.
DRAWN_AGAIN = 3072


def lora_metadata(rank: int) -> dict[str, str]:
    """What kohya's tools and ours read of a LoRA file."""
    return {
        "ss_base_model_version": "pocket",
        "ss_network_module": "networks.lora",
        "ss_network_dim": str(rank),
        "ss_network_alpha": str(style_training.GAIN * rank),
        "ss_output_name": "dusk",
        "modelspec.architecture": "pocket/lora",
        "modelspec.title": "dusk",
        "modelspec.trigger_phrase": style_training.TRIGGER,
        "modelspec.description": "The ground sinks into midnight blue towards the corners; the shape stays in full light.",
    }


def _spread(stage: str, arguments: argparse.Namespace) -> None:
    """Run a stage as ``--ranks`` processes and wait for all."""
    (arguments.work / f"meet-{stage}").unlink(missing_ok=True)
    command = [sys.executable, "-m", "export.pocket.adapters.train", "--stage", stage]
    for name in ("weights", "work", "out", "ranks", "scale"):
        command += [f"--{name}", str(getattr(arguments, name))]
    workers = [subprocess.Popen([*command, "--rank", str(rank)]) for rank in range(arguments.ranks)]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        raise SystemExit(f"{stage} failed: exit statuses {codes}")


def part(stage: str, arguments: argparse.Namespace) -> None:
    """One process of a spread stage."""
    torch.set_num_threads(1)
    weights, work = arguments.weights, arguments.work
    scenes = max(256, int(SCENES * arguments.scale))
    share = {"seed": SEED, "part": arguments.rank, "parts": arguments.ranks}
    if stage == "cache":
        cache.encode_latents(cache.load_vae(weights), work / "latents.bin", scenes, **share)
        words = tokenizer.load(weights / "tokenizer")
        cache.encode_text(cache.load_text(weights), words, work / "states.bin", scenes, **share)
    elif stage == "hints":
        hints.write_hints(work / "hints.bin", scenes, **share)
    else:
        meeting = f"file://{(work / 'meet-control').resolve()}"
        dist.init_process_group("gloo", init_method=meeting, rank=arguments.rank, world_size=arguments.ranks)
        control.train(
            work,
            weights / "unet",
            work,
            control.Recipe().scaled(arguments.scale),
            count=scenes,
            rank=arguments.rank,
            ranks=arguments.ranks,
            compile_model=arguments.scale == 1.0,
        )
        dist.destroy_process_group()


def run(stage: str, arguments: argparse.Namespace) -> None:
    """A whole stage."""
    weights, work, out, scale = arguments.weights, arguments.work, arguments.out, arguments.scale
    work.mkdir(parents=True, exist_ok=True)

    def steps(whole: int) -> int:
        return max(4, int(whole * scale))

    if stage in SPREAD:
        _spread(stage, arguments)
    if stage == "cache":
        critic.train(work, count=max(256, int(SCENES * scale)), steps=steps(700))
    elif stage == "control":
        unet = UNet2DConditionModel.from_pretrained(weights / "unet", torch_dtype=torch.float32)
        control.averaged(work / "control.pt", unet).half().save_pretrained(out / "edges")
    elif stage == "style-judge":
        style_judge.train(out.parent / "judge" / "dusk.onnx", cache.load_vae(weights), steps=steps(300))
    elif stage == "style":
        if not (work / "style-states.npy").exists():
            words = tokenizer.load(weights / "tokenizer")
            style_training.write_cache(
                cache.load_vae(weights),
                cache.load_text(weights),
                words,
                work,
                max(64, int(DRAWN_AGAIN * scale)),
            )
        recipe = style_training.Recipe()
        factors = style_training.train(
            weights / "unet",
            work,
            replace(recipe, legs=tuple(map(steps, recipe.legs))),
            compile_model=scale == 1.0,
        )
        lora.save(factors.state(style_training.GAIN), out / "dusk.safetensors", lora_metadata(recipe.rank))
    elif stage == "inversion":
        table = inversion.Words(cache.load_text(weights), tokenizer.load(weights / "tokenizer"))
        plan = inversion.Recipe()
        vectors = inversion.train(
            cache.load_vae(weights),
            table,
            weights / "unet",
            work,
            replace(plan, steps=steps(plan.steps)),
            count=max(32, int(768 * scale)),
        )
        inversion.save(vectors, out / f"{inversion.NAME}.safetensors")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every stage whose result is not there")
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="the base family's diffusers folder")
    parser.add_argument("--work", type=Path, required=True, help="caches and checkpoints")
    parser.add_argument("--out", type=Path, default=OUT, help="where finished adapters go")
    parser.add_argument("--ranks", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scale", type=float, default=1.0, help="shrink every stage (smoke test)")
    arguments = parser.parse_args()
    if arguments.all == bool(arguments.stage):
        parser.error("give either --all or --stage")
    if arguments.rank is not None:
        part(arguments.stage, arguments)
        return 0
    results = {
        "cache": arguments.work / "critic.pt",
        "hints": arguments.work / "hints.bin",
        "control": arguments.out / "edges" / "config.json",
        "style-judge": arguments.out.parent / "judge" / "dusk.onnx",
        "style": arguments.out / "dusk.safetensors",
        "inversion": arguments.out / f"{inversion.NAME}.safetensors",
    }
    for stage in STAGES if arguments.all else (arguments.stage,):
        if arguments.all and results[stage].exists():
            print(f"{stage}: done")
            continue
        print(f"{stage}: start", flush=True)
        run(stage, arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
