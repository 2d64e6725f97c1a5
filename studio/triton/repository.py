"""The repository that Triton serves: links to published checkpoints and upscalers, derived and made again at each start."""

import compileall
from pathlib import Path

import msgspec

from control.models.preprocessors import preprocessors
from control.models.upscalers import upscalers
from ensembles.manifest import read_manifest
from ensembles.preprocessor import FOLDER as PREPROCESSORS
from ensembles.upscaler import FOLDER as UPSCALERS
from export.publish import locked
from scheduler.checkpoints import checkpoints, fitting
from studio.errors import StudioError
from studio.settings import ROOT

SHARED = ROOT / "model_repository"
"""Models that serve every checkpoint: text_encode, sampler, vae_decode…"""


def published(home: Path) -> list[str]:
    """Names of the published checkpoints under `home`, sorted; raises `StudioError` where no home is."""
    if any((home / "repository" / model.name).is_dir() for model in SHARED.iterdir()):
        raise StudioError(
            f"{home} was made by `studio export --out` for NVIDIA's container: serve it there "
            "(docs/runtimes.md), and set STUDIO_HOME to another folder."
        )
    return sorted(m.parent.name for m in (home / "models").glob("[!.]*/manifest.json"))


def not_served_here(home: Path) -> dict[str, str]:
    """Published checkpoint → its runtime, for those whose networks are no Python models."""
    runtimes = {}
    for name in published(home):
        try:
            runtimes[name] = read_manifest(home / "models" / name / "manifest.json").runtime
        except (OSError, msgspec.DecodeError):
            continue  # Triton's log will say what is wrong with it
    return {name: runtime for name, runtime in runtimes.items() if runtime != "python"}


def link_repository(home: Path) -> Path:
    """`home/repository` with one link per Triton model of each checkpoint and upscaler that is served here; other links go."""
    repository = home / "repository"
    repository.mkdir(parents=True, exist_ok=True)
    (home / "run").mkdir(exist_ok=True)
    # Servers start side by side.
    with locked(home / "run" / "repository.lock"):
        _link(home, repository)
    return repository


def begun_with(home: Path, repository: Path, megabytes: float, *, asked: bool = False) -> list[str]:
    """Triton models that a server loads when it starts: the shared ones, those of all checkpoints, upscalers; sorted.

    Where checkpoints may take so many `megabytes` (0: any number), those that fit; workers load the others on demand.
    So they do with upscalers where they may (`asked`: they have been given the server's key), as each is a process.
    """
    linked = {path.name for path in repository.iterdir() if path.is_dir()}
    if megabytes:
        begun = set(fitting(home, megabytes))
        late = (found for name, found in checkpoints(home).items() if name not in begun)
        linked -= {model for found in late for model in found.models}
    if asked:
        linked -= set(upscalers(home))
        linked -= {found.model for found in preprocessors(home).values()}
    return sorted(linked | {path.name for path in SHARED.iterdir() if path.is_dir()})


def _link(home: Path, repository: Path) -> None:
    checkpoints_here = [name for name in published(home) if name not in not_served_here(home)]
    folders = [home / "models" / name for name in checkpoints_here]
    folders += [home / UPSCALERS / name for name in upscalers(home)]
    folders += [home / PREPROCESSORS / name for name in preprocessors(home)]
    wanted = {model.name: model for folder in folders for model in sorted((folder / "repository").iterdir())}
    for link in repository.iterdir():
        if link.is_symlink() and (link.name not in wanted or link.resolve() != wanted[link.name].resolve()):
            link.unlink()
    for name, target in wanted.items():
        link = repository / name
        if not link.exists():
            link.symlink_to(Path("..") / target.relative_to(home))
    # Triton loads a model anew with the next ensemble that needs it if its folder has changed since, and Python
    # writes __pycache__ there at the first import (a stub heeds no PYTHONDONTWRITEBYTECODE): it is to be there before.
    for model in [*wanted.values(), *SHARED.iterdir()]:
        compileall.compile_dir(model, quiet=2)
