"""What comes with the studio is published at first use: a model family with what goes with it, and upscalers."""

import sys
from pathlib import Path

from rich.console import Console

from export.bundled import add_bundled, missing
from export.errors import ExportError
from export.pocket import bundled as adapters
from export.publish import locked
from export.upscalers.publish import bundled, publish_bundled
from export.upscalers.publish import is_published as is_upscaler_published
from export.write import is_current
from studio.commands.export import run_export
from studio.errors import StudioError
from studio.settings import ROOT
from studio.triton.repository import not_served_here, published

NAME = "pocket"
SOURCE = ROOT / "export" / "pocket" / "weights"


def publish_embedded(home: Path, console: Console) -> None:
    """Publishes pocket, its LoRA and the like, and the bundled upscalers under `home` unless just these stand there already.

    An earlier checkout's is replaced: its weights or its Triton configs may be others.
    """
    for note in not_served(home):
        console.print(note, style="yellow", soft_wrap=True)
    (home / "run").mkdir(parents=True, exist_ok=True)
    # Servers start side by side; who comes second finds it done.
    with locked(home / "run" / "publish.lock"):
        if not _is_pocket_published(home):
            run_export(SOURCE, NAME, home, console)
        try:
            publish_bundled(home)
            adapters.publish(home)
            add_bundled(home)
        except ExportError as error:
            raise StudioError(str(error)) from error


def is_published(home: Path) -> bool:
    """Do just this pocket, its files of the registry and these upscalers stand under `home`?"""
    return (
        _is_pocket_published(home)
        and all(is_upscaler_published(home, name) for name in bundled())
        and not missing(home)
    )


def _is_pocket_published(home: Path) -> bool:
    return NAME in published(home) and is_current(home / "models" / NAME, SOURCE)


def not_served(home: Path) -> list[str]:
    """One sentence for each checkpoint of `home` that Triton will not be given, and why."""
    return [
        f"{other} is not served here: it was exported for {runtime}, which NVIDIA's container runs "
        "(docs/runtimes.md)"
        for other, runtime in not_served_here(home).items()
    ]


def main() -> None:
    """`python -m studio.embedded HOME`: publishes it, for who may have to break that off."""
    try:
        publish_embedded(Path(sys.argv[1]), Console(stderr=True))
    except (StudioError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
