"""Train the dusk LoRA: cached latents of redrawn training scenes, one process, the UNet frozen."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import nn
from torch.func import functional_call
from transformers import CLIPTextModel, CLIPTokenizerFast

from export.pocket import critic, diffusion, loop, text, tokenizer
from export.pocket.adapters import lora
from export.pocket.adapters.style import dusk
from export.pocket.captions import training_caption
from export.pocket.optimiser import Muon
from export.pocket.scenes import sample_scene

#: Appended to half of the captions; the style also comes without it.
TRIGGER = "dusk"
#: Alpha is this times the rank, so that strength 1 is where the style is sure; chosen on thirty trial captions.
GAIN = 1.15


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a run; it is stored in the checkpoint."""

    #: The ends of the cosines; the last is the end of the run.
    legs: tuple[int, ...] = (450, 700, 1000)
    rank: int = 8
    rate: float = 2e-3
    warmup: int = 30
    size: int = 32
    noise: tuple[float, float] = (0.4, 1.3)
    empty: float = 0.15
    #: Weight of the critic's feature distance, which the UNet's own training ended with.
    critic: float = 0.06
    average: float = 0.99
    seed: int = 21

    @property
    def steps(self) -> int:
        """Length of the run."""
        return self.legs[-1]

    def rate_at(self, step: int) -> float:
        """Learning rate of a step."""
        end = next(end for end in self.legs if step < end)
        begin = max((other for other in self.legs if other < end), default=0)
        return self.rate * loop.cosine(step - begin, end - begin, self.warmup)


def scenes(seed: int, count: int) -> list[int]:
    """Indices of the first ``count`` training scenes whose captions do not speak of outlines."""
    found: list[int] = []
    index = 0
    while len(found) < count:
        if sample_scene(seed, index).style != "outlined":
            found.append(index)
        index += 1
    return found


@torch.no_grad()  # type: ignore[untyped-decorator]
def write_cache(
    vae: AutoencoderKL,
    encoder: CLIPTextModel,
    words: CLIPTokenizerFast,
    work: Path,
    count: int,
    *,
    seed: int = 1,
) -> None:
    """Write ``style-latents.npy`` [count, 4, 16, 16] and ``style-states.npy`` [count + 1, 77, 128], fp16."""
    work.mkdir(parents=True, exist_ok=True)
    latents = np.empty((count, 4, 16, 16), np.float16)
    states = np.empty((count + 1, tokenizer.LENGTH, text.WIDTH), np.float16)
    vae = vae.eval().to(memory_format=torch.channels_last, dtype=torch.bfloat16)
    scale, chosen = float(vae.config.scaling_factor), scenes(seed, count)
    for start in range(0, count, 64):
        part = chosen[start : start + 64]
        drawn = np.stack([dusk(sample_scene(seed, index)) for index in part])
        pixels = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        pixels = pixels.to(memory_format=torch.channels_last, dtype=torch.bfloat16)
        mean = vae.encode(pixels).latent_dist.mean.float() * scale
        latents[start : start + len(part)] = mean.half().numpy()
        lines = [training_caption(sample_scene(seed, index), seed, index).text for index in part]
        lines = [f"{line}, {TRIGGER}" if k % 2 else line for k, line in enumerate(lines)]
        ids = torch.from_numpy(tokenizer.encode(words, lines))
        states[start : start + len(part)] = encoder(ids).last_hidden_state.half().numpy()
        if start // 64 % 20 == 0:
            print(f"style cache {start}/{count}", flush=True)
    states[count] = encoder(torch.from_numpy(tokenizer.encode(words, [""]))).last_hidden_state.half().numpy()
    np.save(work / "style-latents.npy", latents)
    np.save(work / "style-states.npy", states)


class Adapted(nn.Module):  # type: ignore[misc]
    """The frozen UNet with its weights changed by factors."""

    def __init__(self, unet: UNet2DConditionModel, factors: lora.Factors) -> None:
        super().__init__()
        self.unet, self.factors = unet, factors
        self.paths = [(f"{path}.weight", lora.flat_name(path)) for path, _ in lora.targets(unet)]
        self.frozen = dict(unet.named_parameters())

    def forward(self, mixed: torch.Tensor, times: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        """Epsilon [N, 4, 16, 16]."""
        changed = {
            key: self.frozen[key] + lora.product(self.factors.down[name], self.factors.up[name])
            for key, name in self.paths
        }
        epsilon: torch.Tensor = functional_call(
            self.unet,
            changed,
            (mixed, times),
            {"encoder_hidden_states": states, "return_dict": False},
        )[0]
        return epsilon


def train(
    unet_folder: Path, work: Path, recipe: Recipe, *, compile_model: bool = True, stop_at: int | None = None
) -> lora.Factors:
    """Train and give back the averaged factors; resumes from ``work/style.pt`` where it exists.

    ``work`` also holds the base family's ``critic.pt``.
    """
    torch.manual_seed(recipe.seed)
    unet = UNet2DConditionModel.from_pretrained(unet_folder, torch_dtype=torch.float32)
    unet.eval().requires_grad_(False).to(torch.bfloat16).to(memory_format=torch.channels_last)
    unet.set_attn_processor(AttnProcessor())
    factors = lora.Factors(unet, recipe.rank)
    optimiser = Muon(factors, muon=False)
    factors.to(torch.bfloat16)
    model = Adapted(unet, factors)
    average, start = optimiser.master.clone(), 0
    state = loop.load(work / "style.pt")
    if state is not None:
        optimiser.load_state_dict(state["optimiser"])
        average.copy_(state["average"])
        start = int(state["step"])
    run: Any = torch.compile(model) if compile_model else model
    latents = np.load(work / "style-latents.npy", mmap_mode="r")
    states = np.load(work / "style-states.npy", mmap_mode="r")
    count = len(latents)
    reader, _ = critic.load(work)
    # The critic compares; it is not asked for a shape by name.
    nameless = torch.zeros(recipe.size, dtype=torch.int64)
    began, seen, total = time.monotonic(), 0, 0.0
    end = min(recipe.steps, stop_at or recipe.steps)
    for step in range(start, end):
        generator = loop.step_generator(recipe.seed, step)
        rows = torch.randint(count, (recipe.size,), generator=generator).numpy()
        clean = torch.from_numpy(latents[rows]).float()
        noise = torch.randn(clean.shape, generator=generator)
        mean, deviation = recipe.noise
        times = diffusion.draw_timesteps(recipe.size, generator, mean=mean, deviation=deviation)
        drop = (torch.rand(recipe.size, generator=generator) < recipe.empty).numpy()
        words = torch.from_numpy(states[np.where(drop, count, rows)]).bfloat16()
        mixed = diffusion.noised(clean, noise, times)
        guess = run(mixed.bfloat16().to(memory_format=torch.channels_last), times, words)
        error = (guess.float() - noise).square().mean((1, 2, 3))
        image = diffusion.cleaned(mixed, guess.float(), times)
        unlike = reader.loss(image, clean, nameless, nameless.float())
        loss = error * diffusion.weight(times) + recipe.critic * unlike * diffusion.critic_weight(times)
        loss.mean().backward()
        optimiser.collect()
        optimiser.step(recipe.rate_at(step))
        average.lerp_(optimiser.master, 1.0 - min(recipe.average, 1.0 - 10.0 / (step + 11)))
        total, seen = total + float(error.detach().mean()), seen + 1
        if step % 50 == 49 or step + 1 == end:
            speed = seen * recipe.size / (time.monotonic() - began)
            print(f"style {step + 1}/{recipe.steps} error {total / seen:.4f} {speed:.0f}/s", flush=True)
            began, seen, total = time.monotonic(), 0, 0.0
        if step % 200 == 199 or step + 1 == end:
            loop.save(
                work / "style.pt",
                {
                    "optimiser": optimiser.state_dict(),
                    "average": average,
                    "recipe": asdict(recipe),
                    "step": step + 1,
                },
            )
    return averaged(work / "style.pt", unet)


def averaged(path: Path, unet: UNet2DConditionModel) -> lora.Factors:
    """The averaged factors of a checkpoint, float32."""
    state = loop.load(path)
    if state is None:
        raise FileNotFoundError(path)
    factors = lora.Factors(unet, int(state["recipe"]["rank"]))
    at, flat = 0, state["average"]
    names = [name for name, _ in Muon(factors, muon=False).named]
    places = dict(factors.named_parameters())
    for name in names:
        count = places[name].numel()
        places[name].data.copy_(flat[at : at + count].view(places[name].shape))
        at += count
    return factors
