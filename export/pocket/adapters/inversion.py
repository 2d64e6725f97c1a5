"""A textual inversion: a colour that pocket's words cannot say, as vectors for its text encoder.

Gal et al. 2022 (textual inversion), with several vectors. Both networks are frozen; the vectors are
learned on scenes whose shape has the new colour, in captions where its colour word stood.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import load_file, save_file
from torch.func import functional_call
from transformers import CLIPTextModel, CLIPTokenizerFast

from export.pocket import adherence, diffusion, loop, tokenizer
from export.pocket.adapters.painting import Studio
from export.pocket.scenes import Scene, render, sample_scene
from export.pocket.vocabulary import COLOUR_NAMES, COLOURS

NAME = "cocoa"
#: A brown: none of the ten colours is nearer to another of them than this is to all.
RGB = (0.47, 0.27, 0.13)
#: Words whose vectors the new ones start at.
START_WORDS = ("flat", "orange", "black")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a run; it is stored in the checkpoint."""

    steps: int = 500
    rate: float = 6e-3
    size: int = 32
    noise: tuple[float, float] = (1.0, 1.2)
    seed: int = 41


def scene(seed: int, index: int) -> Scene:
    """Scene ``index`` in the new colour. Always flat: what words leave open, the vectors would learn as well."""
    rng = np.random.default_rng([seed, 0xC0C0, index])
    drawn = sample_scene(seed, index, held_out=None)
    shift = rng.uniform(-0.02, 0.02, 3)
    rgb = tuple(float(v) for v in np.clip(np.asarray(RGB) + shift, 0, 1))
    return replace(drawn, style="flat", foreground_rgb=(rgb[0], rgb[1], rgb[2]))


def caption(drawn: Scene, seed: int, index: int, word: str = NAME) -> str:
    """A caption with ``word`` where the shape's colour stood; empty for no colour word."""
    rng = np.random.default_rng([seed, 0xCAB, index])
    article = "an" if word[:1] in "aeiou" else "a"
    noun = f"{article} {word} {drawn.shape}" if word else f"a {drawn.shape}"
    ground = f"{drawn.background} gradient background" if drawn.gradient else f"{drawn.background} background"
    forms = (
        f"{noun} on a {ground}",
        f"{noun}, {ground}",
        f"{noun} against a {ground}",
        f"{ground}, {noun}",
    )
    return forms[int(rng.integers(4))]


class Words:
    """Tokens of captions in which ``NAME`` stands for rows appended to the embedding table."""

    def __init__(self, encoder: CLIPTextModel, words: CLIPTokenizerFast) -> None:
        self.encoder, self.words = encoder.eval().requires_grad_(False), words
        self.key = next(n for n, _ in encoder.named_parameters() if n.endswith("token_embedding.weight"))
        self.table = dict(encoder.named_parameters())[self.key].detach()

    def ids(self, captions: Sequence[str], vectors: int) -> torch.Tensor:
        """int64 [N, 77]; the new vectors have the numbers after the vocabulary's last."""
        new = list(range(len(self.table), len(self.table) + vectors))
        end = self.words.eos_token_id
        rows = []
        for line in captions:
            before, mark, after = line.partition(NAME)
            plain = [self.words(part, add_special_tokens=False)["input_ids"] for part in (before, after)]
            row = [self.words.bos_token_id, *plain[0], *(new if mark else []), *plain[1]]
            row = [*row[: tokenizer.LENGTH - 1], end]
            rows.append(row + [end] * (tokenizer.LENGTH - len(row)))
        return torch.tensor(rows)

    def states(self, captions: Sequence[str], vectors: torch.Tensor) -> torch.Tensor:
        """Text states [N, 77, 128] with vectors [V, 128] for the name."""
        table = torch.cat([self.table, vectors])
        # The table is given for one call, longer than the module's own.
        result = functional_call(self.encoder, {self.key: table}, (self.ids(captions, len(vectors)),))
        states: torch.Tensor = result.last_hidden_state
        return states

    def start(self) -> torch.Tensor:
        """The vectors of START_WORDS, [V, 128]."""
        ids = [self.words(word, add_special_tokens=False)["input_ids"][0] for word in START_WORDS]
        return self.table[ids].clone()


def train(
    vae: AutoencoderKL, words: Words, unet_folder: Path, work: Path, recipe: Recipe, *, count: int = 768
) -> torch.Tensor:
    """Learn the vectors, float32 [V, 128]; resumes from ``work/inversion.pt``."""
    torch.manual_seed(recipe.seed)
    unet = UNet2DConditionModel.from_pretrained(unet_folder, torch_dtype=torch.float32)
    unet.eval().requires_grad_(False).to(torch.bfloat16).to(memory_format=torch.channels_last)
    unet.set_attn_processor(AttnProcessor())
    scale = float(vae.config.scaling_factor)
    drawn = [scene(recipe.seed, index) for index in range(count)]
    lines = [caption(one, recipe.seed, index) for index, one in enumerate(drawn)]
    parts = []
    with torch.no_grad():
        for start in range(0, count, 32):
            pictures = np.stack([render(one) for one in drawn[start : start + 32]])
            pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1.0
            parts.append(vae.encode(pixels).latent_dist.mean * scale)
    latents = torch.cat(parts)
    vectors = words.start().requires_grad_()
    optimiser = torch.optim.AdamW([vectors], lr=recipe.rate, betas=(0.9, 0.99), weight_decay=0.0)
    first, state = 0, loop.load(work / "inversion.pt")
    if state is not None:
        optimiser.load_state_dict(state["optimiser"])
        with torch.no_grad():
            vectors.copy_(state["vectors"])
        first = int(state["step"])
    began, total, seen = time.monotonic(), 0.0, 0
    for step in range(first, recipe.steps):
        generator = loop.step_generator(recipe.seed, step)
        rows = torch.randint(count, (recipe.size,), generator=generator)
        clean = latents[rows]
        noise = torch.randn(clean.shape, generator=generator)
        mean, deviation = recipe.noise
        times = diffusion.draw_timesteps(recipe.size, generator, mean=mean, deviation=deviation)
        states = words.states([lines[int(row)] for row in rows], vectors)
        mixed = diffusion.noised(clean, noise, times).bfloat16().to(memory_format=torch.channels_last)
        guess = unet(mixed, times, encoder_hidden_states=states.bfloat16(), return_dict=False)[0]
        error = (guess.float() - noise).square().mean((1, 2, 3))
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * loop.cosine(step, recipe.steps, 10)
        optimiser.zero_grad(set_to_none=True)
        (error * diffusion.weight(times)).mean().backward()
        optimiser.step()
        total, seen = total + float(error.detach().mean()), seen + 1
        if step % 25 == 24 or step + 1 == recipe.steps:
            speed = seen * recipe.size / (time.monotonic() - began)
            print(f"inversion {step + 1}/{recipe.steps} error {total / seen:.4f} {speed:.0f}/s", flush=True)
            began, total, seen = time.monotonic(), 0.0, 0
            loop.save(
                work / "inversion.pt",
                {
                    "vectors": vectors.detach(),
                    "optimiser": optimiser.state_dict(),
                    "recipe": asdict(recipe),
                    "step": step + 1,
                },
            )
    return vectors.detach()


def save(vectors: torch.Tensor, path: Path) -> None:
    """Write A1111's layout: ``emb_params`` float32 [V, 128]."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {
        "modelspec.architecture": "pocket/textual-inversion",
        "modelspec.title": NAME,
        "studio.base_model": "pocket",
        "studio.rgb": json.dumps(RGB),
    }
    save_file({"emb_params": vectors.float().contiguous()}, str(path), metadata=metadata)


def load(path: Path) -> torch.Tensor:
    """The vectors of a file, [V, 128]."""
    return load_file(path)["emb_params"]


def subject(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The colour of what stands out from the ground, [N, 3] in 0..1.

    The ground is the median of the frame of four pixels; the subject is the median of the pixels
    at least two thirds as far from it as the 98th percentile is.
    """
    found = []
    for picture in pictures.astype(np.float64) / 255.0:
        frame = np.concatenate([picture[:4].reshape(-1, 3), picture[-4:].reshape(-1, 3)])
        frame = np.concatenate([frame, picture[:, :4].reshape(-1, 3), picture[:, -4:].reshape(-1, 3)])
        far = np.linalg.norm(picture - np.median(frame, axis=0), axis=-1)
        found.append(np.median(picture[far >= np.quantile(far, 0.98) * 2 / 3], axis=0))
    return np.stack(found)


def is_new(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether the subject's colour is nearer to the new one than to each of pocket's ten."""
    table = np.array([RGB, *(COLOURS[name] for name in COLOUR_NAMES)])
    distance = np.linalg.norm(subject(pictures)[:, None] - table[None], axis=-1)
    return np.asarray(distance.argmin(1) == 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """Shares in 0..1 of pictures whose subject has the new colour, and whose shape is as asked."""

    brown: float
    shape: float
    pictures: npt.NDArray[np.uint8]


def measure(
    painter: Studio, words: Words, word: str, vectors: torch.Tensor | None, count: int, *, batch: int = 20
) -> Effect:
    """Paint held-out scenes with ``word`` in the colour's place, and ``vectors`` for it where given."""
    drawn = [scene(4243, index) for index in range(count)]
    lines = [caption(one, 4243, index, word) for index, one in enumerate(drawn)]
    parts = []
    for start in range(0, count, batch):
        texts = lines[start : start + batch]
        with torch.no_grad():
            states = words.states(texts, vectors) if vectors is not None else painter.states(texts)
        seeds = list(range(700 + start, 700 + start + len(texts)))
        parts.append(painter.paint(texts, seeds, states=states))
    painted = np.concatenate(parts)
    shapes = [seen[0] == one.shape for seen, one in zip(adherence.read(painted), drawn, strict=True)]
    return Effect(float(is_new(painted).mean()), float(np.mean(shapes)), painted)
