"""Every example of docs/triton-api.md, taken from the page and run as a reader would."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.triton.protoset import protoset
from tests.conftest import Served

pytestmark = pytest.mark.triton
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "triton-api.md").read_text()


def examples(section: str, language: str) -> list[str]:
    """The code blocks of one language under one heading."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert text is not None
    return re.findall(rf"```{language}\n(.*?)```", text[1], re.DOTALL)


def run(code: str, language: str, triton: Served, folder: Path) -> str:
    """Runs one example in `folder`, its addresses replaced by those of the server under test."""
    code = code.replace("http://127.0.0.1:8000", triton.http).replace("127.0.0.1:8001", triton.grpc)
    tools = folder / "bin"
    tools.mkdir()
    if shutil.which("grpcurl") is None:
        shim = tools / "grpcurl"
        shim.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/tools/grpcurl.py "$@"\n')
        shim.chmod(0o755)
    (folder / "docs").symlink_to(ROOT / "docs")
    command = ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
    environment = os.environ | {"PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_picture(path: Path) -> bool:
    """128x128 and not one flat colour."""
    image = np.asarray(Image.open(path).convert("RGB"))
    return image.shape == (128, 128, 3) and image.std() > 10


def test_the_page_has_the_examples_that_are_tested_here():
    assert [
        len(examples(*which))
        for which in (("curl", "bash"), ("Python", "python"), ("Operations", "python"), ("grpcurl", "bash"))
    ] == [1, 2, 3, 1]
    assert len(re.findall(r"```(?:bash|python)\n", PAGE)) == 7


def test_curl(triton, tmp_path):
    run(examples("curl", "bash")[0], "bash", triton, tmp_path)
    assert is_picture(tmp_path / "circle.ppm")


def test_python(triton, tmp_path):
    run(examples("Python", "python")[0], "python", triton, tmp_path)
    assert is_picture(tmp_path / "star.png")


def test_python_streaming(triton, tmp_path):
    printed = run(examples("Python", "python")[1], "python", triton, tmp_path)
    assert printed.splitlines()[-1] == "step 12 of 12"
    assert is_picture(tmp_path / "triangle.png")


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(("number", "file"), [(0, "steered.png"), (1, "repainted.png"), (2, "guided.png")])
def test_operations(triton, tmp_path, number, file):
    run(examples("Operations", "python")[number], "python", triton, tmp_path)
    assert is_picture(tmp_path / file)


def test_grpcurl(triton, tmp_path):
    answer = json.loads(run(examples("grpcurl", "bash")[0], "bash", triton, tmp_path))
    names = [output["name"] for output in answer["outputs"]]
    raw = base64.b64decode(answer["rawOutputContents"][names.index("IMAGE")])
    assert np.frombuffer(raw, np.uint8).reshape(128, 128, 3).std() > 10


def test_the_protoset_is_that_of_the_client_in_use():
    assert (ROOT / "docs" / "triton.protoset").read_bytes() == protoset()
