"""Does pocket paint what prompts say? The shipped weights, through Triton, read by the judge.

`make adherence` writes docs/pocket/adherence.md and docs/pocket/contact-sheet.png; it needs no torch.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console

from ensembles.arrays import Array
from export.pocket.adherence import Generate, evaluate
from export.pocket.evaluate import contact_sheet
from studio.settings import read_settings
from studio.triton.client import Pictures, stream
from studio.triton.session import temporary_server

AT_ONCE = 8
SETTINGS = {"STEPS": 20, "CFG": 7.0, "SAMPLER": "dpmpp_2m", "SCHEDULER": "karras"}
"""The defaults of the Triton API."""


FRESH = (2029, 2030)
"""Caption sets that were painted only when the weights were final."""


def paint(url: str, caption: str, seed: int) -> Array:
    """One picture, uint8 [H,W,3]."""
    *_, last = stream(url, "pocket", SETTINGS | {"PROMPT": caption, "SEED": seed})
    assert isinstance(last, Pictures)
    picture: Array = last.images[0]
    return picture


def painter(url: str) -> Generate:
    """Texts and seeds → pictures uint8 [N,H,W,3], several requests at a time."""

    def generate(captions: Sequence[str], seeds: Sequence[int]) -> Array:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return np.stack(list(pool.map(lambda pair: paint(url, *pair), zip(captions, seeds, strict=True))))

    return generate


def main() -> int:
    """Writes the table and the contact sheet; 0 only where the fixed set meets the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for adherence.md and contact-sheet.png"
    )
    given = parser.parse_args()
    console = Console(stderr=True)
    with temporary_server(read_settings(), console) as state:
        table, images = evaluate(painter(state.grpc_url))
        others = {seed: evaluate(painter(state.grpc_url), seed=seed)[0] for seed in FRESH}
    given.out.mkdir(parents=True, exist_ok=True)
    how = ", ".join(f"{name.lower()} {value}" for name, value in SETTINGS.items())
    lines = [
        "# Prompt adherence of pocket",
        f"`make adherence`: through Triton; {how}.",
        "## The set that was fixed before training",
        "Parts of it were looked at while training went on, so it flatters.",
        table.markdown(),
        *(f"## Fresh set {seed}\n\n{other.markdown()}" for seed, other in others.items()),
    ]
    text = "\n\n".join(line.strip() for line in lines) + "\n"
    (given.out / "adherence.md").write_text(text)
    sheet = contact_sheet(images[:: max(1, len(images) // 100)][:100])
    Image.fromarray(sheet).quantize(256).save(given.out / "contact-sheet.png", optimize=True)
    console.print(text, markup=False)
    return 0 if table.passed else 1


if __name__ == "__main__":
    sys.exit(main())
