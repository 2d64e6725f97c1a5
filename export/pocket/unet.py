"""The UNet and its training: epsilon prediction on 16x16 latents, two processes of one thread."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

from export.pocket import critic, diffusion, loop, text
from export.pocket.optimiser import Muon


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a run; it is stored in the checkpoint."""

    steps: int = 6320
    #: The first cosine's length, and the step at which a second, lower one takes over from it.
    first_leg: int = 5200
    second_from: int = 4500
    second_rate: float = 9e-4
    #: A third leg like the second; the average starts afresh with it.
    third_from: int = 5900
    third_rate: float = 7e-4
    size: int = 64
    rate: float = 2e-3
    warmup: int = 200
    empty: float = 0.1
    average: float = 0.999
    seed: int = 1
    muon: bool = True
    critic: float = 0.15
    critic_from: int = 2000
    critic_second: float = 0.03
    #: Mean and deviation of ln(sigma), before and after the critic joins.
    noise: tuple[float, float] = (0.4, 1.4)
    noise_later: tuple[float, float] = (0.8, 1.2)


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
    if step < recipe.second_from:
        return recipe.rate * loop.cosine(step, recipe.first_leg, recipe.warmup)
    if step >= recipe.third_from:
        length = recipe.steps - recipe.third_from
        return recipe.third_rate * loop.cosine(step - recipe.third_from, length, 1)
    length = recipe.third_from - recipe.second_from
    return recipe.second_rate * loop.cosine(step - recipe.second_from, length, 1)


class Data:
    """Latents and text states by scene, mapped from the cache."""

    def __init__(self, cache: Path, count: int) -> None:
        self.count = count
        self.latents = np.memmap(cache / "latents.bin", np.float16, "r", shape=(count, 4, 16, 16))
        self.states = np.memmap(cache / "states.bin", np.float16, "r", shape=(count + 1, 77, text.WIDTH))
        #: State of the second token of the empty caption, bfloat16 [128].
        self.silence = torch.tensor(self.states[count, 1]).bfloat16()

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
        mean, deviation = recipe.noise if step < recipe.critic_from else recipe.noise_later
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
    reader, shapes = critic.load(cache) if recipe.critic else (None, torch.empty(0))
    end = min(recipe.steps, stop_at or recipe.steps)
    began, seen, total = time.monotonic(), 0, 0.0
    for step in range(start, end):
        second = step >= recipe.second_from
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
        if reader is not None and step >= recipe.critic_from:
            image = diffusion.cleaned(mixed, guess.float(), times)
            # Without words there is no shape to be right about.
            told = (words[:, 1] != data.silence).any(1) & (not second)
            unlike = reader.loss(image, clean, shapes[rows], told)
            loss = (
                loss
                + (recipe.critic_second if second else recipe.critic)
                * (unlike * diffusion.critic_weight(times)).mean()
            )
        loss.backward()
        optimiser.collect()
        optimiser.step(rate(recipe, step))
        # A short average while young: 1 - 10 / step, after Karras et al. 2022.
        age = step - recipe.third_from if step >= recipe.third_from else step
        average.lerp_(optimiser.master, 1.0 - min(recipe.average, 1.0 - 10.0 / (age + 11)))
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
