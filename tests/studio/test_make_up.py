"""`make up` starts the studio, whether or not the tools of the web UI can be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT = 'case "$1" in npm) mkdir -p web/node_modules; touch web/node_modules/.package-lock.json;; *) mkdir -p web/dist; echo new > web/dist/index.html;; esac'


def script(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile among tools that only say what they were asked for; serving is installed."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt", "requirements-triton.txt", "requirements-pages.txt"):
        (tmp_path / name).touch()
    script(tmp_path / ".venv/bin/python", "exit 0")
    script(tmp_path / ".venv/bin/pip", "exit 0")
    script(tmp_path / ".venv/bin/studio", 'echo "studio $*"')
    script(tmp_path / "web/run", BUILT)
    for name in ("package-lock.json", "index.html", "vite.config.ts", "src/main.tsx", "public/icon.svg"):
        file = tmp_path / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path


def make_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """What `make up` says; it must end well."""
    clean = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    done = subprocess.run(
        ["make", "up"], cwd=checkout, env=clean, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "studio up"
    return done


def test_it_builds_the_web_ui(checkout: Path) -> None:
    assert "cannot be built" not in make_up(checkout).stdout
    assert (checkout / "web/dist/index.html").read_text() == "new\n"


@pytest.mark.parametrize(
    ("tool", "body"),
    [
        ("web/run", "echo no registry >&2; exit 1"),
        ("web/run", f'[ "$1" = vite ] && {{ echo no memory >&2; exit 1; }}; {BUILT}'),
        (".venv/bin/pip", 'case "$*" in *web*) echo no index >&2; exit 1;; esac'),
    ],
    ids=["npm", "vite", "pip"],
)
@pytest.mark.parametrize("older", [False, True])
def test_it_starts_where_the_web_ui_cannot_be_built(
    checkout: Path, tool: str, body: str, *, older: bool
) -> None:
    script(checkout / tool, body)
    page = checkout / "web/dist/index.html"
    if older:
        page.parent.mkdir()
        page.write_text("old\n")
        os.utime(page, (0, 0))
    done = make_up(checkout)
    assert "The web UI cannot be built" in done.stdout
    assert done.stderr.startswith("no ")
    assert page.exists() == older
    assert not older or page.read_text() == "old\n"
