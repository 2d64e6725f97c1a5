"""The tritonserver binary that the `nvidia-pytriton` wheel carries, laid out as Triton wants it."""

import importlib.util
import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from studio.errors import StudioError

INSTALL = ".venv/bin/pip install --no-deps -r requirements-triton.txt"


@dataclass(frozen=True)
class Distribution:
    """Paths inside the installed wheel."""

    server: Path
    """The tritonserver executable."""
    backends: Path
    """Folder with the Python backend's library and helper module."""
    caches: Path
    """Folder with the `local` response cache."""
    stub: Path
    """Stub process for this very Python version."""
    libraries: Path
    """Shared libraries the above were linked with."""


def find_distribution() -> Distribution:
    """The wheel's pieces; raises `StudioError` with the command that installs what is missing."""
    spec = importlib.util.find_spec("pytriton")
    if spec is None or not spec.submodule_search_locations:
        raise StudioError(f"The Triton server is not installed. Install it with: {INSTALL}")
    package = Path(next(iter(spec.submodule_search_locations)))
    root = package / "tritonserver"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = Distribution(
        server=root / "bin" / "tritonserver",
        backends=root / "backends",
        caches=root / "caches",
        stub=root / "python_backend_stubs" / version / "triton_python_backend_stub",
        libraries=package.parent / "nvidia_pytriton.libs",
    )
    if not found.server.is_file():
        raise StudioError(f"The installed nvidia-pytriton carries no server. Install it again: {INSTALL}")
    if not found.stub.is_file():
        raise StudioError(
            f"Triton has no stub for Python {version}: make the environment with Python 3.11 or 3.12."
        )
    return found


def build_backend_directory(found: Distribution, into: Path) -> Path:
    """A backend folder at `into`: the Python backend with this interpreter's stub beside it.

    Triton looks for the stub next to the backend's library, where the wheel does not have it.
    """
    if into.exists():
        shutil.rmtree(into)
    shutil.copytree(found.backends / "python", into / "python", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(found.stub, into / "python" / found.stub.name)
    return into


def server_environment(found: Distribution) -> dict[str, str]:
    """Environment for tritonserver and its stubs.

    The interpreter's own library folder must be searched, or the system's libpython is loaded with
    another version's standard library; PATH begins with this environment's bin, from which the stub
    finds its packages (it ignores PYTHONPATH). None of the studio's settings: they hold secrets.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")}
    python_library = sysconfig.get_config_var("LIBDIR") or ""
    searched = [str(found.libraries), python_library, env.get("LD_LIBRARY_PATH", "")]
    env["LD_LIBRARY_PATH"] = ":".join(p for p in searched if p)
    env["PATH"] = f"{Path(sys.executable).parent}:{env.get('PATH', '')}"
    env["VIRTUAL_ENV"] = sys.prefix
    return env
