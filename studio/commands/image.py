"""`studio image`: a prompt becomes a picture file."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.client import LostError, Pictures, stream, wait_ready
from studio.triton.session import reachable_server


class Size(click.ParamType):
    """`256` or `256x128` → (width, height) in pixels."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Width and height; the server checks their range."""
        if isinstance(value, tuple):
            return value
        try:
            width, _, height = str(value).lower().partition("x")
            return int(width), int(height or width)
        except ValueError:
            self.fail(f"{value!r} is not a size: write 256 or 256x128", param, ctx)


def output_paths(out: Path, count: int) -> list[Path]:
    """`out`, or `out-1`, `out-2`… for several pictures; raises `StudioError` for a folder that is not there."""
    if out.suffix.lower() not in {".png", ".webp"}:
        raise StudioError(f"{out} must end in .png or .webp.")
    if not out.parent.is_dir():
        raise StudioError(f"The folder {out.parent} does not exist; make it first.")
    return [out] if count == 1 else [out.with_stem(f"{out.stem}-{n + 1}") for n in range(count)]


@click.command()
@click.argument("prompt")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out.png"), show_default=True)
@click.option(
    "--model", default="pocket", show_default=True, help="A published checkpoint (`studio models`)."
)
@click.option("--negative", default=None, help="What to keep away from.")
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), default=None, help="The same seed paints the same picture."
)
@click.option("--steps", type=int, default=None, help="Denoising steps, 1 to 150.")
@click.option("--cfg", type=float, default=None, help="Guidance scale.")
@click.option("--sampler", default=None)
@click.option("--scheduler", default=None)
@click.option("--size", type=Size(), default=None, help="Pixels: 256 or 256x128.")
@click.option("--batch", type=click.IntRange(1, 8), default=1, show_default=True)
def image(prompt: str, out: Path, model: str, size: tuple[int, int] | None, **given: Any) -> None:
    """Paint PROMPT and save it."""
    settings = read_settings()
    console = Console(stderr=True)
    paths = output_paths(out, given["batch"])
    width, height = size or (None, None)
    names = {"negative": "NEGATIVE_PROMPT"}
    parameters = {names.get(key, key.upper()): value for key, value in given.items()}
    parameters |= {"PROMPT": prompt, "WIDTH": width, "HEIGHT": height, "FORMAT": out.suffix[1:].lower()}
    with reachable_server(settings, console) as url:
        try:
            pictures = _paint(url, model, parameters, console)
        except LostError as error:
            console.print(f"{error} Trying once more.", style="yellow", soft_wrap=True)
            wait_ready(url, model, settings.start_timeout)
            pictures = _paint(url, model, parameters, console)
    for path, data in zip(paths, pictures.files, strict=True):
        aside = path.with_name(f".{path.name}.part")
        aside.write_bytes(data)
        aside.replace(path)
        console.print(f"saved {path} (seed {pictures.seed})", soft_wrap=True)


def _paint(url: str, model: str, parameters: dict[str, Any], console: Console) -> Pictures:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("painting", total=None)
        for part in stream(url, model, parameters):
            if isinstance(part, Pictures):
                return part
            bar.update(
                task,
                total=part.steps,
                completed=part.step,
                description=f"painting ({part.milliseconds:.0f} ms a step)",
            )
    raise StudioError("The server ended without a picture; its log tells why.")
