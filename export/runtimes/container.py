"""A folder that NVIDIA's container serves: the shared models, and links to those of each checkpoint."""

import shutil
from pathlib import Path

SHARED = Path(__file__).parents[2] / "model_repository"
"""Models that serve every checkpoint: text_encode, sampler, vae_decode…"""


def assemble(home: Path) -> Path:
    """`home/repository`, made to hold this checkout's shared models and the models of `home/models`.

    Links are relative, so that the folder can be copied or mounted anywhere as a whole. Those that lead
    nowhere are removed.
    """
    repository = home / "repository"
    repository.mkdir(parents=True, exist_ok=True)
    for model in sorted(SHARED.iterdir()):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(model, repository / model.name, dirs_exist_ok=True, ignore=ignored)
    for link in repository.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()
    for folder in sorted((home / "models").glob("[!.]*/repository")):
        for model in sorted(folder.iterdir()):
            link = repository / model.name
            if not link.is_symlink():
                link.symlink_to(Path("..") / model.relative_to(home))
    return repository
