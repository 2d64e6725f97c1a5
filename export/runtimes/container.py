"""A folder that NVIDIA's container serves: the shared models, and links to those of each checkpoint."""

import shutil
from contextlib import suppress
from pathlib import Path

from export.errors import ExportError

SHARED = Path(__file__).parents[2] / "model_repository"
"""Models that serve every checkpoint: text_encode, sampler, vae_decode…"""


def assemble(home: Path) -> Path:
    """`home/repository`, made to hold this checkout's shared models and the models of `home/models`.

    Links are relative, so that the folder can be copied or mounted anywhere as a whole. Those that lead
    nowhere are removed. Raises `ExportError`.
    """
    repository = home / "repository"
    try:
        repository.mkdir(parents=True, exist_ok=True)
        for model in sorted(SHARED.iterdir()):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(model, repository / model.name, dirs_exist_ok=True, ignore=ignored)
        _link(home, repository)
    except OSError as error:
        raise ExportError(
            f"{error.filename or repository}: {error.strerror or error}; the checkpoint is published, but {repository} is "
            "not complete: make room or mend its permissions, and export again."
        ) from error
    return repository


def _link(home: Path, repository: Path) -> None:
    for link in repository.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()
    for folder in sorted((home / "models").glob("[!.]*/repository")):
        for model in sorted(folder.iterdir()):
            with suppress(FileExistsError):  # another export into this folder may be at it as well
                (repository / model.name).symlink_to(Path("..") / model.relative_to(home))
