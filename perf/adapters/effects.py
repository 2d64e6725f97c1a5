"""What pocket's adapters and inpainting do, through Triton: `make adherence` writes docs/pocket/adapters.md.

Pictures are painted by the graphs that requests in plain fields are (control/workflows/short_forms.py); the figures
are those of export/pocket/adapters, which are measured in torch there. Needs no torch.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import tritonclient.grpc.aio as grpcclient
from PIL import Image
from rich.console import Console

from control.jobs.additions import Controlled, Lora
from control.jobs.requests import Inpaint, Short, Txt2Img
from control.workflows.engine import Loaded
from control.workflows.short_forms import graph_of
from ensembles.arrays import Array
from export.pocket.adapters import inpainting, inversion, measure
from export.pocket.evaluate import contact_sheet
from export.pocket.scenes import sample_scene
from perf.home import fresh_server
from perf.parity.nodes import Networks, run_graph
from scheduler.calls import OPTIONS, Call

AT_ONCE = 4
SIDE = 128
NAMES = UUID(int=7)
EDGES, STYLE, EMBEDDING = "pocket-edges", "pocket-dusk", "cocoa"
"""As `studio` publishes them."""
Results = list[tuple[str, str, str, bool]]
"""(what, figure, wanted, is it reached)"""


class Studio:
    """A Triton server, asked picture by picture."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self.home = url, home

    def paint(self, works: Sequence[tuple[Short, dict[UUID, Array]]]) -> Array:
        """Pictures uint8 [N,H,W,3] of requests and the pictures fp32 [1,H,W,3] that they name."""
        return asyncio.run(self._paint(works))

    async def _paint(self, works: Sequence[tuple[Short, dict[UUID, Array]]]) -> Array:
        client = grpcclient.InferenceServerClient(self.url, channel_args=OPTIONS)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(work: Short, pictures: dict[UUID, Array]) -> Array:
            async with room:
                engine = Networks(self.home, Call(client))
                engine.files |= {str(name): _loaded(picture) for name, picture in pictures.items()}
                graph = {name: (node.class_type, node.inputs) for name, node in graph_of(work).items()}
                (last,) = graph.pop("11")[1]["images"][:1]
                made = await run_graph(engine, graph)
                picture: Array = np.clip(made[last][0][0] * 255, 0, 255).astype(np.uint8)
                return picture

        try:
            return np.stack(await asyncio.gather(*(one(*work) for work in works)))
        finally:
            await client.close()

    def words(self, captions: Sequence[str], seeds: Sequence[int], **more: Any) -> Array:
        """Words alone, with LoRAs and the like."""
        return self.paint([(_txt2img(*pair, **more), {}) for pair in zip(captions, seeds, strict=True)])

    def controlled(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        *,
        hints: Array | None = None,
        strength: float = 1.0,
    ) -> Array:
        """`measure.Paint`: words, and hints fp32 [N,128,128] beside them."""
        if hints is None:
            return self.words(captions, seeds)
        works: list[tuple[Short, dict[UUID, Array]]] = []
        for caption, seed, hint in zip(captions, seeds, hints, strict=True):
            name = uuid5(NAMES, str(seed))
            control = Controlled(name=EDGES, image=name, strength=strength)
            works.append((_txt2img(caption, seed, controls=[control]), {name: _grey(hint)}))
        return self.paint(works)

    def repainted(
        self, captions: Sequence[str], seeds: Sequence[int], pictures: Array, masks: Array
    ) -> Array:
        """`inpainting.Repaint`: the request for inpainting, at full strength."""
        works: list[tuple[Short, dict[UUID, Array]]] = []
        for caption, seed, picture, mask in zip(captions, seeds, pictures, masks, strict=True):
            image, hidden = uuid5(NAMES, f"{seed} picture"), uuid5(NAMES, f"{seed} mask")
            work = Inpaint(
                prompt=caption,
                seed=seed,
                image=image,
                mask=hidden,
                strength=1.0,
                feather=0,
                width=SIDE,
                height=SIDE,
            )
            works.append((work, {image: picture[None].astype(np.float32) / 255, hidden: _grey(mask)}))
        return self.paint(works)


def _txt2img(caption: str, seed: int, **more: Any) -> Txt2Img:
    return Txt2Img(prompt=caption, seed=seed, width=SIDE, height=SIDE, **more)


def _grey(plane: Array) -> Array:
    return np.repeat(plane.astype(np.float32)[None, ..., None], 3, -1)


def _loaded(picture: Array) -> Loaded:
    alpha = np.concatenate([picture, np.ones_like(picture[..., :1])], -1)
    return Loaded(picture, np.zeros(picture.shape[:3], np.float32), alpha)


def edges(studio: Studio, count: int, sheet: list[Array]) -> Results:
    """The ControlNet."""
    cases = measure.hint_cases(count)
    found = measure.edge_overlap(studio.controlled, cases)
    without = measure.edge_overlap(studio.controlled, cases, controlled=False)
    sheet += [np.repeat(np.stack([c.hint for c in cases[:10]])[..., None].astype(np.uint8) * 255, 3, -1)]
    sheet += [found.pictures[:10], without.pictures[:10]]
    return [
        (
            "`pocket-edges`: overlap of edges with the hint's (IoU)",
            f"{found.mean:.3f}",
            "≥ 0.6",
            found.mean >= 0.6,
        ),
        ("the same captions and seeds without it", f"{without.mean:.3f}", "≤ 0.25", without.mean <= 0.25),
    ]


def style(studio: Studio, count: int, sheet: list[Array]) -> Results:
    """The LoRA."""
    captions = measure.style_captions(count)

    def at(strength: float) -> Callable[..., Array]:
        lora = Lora(name=STYLE, strength=strength)
        return lambda texts, seeds: studio.words(texts, seeds, loras=[lora] if strength else [])

    full, none = measure.style_share(at(1.0), captions), measure.style_share(at(0.0), captions)
    sheet += [full.pictures[:10], none.pictures[:10]]
    return [
        ("`pocket-dusk` at strength 1: recognised", f"{full.style:.0%}", "≥ 90 %", full.style >= 0.9),
        ("at 0: recognised", f"{none.style:.0%}", "≤ 10 %", none.style <= 0.1),
        ("at 1: shape and colour right", f"{full.subject:.0%}", "≥ 80 %", full.subject >= 0.8),
        ("at 0: shape and colour right", f"{none.subject:.0%}", "", True),
    ]


def embedding(studio: Studio, count: int, sheet: list[Array]) -> Results:
    """The textual inversion, which paints a colour that pocket has no word for."""
    scenes = [sample_scene(measure.SEED + 3, index, held_out=None) for index in range(count)]

    def share(word: str) -> float:
        texts = [inversion.caption(scene, measure.SEED, index, word) for index, scene in enumerate(scenes)]
        pictures = studio.words(texts, range(1300, 1300 + count))
        sheet.append(pictures[:10])
        return float(inversion.is_new(pictures).mean())

    named, bare = share(f"embedding:{EMBEDDING}"), share("")
    return [
        (f"`embedding:{EMBEDDING}`: the subject is brown", f"{named:.0%}", "", True),
        ("no word for the colour: brown", f"{bare:.0%}", "", True),
    ]


def inpaint(studio: Studio, count: int, sheet: list[Array]) -> Results:
    """The request for inpainting."""
    cases = inpainting.region_cases(count, grow=16)
    found = inpainting.follow(studio.repainted, cases)
    sheet += [np.stack([case.picture for case in cases[:10]]), found.pictures[:10]]
    return [
        ("inpainting: shape and colour inside as asked", f"{found.both:.0%}", "≥ 80 %", found.both >= 0.8),
        ("largest change outside the feathered mask", f"{found.outside}/255", "≤ 1/255", found.outside <= 1),
    ]


MEASURES = {"edges": edges, "style": style, "embedding": embedding, "inpaint": inpaint}


def main() -> int:
    """Writes the table and a sheet of pictures; 0 only where every target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for adapters.md and adapters.webp")
    parser.add_argument("--count", type=int, default=100, help="pictures of each kind")
    parser.add_argument("--only", choices=sorted(MEASURES), action="append")
    given = parser.parse_args()
    sheet: list[Array] = []
    rows: Results = []
    with fresh_server(Console(stderr=True)) as (running, home):
        studio = Studio(running.grpc_url, home)
        for name in given.only or MEASURES:
            rows += MEASURES[name](studio, given.count, sheet)
            print(*rows[-4:], sep="\n", flush=True)
    given.out.mkdir(parents=True, exist_ok=True)
    lines = [
        "# What pocket's adapters do",
        "",
        f"`make adherence`: through Triton, {given.count} pictures of each kind, held-out scenes; 20 steps of dpmpp_2m on",
        "karras, cfg 7. How overlap, style and subject are read: [the model card](../../export/pocket/MODEL_CARD.md).",
        "",
        "| | measured | wanted |",
        "|---|---|---|",
        *(f"| {what} | {figure} | {wanted} |" for what, figure, wanted, _ in rows),
        "",
        "![hints, with them, without them; the LoRA at 1 and 0; the embedding and no word; before and after inpainting](adapters.webp)",
        "",
    ]
    (given.out / "adapters.md").write_text("\n".join(lines))
    Image.fromarray(contact_sheet(np.concatenate(sheet))).save(given.out / "adapters.webp", quality=80)
    return 0 if all(reached for *_, reached in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
