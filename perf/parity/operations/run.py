"""Publish the tiny checkpoints and their adapters, start one Triton, paint every row on both sides."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import tritonclient.grpc.aio as grpcclient
from rich.console import Console

from control.workflows.engine import Loaded
from ensembles.adapters.about import Kind
from ensembles.arrays import Array
from export.adapters import add
from export.command import export_checkpoint
from perf.parity import served, tiny
from perf.parity.nodes import Networks, run_graph
from perf.parity.operations import adapters, steering, telling
from perf.parity.operations.reference import Reference
from perf.parity.operations.rows import PLAIN, WALK, Row
from perf.parity.operations.scene import Scene, lines, mask, picture
from scheduler.calls import OPTIONS, Call
from studio.settings import Settings
from studio.triton.care import watched
from studio.triton.server import TritonServer

ENOUGH_DB = 45.0
ROWS = (*PLAIN, *telling.ROWS, *adapters.ROWS, *steering.ROWS)


@dataclass(frozen=True)
class Result:
    """One row, painted."""

    row: Row
    psnr: float
    """Of all pictures of the row, dB."""
    changed: float | None
    """Mean difference from the checkpoint's plain picture, 0..1: an operation that does nothing would show here. None:
    it is of another size."""


def prepare(folder: Path, rows: Sequence[Row] = ROWS) -> tuple[Scene, Callable[[str], Reference]]:
    """The scene of `rows` in `folder`, published, and its references."""
    scene = Scene(folder, folder / "home")
    scene.home.mkdir(parents=True)

    @cache
    def reference(kind: str) -> Reference:
        return Reference(folder / kind)

    for number, kind in enumerate(dict.fromkeys(row.checkpoint for row in rows)):
        tiny.make(kind, folder / kind, seed=number)  # type: ignore[arg-type]
        export_checkpoint(folder / kind, kind, scene.home, verify=False)
    files: list[tuple[Kind, str, Path]] = [
        ("lora", name, path) for name, path in adapters.write_loras(scene, reference).items()
    ]
    files.append(("embedding", adapters.EMBEDDING, adapters.write_embedding(scene, reference("sd15"))))
    for name, (kind, seed) in adapters.CONTROLS.items():
        files.append(("controlnet", name, adapters.write_controlnet(scene, reference(kind), name, seed)))
    files += [("ip_adapter", name, path) for name, path in steering.write_adapters(scene, reference).items()]
    for what, name, path in files:
        add(path, what, scene.home, name)
    return scene, reference


@contextmanager
def server(home: Path) -> Iterator[str]:
    """gRPC address of a Triton with what `home` holds."""
    triton = TritonServer(Settings(home=home), temporary=True)
    try:
        state = triton.start(lambda ready, all_: None)
        with watched(triton, lambda event: Console(stderr=True).print(event, soft_wrap=True)):
            yield state.grpc_url
    finally:
        triton.stop()


async def paint(
    url: str, scene: Scene, reference: Callable[[str], Reference], rows: Sequence[Row]
) -> list[Result]:
    """Every row, one after the other."""
    results = []
    plain: dict[str, Array] = {}
    client = grpcclient.InferenceServerClient(url, channel_args=OPTIONS)
    try:
        engine = Networks(scene.home, Call(client))
        engine.files |= files()
        for row in rows:
            theirs = row.theirs(reference(row.checkpoint), scene)
            ours = (await run_graph(engine, row.graph(scene)))["picture"][0]
            first = plain.setdefault(row.checkpoint, theirs)
            changed = float(np.abs(theirs - first).mean()) if first.shape == theirs.shape else None
            results.append(Result(row, served.psnr(ours, theirs), changed))
    finally:
        await client.close()
    return results


def files() -> dict[str, Loaded]:
    """Pictures that graphs name, not rounded to bytes."""
    pictures = {"start.png": picture(3), "lines0.png": lines(0), "lines1.png": lines(1)}
    pictures["mask.png"] = np.repeat(mask()[..., None], 3, -1)
    return {name: _loaded(image) for name, image in pictures.items()}


def _loaded(image: Array) -> Loaded:
    alpha = np.concatenate([image, np.ones_like(image[..., :1])], -1)
    return Loaded(image, np.zeros(image.shape[:3], np.float32), alpha)


def report(results: Sequence[Result]) -> str:
    """The section of docs/parity.md."""
    lowest = min(results, key=lambda result: result.psnr)
    enough = sum(result.psnr >= ENOUGH_DB for result in results)
    return "\n".join(
        [
            "## Image operations through Triton",
            "",
            "Tiny random checkpoints of each architecture (`perf/parity/tiny.py`: its structure at widths of 32 to 128) and",
            "random adapters, published as a user's are; graphs of the same nodes that workflows have, painted by a real",
            "server. The reference (`perf/parity/operations/reference.py`) loads the same folders into diffusers: its text",
            "encoding, UNet, ControlNet and VAE, torch's noise, Euler's method. Weights with LoRA are merged there by the",
            "published formulas, apart from what is served. It is not ComfyUI itself.",
            "",
            f"Seed {WALK.seed}, {WALK.steps} steps of `{WALK.scheduler}`, cfg {WALK.cfg:g}, {WALK.size}×{WALK.size}. PSNR of",
            "all pictures of a row, values in 0..1, not rounded. *Changed* is the mean difference of the reference from the",
            "checkpoint's plain picture, in 1/255: what an operation that did nothing would be off by.",
            "",
            f"{enough} of {len(results)} at {ENOUGH_DB:g} dB or more; the lowest is {lowest.row.name} with "
            f"{lowest.psnr:.1f} dB.",
            "",
            "| operation | checkpoint | PSNR, dB | changed, 1/255 | reference |",
            "|---|---|---|---|---|",
            *(
                f"| {one.row.name} | {one.row.checkpoint} | {one.psnr:.1f} | {_changed(one)} | {one.row.against} |"
                for one in results
            ),
            "",
        ]
    )


def _changed(one: Result) -> str:
    return "" if one.changed is None else f"{one.changed * 255:.1f}"


def operations(folder: Path) -> list[Result]:
    """All rows; `folder` is empty."""
    scene, reference = prepare(folder)
    with server(scene.home) as url:
        return asyncio.run(paint(url, scene, reference, ROWS))
