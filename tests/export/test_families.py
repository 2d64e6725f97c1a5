"""Every architecture: from a folder and from a single file, through the served path, beside diffusers."""

import json
import math
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import psutil
import pytest
from safetensors.numpy import load_file, save_file

from ensembles.engine.graph import read_meta
from ensembles.engine.network import Network
from ensembles.engine.tuning import random_step
from ensembles.engine.weights import WeightFile
from ensembles.manifest import TextTower, read_manifest
from export.architecture import graph_config
from export.checkpoint import open_checkpoint, open_vae
from export.choices import Choices
from export.command import ExportError, export_checkpoint, export_vae
from export.families import FAMILIES
from export.graphs import SHIPPED, networks_of
from export.int8.inputs import encode_prompts, step_inputs
from export.ldm import NAMES, PROJECTION, open_clip_names, piece_of
from export.networks import VAES
from export.samples import cases, make_inputs
from perf.parity.tiny import TOKENIZER, Kind, family_of, make, publish, unpack_graphs
from tests.conftest import SOAK
from tests.tools.random_checkpoint import (
    Plan,
    as_single_file,
    find_architecture,
    stored_shape,
    write_random,
)

KINDS: tuple[Kind, ...] = ("sd15", "sd15-inpaint", "sd2-v", "sdxl", "sdxl-refiner")
SINGLE = Choices(tokenizer=TOKENIZER)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder KIND and a file KIND.safetensors for each."""
    folder = tmp_path_factory.mktemp("families")
    for kind in KINDS:
        as_single_file(make(kind, folder / kind), folder / f"{kind}.safetensors")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that knows the tiny architectures."""
    home = tmp_path_factory.mktemp("home")
    unpack_graphs(home)
    return home


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_file_is_the_folder(sources: Path, kind: Kind) -> None:
    """Names, pieces of joint tensors, matrices turned over, and configs out of shapes."""
    folder, file = open_checkpoint(sources / kind), open_checkpoint(sources / f"{kind}.safetensors", SINGLE)
    assert folder.family.name == file.family.name == family_of(kind)
    assert folder.architecture == file.architecture
    for part, tensors in folder.tensors.items():
        assert graph_config(part, folder.configs[part]) == graph_config(part, file.configs[part])
        assert tensors.keys() == file.tensors[part].keys()
        one, other = WeightFile(folder.files[part], tensors), WeightFile(file.files[part], file.tensors[part])
        assert all(np.array_equal(one.tensor(name), other.tensor(name)) for name in tensors)


@pytest.mark.parametrize(
    ("kind", "single"), [*((kind, True) for kind in KINDS), ("sd2-v", False), ("sdxl", False)]
)
def test_the_served_networks_are_diffusers(sources: Path, home: Path, kind: Kind, single: bool) -> None:
    """Of a single file the reference is loaded by diffusers' own converters, which know nothing of our tables."""
    source = sources / (f"{kind}.safetensors" if single else kind)
    report = export_checkpoint(source, f"{kind}-{single}", home, choices=SINGLE if single else None)
    assert not report.traced
    assert [network.network for network in report.networks] == list(FAMILIES[family_of(kind)].networks)
    for network in report.networks:
        assert network.against == "torch"
        assert network.difference is not None
        assert network.difference < 1e-4


def test_manifests(sources: Path, home: Path) -> None:
    expected: dict[Kind, dict[str, Any]] = {
        "sd15": {"residuals": 13, "image_layers": 16, "unet_channels": 4, "scaling_factor": 0.18215},
        "sd15-inpaint": {"residuals": 13, "unet_channels": 9},
        "sd2-v": {"prediction": "v_prediction", "context_dim": 128, "pooled_dim": 0, "size_ids": 0},
        "sdxl": {"context_dim": 192, "pooled_dim": 128, "size_ids": 6, "residuals": 10, "scaling_factor": 0.13025},
        "sdxl-refiner": {"context_dim": 128, "pooled_dim": 128, "size_ids": 5, "residuals": 13},
    }  # fmt: skip
    for kind, fields in expected.items():
        manifest = read_manifest(publish(kind, home, f"m-{kind}") / "manifest.json")
        assert {name: getattr(manifest, name) for name in fields} == fields
        assert (manifest.family, manifest.kind) == (family_of(kind), "checkpoint")
    clip_g = TextTower("text-encoder-2", 128, 4, 0, 2, embedding="clip_g")
    assert read_manifest(home / "models/m-sdxl/manifest.json").towers == (
        TextTower(width=64, layers=3, skip=2), clip_g,
    )  # fmt: skip
    assert read_manifest(home / "models/m-sdxl-refiner/manifest.json").towers == (clip_g,)
    (tower,) = read_manifest(home / "models/m-sd2-v/manifest.json").towers
    assert (tower.pad, tower.layer(1), tower.layer(2), tower.layer(3)) == (0, 1, 1, 2)


def test_an_old_manifest_has_one_tower(home: Path) -> None:
    path = publish("sd15", home, "old") / "manifest.json"
    told = json.loads(path.read_text())
    del told["towers"]
    path.write_text(json.dumps(told))
    assert read_manifest(path).towers == (TextTower(width=128, layers=3),)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_in_pieces_and_turned_over(tmp_path: Path, home: Path, dtype: str) -> None:
    """What is cut out of a joint tensor, or turned over, is cast while it is loaded like everything else."""
    folder = make("sdxl-refiner", tmp_path / "folder", dtype=dtype)
    file = as_single_file(folder, tmp_path / "file.safetensors")
    export_checkpoint(folder, f"{dtype}-folder", home, verify=False)
    export_checkpoint(file, f"{dtype}-file", home, verify=False, choices=SINGLE)
    checkpoint = open_checkpoint(folder)
    one, other = (
        Network(home / "models" / f"{dtype}-{name}", "text-encoder-2") for name in ("folder", "file")
    )
    inputs = make_inputs(next(cases("text-encoder-2")), checkpoint)
    served, same = one.run(inputs), other.run(inputs)
    assert all(np.array_equal(served[name], same[name]) for name in served)


def test_a_vae_alone(sources: Path, home: Path, tmp_path: Path) -> None:
    """Out of its own folder, its own file, and a whole checkpoint of any family."""
    file = sources / "sdxl.safetensors"
    alone = {
        name.removeprefix("first_stage_model."): value
        for name, value in load_file(file).items()
        if name.startswith("first_stage_model.")
    }
    save_file(alone, tmp_path / "vae.safetensors")
    made = {}
    for number, source in enumerate((sources / "sdxl" / "vae", tmp_path / "vae.safetensors", file)):
        report = export_vae(source, f"vae-{number}", home)
        assert [network.network for network in report.networks] == ["vae-encoder", "vae-decoder"]
        assert report.architecture.startswith("vae-")
        folder = home / "models" / f"vae-{number}"
        manifest = read_manifest(folder / "manifest.json")
        assert (manifest.kind, manifest.family, manifest.residuals) == ("vae", "vae", 0)
        assert {path.name for path in (folder / "repository").iterdir()} == {
            f"vae-{number}-vae-encoder", f"vae-{number}-vae-decoder",
        }  # fmt: skip
        inputs = make_inputs(next(cases("vae-decoder")), open_vae(source))
        made[number] = Network(folder, "vae-decoder").run(inputs)["image"]
    assert np.array_equal(made[0], made[1])
    assert np.array_equal(made[0], made[2])


def test_what_a_single_file_predicts(sources: Path, tmp_path: Path) -> None:
    file = sources / "sd2-v.safetensors"
    found = open_checkpoint(file, SINGLE)
    assert found.scheduler["prediction_type"] == "v_prediction"
    assert any("--prediction epsilon" in remark for remark in found.remarks)
    told = open_checkpoint(file, Choices(tokenizer=TOKENIZER, prediction="epsilon"))
    assert (told.scheduler["prediction_type"], told.remarks) == ("epsilon", [])
    marked = load_file(sources / "sdxl.safetensors")
    marked |= {"v_pred": np.zeros(0, np.float32), "ztsnr": np.zeros(0, np.float32)}
    save_file(marked, tmp_path / "marked.safetensors")
    scheduler = open_checkpoint(tmp_path / "marked.safetensors", SINGLE).scheduler
    assert scheduler == {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    assert open_checkpoint(sources / "sdxl.safetensors", SINGLE).scheduler == {}


def test_a_pruned_file_is_completed(sources: Path, tmp_path: Path) -> None:
    """A UNet alone tells its family; text encoders and VAE come from elsewhere."""
    pruned = as_single_file(sources / "sdxl", tmp_path / "pruned.safetensors", parts=("unet",))
    whole = open_checkpoint(sources / "sdxl")
    for elsewhere in (sources / "sdxl", sources / "sdxl.safetensors"):
        choices = Choices(
            vae=elsewhere,
            text_encoder=elsewhere,
            text_encoder_2=elsewhere,
            tokenizer=TOKENIZER,
            config=sources / "sdxl",
        )
        assert open_checkpoint(pruned, choices).architecture == whole.architecture


def _change(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def _without_second(folder: Path) -> None:
    _change(folder / "model_index.json", text_encoder_2=[None, None])


def _of_another_width(folder: Path) -> None:
    _change(folder / "unet/config.json", cross_attention_dim=768)


def _of_other_sizes(folder: Path) -> None:
    _change(folder / "unet/config.json", projection_class_embeddings_input_dim=300)


def _edm(folder: Path) -> None:
    _change(folder / "scheduler/scheduler_config.json", _class_name="EDMEulerScheduler")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_second, "is a StableDiffusionXLPipeline .*text_encoder_2: None"),
        (_of_another_width, "not of Stable Diffusion XL's architecture: unet cross_attention_dim is 768, not 192"),
        (_of_other_sizes, "projection_class_embeddings_input_dim is 300, not 320"),
        (_edm, "an EDM model"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(make("sdxl", tmp_path / "sdxl"))
    with pytest.raises(ExportError, match=said):
        open_checkpoint(tmp_path / "sdxl")


def test_parts_that_a_family_has_not(sources: Path) -> None:
    with pytest.raises(ExportError, match="which has no second text encoder: leave --text-encoder-2 out"):
        open_checkpoint(sources / "sd15", Choices(text_encoder_2=sources / "sdxl"))
    with pytest.raises(ExportError, match="--prediction 'x0' is unknown"):
        open_checkpoint(sources / "sd15", Choices(prediction="x0"))


def test_a_lost_piece_of_a_joint_tensor(sources: Path, tmp_path: Path) -> None:
    tensors = load_file(sources / "sdxl.safetensors")
    name = "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight"
    save_file({k: v for k, v in tensors.items() if k != name}, tmp_path / "lost.safetensors")
    with pytest.raises(ExportError, match=r"lacks 3 tensors .*second text encoder, first .*in_proj_weight"):
        open_checkpoint(tmp_path / "lost.safetensors", SINGLE)


def test_every_kind_has_its_family() -> None:
    assert {family_of(kind) for kind in get_args(Kind)} == FAMILIES.keys() - {"vae"}


def test_a_guided_step_of_every_family(home: Path) -> None:
    """What tuning and rounding to 8 bits run a UNet on has all of its inputs."""
    for kind in ("sd15-inpaint", "sd2-v", "sdxl", "sdxl-refiner"):
        folder = publish(kind, home, f"step-{kind}")
        network = Network(folder, "unet", threads=1)
        made = network.run(random_step(network, 64, 2))["noise_pred"]
        assert made.shape == (2, 4, 8, 8)
        if kind != "sd15-inpaint":
            inputs = step_inputs(folder, encode_prompts(folder, 1), 64)(500)
            assert np.isfinite(network.run(inputs)["noise_pred"]).all()


def test_graphs_are_the_same_without_values(tmp_path: Path) -> None:
    """What is traced in memory that is never written is, to the byte, what was traced with values into the archive."""
    from export.trace import trace

    traced = trace(open_checkpoint(make("sdxl", tmp_path / "sdxl")), tmp_path / "graphs", verified=False)
    unpack_graphs(tmp_path / "home")
    kept = tmp_path / "home" / "graphs" / traced.name
    for network in FAMILIES["sdxl"].networks:
        assert (traced / f"{network}.onnx").read_bytes() == (kept / f"{network}.onnx").read_bytes(), (
            "`python -m perf.parity.tiny graphs` makes the archive anew"
        )


def test_an_inpainting_unets_graphs_are_made_of_the_plain_ones(sources: Path, tmp_path: Path) -> None:
    """Without torch, and to the byte what tracing gave."""
    unpack_graphs(tmp_path)
    checkpoint = open_checkpoint(sources / "sd15-inpaint")
    folder = tmp_path / "graphs" / checkpoint.hash
    traced = {file.name: file.read_bytes() for file in folder.glob("*.onnx")}
    shutil.rmtree(folder)
    report = export_checkpoint(sources / "sd15-inpaint", "made", tmp_path, verify=False, trace="never")
    assert report.architecture == checkpoint.architecture
    assert len(traced) == 4
    assert {file.name: file.read_bytes() for file in folder.glob("*.onnx")} == traced
    meta = read_meta(folder / "unet.json")
    assert meta.inputs[0].shape[1] == meta.parameters["conv_in.weight"][1] == 9
    assert {read_meta(file).architecture for file in folder.glob("[!a]*.json")} == {checkpoint.architecture}


NEEDED = {"sd2": 12, "sdxl-refiner": 30, "sdxl": 34}
"""GB of memory: torch's UNet and ours stand side by side in fp32, and loading takes half as much again."""


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="`make soak`: a random checkpoint of full size, up to 34 GB of memory")
@pytest.mark.parametrize("width", NEEDED)
def test_full_width(tmp_path: Path, width: str) -> None:
    """The shipped graphs with random weights of the real size in fp16, against diffusers."""
    if psutil.virtual_memory().available < NEEDED[width] * 1e9:
        pytest.skip(f"{width} beside torch takes {NEEDED[width]} GB of memory")
    (folder,) = write_random(find_architecture(width), tmp_path, layout="diffusers")
    report = export_checkpoint(folder, width, tmp_path / "home", trace="never")
    assert not report.traced
    assert all(network.against == "torch" for network in report.networks)


SHIPS = {
    "sd2": (96, 1024, 0, 13, 16),
    "sdxl": (128, 2048, 1280, 10, 70),
    "sdxl-refiner": (128, 1280, 1280, 13, 44),
}


@pytest.mark.parametrize("width", SHIPS)
def test_the_real_ones_are_recognised_by_their_shapes(tmp_path: Path, width: str) -> None:
    """A single file of the real size, all header: no config, no tokenizer, no torch, and the shipped graphs are found."""
    known = find_architecture(width)
    plan = Plan()
    for part, parameters in known.parameters.items():
        tower = known.family.tower(part)
        fused = tower is not None and tower.style == "open_clip"
        config = dict(known.configs[part])
        if tower is not None and tower.left_out:
            config["num_hidden_layers"] += tower.left_out
        table = (open_clip_names if fused else NAMES[part])(config)
        shapes = dict(parameters)
        for name in table.keys() - parameters.keys() if fused else ():
            # The layer that folders leave out is as large as those before it; so is the projection.
            like = re.sub(r"layers\.\d+", "layers.0", name)
            shapes[name] = parameters.get(like, (parameters["text_model.final_layer_norm.weight"][0],) * 2)
        for name, shape in shapes.items():
            stored = stored_shape(part, name, shape)
            if fused and piece_of(name) is not None:
                stored = (3 * shape[0], *shape[1:])
            elif fused and name == PROJECTION:
                stored = shape[::-1]
            size = 2 * math.prod(stored)
            plan.add(known.family.prefixes[part] + table[name], "F16", stored, size, lambda file: None)
    total = sum(size for *_, size, _ in plan.entries.values())
    file = plan.write(tmp_path / "hollow.safetensors")
    os.truncate(file, file.stat().st_size + total)
    found = open_checkpoint(file)
    assert (SHIPPED / found.hash / "unet.onnx").is_file()
    assert {part: graph_config(part, config) for part, config in found.configs.items()} == known.configs
    facts = found.sample_size, found.context_dim, found.pooled_dim, found.residuals, found.image_layers
    assert facts == SHIPS[width]
    assert open_vae(file).architecture == f"vae-{find_vae().name}"


def find_vae() -> Path:
    """The shipped graphs of the VAE that all published checkpoints have."""
    return next(folder for folder in SHIPPED.iterdir() if networks_of(folder).keys() == VAES.keys())
