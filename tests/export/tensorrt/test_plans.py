"""Plans: profiles, a real build with TensorRT-RTX where it is installed, and refitting against a fake."""

import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

from ensembles.engine.graph import read_meta
from ensembles.engine.weights import WeightFile
from ensembles.manifest import Manifest, unet_model
from ensembles.sampling.parameters import MAX_TOKENS
from export.command import export_checkpoint
from export.errors import ExportError
from export.networks import NETWORKS, Layout
from export.repository import served
from export.runtimes.target import choose_target
from export.tensorrt import plans
from export.tensorrt.build import build_plan, refit
from export.tensorrt.dialects import DIALECTS, load_dialect
from export.tensorrt.plans import PlansReport, make_plans
from export.tensorrt.profiles import profile
from export.write import MAX_BATCH

POCKET = Path(__file__).parents[3] / "export" / "pocket" / "weights"

needs_rtx = pytest.mark.skipif(
    importlib.util.find_spec("tensorrt_rtx") is None,
    reason="tensorrt-rtx is not installed: `make tensorrt` installs it and runs this",
)


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A container's folder with pocket for TensorRT."""
    home = tmp_path_factory.mktemp("home")
    target = choose_target(home, "tensorrt", None, None)
    export_checkpoint(POCKET, "p", home, verify=False, trace="never", target=target)
    return target.home


def test_profiles_follow_the_buckets() -> None:
    manifest = Manifest("any", "sd15-0", 768, max_batch=MAX_BATCH, runtime="tensorrt")
    inputs, _ = NETWORKS["unet"].ports(Layout(768))
    unets = [model for model in served(manifest) if model.network == "unet"]
    assert [model.bucket for model in unets] == list(MAX_BATCH)
    for model in unets:
        shapes = profile(manifest, model, inputs)
        cells = int(model.bucket) // 8
        assert [shape[2:] for shape in shapes["sample"]] == [(8, 8), (cells, cells), (cells, cells)]
        assert [shape[0] for shape in shapes["sample"]][::2] == [1, MAX_BATCH[model.bucket]]
        assert [shape[1] for shape in shapes["encoder_hidden_states"]] == [77, 77, MAX_TOKENS]
        # TensorRT refuses a profile that is not in order, or whose inputs do not share a batch.
        for smallest, usual, largest in shapes.values():
            assert all(a <= b <= c for a, b, c in zip(smallest, usual, largest, strict=True))
        assert len({tuple(shape[0] for shape in three) for three in shapes.values()}) == 1


def test_profiles_of_the_vae_end_where_tiling_begins() -> None:
    manifest = Manifest("any", "sd15-0", 768, max_batch=MAX_BATCH, runtime="tensorrt")
    for network, name, cell in (("vae-decoder", "latent", 1), ("vae-encoder", "image", 8)):
        inputs, _ = NETWORKS[network].ports(Layout(768))
        (model,) = [model for model in served(manifest) if model.network == network]
        sides = [shape[2:] for shape in profile(manifest, model, inputs)[name]]
        assert sides == [(8 * cell,) * 2, (64 * cell,) * 2, (128 * cell,) * 2]


def test_a_package_that_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorrt", None)
    with pytest.raises(ExportError, match="TensorRT container of the same month"):
        load_dialect("tensorrt")


def test_a_checkpoint_for_another_runtime_is_one_sentence(container: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="has no checkpoint nobody"):
        make_plans(container, "nobody", "tensorrt-rtx")
    folder = shutil.copytree(container / "models" / "p", tmp_path / "models" / "q")
    text = (folder / "manifest.json").read_text().replace('"tensorrt"', '"python"')
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ExportError, match="exported for python"):
        make_plans(tmp_path, "q", "tensorrt-rtx")


def test_without_a_gpu_tensorrt_says_where_to_go(container: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        plans, "load_dialect", lambda name: (DIALECTS[name], SimpleNamespace(__version__="0"))
    )
    monkeypatch.setenv("PATH", "")  # no nvidia-smi
    with pytest.raises(ExportError, match="the machine that will serve"):
        make_plans(container, "p", "tensorrt")


def pocket_plan(container: Path, network: str, *, strip: bool) -> tuple[bytes, int]:
    """The plan of one of pocket's networks at its smallest bucket, and the bytes of its parameters in fp16."""
    folder = container / "models" / "p"
    manifest = plans._read(folder, container, "p")
    model = next(model for model in served(manifest) if model.network == network)
    meta = read_meta(folder / "graphs" / f"{network}.json")
    dialect, trt = load_dialect("tensorrt-rtx")
    graph = folder / "graphs" / f"{network}.onnx"
    weights = plans.open_weights(folder, plans.PARTS[network])
    shapes = profile(manifest, model, meta.inputs)
    plan = build_plan(trt, dialect, graph, weights, meta.parameters, manifest.precision, shapes, strip=strip)
    return plan, sum(2 * int(np.prod(shape)) for shape in meta.parameters.values())


@needs_rtx
def test_pockets_unet_builds_in_fp16(container: Path) -> None:
    plan, parameters = pocket_plan(container, "unet", strip=False)
    # The weights alone would take twice the parameters' bytes in fp32.
    assert parameters < len(plan) < 2 * parameters


@needs_rtx
def test_every_plan_is_built_whole_and_kept_from_triton(container: Path) -> None:
    """All seven models, as `python -m export.tensorrt --package tensorrt-rtx` makes them."""
    if plans.gpu_name():
        pytest.skip("with a GPU plans are stripped and refitted")
    report = make_plans(container, "p", "tensorrt-rtx")
    assert len(report.plans) == 7
    for plan in report.plans:
        assert (container / plan.file).stat().st_size == plan.bytes
    written = msgspec.json.decode((container / "models/p/plans.json").read_bytes(), type=PlansReport)
    assert written == report
    # Triton cannot load them: they are not put where it looks.
    assert not list((container / "models/p/repository").glob("*/1/model.plan"))


@needs_rtx
def test_stripping_knows_every_parameter(container: Path) -> None:
    """Without a GPU the builder stops, but not before it has taken every name as one to refit."""
    if plans.gpu_name():
        plan, parameters = pocket_plan(container, "text-encoder", strip=True)
        assert len(plan) < parameters
        return
    with pytest.raises(ExportError, match="cannot be built"):
        pocket_plan(container, "text-encoder", strip=True)


class FakeTensorRT:
    """The part of TensorRT's API that refitting uses, without a GPU: a plan is the names that it wants."""

    wanted: ClassVar[list[str]] = ["a", "b"]
    refused: ClassVar[set[str]] = set()
    given: ClassVar[dict[str, np.ndarray]] = {}

    class ILogger:
        Severity = SimpleNamespace(ERROR=1, INTERNAL_ERROR=0)

    class SerializationFlag:
        EXCLUDE_WEIGHTS, INCLUDE_REFIT = "exclude", "include"

    @staticmethod
    def Weights(array):  # noqa: N802
        return array

    class Runtime:
        def __init__(self, logger) -> None:
            self.logger = logger

        def deserialize_cuda_engine(self, plan: bytes):
            if plan != b"plan":
                self.logger.log(1, "no plan of mine")
                return None
            return FakeTensorRT.Engine()

    class Engine:
        def create_serialization_config(self):
            flags = {"exclude"}
            return SimpleNamespace(flags=flags, clear_flag=flags.discard, set_flag=flags.add)

        def serialize_with_config(self, config) -> bytes:
            return b"whole" if config.flags == {"include"} else b"stripped"

    class Refitter:
        def __init__(self, engine, logger) -> None:
            FakeTensorRT.given.clear()

        def get_all_weights(self):
            return FakeTensorRT.wanted

        def set_named_weights(self, name: str, weights) -> bool:
            FakeTensorRT.given[name] = weights
            return name not in FakeTensorRT.refused

        def get_missing_weights(self):
            return ["c"] if "c" in FakeTensorRT.refused else []

        def refit_cuda_engine(self) -> bool:
            return True


@pytest.fixture
def weights(tmp_path: Path) -> WeightFile:
    file = tmp_path / "weights.safetensors"
    tensors = {"a": np.array([[1.5]], np.float32), "b": np.array([2.0], np.float16), "unused": np.zeros(1)}
    save_file({name: tensor.astype(tensor.dtype) for name, tensor in tensors.items()}, file)
    return WeightFile(file)


def test_refitting_gives_the_plan_what_it_asks_for(weights: WeightFile) -> None:
    assert refit(FakeTensorRT, b"plan", weights, "fp16") == b"whole"
    assert {name: (array.dtype, array.tolist()) for name, array in FakeTensorRT.given.items()} == {
        "a": (np.float16, [[1.5]]),
        "b": (np.float16, [2.0]),
    }


@pytest.mark.parametrize(
    ("plan", "wanted", "refused", "says"),
    [
        (b"other", ["a"], set(), "does not load on this GPU: no plan of mine"),
        (b"plan", ["a", "elsewhere"], set(), "asks for elsewhere"),
        (b"plan", ["a"], {"a"}, "refuses a"),
        (b"plan", ["a"], {"c"}, "1 weights are missing, first c"),
    ],
)
def test_what_refitting_refuses(weights: WeightFile, monkeypatch, plan, wanted, refused, says) -> None:
    monkeypatch.setattr(FakeTensorRT, "wanted", wanted)
    monkeypatch.setattr(FakeTensorRT, "refused", refused)
    with pytest.raises(ExportError, match=says):
        refit(FakeTensorRT, plan, weights, "fp16")


def test_a_second_checkpoint_is_only_refitted(container: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with a GPU, here a fake one, what is built is built once per architecture."""
    fake = SimpleNamespace(__version__="11.0")
    built: list[str] = []

    def build(trt, dialect, graph, weights, parameters, precision, shapes, *, strip):
        assert strip
        built.append(graph.stem)
        return b"stripped"

    monkeypatch.setattr(plans, "load_dialect", lambda name: (DIALECTS[name], fake))
    monkeypatch.setattr(plans, "gpu_name", lambda: "NVIDIA Fake 1")
    monkeypatch.setattr(plans, "build_plan", build)
    monkeypatch.setattr(
        plans, "refit", lambda trt, plan, weights, precision: plan + weights.path.name.encode()
    )
    first = make_plans(container, "p", "tensorrt")
    assert sorted(built) == sorted(["unet"] * 4 + ["text-encoder", "vae-encoder", "vae-decoder"])
    assert all(plan.built for plan in first.plans)
    shutil.copytree(container / "models" / "p", container / "models" / "q")
    manifest = container / "models" / "q" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"name": "p"', '"name": "q"'))
    second = make_plans(container, "q", "tensorrt")
    assert len(built) == 7
    assert not any(plan.built for plan in second.plans)
    model = unet_model(plans._read(manifest.parent, container, "q"), 512)
    plan = manifest.parent / "repository" / str(model) / "1" / "model.plan"
    assert plan.read_bytes() == b"strippedunet.safetensors"
