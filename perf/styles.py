"""`make styles`: what every style paints, by a real studio → control/creative/styles/NAME.webp.

Starts a studio of its own: a database, object storage, Triton, a worker. Nothing is kept of it.
"""

import argparse
import io
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image
from rich.console import Console

from control.creative.styles.catalogue import FOLDER, PLACE, STYLES, Entry
from perf.home import fresh_home
from studio.demo.person import Person
from studio.demo.studio import reachable_studio
from studio.errors import StudioError
from studio.settings import read_settings

SIDE = 256
"""Pixels of a thumbnail."""
SECONDS = 120.0
"""That one style may take."""


def thumbnail(picture: Image.Image) -> bytes:
    """A WebP."""
    file = io.BytesIO()
    picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(
        file, "WEBP", quality=88, method=6
    )
    return file.getvalue()


def request_of(entry: Entry, seed: int | None = None) -> dict[str, Any]:
    """What a person asks for who chooses the style for its own example."""
    return {
        "kind": "txt2img", "model": "pocket", "prompt": entry.prompt.replace(PLACE, entry.shown),
        "negative_prompt": entry.negative_prompt, "seed": entry.seed if seed is None else seed,
    }  # fmt: skip


def painted(person: Person, request: dict[str, Any]) -> Image.Image:
    """The first picture of a job."""
    began = time.monotonic()
    job: dict[str, Any] = person.ask(
        "POST", "/api/v1/jobs", json={"request": request}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    for _ in person.watch(job["id"]):
        if time.monotonic() - began > SECONDS:
            raise StudioError(f"{request['prompt']} takes longer than {SECONDS:.0f} s.")
    job = person.ask("GET", f"/api/v1/jobs/{job['id']}")
    if job["state"] != "COMPLETED":
        raise StudioError(f"{request['prompt']} is {job['state']}: {job['error']}")
    return Image.open(io.BytesIO(person.download(job["outputs"][0]["url"])))


def main() -> None:
    """Paints with all styles, or those that are named."""
    parser = argparse.ArgumentParser(description="Paint with every style and write the thumbnails.")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the thumbnails")
    parser.add_argument(
        "--seeds", type=int, nargs="*", help="try these instead: one column of a sheet each, sheet.png"
    )
    given = parser.parse_args()
    styles = [entry for entry in STYLES if not given.names or entry.name in given.names]
    console = Console(stderr=True)
    try:
        with fresh_home() as home:
            settings = msgspec.structs.replace(read_settings(), home=home)
            with reachable_studio(settings, console) as url, Person(url) as person:
                if given.seeds:
                    rows = [
                        [painted(person, request_of(entry, seed)) for seed in given.seeds] for entry in styles
                    ]
                    _sheet(rows).save(given.out / "sheet.png")
                    return
                for entry in styles:
                    data = thumbnail(painted(person, request_of(entry)))
                    (given.out / f"{entry.name}.webp").write_bytes(data)
                    console.print(f"{entry.name}: {len(data):,} bytes")
    except StudioError as error:
        sys.exit(str(error))


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """All of them, to choose seeds by."""
    side = rows[0][0].width
    sheet = Image.new("RGB", (side * len(rows[0]), side * len(rows)), "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            sheet.paste(picture, (x * side, y * side))
    return sheet


if __name__ == "__main__":
    main()
