"""Measure the shipped adapters in torch: ``python -m export.pocket.adapters.report [--count 100]``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from export.pocket import adherence
from export.pocket.adapters import hints, inpainting, inversion, lora, measure, painting, style_training
from export.pocket.evaluate import WEIGHTS, contact_sheet

HERE = Path(__file__).parent


def edges(count: int, sheets: list[measure.Pictures]) -> None:
    """The ControlNet: overlap with and without it, with full and with vague captions."""
    studio = painting.studio(WEIGHTS, control=HERE / "edges")
    cases = measure.hint_cases(count)
    lines = np.stack([case.hint for case in cases])
    again = studio.decode(studio.encode(np.stack([case.picture for case in cases])))
    ceiling = hints.overlap(hints.edges(again, *hints.MEASURE), lines).mean()
    print(f"edges: {count} hints, ceiling (the drawing through the VAE) {ceiling:.3f}")
    sheets.append(np.repeat(lines[:10, ..., None].astype(np.uint8) * 255, 3, -1))
    for vague in (False, True):
        for controlled in (True, False):
            found = measure.edge_overlap(studio.paint, cases, controlled=controlled, vague=vague)
            row = adherence.score(found.pictures, [case.caption for case in cases]).rows[0]
            print(
                f"edges: {'vague' if vague else 'full'} captions, {'with' if controlled else 'without'}: "
                f"overlap {found.mean:.3f}, lowest {found.overlap.min():.3f}, "
                f"shape {row.shape:.2f} colour {row.colour:.2f} background {row.background:.2f}",
                flush=True,
            )
            sheets.append(found.pictures[:10])


def style(count: int, sheets: list[measure.Pictures]) -> None:
    """The LoRA at several strengths, with and without its trigger."""
    captions = measure.style_captions(count)
    for strength, trigger in ((0.0, ""), (0.5, ""), (1.0, ""), (1.0, style_training.TRIGGER)):
        unet = UNet2DConditionModel.from_pretrained(WEIGHTS / "unet", torch_dtype=torch.float32)
        merged = lora.merge(unet, HERE / "dusk.safetensors", strength)
        studio = painting.Studio(WEIGHTS, unet=merged)
        found = measure.style_share(studio.paint, captions, trigger=trigger)
        print(
            f"dusk: strength {strength}{' with trigger' if trigger else ''}: recognised {found.style:.2f}, "
            f"shape {found.shape:.2f} colour {found.colour:.2f} both {found.subject:.2f}",
            flush=True,
        )
        sheets.append(found.pictures[:10])


def embedding(count: int, sheets: list[measure.Pictures]) -> None:
    """The embedding against no colour word and against its name as plain letters."""
    studio = painting.studio(WEIGHTS)
    words = inversion.Words(studio.encoder, studio.words)
    vectors = inversion.load(HERE / f"{inversion.NAME}.safetensors")
    for name, word, used in (
        ("with", inversion.NAME, vectors),
        ("no colour word", "", None),
        ("the name without the file", inversion.NAME, None),
    ):
        found = inversion.measure(studio, words, word, used, count)
        print(f"{inversion.NAME}: {name}: brown {found.brown:.2f}, shape {found.shape:.2f}", flush=True)
        sheets.append(found.pictures[:10])


def regions(count: int, sheets: list[measure.Pictures]) -> None:
    """Masked blending."""
    studio = painting.studio(WEIGHTS)
    for grow in (16.0,):
        cases = inpainting.region_cases(count, grow=grow)
        found = inpainting.follow(
            lambda texts, seeds, pictures, masks: studio.paint(
                texts, seeds, region=painting.Region(pictures, masks)
            ),
            cases,
        )
        print(
            f"inpainting: mask {grow:.0f} px beyond the shape: shape {found.shape:.2f} colour {found.colour:.2f} "
            f"both {found.both:.2f}, largest change outside {found.outside}/255",
            flush=True,
        )
        sheets += [np.stack([case.picture for case in cases[:10]]), found.pictures[:10]]


PARTS = {"edges": edges, "style": style, "embedding": embedding, "inpainting": regions}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--part", choices=tuple(PARTS))
    parser.add_argument("--sheet", type=Path, help="a contact sheet, ten pictures a row")
    arguments = parser.parse_args()
    sheets: list[measure.Pictures] = []
    for name in [arguments.part] if arguments.part else PARTS:
        PARTS[name](arguments.count, sheets)
    if arguments.sheet:
        rows = [row for row in sheets if len(row) == min(10, arguments.count)]
        Image.fromarray(contact_sheet(np.concatenate(rows), columns=len(rows[0]))).save(arguments.sheet)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
