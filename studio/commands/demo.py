"""`studio demo`: the whole way of a picture over the public API, as a stranger goes it."""

import io
from pathlib import Path
from typing import Any

import click
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from studio.demo.person import ENDED, Person
from studio.demo.studio import reachable_studio
from studio.errors import StudioError
from studio.settings import ROOT, read_settings

CREDIT = 1_000_000
"""Micro-credits."""


@click.command()
@click.argument("prompt", default="a large red circle on a blue background")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=ROOT / "var" / "demo.png")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=9, show_default=True)
def demo(prompt: str, out: Path, seed: int) -> None:
    """Sign up, submit PROMPT over the API, watch it being painted, download the picture.

    Asks the running studio of this home, or starts one (STUDIO_WORKERS, STUDIO_TRITONS) and stops it at the end.
    """
    settings = read_settings()
    console = Console(stderr=True)
    if out.suffix != ".png":
        raise StudioError(f"{out} must end in .png.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with reachable_studio(settings, console) as url, Person(url) as person:
        console.print(f"signed up as {person.email}", style="dim", highlight=False)
        job = person.submit({"prompt": prompt, "seed": seed})
        end = _follow(person, job["id"], console)
        if end["state"] != "COMPLETED":
            why = (end.get("error") or {}).get("detail", "it was cancelled")
            raise StudioError(f"The job ended as {end['state']}: {why}")
        picture = person.download(end["outputs"][0]["url"])
        size = _check(picture)
        aside = out.with_name(f".{out.name}.part")
        aside.write_bytes(picture)
        aside.replace(out)
        left = person.ask("GET", "/api/v1/credits")["available_microcredits"]
    click.echo(
        f"The picture is in {out} ({size[0]}x{size[1]}). It cost {end['charged_microcredits'] / CREDIT:g} of "
        f"{person.email}'s credits; {left / CREDIT:g} are left."
    )


def _follow(person: Person, job_id: str, console: Console) -> dict[str, Any]:
    """Shows a job's progress; its last event."""
    columns = (TextColumn("{task.description:<11}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("submitted", total=None)
        for event in person.watch(job_id):
            if event["type"] == "progress":
                bar.update(task, total=event["steps"], completed=event["step"])
            elif event["type"] == "state":
                bar.update(task, description=event["state"].lower())
                if event["state"] == "COMPLETED":
                    # The last steps may not have been told: a slow reader gets the latest.
                    bar.update(task, completed=bar.tasks[task].total)
                if event["state"] in ENDED:
                    return event
    raise AssertionError("watching ends with the job")


def _check(picture: bytes) -> tuple[int, int]:
    """Width and height of a file that really is a picture."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.load()
            return image.size
    except OSError as error:
        raise StudioError(f"What the API sent is no picture: {error}.") from None
