"""The CLIP text encoder, taught to read captions before any picture is painted.

Linear heads predict every attribute (or that it is not stated) from the first end token and from
random padding positions. A UNet that attends to 77 tokens then finds the whole scene, linearly
readable, at almost every one of them; the encoder is frozen afterwards.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast

from export.pocket import loop, tokenizer
from export.pocket.captions import Caption, training_caption
from export.pocket.scenes import sample_scene
from export.pocket.vocabulary import COLOUR_NAMES, POSITION_NAMES, SHAPES, SIZES, STYLES

WIDTH = 128
#: Attribute to its values; label 0 means "not stated", value k has label k + 1.
FIELDS: dict[str, tuple[object, ...]] = {
    "shape": SHAPES,
    "colour": COLOUR_NAMES,
    "background": COLOUR_NAMES,
    "size": SIZES,
    "position": POSITION_NAMES,
    "style": STYLES,
    "gradient": (False, True),
}


def build(vocabulary: int) -> CLIPTextModel:
    """A CLIP text model of 3 layers of 128 for ``vocabulary`` tokens, start and end last."""
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=tokenizer.LENGTH,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    return CLIPTextModel(config)


def labels(captions: list[Caption]) -> torch.Tensor:
    """What captions state: int64 [N, 7], 0 where an attribute is left open."""
    table = [
        [
            0 if getattr(caption, name) is None else 1 + values.index(getattr(caption, name))
            for name, values in FIELDS.items()
        ]
        for caption in captions
    ]
    return torch.tensor(table)


class Reader(nn.Module):  # type: ignore[misc]
    """One linear head an attribute over token states [N, 128]."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(WIDTH, len(v) + 1) for v in FIELDS.values())

    def forward(self, states: torch.Tensor) -> list[torch.Tensor]:
        """Logits, one [N, K + 1] an attribute."""
        return [head(states) for head in self.heads]


def _with_junk(text: str, rng: np.random.Generator) -> str:
    """Now and then add words nobody taught, so that unknown words do not upset the reading."""
    if rng.random() >= 0.12:
        return text
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [
        "".join(letters[k] for k in rng.integers(26, size=rng.integers(2, 8)))
        for _ in range(rng.integers(1, 4))
    ]
    junk = " ".join(words)
    return f"{text}, {junk}" if rng.random() < 0.7 else f"{junk} {text}"


def batch(seed: int, step: int, size: int) -> tuple[list[str], torch.Tensor]:
    """The captions of one step and what they state; 5 % are empty."""
    rng = loop.step_rng(seed, step)
    captions = []
    for index in range(step * size, (step + 1) * size):
        if rng.random() < 0.05:
            captions.append(Caption("", None, None, None))
        else:
            captions.append(training_caption(sample_scene(seed, index), seed, index))
    return [_with_junk(caption.text, rng) for caption in captions], labels(captions)


def read(
    encoder: CLIPTextModel, reader: Reader, ids: torch.Tensor, where: torch.Tensor
) -> list[torch.Tensor]:
    """Logits read at token ``where`` [N] of ids [N, L]."""
    states = encoder(ids).last_hidden_state
    return [logits.float() for logits in reader(states[torch.arange(len(ids)), where])]


def train(
    out: Path,
    words: CLIPTokenizerFast,
    work: Path,
    *,
    steps: int = 400,
    size: int = 128,
    seed: int = 1,
    stop_at: int | None = None,
) -> CLIPTextModel:
    """Teach the encoder to read and save it to ``out``; resumes from ``work``."""
    torch.manual_seed(seed)
    encoder, reader = build(len(words)), Reader()
    parameters = [*encoder.parameters(), *reader.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    state = loop.load(work / "text.pt")
    start = 0
    if state is not None:
        encoder.load_state_dict(state["encoder"])
        reader.load_state_dict(state["reader"])
        optimiser.load_state_dict(state["optimiser"])
        start = state["step"]
    end_id = len(words) - 1
    for step in range(start, min(steps, stop_at or steps)):
        rng = loop.step_rng(seed + 1, step)
        texts, truth = batch(seed, step, size)
        ids = torch.from_numpy(tokenizer.encode(words, texts))
        first = (ids == end_id).int().argmax(1)
        # Most steps see only the words and a few end tokens: a third of the cost.
        length = tokenizer.LENGTH if step % 4 == 3 else min(tokenizer.LENGTH, int(first.max()) + 4)
        ids = ids[:, :length]
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * loop.cosine(step, steps, 100)
        with torch.autocast("cpu", torch.bfloat16):
            states = encoder(ids).last_hidden_state
        loss = torch.zeros(())
        later = first + torch.from_numpy(
            (rng.random((2, len(ids))) * (length - first.numpy())).astype(np.int64)
        )
        for where in (first, *later):
            for logits, answer in zip(
                reader(states[torch.arange(len(ids)), where].float()), truth.T, strict=True
            ):
                loss = loss + nn.functional.cross_entropy(logits, answer)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % 100 == 99:
            print(f"text {step + 1}/{steps} loss {loss.item() / 21:.4f}", flush=True)
        if step % 200 == 199 or step + 1 == min(steps, stop_at or steps):
            loop.save(
                work / "text.pt",
                {
                    "encoder": encoder.state_dict(),
                    "reader": reader.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step + 1,
                },
            )
    encoder.eval()
    report = accuracy(encoder, reader, words)
    print("text read", " ".join(f"{k} {v:.3f}" for k, v in report.items()), flush=True)
    encoder.half().save_pretrained(out)
    return encoder.float()


@torch.no_grad()  # type: ignore[untyped-decorator]
def accuracy(
    encoder: CLIPTextModel, reader: Reader, words: CLIPTokenizerFast, count: int = 512
) -> dict[str, float]:
    """Share read rightly at the first end token, on fresh captions, half of held-out pairs."""
    captions = [training_caption(sample_scene(99, i, held_out=i % 2 == 0), 99, i) for i in range(count)]
    ids = torch.from_numpy(tokenizer.encode(words, [c.text for c in captions]))
    first = (ids == len(words) - 1).int().argmax(1)
    guess = read(encoder, reader, ids, first)
    truth = labels(captions)
    result = {
        name: float((logits.argmax(1) == truth[:, i]).float().mean())
        for i, (name, logits) in enumerate(zip(FIELDS, guess, strict=True))
    }
    held = torch.arange(count) % 2 == 0
    result["shape of held-out pairs"] = float((guess[0].argmax(1) == truth[:, 0])[held].float().mean())
    result["colour of held-out pairs"] = float((guess[1].argmax(1) == truth[:, 1])[held].float().mean())
    last = read(encoder, reader, ids, torch.full_like(first, ids.shape[1] - 1))
    result["shape at the last token"] = float((last[0].argmax(1) == truth[:, 0]).float().mean())
    return result
