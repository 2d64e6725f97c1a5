"""The autoencoder: 128x128 pictures to 4x16x16 latents and back, trained on drawn scenes.

The recipe of the finished warm start, written out: crops around objects first, then whole pictures,
edge-weighted L1 with gradient, low-frequency and squared terms and a slight KL; at the end the
latents are folded to unit deviation, so that the usual 0.18215 holds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL
from torch import nn
from torch.nn import functional

from export.pocket import loop
from export.pocket.scenes import RESOLUTION, render, sample_scene

SCALE = 0.18215
CROP = 48


def build() -> AutoencoderKL:
    """AutoencoderKL with f = 8, 4 channels, widths 32/32/64/96; 1.8 M parameters."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(32, 32, 64, 96),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=RESOLUTION,
        scaling_factor=SCALE,
    )


@torch.no_grad()  # type: ignore[untyped-decorator]
def initialise(vae: AutoencoderKL) -> None:
    """Orthogonal weights; the second convolution of each residual block starts at 0.3 of them."""
    for name, module in vae.named_modules():
        if isinstance(module, nn.Conv2d):
            nn.init.orthogonal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
            if name.endswith("conv2"):
                module.weight.mul_(0.3)


def _clutter(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Random boxes and grain, uint8 [128, 128, 3]: keeps the autoencoder from being narrow."""
    picture = np.empty((RESOLUTION, RESOLUTION, 3), np.float32)
    picture[:] = rng.random(3)
    for _ in range(rng.integers(2, 9)):
        top, left, high, wide = (int(v) for v in rng.integers(4, 96, 4))
        picture[top : top + high, left : left + wide] = rng.random(3)
    picture += rng.choice([0.0, 0.03]) * rng.standard_normal(picture.shape, np.float32)
    return np.asarray(np.clip(picture * 255, 0, 255), np.uint8)


def batch(seed: int, step: int, size: int, *, crop: bool) -> torch.Tensor:
    """Pictures of one step, float32 [N, 3, S, S] in -1..1, S = 48 (around the object) or 128."""
    rng = loop.step_rng(seed, step)
    pictures = []
    for index in range(step * size, (step + 1) * size):
        if rng.random() < 0.2:
            picture, centre = _clutter(rng), (64.0, 64.0)
        else:
            scene = sample_scene(seed, index)
            picture, centre = render(scene), scene.centre
        if crop:
            jolt = rng.integers(-16, 17, 2)
            left = int(np.clip(centre[0] - CROP / 2 + jolt[0], 0, RESOLUTION - CROP))
            top = int(np.clip(centre[1] - CROP / 2 + jolt[1], 0, RESOLUTION - CROP))
            picture = picture[top : top + CROP, left : left + CROP]
        pictures.append(picture)
    pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float()
    return pixels / 127.5 - 1.0


def _slopes(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]


def loss(vae: AutoencoderKL, pixels: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """L1 weighted 1 to 4 towards edges + slopes + 8x8 means + 2 MSE + 2e-4 KL, a scalar."""
    posterior = vae.encode(pixels).latent_dist
    again = vae.decode(posterior.mean + posterior.std * noise).sample.float()
    down, across = _slopes(pixels)
    edge = functional.pad(down.abs().mean(1), (0, 0, 0, 1)) + functional.pad(across.abs().mean(1), (0, 1))
    spread = functional.max_pool2d(edge[:, None], 3, 1, 1)
    weight = 1.0 + 3.0 * spread.clamp(max=0.5) * 2.0
    error = again - pixels
    slopes = sum(
        ((a - b).abs().mean() for a, b in zip(_slopes(again), _slopes(pixels), strict=True)),
        torch.zeros(()),
    )
    low = functional.avg_pool2d(error, 8).abs().mean()
    kl = posterior.kl().mean() / posterior.mean[0].numel()
    return (weight * error.abs()).mean() + slopes + low + 2 * error.square().mean() + 2e-4 * kl


@torch.no_grad()  # type: ignore[untyped-decorator]
def fold(vae: AutoencoderKL, pixels: torch.Tensor) -> None:
    """Rescale the latents to deviation 1 / SCALE, encoder and decoder alike, exactly."""
    factor = float(1.0 / (SCALE * vae.encode(pixels).latent_dist.mean.std()))
    vae.quant_conv.weight[:4] *= factor
    vae.quant_conv.bias[:4] *= factor
    # The second half is the log variance.
    vae.quant_conv.bias[4:] += 2 * float(np.log(factor))
    vae.post_quant_conv.weight /= factor


def train(
    out: Path,
    work: Path,
    *,
    steps: int = 7000,
    size: int = 48,
    seed: int = 3,
    stop_at: int | None = None,
) -> AutoencoderKL:
    """Train and save to ``out`` as fp16; resumes from ``work/vae.pt``."""
    torch.manual_seed(seed)
    vae = build()
    initialise(vae)
    vae.train().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(vae.parameters(), lr=1.5e-3, betas=(0.9, 0.99), weight_decay=0.01)
    state = loop.load(work / "vae.pt")
    start = 0
    if state is not None:
        vae.load_state_dict(state["vae"])
        optimiser.load_state_dict(state["optimiser"])
        start = state["step"]
    end = min(steps, stop_at or steps)
    for step in range(start, end):
        crop = step < 0.82 * steps
        # A whole picture is seven crops: as many pixels a step in both stages.
        pixels = batch(seed, step, size if crop else max(1, size // 6), crop=crop)
        side = pixels.shape[-1] // 8
        noise = torch.randn(len(pixels), 4, side, side, generator=loop.step_generator(seed, step))
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(vae, pixels.to(memory_format=torch.channels_last), noise)
        for group in optimiser.param_groups:
            group["lr"] = 1.5e-3 * loop.cosine(step, steps, 200)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        if step % 100 == 99:
            print(f"vae {step + 1}/{steps} loss {value.item():.4f}", flush=True)
        if step % 250 == 249 or step + 1 == end:
            state = {"vae": vae.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
            loop.save(work / "vae.pt", state)
    vae.eval()
    fold(vae, batch(seed + 1, 0, 64, crop=False))
    vae.half().save_pretrained(out)
    return vae.float()


@torch.no_grad()  # type: ignore[untyped-decorator]
def quality(vae: AutoencoderKL, *, count: int = 64, seed: int = 88) -> tuple[float, float]:
    """PSNR in dB of held-out scenes after a trip through the VAE: mean and worst."""
    drawn = np.stack([render(sample_scene(seed, i, held_out=None)) for i in range(count)])
    pixels = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1.0
    again = vae.decode(vae.encode(pixels).latent_dist.mean).sample.clamp(-1, 1)
    error = ((again - pixels) / 2).square().mean((1, 2, 3)).clamp(min=1e-10)
    psnr = -10 * error.log10()
    return float(psnr.mean()), float(psnr.min())


@torch.no_grad()  # type: ignore[untyped-decorator]
def fit_latent_rgb(vae: AutoencoderKL, *, count: int = 256, seed: int = 89) -> dict[str, object]:
    """Least-squares map from a scaled latent's 4 channels to the mean RGB (0..1) of its 8x8 block.

    Returns ``weight`` [4][3] and ``bias`` [3]: a preview costs one small product.
    """
    drawn = np.stack([render(sample_scene(seed, i, held_out=None)) for i in range(count)])
    pixels = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255.0
    means = torch.cat([vae.encode(p * 2 - 1).latent_dist.mean * SCALE for p in pixels.split(32)])
    known = means.permute(0, 2, 3, 1).reshape(-1, 4).double().numpy()
    wanted = functional.avg_pool2d(pixels, 8).permute(0, 2, 3, 1).reshape(-1, 3).double().numpy()
    solved = np.linalg.lstsq(np.c_[known, np.ones(len(known))], wanted, rcond=None)[0].round(6)
    return {"weight": solved[:4].tolist(), "bias": solved[4].tolist()}
