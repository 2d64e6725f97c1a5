"""CLIP's vocabulary as a tokenizer folder: `python -m export.clip_vocabulary BPE.txt.gz [FOLDER]`.

Single-file checkpoints carry no tokenizer. `bpe_simple_vocab_16e6.txt.gz` is in the `open_clip_torch`
package (MIT), as OpenAI published it with CLIP (MIT).
"""

import argparse
import gzip
import json
from pathlib import Path

CLIP_TOKENIZER = Path(__file__).parent / "tokenizers" / "clip"
"""vocab.json, merges.txt, tokenizer_config.json"""
CLIP_VOCABULARY = 49408
"""Tokens: 256 bytes, 256 bytes at the end of a word, 48,894 merges, two that frame a text."""

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
_MERGES = CLIP_VOCABULARY - 2 * 256 - 2


def byte_characters() -> list[str]:
    """The 256 characters that stand for bytes, in the order of GPT-2's vocabulary: printable ones first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = 256 - len(printable)
    return [chr(code) for code in printable] + [chr(256 + number) for number in range(others)]


def write_tokenizer(merges: list[str], folder: Path) -> None:
    """Write the tokenizer of `merges` ("a b", best first) to `folder`, in Hugging Face's form."""
    characters = byte_characters()
    words = [*characters, *(f"{character}</w>" for character in characters)]
    words += ["".join(merge.split()) for merge in merges]
    words += [BOS, EOS]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":")))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": BOS}
    config |= {"eos_token": EOS, "pad_token": EOS, "unk_token": EOS}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def main() -> None:
    """Write the folder that is shipped."""
    parser = argparse.ArgumentParser(prog="python -m export.clip_vocabulary", description=__doc__)
    parser.add_argument("source", type=Path, help="bpe_simple_vocab_16e6.txt.gz")
    parser.add_argument("folder", type=Path, nargs="?", default=CLIP_TOKENIZER)
    arguments = parser.parse_args()
    lines = gzip.decompress(arguments.source.read_bytes()).decode().split("\n")
    write_tokenizer(lines[1 : 1 + _MERGES], arguments.folder)


if __name__ == "__main__":
    main()
