"""k-diffusion's own sampling.py (MIT, K. Crowson), loaded alone: its package imports far more than it needs."""

import importlib.util
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

PINNED = "k-diffusion==0.1.1.post1"
WHERE = Path(__file__).parents[2] / "var" / "parity"


def at_hand() -> bool:
    """Whether it has been fetched before: tests use it then, and fetch nothing."""
    return (WHERE / "k_diffusion" / "sampling.py").exists()


def _fetch() -> Path:
    path = WHERE / "k_diffusion" / "sampling.py"
    if not at_hand():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(WHERE), PINNED]
        subprocess.run(pip, check=True)
    return path


def load() -> Any:
    """The module k_diffusion.sampling, with stand-ins for the two imports that no sampler here touches."""
    if "k_diffusion.sampling" in sys.modules:
        return sys.modules["k_diffusion.sampling"]
    path = _fetch()
    package = types.ModuleType("k_diffusion")
    package.__path__ = [str(path.parent)]
    utils = types.ModuleType("k_diffusion.utils")
    vars(utils)["append_dims"] = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]
    vars(package)["utils"] = utils
    solver = types.ModuleType("torchdiffeq")
    vars(solver)["odeint"] = None  # log_likelihood's, not a sampler's
    sys.modules.update({"k_diffusion": package, "k_diffusion.utils": utils})
    sys.modules.setdefault("torchdiffeq", solver)
    spec = importlib.util.spec_from_file_location("k_diffusion.sampling", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no Python module at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["k_diffusion.sampling"] = module
    spec.loader.exec_module(module)
    return module
