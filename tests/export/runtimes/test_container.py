"""A checkpoint for NVIDIA's container: what its ONNX Runtime backend will load is loaded here by plain onnxruntime."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from click.testing import CliRunner

from ensembles.engine.graph import read_meta
from ensembles.engine.network import Network
from ensembles.manifest import read_manifest
from export.command import ExportError, export_checkpoint
from export.networks import NETWORKS
from export.runtimes import models
from export.runtimes.target import choose_target
from export.runtimes.typed import IN_FLOAT32, typed_graph
from studio.cli import main
from studio.errors import StudioError
from studio.triton.repository import link_repository, not_served_here, published

ROOT = Path(__file__).parents[3]
POCKET = ROOT / "export" / "pocket" / "weights"
GRAPHS = sorted(path.parent for path in (ROOT / "export" / "graphs").glob("*/unet.onnx"))


@pytest.fixture(scope="module")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with pocket under all three runtimes; reports are checked by the tests."""
    home = tmp_path_factory.mktemp("home")
    for runtime, precision in (("python", None), ("onnxruntime", None), ("tensorrt", "fp16")):
        target = choose_target(home, runtime, precision, None)
        export_checkpoint(POCKET, f"p-{runtime}", home, verify=False, trace="never", target=target)
    return home


def inputs(network: str, manifest) -> dict[str, np.ndarray]:
    """Two samples of a size that no test of export/samples.py has."""
    random = np.random.default_rng(3)
    normal = lambda *shape: random.standard_normal(shape, dtype=np.float32)  # noqa: E731
    return {
        "text-encoder": {
            "input_ids": random.integers(0, 100, (2, 77)),
            "clip_skip": np.array([[1], [2]]),
            "replace_mask": np.zeros((2, 77), np.float32),
            "replace_values": normal(2, 77, manifest.context_dim),
        },
        "unet": {
            "sample": normal(2, 4, 11, 6),
            "timestep": np.array([[999.4], [0.25]], np.float32),
            "encoder_hidden_states": normal(2, 154, manifest.context_dim),
        },
        "vae-encoder": {"image": normal(2, 3, 40, 56)},
        "vae-decoder": {"latent": normal(2, 4, 6, 3)},
    }[network]


@pytest.mark.parametrize("network", NETWORKS)
def test_plain_onnxruntime_loads_it_anywhere(studio_home: Path, tmp_path: Path, network: str) -> None:
    moved = shutil.copytree(studio_home / "container", tmp_path / "moved", symlinks=True)
    model = moved / "repository" / f"p-onnxruntime-{network}" / "1" / "model.onnx"
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    engine = Network(studio_home / "models" / "p-python", network)
    sent = inputs(network, engine.manifest)
    for name, expected in engine.run(sent).items():
        (found,) = session.run([name], sent)
        np.testing.assert_allclose(found, expected, atol=1e-5 * max(1, np.abs(expected).max()))


def test_bytes_are_shared_and_nothing_else_is_kept(studio_home: Path) -> None:
    folder = studio_home / "container" / "models" / "p-onnxruntime"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "report.json", "tokenizer", "repository",
    }  # fmt: skip
    version = folder / "repository" / "p-onnxruntime-unet" / "1"
    source = POCKET / "unet" / "diffusion_pytorch_model.safetensors"
    assert (version / "unet.safetensors").stat().st_ino == source.stat().st_ino
    # The graph alone is small: no weight was copied into it, whatever its type in the file.
    assert (version / "model.onnx").stat().st_size < 1_000_000


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_other_types_on_disk(home: Path, tmp_path: Path, make_checkpoint, dtype: str) -> None:
    """Bytes of every type become what the graph computes in, both ways."""
    source = make_checkpoint(tmp_path / "source", 21, dtype)
    for precision, limit in (("fp32", 1e-5), ("fp16", 5e-2)):
        target = choose_target(home, "onnxruntime", precision, tmp_path / precision)
        report = export_checkpoint(source, "typed", home, verify=False, trace="never", target=target)
        assert {written.precision for written in report.written} == {precision}
        worst = max(written.difference / max(1, written.magnitude) for written in report.written)
        assert worst < limit
        assert (worst > 1e-5) == (precision == "fp16")


def test_report_and_manifest_say_the_runtime(studio_home: Path) -> None:
    for runtime, precision in (("onnxruntime", "fp32"), ("tensorrt", "fp16")):
        folder = studio_home / "container" / "models" / f"p-{runtime}"
        manifest = read_manifest(folder / "manifest.json")
        assert (manifest.runtime, manifest.precision) == (runtime, precision)
        assert f'"runtime": "{runtime}"' in (folder / "report.json").read_text()


def test_difference_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models.LIMITS, "fp16", 1e-9)
    target = choose_target(tmp_path, "tensorrt", None, None)
    with pytest.raises(ExportError, match="--precision fp32"):
        export_checkpoint(POCKET, "off", tmp_path, verify=False, trace="never", target=target)
    assert not (tmp_path / "container" / "models" / "off").exists()


def test_graphs_for_tensorrt_say_fp16(studio_home: Path) -> None:
    folder = studio_home / "container" / "models" / "p-tensorrt"
    shared = studio_home / "models" / "p-python" / "graphs"
    for network in NETWORKS:
        # Other checkpoints link to the graph that was rewritten: theirs must be as it was traced.
        plain = onnx.load(str(shared / f"{network}.onnx"), load_external_data=False)
        assert onnx.TensorProto.FLOAT16 not in {tensor.data_type for tensor in plain.graph.initializer}
        model = onnx.load(str(folder / "graphs" / f"{network}.onnx"), load_external_data=False)
        meta = read_meta(folder / "graphs" / f"{network}.json")
        types = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
        assert {types[name] for name in meta.parameters} == {onnx.TensorProto.FLOAT16}
        # What clients send and get stays as it is.
        tensors = [*model.graph.input, *model.graph.output]
        assert {t.type.tensor_type.elem_type for t in tensors} <= {
            onnx.TensorProto.FLOAT, onnx.TensorProto.INT64,
        }  # fmt: skip


@pytest.mark.parametrize("graphs", GRAPHS, ids=lambda path: path.name)
def test_timesteps_never_pass_through_fp16(graphs: Path) -> None:
    """999.4 would become 999.5 there, which is another picture."""
    model = typed_graph(graphs / "unet.onnx", read_meta(graphs / "unet.json"), "fp16")
    makers = {output: node for node in model.graph.node for output in node.output}
    waiting = [node for node in model.graph.node if node.op_type in ("Sin", "Cos")]
    # Of the timestep, and of the sizes that a UNet of the XL family is told.
    assert len(waiting) in (2, 4)
    assert all(node.name.startswith(IN_FLOAT32) for node in waiting)
    seen = set()
    while waiting:
        node = waiting.pop()
        assert not (node.op_type == "Cast" and node.attribute[0].i == onnx.TensorProto.FLOAT16), node.name
        seen |= set(node.input)
        waiting += [makers[name] for name in node.input if name in makers]
    assert "timestep" in seen


def test_the_container_folder_is_whole(studio_home: Path) -> None:
    repository = studio_home / "container" / "repository"
    links = [path for path in repository.iterdir() if path.is_symlink()]
    assert len(links) == 2 * 3 + 4 + 7  # request, txt2img, stream; networks; four UNets of buckets
    for path in repository.iterdir():
        assert (path / "config.pbtxt").is_file(), path
        assert (path / "1").is_dir()
        if path.is_symlink():
            assert not path.readlink().is_absolute()


def test_an_export_that_replaces_another_leaves_no_dead_links(studio_home: Path, tmp_path: Path) -> None:
    for runtime in ("tensorrt", "onnxruntime"):
        target = choose_target(studio_home, runtime, "fp32", tmp_path)
        export_checkpoint(POCKET, "again", studio_home, verify=False, trace="never", target=target)
    names = {path.name for path in (tmp_path / "repository").iterdir()}
    assert "again-unet" in names
    assert "again-unet-256" not in names


def test_the_studios_own_server_leaves_them_alone(studio_home: Path, tmp_path: Path) -> None:
    shutil.copytree(studio_home / "container" / "models" / "p-tensorrt", tmp_path / "models" / "p-tensorrt")
    assert published(tmp_path) == ["p-tensorrt"]
    assert not_served_here(tmp_path) == {"p-tensorrt": "tensorrt"}
    assert list(link_repository(tmp_path).iterdir()) == []
    with pytest.raises(StudioError, match="STUDIO_HOME to another folder"):
        published(studio_home / "container")


def test_a_repository_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "repository").write_text("in the way")
    target = choose_target(tmp_path / "home", "onnxruntime", None, tmp_path)
    with pytest.raises(ExportError, match=r"the checkpoint is published, but .* is not complete"):
        export_checkpoint(POCKET, "x", tmp_path / "home", verify=False, trace="never", target=target)
    assert (tmp_path / "models" / "x" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--out", "somewhere"], "are for NVIDIA's container"),
        (["--precision", "fp16"], "are for NVIDIA's container"),
        (["--runtime", "onnxruntime", "--out", "{home}"], "the studio's own home"),
        (["--runtime", "openvino"], "'openvino' is not one of"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, options: list[str], says: str) -> None:
    arguments = ["export", str(POCKET), "--name", "x", *(o.format(home=tmp_path) for o in options)]
    done = CliRunner().invoke(main, arguments, env={"STUDIO_HOME": str(tmp_path)})
    # click's own errors end with 2 as they are; ours are turned into it by the entry point.
    assert says in (done.output if done.exit_code == 2 else str(done.exception))
    assert not (tmp_path / "models").exists()


def test_without_onnx_it_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "export.runtimes.models", None)
    target = choose_target(tmp_path, "onnxruntime", None, None)
    with pytest.raises(ExportError, match=r"pip install -c constraints.txt -e '.\[export\]'"):
        export_checkpoint(POCKET, "x", tmp_path, verify=False, trace="never", target=target)
    assert not (tmp_path / "container" / "models" / "x").exists()
