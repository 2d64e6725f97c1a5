"""The repository that Triton serves: links to published checkpoints, derived and made again at each start."""

from pathlib import Path

from studio.settings import ROOT

SHARED = ROOT / "model_repository"
"""Models that serve every checkpoint: text_encode, sampler, vae_decode…"""


def published(home: Path) -> list[str]:
    """Names of the published checkpoints under `home`, sorted."""
    return sorted(m.parent.name for m in (home / "models").glob("[!.]*/manifest.json"))


def link_repository(home: Path) -> Path:
    """`home/repository` with one link per Triton model of each published checkpoint; dangling links go."""
    repository = home / "repository"
    repository.mkdir(parents=True, exist_ok=True)
    wanted = {
        model.name: model
        for name in published(home)
        for model in sorted((home / "models" / name / "repository").iterdir())
    }
    for link in repository.iterdir():
        if link.is_symlink() and (link.name not in wanted or link.resolve() != wanted[link.name].resolve()):
            link.unlink()
    for name, target in wanted.items():
        link = repository / name
        if not link.exists():
            link.symlink_to(Path("..") / target.relative_to(home))
    return repository
