"""Put another model.py around a published network's own: for measuring inside it, or for slowing it."""

import shutil
from pathlib import Path

SERVED = "served.py"
"""What the published model.py is called from then on; the other one loads it from beside itself."""


def wrap(folder: Path, network: str, model: Path) -> Path:
    """Makes the file `model` the model.py of `network` in the published `folder`; returns the version folder."""
    version = folder / "repository" / f"{folder.name}-{network}" / "1"
    (version / "model.py").rename(version / SERVED)
    shutil.copyfile(model, version / "model.py")
    return version
