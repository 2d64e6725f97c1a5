"""The config.pbtxt of every model under every runtime, read by Triton's own protobuf."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2 as pb

from ensembles.manifest import Manifest, TextTower, largest_request, unet_model
from ensembles.sampling.parameters import MAX_BATCH as PICTURES
from export.networks import NETWORKS, Layout
from export.repository import SERVING, rendered, served
from export.write import MAX_BATCH

RUNTIMES = ("python", "onnxruntime", "tensorrt")
SHARED = Path(__file__).parents[3] / "model_repository"
TYPES = {"float32": pb.TYPE_FP32, "int64": pb.TYPE_INT64}


def manifest(runtime: str, context_dim: int = 768) -> Manifest:
    return Manifest("any", "sd15-0", context_dim, max_batch=MAX_BATCH, runtime=runtime)


XL = Manifest(
    "any",
    "sdxl-0",
    2048,
    family="sdxl",
    towers=(TextTower(skip=2), TextTower("text-encoder-2", 1280, 32, 0, 2, embedding="clip_g")),
    pooled_dim=1280,
    size_ids=6,
    residuals=10,
    max_batch=MAX_BATCH,
)
VAE = Manifest("any", "vae-0", 0, family="vae", kind="vae", towers=(), unet_channels=0)


def configs(of: Manifest) -> dict[str, pb.ModelConfig]:
    """Model → its config; an unknown or misspelt field raises."""
    return {
        path.parent.name: text_format.Parse(text, pb.ModelConfig())
        for path, text in rendered(of, Path("repository"))
        if path.name == "config.pbtxt"
    }


@pytest.mark.parametrize("path", sorted(SHARED.glob("*/config.pbtxt")), ids=lambda path: path.parent.name)
def test_shared_models_parse(path: Path) -> None:
    assert text_format.Parse(path.read_text(), pb.ModelConfig()).backend == "python"


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_model_has_its_own_name_and_a_version(runtime: str) -> None:
    of = manifest(runtime)
    assert all(config.name == model for model, config in configs(of).items())
    versions = {path.parts[1] for path, _ in rendered(of, Path("repository")) if path.parts[2] == "1"}
    assert versions == set(configs(of))


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("context_dim", [128, 768])
def test_tensors_are_those_of_the_networks(runtime: str, context_dim: int) -> None:
    of = manifest(runtime, context_dim)
    found = configs(of)
    assert {model.network for model in served(of)} == set(NETWORKS)
    for model in served(of):
        ports = NETWORKS[model.network].ports(Layout(context_dim))
        for port_list, tensors in zip(
            ports, (found[model.model].input, found[model.model].output), strict=True
        ):
            needed = [tensor for tensor in tensors if not getattr(tensor, "optional", False)]
            assert [(t.name, t.data_type) for t in needed] == [(p.name, TYPES[p.dtype]) for p in port_list]
            for port, tensor in zip(port_list, needed, strict=True):
                # Triton adds the batch axis by itself; what is free in the network is free here.
                free = [-1 if isinstance(extent, str) else extent for extent in port.shape[1:]]
                assert list(tensor.dims) == free


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_batches_and_cache(runtime: str) -> None:
    of = manifest(runtime)
    found = configs(of)
    for model in served(of):
        config, serving = found[model.model], SERVING[model.network]
        assert config.HasField("dynamic_batching")
        assert config.dynamic_batching.max_queue_delay_microseconds == serving.delay_us
        assert config.response_cache.enable == serving.cached
        assert 1 <= config.max_batch_size <= serving.max_batch
        assert config.max_batch_size == model.max_batch


@pytest.mark.parametrize(
    ("runtime", "platform", "backend", "kind"),
    [
        ("python", "", "python", pb.ModelInstanceGroup.KIND_AUTO),
        ("onnxruntime", "onnxruntime_onnx", "", pb.ModelInstanceGroup.KIND_GPU),
        ("tensorrt", "tensorrt_plan", "", pb.ModelInstanceGroup.KIND_GPU),
    ],
)
def test_who_runs_the_networks(runtime: str, platform: str, backend: str, kind: int) -> None:
    of = manifest(runtime)
    found = configs(of)
    for model in served(of):
        config = found[model.model]
        assert (config.platform, config.backend) == (platform, backend)
        assert [group.kind for group in config.instance_group] == [kind]
        # A plan is built for one profile.
        assert list(config.instance_group[0].profile) == (["0"] if runtime == "tensorrt" else [])
    # Everything else is Python or an ensemble, and needs no GPU.
    for name in found.keys() - {model.model for model in served(of)}:
        assert found[name].backend == "python" or found[name].platform == "ensemble"


def test_onnxruntime_is_told_of_changing_sizes() -> None:
    config = configs(manifest("onnxruntime"))["any-unet"]
    (cuda,) = config.optimization.execution_accelerators.gpu_execution_accelerator
    assert cuda.name == "cuda"
    assert cuda.parameters["cudnn_conv_algo_search"] == "HEURISTIC"


def test_one_unet_a_bucket_under_tensorrt() -> None:
    """What the sampler sends must be what Triton takes: the model is there, and its largest batch is enough."""
    of = manifest("tensorrt")
    found = configs(of)
    for size in range(64, 1025, 8):
        model = unet_model(of, size)
        assert model is not None
        assert found[model].max_batch_size == largest_request(of, size)
        assert int(model.rpartition("-")[2]) >= size
    assert unet_model(of, 1032) is None


@pytest.mark.parametrize("runtime", ["python", "onnxruntime"])
def test_one_unet_for_all_sizes_elsewhere(runtime: str) -> None:
    of = manifest(runtime)
    assert unet_model(of, 64) == unet_model(of, 2048) == "any-unet"
    # Guidance doubles the largest job, which is sent as one request.
    assert configs(of)["any-unet"].max_batch_size == largest_request(of, 2048) == 2 * PICTURES


def dims(config: pb.ModelConfig) -> dict[str, list[int]]:
    """Input → its extents without the batch; an optional one's name ends with ?."""
    return {tensor.name + "?" * tensor.optional: list(tensor.dims) for tensor in config.input}


def test_two_text_encoders_and_a_unet_that_is_told_sizes() -> None:
    found = configs(XL)
    assert dims(found["any-text-encoder"])["replace_values"] == [77, 768]
    assert dims(found["any-text-encoder-2"])["replace_values"] == [77, 1280]
    assert [list(tensor.dims) for tensor in found["any-text-encoder-2"].output] == [[77, 1280], [1280]]
    assert found["any-text-encoder-2"].parameters["network"].string_value == "text-encoder-2"
    assert dims(found["any-unet"]) == {
        "sample": [4, -1, -1], "timestep": [1], "encoder_hidden_states": [-1, 2048], "text_embeds": [1280],
        "time_ids": [6], "variant?": [1], "hint?": [-1, 3, -1, -1], "control_weights?": [-1, 10],
        "image_tokens?": [-1, 2048], "image_weight?": [1], "freeu?": [5], "perturb?": [1],
    }  # fmt: skip


def test_what_may_be_added_elsewhere() -> None:
    """Backends of the container run a network as it is; without places to add to, only the variant is left."""
    for runtime in ("onnxruntime", "tensorrt"):
        assert not any(
            tensor.optional
            for each in served(manifest(runtime))
            for tensor in configs(manifest(runtime))[each.model].input
        )
    assert [name for name in dims(configs(manifest("python"))["any-unet"]) if name.endswith("?")] == [
        "variant?"
    ]


def test_a_vae_alone_has_two_models() -> None:
    assert configs(VAE).keys() == {"any-vae-encoder", "any-vae-decoder"}
    assert dims(configs(VAE)["any-vae-decoder"]) == {"latent": [4, -1, -1], "variant?": [1]}
