"""The UNet and its training: epsilon prediction on 16x16 latents, two processes of one thread."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

from export.pocket import critic, diffusion, loop, text
from export.pocket.optimiser import Muon


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of training with its own cosine, from ``start`` to the next leg's."""

    start: int
    #: Steps of the cosine from ``rate`` to zero; it may be cut off by the next leg.
    length: int
    rate: float
    #: Mean and deviation of ln(sigma).
    noise: tuple[float, float] = (0.8, 1.2)
    #: Weight of the critic's feature distance; and whether it also asks for the shape by name.
    critic: float = 0.0
    names: bool = False

    def scaled(self, scale: float) -> Leg:
        """The leg of a shorter run, for smoke tests."""
        return replace(self, start=int(self.start * scale), length=max(1, int(self.length * scale)))


#: One cosine that the critic joins on its way, then lower ones that let outlines settle.
LEGS = (
    Leg(0, 5200, 2e-3, noise=(0.4, 1.4)),
    Leg(2000, 3200, 1.4e-3, critic=0.15, names=True),
    Leg(4500, 1400, 9e-4, critic=0.03),
    Leg(5900, 420, 7e-4, critic=0.03),
    Leg(6320, 3200, 1.1e-3, critic=0.06),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a run; it is stored in the checkpoint."""

    steps: int = 9520
    legs: tuple[Leg, ...] = LEGS
    size: int = 64
    warmup: int = 200
    empty: float = 0.1
    average: float = 0.999
    seed: int = 1
    muon: bool = True

    def leg(self, step: int) -> Leg:
        """The leg that a step belongs to."""
        return [leg for leg in self.legs if leg.start <= step][-1]


def build() -> UNet2DConditionModel:
    """A UNet of widths 64/128/192 with cross attention at 8x8 and in the middle only."""
    model = UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        layers_per_block=1,
        block_out_channels=(64, 128, 192),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=text.WIDTH,
        attention_head_dim=4,
        norm_num_groups=16,
    )
    _identity_path(model)
    return model


@torch.no_grad()  # type: ignore[untyped-decorator]
def _identity_path(model: UNet2DConditionModel) -> None:
    """Start from the answer "epsilon is the input", which is nearly right at high noise.

    Eight channels carry +x and -x past every block: the last up block's shortcut takes them from
    the first skip, GroupNorm leaves them as they are (mean 0, deviation about 1), and
    silu(x) - silu(-x) = x. A narrow network otherwise spends its first thousands of steps on
    learning to copy its input precisely.
    """
    first, last = model.conv_in, model.up_blocks[-1].resnets[-1]
    width = first.out_channels
    for k in range(8):
        sign = 1.0 if k % 2 == 0 else -1.0
        first.weight[k].zero_()
        first.bias[k].zero_()
        first.weight[k, k // 2, 1, 1] = sign
        last.conv_shortcut.weight[k].zero_()
        last.conv_shortcut.bias[k].zero_()
        last.conv_shortcut.weight[k, last.conv_shortcut.in_channels - width + k] = 1.0
        last.conv2.weight[k].zero_()
        last.conv2.bias[k].zero_()
    model.conv_out.weight.zero_()
    model.conv_out.bias.zero_()
    for k in range(8):
        model.conv_out.weight[k // 2, k, 1, 1] = 1.0 if k % 2 == 0 else -1.0


def rate(recipe: Recipe, step: int) -> float:
    """Learning rate of a step."""
    leg = recipe.leg(step)
    return leg.rate * loop.cosine(step - leg.start, leg.length, 1 if leg.start else recipe.warmup)


class Data:
    """Latents and text states by scene, mapped from the cache."""

    def __init__(self, cache: Path, count: int) -> None:
        self.count = count
        self.latents = np.memmap(cache / "latents.bin", np.float16, "r", shape=(count, 4, 16, 16))
        self.states = np.memmap(cache / "states.bin", np.float16, "r", shape=(count + 1, 77, text.WIDTH))
        #: State of the second token of the empty caption, bfloat16 [128].
        self.silence = torch.tensor(self.states[count, 1]).bfloat16()
        #: States of the empty caption, bfloat16 [77, 128].
        self.empty = torch.tensor(self.states[count]).bfloat16()

    def batch(
        self, recipe: Recipe, step: int, rank: int, ranks: int
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Clean latents, noise [N, 4, 16, 16], timesteps [N], text states [N, 77, 128], scenes [N].

        An epoch is a permutation addressed by its number; the step alone says where in it we are.
        """
        whole = recipe.size * ranks
        per_epoch = self.count // whole
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([recipe.seed, 0xE90C, epoch]).permutation(self.count)
        rows = np.sort(order[place * whole + rank : (place + 1) * whole : ranks])
        generator = loop.step_generator(recipe.seed, step, rank)
        clean = torch.from_numpy(self.latents[rows]).float()
        noise = torch.randn(clean.shape, generator=generator)
        mean, deviation = recipe.leg(step).noise
        times = diffusion.draw_timesteps(recipe.size, generator, mean=mean, deviation=deviation)
        drop = torch.rand(recipe.size, generator=generator) < recipe.empty
        words = np.where(drop.numpy(), self.count, rows)
        states = torch.from_numpy(self.states[words]).bfloat16()
        return clean, noise, times, states, torch.from_numpy(rows)


def train(
    cache: Path,
    work: Path,
    recipe: Recipe,
    *,
    count: int,
    rank: int = 0,
    ranks: int = 1,
    compile_model: bool = True,
    stop_at: int | None = None,
    name: str = "unet",
) -> None:
    """Run one process of the training; resumes from ``work/<name>.pt`` where it exists.

    The checkpoint holds masters, optimiser, average and step. Process 0 writes it every 250 steps.
    """
    torch.manual_seed(recipe.seed)
    model = build().to(memory_format=torch.channels_last)
    # Small explicit products are several times faster on a CPU than the fused attention's backward.
    model.set_attn_processor(AttnProcessor())
    optimiser = Muon(model, rank=rank, ranks=ranks, muon=recipe.muon)
    model.to(torch.bfloat16)
    average = optimiser.master.clone()
    start = 0
    path = work / f"{name}.pt"
    state = loop.load(path)
    if state is not None:
        optimiser.load_state_dict(state["optimiser"])
        average.copy_(state["average"])
        start = int(state["step"])
    run = torch.compile(model) if compile_model else model
    data = Data(cache, count)
    reader, shapes = critic.load(cache) if any(leg.critic for leg in recipe.legs) else (None, torch.empty(0))
    end = min(recipe.steps, stop_at or recipe.steps)
    began, seen, total = time.monotonic(), 0, 0.0
    for step in range(start, end):
        leg = recipe.leg(step)
        clean, noise, times, words, rows = data.batch(recipe, step, rank, ranks)
        mixed = diffusion.noised(clean, noise, times)
        guess = run(
            mixed.bfloat16().to(memory_format=torch.channels_last),
            times,
            encoder_hidden_states=words,
            return_dict=False,
        )[0]
        error = (guess.float() - noise).square().mean((1, 2, 3))
        loss = (error * diffusion.weight(times)).mean()
        if reader is not None and leg.critic:
            image = diffusion.cleaned(mixed, guess.float(), times)
            # Without words there is no shape to be right about.
            told = (words[:, 1] != data.silence).any(1) & leg.names
            unlike = reader.loss(image, clean, shapes[rows], told)
            loss = loss + leg.critic * (unlike * diffusion.critic_weight(times)).mean()
        loss.backward()
        optimiser.collect()
        optimiser.step(rate(recipe, step))
        # A short average while a leg is young: 1 - 10 / step, after Karras et al. 2022.
        keep = min(recipe.average, 1.0 - 10.0 / (step - leg.start + 11))
        average.lerp_(optimiser.master, 1.0 - keep)
        total, seen = total + float(loss.detach()), seen + 1
        if rank == 0 and (step % 50 == 49 or step + 1 == end):
            speed = seen * recipe.size * ranks / (time.monotonic() - began)
            print(f"unet {step + 1}/{recipe.steps} loss {total / seen:.4f} {speed:.0f}/s", flush=True)
            began, seen, total = time.monotonic(), 0, 0.0
        if rank == 0 and (step % 250 == 249 or step + 1 == end):
            loop.save(
                path,
                {
                    "optimiser": optimiser.state_dict(),
                    "average": average,
                    "names": [key for key, _ in optimiser.named],
                    "recipe": asdict(recipe),
                    "step": step + 1,
                },
            )
    if ranks > 1:
        dist.barrier()


def averaged(path: Path) -> UNet2DConditionModel:
    """The averaged weights of a checkpoint as a float32 model."""
    state = loop.load(path)
    if state is None:
        raise FileNotFoundError(path)
    model = build()
    shapes = dict(model.named_parameters())
    flat, at, weights = state["average"], 0, {}
    for key in state["names"]:
        size = shapes[key].numel()
        weights[key] = flat[at : at + size].view(shapes[key].shape)
        at += size
    model.load_state_dict(weights)
    return model.eval()
