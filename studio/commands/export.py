"""`studio export`: a checkpoint becomes Triton models."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from export.choices import Choices
from export.command import export_checkpoint
from export.errors import ExportError
from export.runtimes.target import Precision, RuntimeName, Target, choose_target
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import link_repository

_PATH = click.Path(path_type=Path)


def run_export(
    source: Path,
    name: str,
    home: Path,
    console: Console,
    choices: Choices | None = None,
    target: Target | None = None,
    *,
    verify: bool = True,
) -> None:
    """Exports with a progress bar and prints the report; raises `StudioError`."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("inspect", total=1.0)
            report = export_checkpoint(
                source,
                name,
                home,
                lambda stage, share: bar.update(task, description=stage, completed=share),
                choices=choices,
                target=target,
                verify=verify,
            )
    except ExportError as error:
        raise StudioError(str(error)) from error
    if report.runtime == "python" and (home / "repository").is_dir():
        # So that running servers can load it.
        link_repository(home)
    console.print(report.text(), soft_wrap=True)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="The name it is served under.")
@click.option(
    "--config",
    type=_PATH,
    help="For a single file: a diffusers folder, or one config.json of it, that says what tensors do not.",
)
@click.option("--vae", type=_PATH, help="File or folder whose VAE is taken instead of SOURCE's.")
@click.option("--text-encoder", type=_PATH, help="File or folder whose text encoder is taken instead.")
@click.option("--text-encoder-2", type=_PATH, help="The same for Stable Diffusion XL's larger one.")
@click.option("--tokenizer", type=_PATH, help="Folder with vocab.json and merges.txt, or tokenizer.json.")
@click.option(
    "--prediction",
    type=click.Choice(["epsilon", "v_prediction"]),
    help="What the UNet predicts, where the source does not say it or is wrong.",
)
@click.option("--ema", is_flag=True, help="Take the averaged weights of a single file that has both.")
@click.option(
    "--runtime",
    type=click.Choice(["python", "onnxruntime", "tensorrt"]),
    default="python",
    show_default=True,
    help="What runs the networks: the studio's own server, or a backend of NVIDIA's container.",
)
@click.option("--precision", type=click.Choice(["fp32", "fp16"]), help="Of a container's networks.")
@click.option(
    "--verify/--no-verify",
    default=True,
    show_default=True,
    help="Run every network once, beside torch where it is installed. Without, names, shapes and values are checked.",
)
@click.option("--out", type=_PATH, help="Folder for the container; default: container/ in the studio's home.")
def export(
    source: Path,
    name: str,
    config: Path | None,
    vae: Path | None,
    text_encoder: Path | None,
    text_encoder_2: Path | None,
    tokenizer: Path | None,
    prediction: str | None,
    ema: bool,
    runtime: RuntimeName,
    precision: Precision | None,
    verify: bool,
    out: Path | None,
) -> None:
    """Publish SOURCE as Triton models.

    SOURCE is a diffusers folder of Stable Diffusion 1.x, 2.x, XL or its refiner, or a single .safetensors file in the
    original layout. See docs/checkpoints.md; for --runtime docs/runtimes.md.
    """
    choices = Choices(config, vae, text_encoder, text_encoder_2, tokenizer, ema, prediction)
    home = read_settings().home
    try:
        target = choose_target(home, runtime, precision, out)
    except ExportError as error:
        raise StudioError(str(error)) from error
    run_export(source, name, home, Console(stderr=True), choices, target, verify=verify)
