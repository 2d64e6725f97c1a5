"""What tracing promises of a graph, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine.graph import read_meta
from export.checkpoint import open_checkpoint
from export.errors import ExportError
from export.graphs import IDENTITY, networks_of, read_graphs
from export.networks import NETWORKS

SHIPPED = Path(__file__).parents[2] / "export" / "graphs"
POCKET = Path(__file__).parents[2] / "export" / "pocket" / "weights"


def test_every_parameter_is_bound(tiny: Path, home: Path) -> None:
    checkpoint = open_checkpoint(tiny)
    bound: dict[str, set[str]] = {}
    for network, meta in (read_graphs(home / "graphs" / checkpoint.hash) or {}).items():
        bound.setdefault(NETWORKS[network].part, set()).update(meta.parameters)
    assert bound == {part: set(places) for part, places in checkpoint.tensors.items()}


def test_the_shipped_graphs() -> None:
    """`python -m export.trace SOURCE --out export/graphs --keep` after a change of pocket's config.

    Beside pocket's there are Stable Diffusion 1.5's, which tests/export/test_ldm.py looks for, and those of 2.x, XL, its refiner
    and a VAE, for which tests/export/test_families.py does.
    """
    assert open_checkpoint(POCKET).hash in (folders := [path.name for path in SHIPPED.iterdir()])
    assert len(folders) == 6
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*.onnx")) < 13_000_000


UNVERIFIED = {"text-encoder", "text-encoder-2", "unet"}
"""Of 2.x, XL and its refiner, traced in little memory (`--unverified`), without torch beside them: tests/export/test_families.py compares tiny ones of its
structure, and `make soak` these where there is the memory."""


def large(folder: Path) -> bool:
    """Whether the graphs are of another family than Stable Diffusion 1.x."""
    return "sd15-" not in (folder / IDENTITY).read_text()


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        (folder, network)
        for folder in SHIPPED.iterdir()
        for network in networks_of(folder)
        if not (network in UNVERIFIED and large(folder))
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_shipped_graphs_were_verified(network: str, folder: Path) -> None:
    meta = read_meta(folder / f"{network}.json")
    assert {found.batch for found in meta.verified} >= {1}
    assert len({found.batch for found in meta.verified}) == 2
    assert max(found.difference / max(1, found.magnitude) for found in meta.verified) < 1e-5
    assert set(meta.versions) == {"torch", "diffusers", "transformers", "onnx", "onnxruntime", "opset"}


def test_equal_parameters_would_lose_their_names(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without distinct values the exporter merges norms; the tracer must notice, not bind wrongly."""
    import export.trace

    monkeypatch.setattr(export.trace, "scatter", lambda module, seed: None)
    with pytest.raises(ExportError, match=r"lost the names of \d+ parameters"):
        export.trace.trace(open_checkpoint(tiny), tmp_path)
    assert not list(tmp_path.iterdir())


def test_configs_that_mean_the_same_hash_alike(tiny: Path, damaged: Path) -> None:
    path = damaged / "unet" / "config.json"
    config = json.loads(path.read_text())
    honest = open_checkpoint(tiny).architecture
    config.pop("time_embedding_type")
    path.write_text(
        json.dumps(config | {"sample_size": 96, "_diffusers_version": "0.6.0", "encoder_hid_dim": None})
    )
    assert open_checkpoint(damaged).architecture == honest
    path.write_text(json.dumps(config | {"norm_eps": 1e-6}))
    assert open_checkpoint(damaged).architecture != honest
    path.write_text(json.dumps(config | {"a_key_of_the_future": np.pi}))
    assert open_checkpoint(damaged).architecture != honest
