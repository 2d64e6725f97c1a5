"""Train the whole family from nothing: ``python -m export.pocket.train --all --out DIR``.

Stages in order: vae, tokenizer, text, cache, unet, judge, evaluate. Each is skipped where its result
lies in the folder already and resumes from its last checkpoint in ``DIR/work`` where it does not.
``--stage NAME`` runs one. The heavy stages run as several processes of one thread each, which on a
CPU is about twice as fast as one process of several threads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist

from export.pocket import adherence, cache, critic, judge, text, tokenizer, unet, vae
from export.pocket.evaluate import contact_sheet

STAGES = ("vae", "tokenizer", "text", "cache", "unet", "judge", "evaluate")
#: Training scenes; each is drawn, encoded and captioned once.
SCENES = 65_536
SEED = 1

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.39.0",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.39.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "timestep_spacing": "leading",
}


def write_json(path: Path, value: object) -> None:
    """Write pretty JSON with a final newline, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _fan_out(stage: str, arguments: argparse.Namespace) -> None:
    """Run a stage as ``--ranks`` processes of one thread and wait for all."""
    meeting = arguments.out / "work" / f"meet-{stage}"
    meeting.unlink(missing_ok=True)
    command = [sys.executable, "-m", "export.pocket.train", "--stage", stage]
    command += ["--out", str(arguments.out), "--ranks", str(arguments.ranks)]
    command += ["--scale", str(arguments.scale)]
    workers = [subprocess.Popen([*command, "--rank", str(rank)]) for rank in range(arguments.ranks)]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        raise SystemExit(f"{stage} failed: exit statuses {codes}")


def run(stage: str, arguments: argparse.Namespace) -> None:
    """Run one stage in this process (or as one of its workers, where ``rank`` is set)."""
    out: Path = arguments.out
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    scenes = max(256, int(SCENES * arguments.scale))

    def steps(whole: int) -> int:
        return max(4, int(whole * arguments.scale))

    if stage in ("cache", "unet") and arguments.rank is None:
        _fan_out(stage, arguments)
        if stage == "unet":
            model = unet.averaged(work / "unet.pt")
            model.half().save_pretrained(out / "unet")
            write_json(out / "model_index.json", INDEX)
            write_json(out / "scheduler" / "scheduler_config.json", SCHEDULER)
            return
        critic.train(work, count=scenes, steps=steps(700))
        (work / "cache.done").touch()
    elif stage == "vae":
        model = vae.train(out / "vae", work, steps=steps(7000))
        mean, worst = vae.quality(model)
        print(f"vae PSNR {mean:.1f} dB, worst {worst:.1f}")
        write_json(out / "latent_rgb.json", vae.fit_latent_rgb(model))
    elif stage == "tokenizer":
        tokenizer.train(out / "tokenizer")
    elif stage == "text":
        words = tokenizer.load(out / "tokenizer")
        text.train(out / "text_encoder", words, work, steps=steps(400))
    elif stage == "cache":
        torch.set_num_threads(1)
        share = {"seed": SEED, "part": arguments.rank, "parts": arguments.ranks}
        cache.encode_latents(cache.load_vae(out), work / "latents.bin", scenes, **share)
        words = tokenizer.load(out / "tokenizer")
        cache.encode_text(cache.load_text(out), words, work / "states.bin", scenes, **share)
    elif stage == "unet":
        torch.set_num_threads(1)
        meeting = f"file://{(work / 'meet-unet').resolve()}"
        dist.init_process_group("gloo", init_method=meeting, rank=arguments.rank, world_size=arguments.ranks)
        whole = unet.Recipe()
        unet.train(
            work,
            work,
            replace(
                whole,
                steps=steps(whole.steps),
                legs=tuple(leg.scaled(arguments.scale) for leg in whole.legs),
            ),
            count=scenes,
            rank=arguments.rank,
            ranks=arguments.ranks,
            compile_model=arguments.scale == 1.0,
        )
        dist.destroy_process_group()
    elif stage == "judge":
        reader = judge.train(out / "judge", work, cache.load_vae(out), steps=steps(800))
        print("judge", judge.accuracy(reader))
    elif stage == "evaluate":
        from PIL import Image

        from export.pocket.sampling import Painter

        table, images = adherence.evaluate(Painter(out), judge=out / "judge")
        (out / "adherence.md").write_text(table.markdown(), encoding="utf-8")
        Image.fromarray(contact_sheet(images)).save(out / "contact-sheet.png")
        print(table.markdown(), "passed" if table.passed else "below the targets")


def done(stage: str, out: Path) -> bool:
    """Whether a stage's result is there (``evaluate`` is always run)."""
    results = {
        "vae": "latent_rgb.json",
        "tokenizer": "tokenizer/tokenizer.json",
        "text": "text_encoder/model.safetensors",
        "cache": "work/cache.done",
        "unet": "unet/diffusion_pytorch_model.safetensors",
        "judge": "judge/judge.onnx",
    }
    return stage in results and (out / results[stage]).exists()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every stage that is not done")
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vae", type=Path, help="start from a finished vae/ folder")
    parser.add_argument("--ranks", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scale", type=float, default=1.0, help="shrink every stage (smoke test)")
    arguments = parser.parse_args()
    if arguments.all == bool(arguments.stage):
        parser.error("give either --all or --stage")
    if arguments.vae and not (arguments.out / "vae").exists():
        shutil.copytree(arguments.vae, arguments.out / "vae")
        write_json(arguments.out / "latent_rgb.json", vae.fit_latent_rgb(cache.load_vae(arguments.out)))
    if arguments.stage:
        run(arguments.stage, arguments)
        return 0
    for stage in STAGES:
        if done(stage, arguments.out):
            print(f"{stage}: done")
            continue
        print(f"{stage}: start", flush=True)
        run(stage, arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
