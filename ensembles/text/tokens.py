"""CLIP's byte-pair encoding and the cutting of a prompt into chunks of 77 tokens, without torch."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

from ensembles.text.errors import PromptError

CHUNK = 77
"""Positions of CLIP's text encoder: BOS, 75 tokens, EOS."""
ROOM = CHUNK - 2
MAX_CHUNKS = 16
UNSPLIT_BELOW = 8
"""A word of fewer tokens than this is never cut by the end of a chunk."""

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
# From transformers' CLIPTokenizer (Apache-2.0), without its two special tokens: those are added ones.
_PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
# The blocks that BERT's BasicTokenizer, and after it CLIPTokenizer, calls CJK ideographs.
_IDEOGRAPH = re.compile(
    "([\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f"
    "\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f])"
)

Vectors = NDArray[np.float32]


class Word(NamedTuple):
    """What is kept together where possible: tokens of one word, or the vectors of one embedding."""

    ids: list[int]
    weight: float
    vectors: Vectors | None = None
    """f32[len(ids), C], standing in for the token embeddings of `ids`."""


class Chunk(NamedTuple):
    """One row of the text encoder's input."""

    ids: NDArray[np.int64]
    """[77]"""
    weights: NDArray[np.float32]
    """[77], 1 at BOS, EOS and padding"""
    vectors: dict[int, Vectors]
    """position → f32[C] that replaces the token embedding there"""
    used: int
    """tokens between BOS and EOS, 0..75"""


class ClipTokenizer(NamedTuple):
    """CLIP's tokenizer with the ids that frame and fill a chunk."""

    backend: Any
    bos: int
    eos: int
    pad: int
    stand_in: int
    """An ordinary id, written where an embedding's vector goes: not EOS, at which CLIP takes `pooled`."""


def load_tokenizer(folder: Path, pad: int | None = None) -> ClipTokenizer:
    """The tokenizer in `folder`: `vocab.json` + `merges.txt`, or `tokenizer.json`.

    Equal to `CLIPTokenizer` of transformers 4.57 where ftfy is not installed, which is how the field
    runs it: control and zero-width characters fall out, each CJK ideograph is a word, NFC, lower case.
    (`CLIPTokenizerFast` and transformers 5 keep ideographs together and zero-width characters in;
    ftfy would also mend broken encodings.) `pad` is the id that fills a chunk; without one it is the
    `pad_token` of `tokenizer_config.json`, or else EOS.

    Raises `FileNotFoundError` when `folder` holds neither form, `ValueError` when it is not CLIP's.
    """
    vocab, merges, added = _read_tables(folder)
    missing = [token for token in (BOS, EOS) if token not in vocab and token not in added]
    if missing:
        raise ValueError(f"The tokenizer in {folder} lacks {' and '.join(missing)}: it is not CLIP's.")
    specials = {**{token: vocab[token] for token in (BOS, EOS) if token in vocab}, **added}
    backend = Tokenizer(
        models.BPE(
            vocab=vocab | added,
            merges=merges,
            unk_token=EOS,
            continuing_subword_prefix="",
            end_of_word_suffix="</w>",
            fuse_unk=False,
        )
    )
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PATTERN), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.add_special_tokens([AddedToken(token, normalized=False) for token in specials])
    bos, eos = specials[BOS], specials[EOS]
    if pad is None:
        pad = backend.token_to_id(_pad_token(folder))
    stand_in = next(number for number in sorted(vocab.values()) if number not in specials.values())
    return ClipTokenizer(backend, bos, eos, eos if pad is None else pad, stand_in)


def words(tokenizer: ClipTokenizer, text: str, weight: float = 1.0) -> list[Word]:
    """The words of `text`, split at white space, as token ids; a word that leaves nothing is dropped."""
    encoded = [tokenizer.backend.encode(word, add_special_tokens=False).ids for word in _clean(text)]
    return [Word(ids, weight) for ids in encoded if ids]


def chunks(tokenizer: ClipTokenizer, words: list[Word], most: int = MAX_CHUNKS) -> list[Chunk]:
    """`words` laid into chunks of 75 between BOS and EOS; one chunk at least.

    A word of fewer than 8 tokens that does not fit moves to the next chunk whole; a longer one, or an
    embedding of 8 vectors or more, fills what is left and goes on in the next chunk.

    Raises `PromptError` when more than `most` chunks would be needed.
    """
    rows: list[list[tuple[int, float, Vectors | None]]] = [[]]
    for word in words:
        if len(word.ids) < UNSPLIT_BELOW and len(rows[-1]) + len(word.ids) > ROOM:
            rows.append([])
        for index, token in enumerate(word.ids):
            if len(rows[-1]) == ROOM:
                rows.append([])
            vector = None if word.vectors is None else word.vectors[index]
            rows[-1].append((token, word.weight, vector))
    if len(rows) > most:
        raise PromptError(
            f"The prompt fills {len(rows)} chunks of {ROOM} tokens and at most {most} are taken; shorten it."
        )
    return [_frame(tokenizer, row) for row in rows]


def _frame(tokenizer: ClipTokenizer, row: list[tuple[int, float, Vectors | None]]) -> Chunk:
    ids = np.full(CHUNK, tokenizer.pad, np.int64)
    weights = np.ones(CHUNK, np.float32)
    ids[0] = tokenizer.bos
    ids[len(row) + 1] = tokenizer.eos
    ids[1 : len(row) + 1] = [token for token, _, _ in row]
    weights[1 : len(row) + 1] = [weight for _, weight, _ in row]
    vectors = {place: vector for place, (_, _, vector) in enumerate(row, 1) if vector is not None}
    return Chunk(ids, weights, vectors, len(row))


def _clean(text: str) -> list[str]:
    """`text` as CLIPTokenizer prepares it where ftfy is not installed, one string per written word."""
    kept = "".join(character for character in text if not _is_dropped(character))
    return [unicodedata.normalize("NFC", _IDEOGRAPH.sub(r" \1 ", word)).lower() for word in kept.split()]


def _is_dropped(character: str) -> bool:
    if character in "\t\n\r":
        return False
    return character == "\ufffd" or unicodedata.category(character).startswith("C")


def _read_tables(folder: Path) -> tuple[dict[str, int], list[tuple[str, str]], dict[str, int]]:
    """Vocabulary, merges in order of rank, and added tokens."""
    vocab_file, merges_file, whole = (
        folder / name for name in ("vocab.json", "merges.txt", "tokenizer.json")
    )
    if vocab_file.is_file() and merges_file.is_file():
        vocab: dict[str, int] = json.loads(vocab_file.read_bytes())
        # Not splitlines(): merges hold characters such as U+0085 that it takes for line ends.
        lines = merges_file.read_text("utf-8").strip().split("\n")
        body = lines[1:] if lines[0].startswith("#version") else lines
        added_file = folder / "added_tokens.json"
        added = json.loads(added_file.read_bytes()) if added_file.is_file() else {}
        return vocab, [_pair(line.split()) for line in body], added
    if whole.is_file():
        document = json.loads(whole.read_bytes())
        merges = document["model"]["merges"]
        split = [merge.split(" ") if isinstance(merge, str) else merge for merge in merges]
        added = {token["content"]: token["id"] for token in document.get("added_tokens", [])}
        return document["model"]["vocab"], [_pair(merge) for merge in split], added
    raise FileNotFoundError(f"{folder} holds neither vocab.json and merges.txt nor tokenizer.json.")


def _pair(parts: list[str]) -> tuple[str, str]:
    if len(parts) != 2:
        raise ValueError(f"A merge of the tokenizer has {len(parts)} parts instead of 2: {parts!r}.")
    return parts[0], parts[1]


def _pad_token(folder: Path) -> str:
    path = folder / "tokenizer_config.json"
    token = json.loads(path.read_bytes()).get("pad_token") if path.is_file() else None
    content = token.get("content") if isinstance(token, dict) else token
    return content if isinstance(content, str) else EOS
