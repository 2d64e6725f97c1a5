"""Checkpoints of one architecture share its graphs on the disk."""

from pathlib import Path

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
    # And not with the program's own files, which an upgrade may rewrite.
    shipped = SHIPPED / "7d81c58f5df1c714" / "text-encoder.onnx"
    assert (shipped.stat().st_dev, shipped.stat().st_ino) != graphs(tmp_path, "one")[0]


def test_a_damaged_copy_is_made_anew(tmp_path: Path):
    publish(tmp_path, "one")
    graph = tmp_path / "graphs" / "7d81c58f5df1c714" / "unet.onnx"
    graph.unlink()
    graph.write_bytes(b"cut off")
    publish(tmp_path, "two")
    assert graph.read_bytes() == (SHIPPED / "7d81c58f5df1c714" / "unet.onnx").read_bytes()
