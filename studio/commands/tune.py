"""`studio tune`: a profile run that finds the largest UNet batch per resolution."""

import onnxruntime
from click import Choice, argument, command, option
from rich.console import Console

from ensembles.engine.bind import default_threads
from ensembles.engine.errors import EngineError
from ensembles.engine.network import Network
from ensembles.engine.providers import choose_providers
from ensembles.engine.tuned import Timing, Tuning
from ensembles.engine.tuning import choose, profile, write_tuning
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import published
from studio.triton.server import running

SIZES = ("128", "256", "512", "768", "1024")


@command()
@argument("name")
@option(
    "--size",
    "sizes",
    multiple=True,
    type=Choice(SIZES),
    help="A resolution to measure; default: from half of the checkpoint's own size up.",
)
@option("--seconds", default=2.0, show_default=True, help="For each batch size of each resolution.")
def tune(name: str, sizes: tuple[str, ...], seconds: float) -> None:
    """Measure the UNet of checkpoint NAME and keep the batch sizes that pay with the model.

    Serving takes them up when it starts next; STUDIO_MAX_BATCH stands above them.
    """
    settings = read_settings()
    if name not in published(settings.home):
        raise StudioError(f"There is no checkpoint {name}; `studio models` lists those there are.")
    console = Console(stderr=True)
    if running(settings.home):
        console.print("A server is running: its work and this profile disturb each other.", style="yellow")
    threads = settings.engine_threads or default_threads()

    def say(bucket: str, timings: list[Timing]) -> None:
        chosen = choose(timings)
        for timing in timings:
            mark = "  ← chosen" if timing.batch == chosen else ""
            console.print(
                f"{bucket:>5}²  batch {timing.batch:>2}  {timing.median * 1000:9.1f} ms a step "
                f"({timing.lower * 1000:.1f} to {timing.upper * 1000:.1f}), "
                f"{timing.per_sample * 1000:8.1f} ms a sample{mark}",
                highlight=False,
            )

    folder = settings.home / "models" / name
    try:
        network = Network(folder, "unet", threads=threads)
        usual = [size for size in SIZES if 2 * int(size) >= network.manifest.default_size]
        buckets = [int(size) for size in sizes or usual]
        timings = profile(network, buckets, seconds=seconds, say=say)
        tuning = Tuning(
            max_batch={bucket: choose(found) for bucket, found in timings.items()},
            timings=timings,
            threads=threads,
            provider=choose_providers(threads=threads)[0][0],
            onnxruntime=onnxruntime.__version__,
        )
        write_tuning(folder, tuning)
    except EngineError as error:
        raise StudioError(str(error)) from error
    console.print(f"Kept in {folder / 'tuning.json'}; `studio serve` takes it up when it starts next.")
