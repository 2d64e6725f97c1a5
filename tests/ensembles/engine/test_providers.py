"""Which execution providers are chosen on machines of every kind; ONNX Runtime's list is a fake but for one test."""

from pathlib import Path

import onnxruntime as ort
import pytest

from ensembles.engine import providers
from ensembles.engine.errors import EngineError
from ensembles.engine.providers import PROVIDERS, choose_providers

GPU_BUILD = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
OPENVINO_BUILD = ["OpenVINOExecutionProvider", "CPUExecutionProvider"]
CPU_BUILD = ["AzureExecutionProvider", "CPUExecutionProvider"]


def fake_providers(monkeypatch: pytest.MonkeyPatch, build: list[str]) -> None:
    """ONNX Runtime as a package of another build would list its providers."""
    monkeypatch.setattr(providers.ort, "get_available_providers", lambda: build)


def fake_loads(*found: str):
    """A dynamic linker that finds these libraries."""
    return lambda library: library in found


def names(choices) -> list[str]:
    return [name for name, _ in choices]


@pytest.mark.parametrize(
    ("build", "libraries", "chosen"),
    [
        (CPU_BUILD, (), ["CPUExecutionProvider"]),
        (OPENVINO_BUILD, (), OPENVINO_BUILD),
        (GPU_BUILD, ("libcuda.so.1", "libnvinfer.so.10"), GPU_BUILD),
        # onnxruntime-gpu lists TensorRT though its libraries are a package of their own,
        (GPU_BUILD, ("libcuda.so.1",), GPU_BUILD[1:]),
        # and CUDA on a machine without a GPU.
        (GPU_BUILD, (), GPU_BUILD[2:]),
    ],
)
def test_what_is_there_is_taken_in_order(monkeypatch, build, libraries, chosen):
    fake_providers(monkeypatch, build)
    monkeypatch.delenv("STUDIO_PROVIDERS", raising=False)
    assert names(choose_providers(can_load=fake_loads(*libraries))) == chosen


def test_the_setting_decides(monkeypatch):
    fake_providers(monkeypatch, GPU_BUILD)
    monkeypatch.setenv("STUDIO_PROVIDERS", " CUDA, cpu,cuda")
    everything = fake_loads("libcuda.so.1", "libnvinfer.so.10")
    assert names(choose_providers(can_load=everything)) == GPU_BUILD[1:]
    assert names(choose_providers("cpu", can_load=everything)) == ["CPUExecutionProvider"]


@pytest.mark.parametrize(
    ("wanted", "build", "says"),
    [
        ("cudda", GPU_BUILD, "no provider 'cudda'; choose from tensorrt, cuda, openvino, cpu"),
        ("cuda", CPU_BUILD, "built without: install onnxruntime-gpu in place of onnxruntime"),
        ("openvino,cpu", CPU_BUILD, "install onnxruntime-openvino"),
        ("cuda", GPU_BUILD, "libcuda.so.1 does not load"),
    ],
)
def test_what_is_not_there_is_one_sentence(monkeypatch, wanted, build, says):
    fake_providers(monkeypatch, build)
    with pytest.raises(EngineError, match=says) as raised:
        choose_providers(wanted, can_load=fake_loads())
    assert "\n" not in str(raised.value)


def test_caches_stand_in_the_home(monkeypatch, tmp_path: Path):
    fake_providers(monkeypatch, [*GPU_BUILD, *OPENVINO_BUILD])
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "models"))
    everything = fake_loads("libcuda.so.1", "libnvinfer.so.10")
    options = dict(choose_providers("tensorrt,openvino", 3, everything))
    assert options["TensorrtExecutionProvider"]["trt_engine_cache_path"] == str(tmp_path / "cache/tensorrt")
    assert options["OpenVINOExecutionProvider"]["num_of_threads"] == "3"
    assert options["OpenVINOExecutionProvider"]["cache_dir"] == str(tmp_path / "cache/openvino")


def test_names_are_those_of_onnxruntime():
    """The real package: it knows every name of the table, built in or not, and takes what is chosen here."""
    assert {provider.ort_name for provider in PROVIDERS.values()} <= set(ort.get_all_providers())
    assert names(choose_providers(""))[-1] == "CPUExecutionProvider"
