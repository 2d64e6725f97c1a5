"""`studio doctor`: what is missing on this machine, and the command that mends it."""

import importlib.metadata
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import click

from studio.errors import StudioError
from studio.findings import Finding
from studio.settings import ROOT, Settings, read_settings

Check = Callable[[Settings], Finding]
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[serve,control,local]'"


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        return Finding(
            "bad",
            f"Python {version}: Triton's stub and NumPy below 2 need 3.11 or 3.12",
            "rm -rf .venv && make PYTHON=python3.11 install",
        )
    library = Path(sysconfig.get_config_var("LIBDIR") or "") / (sysconfig.get_config_var("INSTSONAME") or "")
    if not library.is_file() or ".so" not in library.name:
        return Finding(
            "bad",
            f"Python {version} has no shared library, which Triton's stub loads",
            "rm -rf .venv && make PYTHON=/usr/bin/python3 install   (Debian: apt-get install python3-venv libpython3.11)",
        )
    return Finding("ok", f"Python {version}, shared library {library.name}")


def _missing(*extras: str) -> list[str]:
    """Packages of these extras of pyproject.toml, and of none, that are not installed."""
    missing = []
    for line in importlib.metadata.requires("studio") or ():
        match = re.fullmatch(r"""([\w.-]+).*?(?:; *extra == ["'](\w+)["'])?""", line)
        if match and (match[2] is None or match[2] in extras):
            try:
                importlib.metadata.version(match[1])
            except importlib.metadata.PackageNotFoundError:
                missing.append(match[1])
    return missing


def _control_packages(_: Settings) -> Finding:
    if missing := _missing("control"):
        return Finding("bad", f"packages missing: {', '.join(missing)}", INSTALL)
    return Finding("ok", f"packages of the API (Litestar {importlib.metadata.version('litestar')})")


def _packages(_: Settings) -> Finding:
    if missing := _missing("serve"):
        return Finding("bad", f"packages missing: {', '.join(missing)}", INSTALL)
    numpy = importlib.metadata.version("numpy")
    if int(numpy.split(".")[0]) >= 2:
        return Finding("bad", f"NumPy {numpy}: Triton's stub reads zeros from NumPy 2", INSTALL)
    return Finding("ok", f"packages (NumPy {numpy}, onnxruntime {importlib.metadata.version('onnxruntime')})")


def _triton(_: Settings) -> Finding:
    from studio.triton.binary import INSTALL as INSTALL_TRITON
    from studio.triton.binary import find_distribution

    try:
        found = find_distribution()
    except StudioError as error:
        return Finding("bad", str(error), INSTALL_TRITON)
    if not os.access(found.server, os.X_OK):
        return Finding("bad", f"{found.server} may not be executed", f"chmod +x {found.server}")
    return Finding("ok", f"tritonserver of nvidia-pytriton {importlib.metadata.version('nvidia-pytriton')}")


def _home(settings: Settings) -> Finding:
    parent = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    if not os.access(parent, os.W_OK):
        return Finding("bad", f"{settings.home} cannot be written", "set STUDIO_HOME to a folder of yours")
    free = shutil.disk_usage(parent).free // 1_000_000
    if free < 1000:
        return Finding(
            "bad", f"only {free} MB free at {settings.home}", "make room, or set STUDIO_HOME to another disk"
        )
    return Finding("ok", f"data in {settings.home}, {free // 1000} GB free")


def _shared_memory(_: Settings) -> Finding:
    size = shutil.disk_usage("/dev/shm").total // 1_000_000
    if size < 256:
        return Finding(
            "bad",
            f"/dev/shm holds {size} MB; tensors between models pass through it",
            "mount -o remount,size=1G /dev/shm",
        )
    return Finding("ok", f"/dev/shm holds {size} MB")


def _ports(settings: Settings) -> Finding:
    from studio.triton.server import all_running, take_ports, wanted_ports

    if found := all_running(settings.home).values():
        said = "; ".join(f"process {server.pid}, gRPC {server.grpc_url}" for server in found)
        return Finding("ok", f"Triton is running ({said})")
    try:
        take_ports(settings.triton_host, wanted_ports(settings))
    except StudioError as error:
        return Finding(
            "bad", str(error), "export STUDIO_HTTP_PORT=0 STUDIO_GRPC_PORT=0 STUDIO_METRICS_PORT=0"
        )
    return Finding(
        "ok", f"ports {settings.http_port}, {settings.grpc_port}, {settings.metrics_port} are free"
    )


def _checkpoints(settings: Settings) -> Finding:
    from studio.triton.repository import published

    weights = ROOT / "export" / "pocket" / "weights" / "unet" / "diffusion_pytorch_model.safetensors"
    names = published(settings.home)
    if not names and not weights.is_file():
        return Finding(
            "bad", "the embedded checkpoint is not in this checkout", "git checkout -- export/pocket/weights"
        )
    if not names:
        return Finding(
            "note", "no checkpoint is published yet; `studio serve` publishes pocket", "studio serve"
        )
    return Finding("ok", f"published: {', '.join(names)}")


def _torch(_: Settings) -> Finding:
    try:
        return Finding("ok", f"torch {importlib.metadata.version('torch')} for new architectures")
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            "note",
            "no torch: checkpoints of known architectures only (serving never needs it)",
            ".venv/bin/pip install -c constraints.txt -e '.[export]'",
        )


def _stack(check: str) -> Check:
    """One of `studio.stack.checks`, imported when it is asked: packages may be missing."""

    def ask(settings: Settings) -> Finding:
        from studio.stack import checks

        found: Finding = getattr(checks, check)(settings)
        return found

    return ask


TRITON: tuple[Check, ...] = (_python, _packages, _triton, _shared_memory, _ports, _checkpoints, _torch)
CONTROL: tuple[Check, ...] = (
    _home,
    _control_packages,
    *map(_stack, ("database", "cache", "storage", "address")),
)
BOTH: tuple[Check, ...] = tuple(map(_stack, ("workers", "tritons")))
MARKS = {
    "ok": click.style("ok  ", fg="green"),
    "note": click.style("note", fg="yellow"),
    "bad": click.style("bad ", fg="red"),
}


@click.command()
@click.option("--no-triton", is_flag=True, help="Only what accounts and the API need.")
@click.pass_context
def doctor(ctx: click.Context, no_triton: bool) -> None:
    """Check this machine; exit code 1 when something must be mended before serving."""
    settings = read_settings()
    bad = 0
    for check in CONTROL if no_triton else TRITON + CONTROL + BOTH:
        try:
            finding = check(settings)
        except ModuleNotFoundError as error:
            finding = Finding("bad", f"the package {error.name} is missing", INSTALL)
        except OSError as error:
            finding = Finding("bad", f"{error.filename or 'the machine'}: {error.strerror or error}")
        bad += finding.level == "bad"
        click.echo(f"{MARKS[finding.level]} {finding.says}")
        if finding.mend and finding.level != "ok":
            click.echo(f"       → {finding.mend}")
    ctx.exit(1 if bad else 0)
