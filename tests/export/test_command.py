"""From a diffusers folder to a published one, and what is not published."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ensembles.engine.network import Network
from ensembles.manifest import read_manifest
from export.command import ExportError, export_checkpoint
from export.networks import NETWORKS

ROOT = Path(__file__).parents[2]
POCKET = ROOT / "export" / "pocket" / "weights"

WITHOUT_TORCH = """
import sys
from pathlib import Path

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "diffusers", "transformers"):
            raise ImportError(f"{name} is walled off")

sys.meta_path.insert(0, Wall())
from export.command import ExportError, export_checkpoint
try:
    print(export_checkpoint(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])).text())
except ExportError as error:
    sys.exit(f"ExportError: {error}")
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from export.command import export_checkpoint

def progress(what, share):
    if what == "writing":
        os.kill(os.getpid(), signal.SIGKILL)

export_checkpoint(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), progress, verify=False)
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_pocket_is_published_whole(tmp_path: Path) -> None:
    """The shipped graphs must be those of the shipped weights: `python -m export.trace` makes them anew."""
    seen: list[float] = []
    report = export_checkpoint(
        POCKET, "pocket", tmp_path, lambda what, share: seen.append(share), trace="never"
    )
    assert not report.traced
    assert seen == sorted(seen)
    assert seen[-1] == 1
    folder = tmp_path / "models" / "pocket"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "report.json", "weights", "tokenizer", "graphs", "repository",
    }  # fmt: skip
    manifest = read_manifest(folder / "manifest.json")
    assert manifest.default_size == json.loads((POCKET / "unet/config.json").read_text())["sample_size"] * 8
    assert manifest.latent_rgb is not None
    for network in report.networks:
        assert network.against == "torch"
        assert len(network.comparisons) >= 2
        for found in network.comparisons:
            assert found.difference < 1e-5 * max(1, found.magnitude)
    assert json.loads((folder / "report.json").read_text())["architecture"] == manifest.architecture
    assert "text-encoder" in report.text()


def test_another_width_is_traced_once(home: Path, tmp_path: Path, make_checkpoint, monkeypatch) -> None:
    import export.trace

    monkeypatch.setattr(export.trace, "trace", lambda *_: pytest.fail("traced again"))
    for dtype in ("float16", "bfloat16"):
        report = export_checkpoint(make_checkpoint(tmp_path / dtype, 7, dtype), dtype, home, trace="auto")
        assert not report.traced
        assert max(network.difference or 0 for network in report.networks) < 1e-5
        assert {tuple(weight.dtypes) for weight in report.weights} == {
            ("F16",) if dtype == "float16" else ("BF16",)
        }


def test_older_and_newer_spellings(home: Path, tiny: Path, damaged: Path) -> None:
    """The published Stable Diffusion 1.5: old names in the VAE, position_ids, only an .fp16 variant."""
    vae = damaged / "vae" / "diffusion_pytorch_model.safetensors"
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    tensors = {}
    for name, tensor in load_file(vae).items():
        for new_part, old_part in old.items():
            if "mid_block.attentions" in name:
                name = name.replace(f".{new_part}.", f".{old_part}.")  # noqa: PLW2901
        tensors[name] = tensor
    assert any(".proj_attn." in name for name in tensors)
    save_file(tensors, vae.with_name("diffusion_pytorch_model.fp16.safetensors"))
    vae.unlink()
    text = damaged / "text_encoder" / "model.safetensors"
    tensors = load_file(text)
    tensors["text_model.embeddings.position_ids"] = np.arange(77)[None]
    save_file(tensors, text)
    report = export_checkpoint(damaged, "old-names", home)
    assert not report.traced
    assert max(network.difference or 0 for network in report.networks) < 1e-5


def test_export_without_torch(home: Path, tmp_path: Path, make_checkpoint) -> None:
    source = make_checkpoint(tmp_path / "other", 11)
    done = run(WITHOUT_TORCH, source, "torchless", home)
    assert done.returncode == 0, done.stderr
    assert "PyTorch is not installed" in done.stdout
    export_checkpoint(source, "torchful", home)
    for name in NETWORKS:
        first, second = (Network(home / "models" / folder, name) for folder in ("torchless", "torchful"))
        assert first.manifest.weights == second.manifest.weights


def test_unknown_architecture_without_torch(tiny: Path, tmp_path: Path) -> None:
    done = run(WITHOUT_TORCH, tiny, "tiny", tmp_path)
    assert done.returncode == 1
    assert "pip install -c constraints.txt -e '.[export]'" in done.stderr


def test_bytes_are_not_stored_twice(home: Path, tiny: Path) -> None:
    folder = home / "models" / "tiny" / "weights"
    sources = {
        "unet.safetensors": tiny / "unet" / "diffusion_pytorch_model.safetensors",
        "vae.safetensors": tiny / "vae" / "diffusion_pytorch_model.safetensors",
        "text-encoder.safetensors": tiny / "text_encoder" / "model.safetensors",
    }
    assert {path.name for path in folder.iterdir()} == {*sources, "layout.json"}
    for name, source in sources.items():
        assert (folder / name).stat().st_ino == source.stat().st_ino
    graphs = sum(path.stat().st_size for path in folder.parent.joinpath("graphs").glob("*.onnx"))
    parameters = sum(source.stat().st_size for source in sources.values())
    assert graphs < 1_000_000 < parameters


def test_weights_are_copied_where_links_fail(tiny: Path, home: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    report = export_checkpoint(tiny, "copied", home, verify=False)
    assert not any(weight.linked for weight in report.weights)
    assert "copied" in report.text()


def test_killed_export_publishes_nothing(home: Path, tiny: Path) -> None:
    models = home / "models"
    done = run(KILLED, tiny, "killed", home)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (models / "killed").exists()
    assert list(models.glob(".killed.tmp-*"))
    export_checkpoint(tiny, "killed", home, verify=False)
    assert (models / "killed" / "manifest.json").exists()
    assert not list(models.glob(".killed.tmp-*"))


def test_failed_export_keeps_the_earlier_one(home: Path, tiny: Path, damaged: Path, make_checkpoint) -> None:
    export_checkpoint(tiny, "kept", home, verify=False)
    before = (home / "models" / "kept" / "manifest.json").read_bytes()
    _spoil_with_nan(damaged)
    with pytest.raises(ExportError, match="NaN"):
        export_checkpoint(damaged, "kept", home, verify=False)
    assert (home / "models" / "kept" / "manifest.json").read_bytes() == before
    assert [path.name for path in (home / "models").glob(".kept.*")] == [".kept.lock"]


def test_second_export_replaces(home: Path, tiny: Path, tmp_path: Path, make_checkpoint) -> None:
    export_checkpoint(tiny, "again", home, verify=False)
    first = read_manifest(home / "models" / "again" / "manifest.json")
    export_checkpoint(make_checkpoint(tmp_path / "new", 3), "again", home, verify=False)
    second = read_manifest(home / "models" / "again" / "manifest.json")
    assert first.architecture == second.architecture
    assert first.weights != second.weights


def test_difference_from_torch_is_not_published(home: Path, tiny: Path, monkeypatch) -> None:
    from export.reference import Reference

    honest = Reference.run

    def off(self, network, inputs):
        return {name: array + np.float32(0.01) for name, array in honest(self, network, inputs).items()}

    monkeypatch.setattr(Reference, "run", off)
    with pytest.raises(ExportError, match="differs from torch"):
        export_checkpoint(tiny, "off", home)
    assert not (home / "models" / "off").exists()


def test_recorded_vectors(home: Path, tmp_path: Path, make_checkpoint) -> None:
    from export.checkpoint import open_checkpoint
    from export.verify import record

    source = make_checkpoint(tmp_path / "source", 5)
    record(open_checkpoint(source), tmp_path / "verification.npz")
    done = run(WITHOUT_TORCH, source, "vectors", home)
    assert done.returncode == 0, done.stderr
    report = json.loads((home / "models" / "vectors" / "report.json").read_text())
    assert {network["against"] for network in report["networks"]} == {"vectors"}
    assert report["remarks"] == []
    stale = make_checkpoint(tmp_path / "stale", 6)
    shutil.copy(tmp_path / "verification.npz", stale)
    done = run(WITHOUT_TORCH, stale, "stale", home)
    assert "recorded from other weights" in done.stdout


def _spoil_with_nan(folder: Path) -> None:
    """Make the last float of the UNet's file a NaN, without changing its length."""
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    content = bytearray(file.read_bytes())
    content[-4:] = np.float32(np.nan).tobytes()
    file.write_bytes(content)
