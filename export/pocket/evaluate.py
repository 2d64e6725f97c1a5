"""Evaluate a diffusers folder: the table, the misses and a contact sheet.

``python -m export.pocket.evaluate --weights DIR [--sheet FILE.png]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from export.pocket import adherence

WEIGHTS = Path(__file__).parent / "weights"


def contact_sheet(images: npt.NDArray[np.uint8], *, columns: int = 10, gap: int = 4) -> npt.NDArray[np.uint8]:
    """Pictures [N, H, W, 3] in rows on a white ground, uint8."""
    count, height, width, _ = images.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), 255, np.uint8)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def main() -> int:
    """Print the table; exit 0 only where the targets are met."""
    from export.pocket.sampling import Painter

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=7.0)
    parser.add_argument("--seed", type=int, default=2026, help="which set of 200 captions")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    painter = Painter(arguments.weights, steps=arguments.steps, guidance=arguments.guidance)
    table, images = adherence.evaluate(painter, seed=arguments.seed)
    print(table.markdown())
    for caption, kind, seen in table.wrong:
        print(f"- {kind} read as {seen}: {caption}")
    if arguments.sheet:
        arguments.sheet.parent.mkdir(parents=True, exist_ok=True)
        # Every other picture, in 256 colours: small enough for the docs.
        sheet = Image.fromarray(contact_sheet(images[::2])).quantize(256)
        sheet.save(arguments.sheet, optimize=True)
    return 0 if table.passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
