"""A byte-level BPE of the pocket captions, in CLIP's own file format.

Radford et al. 2021 (CLIP) and Sennrich et al. 2016 (BPE): 256 byte symbols, 256 with the
end-of-word mark, the merges in order, then the start and end tokens.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from transformers import CLIPTokenizerFast
from transformers.models.clip.tokenization_clip import bytes_to_unicode

from export.pocket.captions import training_caption
from export.pocket.scenes import sample_scene
from export.pocket.vocabulary import CLOSERS, OPENERS

LENGTH = 77
START, END = "<|startoftext|>", "<|endoftext|>"


def _words(seed: int, count: int) -> Counter[str]:
    """Words of ``count`` training captions, and every filler once."""
    found: Counter[str] = Counter()
    lines = [training_caption(sample_scene(seed, i), seed, i).text for i in range(count)]
    for caption in (*lines, *OPENERS, *CLOSERS):
        line = caption.lower().replace("4k", "4 k")
        # Commas and hyphens are words of their own in CLIP's pre-tokenizer, and so are digits.
        for mark in ",-":
            line = line.replace(mark, f" {mark} ")
        found.update(line.split())
    return found


def learn_merges(words: Counter[str]) -> list[tuple[str, str]]:
    """Greedy BPE until every word is one token; ties fall to the alphabetically first pair."""
    pieces = {word: (*word[:-1], word[-1] + "</w>") for word in words}
    merges: list[tuple[str, str]] = []
    while True:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in pieces.items():
            for pair in pairwise(parts):
                pairs[pair] += words[word]
        if not pairs:
            return merges
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, parts in pieces.items():
            joined: list[str] = []
            for part in parts:
                # A part never follows a freshly joined one here: best[0] + best[1] != best[0].
                if joined and (joined[-1], part) == best:
                    joined[-1] = best[0] + best[1]
                else:
                    joined.append(part)
            pieces[word] = tuple(joined)


def train(out: Path, *, seed: int = 1, count: int = 20_000) -> None:
    """Write vocab.json, merges.txt, tokenizer.json and the configs into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    merges = learn_merges(_words(seed, count))
    alphabet = list(bytes_to_unicode().values())
    tokens = [*alphabet, *(symbol + "</w>" for symbol in alphabet)]
    tokens += ["".join(pair) for pair in merges]
    tokens += [START, END]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    if len(vocabulary) != len(tokens):
        raise ValueError("two merges made the same token")
    (out / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (out / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    CLIPTokenizerFast(
        vocab_file=str(out / "vocab.json"),
        merges_file=str(out / "merges.txt"),
        model_max_length=LENGTH,
        pad_token=END,
    ).save_pretrained(out)


def load(folder: Path) -> CLIPTokenizerFast:
    """The tokenizer of a diffusers folder's ``tokenizer/``."""
    return CLIPTokenizerFast.from_pretrained(folder)


def encode(tokenizer: CLIPTokenizerFast, texts: list[str]) -> npt.NDArray[np.int64]:
    """Token ids int64 [N, 77], cut and padded with the end token."""
    ids = tokenizer(texts, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"]
    return np.asarray(ids, np.int64)
