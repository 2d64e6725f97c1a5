"""Checkpoints of one architecture share its graphs on the disk."""

import os
import shutil
from pathlib import Path

import pytest

from export.command import export_checkpoint
from export.graphs import SHIPPED
from export.networks import NETWORKS
from export.pocket.evaluate import WEIGHTS


def graphs(home: Path, name: str) -> list[tuple[int, int]]:
    """Device and inode of each graph of a published checkpoint."""
    files = (home / "models" / name / "graphs" / f"{network}.onnx" for network in NETWORKS)
    return [(found.st_dev, found.st_ino) for found in (file.stat() for file in files)]


def publish(home: Path, *names: str) -> None:
    for name in names:
        export_checkpoint(WEIGHTS, name, home, verify=False, trace="never")


def test_two_checkpoints_share_one_graph(tmp_path: Path):
    publish(tmp_path, "one", "two")
    assert graphs(tmp_path, "one") == graphs(tmp_path, "two")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system to try")
def test_shared_on_another_file_system_too(tmp_path: Path):
    home = Path("/dev/shm") / f"studio-graphs-{os.getpid()}"
    if home.parent.stat().st_dev == SHIPPED.stat().st_dev:
        pytest.skip("the same file system")
    try:
        publish(home, "one", "two")
        assert graphs(home, "one") == graphs(home, "two")
        assert (
            graphs(home, "one")[0][1]
            == (home / "graphs" / "7d81c58f5df1c714" / "text-encoder.onnx").stat().st_ino
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
