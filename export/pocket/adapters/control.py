"""The edge ControlNet and its training: the UNet is frozen, two processes of one thread.

Zhang et al. 2023 (ControlNet): a copy of the UNet's encoder reads the hint and adds to the skips
through convolutions that start at zero.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import torch.distributed as dist
from diffusers import ControlNetModel, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import nn
from torch.nn import functional

from export.pocket import critic, diffusion, loop
from export.pocket.adapters import hints
from export.pocket.optimiser import Muon
from export.pocket.unet import Data, Leg
from export.pocket.unet import Recipe as Order

#: Widths of the hint's own convolutions at 128, 64, 32 and 16 pixels.
HINT_WIDTHS = (8, 16, 32, 64)

#: The finished outputs are multiplied by this, so that strength 1 is where overlap was best on twenty
#: trial hints: one network that only adds has to hold its own against a guidance of seven.
GAIN = 1.3


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a run; it is stored in the checkpoint.

    The rate is level and falls to zero over the last ``cooldown`` steps, so that a run can be
    shortened or prolonged by its ``steps`` alone until then.
    """

    steps: int = 1900
    cooldown: int = 500
    warmup: int = 50
    rate: float = 1.5e-3
    size: int = 32
    #: Mean and deviation of ln(sigma).
    noise: tuple[float, float] = (0.8, 1.2)
    late_noise: tuple[float, float] = (0.4, 1.2)
    #: Share of empty captions. Guidance of 7 multiplies whatever the two branches disagree on, so
    #: the one without words must know the outline as well.
    empty: float = 0.3
    #: Additional weight of latent cells that a line of the hint crosses.
    line: float = 2.0
    critic: float = 0.06
    #: From this step on, each scene is seen with and without words, and their guided sum is taught
    #: as well: the guidance at sampling multiplies small disagreements over the outline by seven.
    paired: int = 1200
    guided: float = 0.5
    average: float = 0.998
    seed: int = 11

    def scaled(self, scale: float) -> Recipe:
        """The recipe of a shorter run, for smoke tests."""
        return replace(
            self,
            steps=max(4, int(self.steps * scale)),
            cooldown=max(1, int(self.cooldown * scale)),
            paired=int(self.paired * scale),
        )

    def rate_at(self, step: int) -> float:
        """Learning rate of a step."""
        left = (self.steps - step) / max(1, self.cooldown)
        return self.rate * min(1.0, (step + 1) / self.warmup, left)


def build(unet: UNet2DConditionModel) -> ControlNetModel:
    """A ControlNet that starts as the UNet's encoder; hints are [N, 3, 128, 128] in 0..1."""
    return ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=HINT_WIDTHS)


class Controlled(nn.Module):  # type: ignore[misc]
    """Both networks as one function, to be compiled as one."""

    def __init__(self, unet: UNet2DConditionModel, control: ControlNetModel) -> None:
        super().__init__()
        self.unet, self.control = unet, control

    def forward(
        self, mixed: torch.Tensor, times: torch.Tensor, states: torch.Tensor, hint: torch.Tensor
    ) -> torch.Tensor:
        """Epsilon [N, 4, 16, 16] of noised latents under hints [N, 3, 128, 128]."""
        skips, middle = self.control(
            mixed, times, encoder_hidden_states=states, controlnet_cond=hint, return_dict=False
        )
        epsilon: torch.Tensor = self.unet(
            mixed,
            times,
            encoder_hidden_states=states,
            down_block_additional_residuals=skips,
            mid_block_additional_residual=middle,
            return_dict=False,
        )[0]
        return epsilon


def train(
    cache: Path,
    unet_folder: Path,
    work: Path,
    recipe: Recipe,
    *,
    count: int,
    rank: int = 0,
    ranks: int = 1,
    compile_model: bool = True,
    stop_at: int | None = None,
) -> None:
    """Run one process of the training; resumes from ``work/control.pt`` where it exists.

    ``cache`` holds latents, text states, hints and the critic. Process 0 writes every 200 steps.
    """
    torch.manual_seed(recipe.seed)
    unet = UNet2DConditionModel.from_pretrained(unet_folder, torch_dtype=torch.float32)
    control = build(unet)
    model = Controlled(unet.eval().requires_grad_(False), control)
    for part in (unet, control):
        # Small explicit products are several times faster on a CPU than the fused attention's backward.
        part.set_attn_processor(AttnProcessor())
    model.to(memory_format=torch.channels_last)
    optimiser = Muon(control, rank=rank, ranks=ranks)
    model.to(torch.bfloat16)
    average = optimiser.master.clone()
    start, path = 0, work / "control.pt"
    state = loop.load(path)
    if state is not None:
        optimiser.load_state_dict(state["optimiser"])
        average.copy_(state["average"])
        start = int(state["step"])
    run = torch.compile(model) if compile_model else model
    data, lines = Data(cache, count), hints.open_hints(cache / "hints.bin", count)
    reader, shapes = critic.load(cache)
    order = Order(
        size=recipe.size, empty=recipe.empty, seed=recipe.seed, legs=(Leg(0, 1, 1.0, noise=recipe.noise),)
    )
    pairs = replace(order, size=recipe.size // 2, empty=0.0, legs=(Leg(0, 1, 1.0, noise=recipe.late_noise),))
    end = min(recipe.steps, stop_at or recipe.steps)
    began, seen, total = time.monotonic(), 0, 0.0
    for step in range(start, end):
        paired = step >= recipe.paired
        clean, noise, times, words, rows = data.batch(pairs if paired else order, step, rank, ranks)
        if paired:
            clean, noise, times, rows = (
                t.repeat(2, *[1] * (t.ndim - 1)) for t in (clean, noise, times, rows)
            )
            words = torch.cat([data.empty.expand_as(words), words])
        hint = torch.from_numpy(hints.unpack(lines[rows.numpy()]))
        mixed = diffusion.noised(clean, noise, times)
        guess = run(
            mixed.bfloat16().to(memory_format=torch.channels_last),
            times,
            words,
            hint.bfloat16().expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last),
        )
        crossed = 1.0 + recipe.line * functional.max_pool2d(hint, 8)
        error = ((guess.float() - noise).square() * crossed / crossed.mean((1, 2, 3), keepdim=True)).mean(
            (1, 2, 3)
        )
        loss = (error * diffusion.weight(times)).mean()
        image = diffusion.cleaned(mixed, guess.float(), times)
        unlike = reader.loss(image, clean, shapes[rows], torch.zeros(len(rows)))
        loss = loss + recipe.critic * (unlike * diffusion.critic_weight(times)).mean()
        if paired:
            # Where sigma is high the branches rightly differ in colour; only the outline is meant here.
            half = len(guess) // 2
            plain, told = guess.float().chunk(2)
            scale = 1.0 + 7.0 * torch.rand(
                half, 1, 1, 1, generator=loop.step_generator(recipe.seed + 1, step, rank)
            )
            off = (plain + scale * (told - plain) - noise[:half]).square() * crossed[:half]
            low = 1.0 / (1.0 + (diffusion.sigmas()[times[:half]].float() / 1.5) ** 2)
            loss = loss + recipe.guided * (off.mean((1, 2, 3)) * low).mean()
        loss.backward()
        optimiser.collect()
        optimiser.step(recipe.rate_at(step))
        average.lerp_(optimiser.master, 1.0 - min(recipe.average, 1.0 - 10.0 / (step + 11)))
        total, seen = total + float(error.detach().mean()), seen + 1
        if rank == 0 and (step % 50 == 49 or step + 1 == end):
            speed = seen * recipe.size * ranks / (time.monotonic() - began)
            print(f"control {step + 1}/{recipe.steps} error {total / seen:.4f} {speed:.0f}/s", flush=True)
            began, seen, total = time.monotonic(), 0, 0.0
        if rank == 0 and (step % 200 == 199 or step + 1 == end):
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


def averaged(path: Path, unet: UNet2DConditionModel) -> ControlNetModel:
    """The averaged weights of a checkpoint as a float32 model, its outputs multiplied by GAIN."""
    state = loop.load(path)
    if state is None:
        raise FileNotFoundError(path)
    model = build(unet)
    shapes = dict(model.named_parameters())
    flat, at, weights = state["average"], 0, {}
    for key in state["names"]:
        size = shapes[key].numel()
        weights[key] = flat[at : at + size].view(shapes[key].shape)
        at += size
    ends = ("controlnet_down_blocks", "controlnet_mid_block")
    weights = {key: value * GAIN if key.startswith(ends) else value for key, value in weights.items()}
    model.load_state_dict(weights)
    return model.eval()
