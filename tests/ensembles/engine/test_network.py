"""Networks of a published folder: bound, checked, joined."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine.bind import default_threads
from ensembles.engine.errors import EngineError
from ensembles.engine.network import Network

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def unet(published_pocket: Path) -> Network:
    return Network(published_pocket, "unet", threads=1)


def unet_inputs(network: Network, batch: int, height: int = 8, width: int = 8, seed: int = 0):
    random = np.random.default_rng(seed)
    normal = lambda *shape: random.standard_normal(shape, dtype=np.float32)  # noqa: E731
    return {
        "sample": normal(batch, 4, height, width),
        "timestep": random.uniform(0, 999, (batch, 1)).astype(np.float32),
        "encoder_hidden_states": normal(batch, 77, network.manifest.context_dim),
    }


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (7, 5), (16, 24)])
def test_any_latent_size(unet: Network, height: int, width: int) -> None:
    output = unet.run(unet_inputs(unet, 2, height, width))["noise_pred"]
    assert output.shape == (2, 4, height, width)
    assert np.isfinite(output).all()


def test_neighbours_do_not_matter(unet: Network) -> None:
    requests = [unet_inputs(unet, batch, seed=batch) for batch in (1, 2, 3)]
    for request, result in zip(requests, unet.run_many(requests), strict=True):
        assert not isinstance(result, EngineError)
        np.testing.assert_allclose(result["noise_pred"], unet.run(request)["noise_pred"], atol=1e-5)


def test_runs_are_no_larger_than_the_bucket(published_pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(published_pocket, "vae-decoder", threads=1)
    network.manifest.max_batch.clear()
    network.manifest.max_batch.update({"64": 2})
    runs = []
    honest = network._run
    monkeypatch.setattr(network, "_run", lambda inputs: runs.append(len(inputs["latent"])) or honest(inputs))
    small = {"latent": np.zeros((3, 4, 8, 8), np.float32)}
    large = {"latent": np.zeros((2, 4, 9, 8), np.float32)}
    results = network.run_many([small, large])
    assert [result["image"].shape for result in results] == [(3, 3, 64, 64), (2, 3, 72, 64)]
    assert runs == [2, 1, 1, 1]


def test_a_bad_request_fails_alone(unet: Network) -> None:
    good = unet_inputs(unet, 1)
    bad = good | {"timestep": np.zeros((1, 2), np.float32)}
    first, second, third = unet.run_many([good, bad, good])
    assert isinstance(second, EngineError)
    np.testing.assert_array_equal(first["noise_pred"], third["noise_pred"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"timestep": None}, "takes"),
        ({"other": np.zeros(1, np.float32)}, "takes"),
        ({"timestep": np.zeros((1, 1), np.float64)}, "must be float32, not float64"),
        ({"timestep": np.zeros((2, 1), np.float32)}, "timestep must have shape"),
        ({"sample": np.zeros((1, 9, 8, 8), np.float32)}, "sample must have shape"),
        ({"sample": np.zeros((1, 4, 0, 8), np.float32)}, "sample must have shape"),
    ],
)
def test_wrong_inputs(unet: Network, change: dict, sentence: str) -> None:
    inputs = {name: array for name, array in (unet_inputs(unet, 1) | change).items() if array is not None}
    with pytest.raises(EngineError, match=sentence):
        unet.run(inputs)


def test_text_encoder_layers_and_replacements(published_pocket: Path) -> None:
    network = Network(published_pocket, "text-encoder", threads=1)
    width = network.manifest.context_dim
    random = np.random.default_rng(0)
    ids = random.integers(0, 800, (1, 77))
    inputs = {
        "input_ids": ids,
        "clip_skip": np.array([[1]]),
        "replace_mask": np.zeros((1, 77), np.float32),
        "replace_values": random.standard_normal((1, 77, width), dtype=np.float32),
    }
    plain = network.run(inputs)
    skipped = network.run(inputs | {"clip_skip": np.array([[2]])})
    assert np.abs(plain["hidden_state"] - skipped["hidden_state"]).max() > 0.01
    np.testing.assert_array_equal(plain["pooled"], skipped["pooled"])
    mask = inputs["replace_mask"].copy()
    mask[0, 40] = 1
    replaced = network.run(inputs | {"replace_mask": mask})
    # Attention is causal: what comes before the replaced token is as it was.
    np.testing.assert_allclose(replaced["hidden_state"][:, :40], plain["hidden_state"][:, :40], atol=1e-6)
    assert np.abs(replaced["hidden_state"][:, 40] - plain["hidden_state"][:, 40]).max() > 0.01


def test_damaged_folders(published_pocket: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="There is no network 'clip'"):
        Network(published_pocket, "clip")
    folder = Path(shutil.copytree(published_pocket, tmp_path / "pocket"))
    file = folder / "weights" / "unet.safetensors"
    shutil.copy(folder / "weights" / "vae.safetensors", file)
    with pytest.raises(EngineError, match=r"unet\.safetensors has no tensor"):
        Network(folder, "unet")
    file.unlink()
    with pytest.raises(EngineError, match="cannot be read"):
        Network(folder, "unet")
    (folder / "graphs" / "vae-decoder.onnx").write_bytes(b"no graph")
    with pytest.raises(EngineError, match="cannot be read as a graph"):
        Network(folder, "vae-decoder")


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_ENGINE_THREADS", "3")
    assert default_threads() == 3
    monkeypatch.delenv("STUDIO_ENGINE_THREADS")
    assert default_threads() >= 1
    monkeypatch.setenv("STUDIO_ENGINE_THREADS", "many")
    with pytest.raises(EngineError, match="whole number above 0"):
        default_threads()


def test_needs_no_torch(published_pocket: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ensembles.engine.network import Network\n"
        "Network(Path(sys.argv[1]), 'text-encoder')\n"
        "heavy = {'torch', 'transformers', 'diffusers', 'export'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(published_pocket)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
