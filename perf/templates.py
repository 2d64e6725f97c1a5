"""`make templates`: every template, run by a real studio, and what it painted → control/workflows/templates/NAME.webp.

Starts a studio of its own: a database, object storage, Triton, a worker. Nothing is kept of it.
"""

import argparse
import io
import math
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image
from rich.console import Console

from control.workflows.editor.draw import drawn
from control.workflows.templates.catalogue import FOLDER, TEMPLATES, graph_of
from perf.home import fresh_home
from studio.demo.person import Person
from studio.demo.studio import reachable_studio
from studio.errors import StudioError
from studio.settings import read_settings

SIDE = 384
"""Pixels of a thumbnail's longer side."""
GAP = 6
"""Pixels between several pictures."""
SECONDS = 120.0
"""That one template may take."""


def thumbnail(pictures: list[Image.Image]) -> bytes:
    """One WebP of all that a template handed out: side by side, or two beneath two."""
    # One height for all: what was enlarged stands beside what it was made of.
    height = max(picture.height for picture in pictures)
    scaled = [
        picture.convert("RGB").resize(
            (round(picture.width * height / picture.height), height), Image.Resampling.NEAREST
        )
        for picture in pictures
    ]
    columns = len(scaled) if len(scaled) < 4 else math.ceil(math.sqrt(len(scaled)))
    rows = [scaled[first : first + columns] for first in range(0, len(scaled), columns)]
    width = max(sum(picture.width for picture in row) + GAP * (len(row) - 1) for row in rows)
    sheet = Image.new("RGB", (width, len(rows) * height + (len(rows) - 1) * GAP), "white")
    for place, row in enumerate(rows):
        x = 0
        for picture in row:
            sheet.paste(picture, (x, place * (height + GAP)))
            x += picture.width + GAP
    scale = SIDE / max(sheet.size)
    sheet = sheet.resize((round(sheet.width * scale), round(sheet.height * scale)), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=86, method=6)
    return file.getvalue()


def run(person: Person, name: str) -> tuple[list[Image.Image], float]:
    """What a template hands out, in the order of its nodes, and the seconds that it took."""
    graph = graph_of(name)
    began = time.monotonic()
    request = {"kind": "workflow", "graph": msgspec.to_builtins(graph), "document": drawn(graph)}
    job: dict[str, Any] = person.ask(
        "POST", "/api/v1/jobs", json={"request": request}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    if job["node_errors"]:
        raise StudioError(f"{name}: {job['node_errors']}")
    for _ in person.watch(job["id"]):
        if time.monotonic() - began > SECONDS:
            raise StudioError(f"{name} takes longer than {SECONDS:.0f} s.")
    job = person.ask("GET", f"/api/v1/jobs/{job['id']}")
    if job["state"] != "COMPLETED" or job["node_errors"]:
        raise StudioError(f"{name} is {job['state']}: {job['error']} {job['node_errors']}")
    pictures: list[Image.Image] = [
        Image.open(io.BytesIO(person.download(output["url"]))) for output in job["outputs"]
    ]
    return pictures, time.monotonic() - began


def main() -> None:
    """Runs all templates, or those that are named."""
    parser = argparse.ArgumentParser(description="Run the templates and write their thumbnails.")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the thumbnails")
    given = parser.parse_args()
    names = given.names or [entry.name for entry in TEMPLATES]
    console = Console(stderr=True)
    try:
        with fresh_home() as home:
            settings = msgspec.structs.replace(read_settings(), home=home)
            with reachable_studio(settings, console) as url, Person(url) as person:
                for name in names:
                    pictures, seconds = run(person, name)
                    (given.out / f"{name}.webp").write_bytes(thumbnail(pictures))
                    sizes = ", ".join(f"{picture.width}x{picture.height}" for picture in pictures)
                    console.print(f"{name}: {sizes} in {seconds:.1f} s")
    except StudioError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
