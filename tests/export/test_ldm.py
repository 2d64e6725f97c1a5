"""Single files in the LDM layout: names, configs out of shapes, and the same pictures as a diffusers folder."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ensembles.engine.network import Network
from ensembles.engine.weights import WeightFile, open_weights
from export.architecture import PARTS, graph_config
from export.checkpoint import Checkpoint, open_checkpoint
from export.choices import Choices
from export.command import ExportError, export_checkpoint
from export.families import FAMILIES
from export.ldm import NAMES, OPTIONAL, averaged_name
from export.networks import NETWORKS
from export.parts import Part
from export.samples import CASES, make_inputs
from tests.tools.random_checkpoint import (
    Architecture,
    Plan,
    as_single_file,
    find_architecture,
    ldm_names,
    write_random,
)

ROOT = Path(__file__).parents[2]
POCKET = ROOT / "export" / "pocket" / "weights"
PREFIXES = FAMILIES["sd15"].prefixes
POCKETS = Choices(config=POCKET)

SD15 = {
    "text_encoder": {
        "architectures": ["CLIPTextModel"], "bos_token_id": 0, "eos_token_id": 2, "hidden_act": "quick_gelu",
        "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-5, "max_position_embeddings": 77,
        "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 1, "projection_dim": 768,
        "vocab_size": 49408,
    },
    "unet": {
        "act_fn": "silu", "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280],
        "center_input_sample": False, "cross_attention_dim": 768,
        "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], "downsample_padding": 1,
        "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
        "mid_block_scale_factor": 1, "norm_eps": 1e-5, "norm_num_groups": 32, "out_channels": 4,
        "sample_size": 64, "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
    },
    "vae": {
        "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "latent_channels": 4,
        "layers_per_block": 2, "norm_num_groups": 32, "out_channels": 3, "sample_size": 512,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
    },
}  # fmt: skip
"""The values that Stable Diffusion 1.5 was published with, by diffusers 0.6."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ldm")


@pytest.fixture(scope="module")
def pocket(folder: Path) -> Path:
    """Pocket's own weights as a single file."""
    return as_single_file(POCKET, folder / "pocket.safetensors")


@pytest.fixture(scope="module")
def averaged(folder: Path) -> Path:
    """A random checkpoint of pocket's size, with averaged weights, and the same as a folder."""
    architecture = find_architecture("pocket")
    write_random(architecture, folder / "ema", dtype="fp32", ema=True, tokenizer=POCKET / "tokenizer")
    return folder / "ema"


def hollow(architecture: Architecture, path: Path) -> Path:
    """A single file that is all header: 2 GB of nothing take no room on the disk."""
    plan, total = Plan(), 0
    for part in PARTS:
        for _, name, shape in ldm_names(architecture, part):
            plan.add(PREFIXES[part] + name, "F16", shape, size := 2 * math.prod(shape), lambda file: None)
            total += size
    plan.write(path)
    os.truncate(path, path.stat().st_size + total)
    return path


def same(first: Part, second: Part) -> bool:
    """Whether both parts hold the same parameters, bit for bit."""
    if first.tensors.keys() != second.tensors.keys():
        return False
    one, other = WeightFile(first.file, first.tensors), WeightFile(second.file, second.tensors)
    return all(np.array_equal(one.tensor(name), other.tensor(name)) for name in first.tensors)


@pytest.mark.parametrize("architecture", ["sd15", "pocket"])
@pytest.mark.parametrize("part", PARTS)
def test_names_are_those_of_diffusers_converters(part: str, architecture: str) -> None:
    """An oracle that knows nothing of our tables: every tensor carries its number through the conversion."""
    import torch
    from diffusers.loaders import single_file_utils as oracle

    config = SD15[part] if architecture == "sd15" else open_checkpoint(POCKET).configs[part]
    table = NAMES[part](config)
    numbers = {PREFIXES[part] + theirs: torch.tensor(n) for n, theirs in enumerate(table.values())}
    if part == "text_encoder":
        converted = oracle.convert_ldm_clip_checkpoint(numbers)
    else:
        convert = {"unet": oracle.convert_ldm_unet_checkpoint, "vae": oracle.convert_ldm_vae_checkpoint}[part]
        converted = convert(numbers, config)
    assert {name: int(value) for name, value in converted.items()} == {
        ours: n for n, ours in enumerate(table)
    }


@pytest.mark.parametrize("width", ["sd15", "pocket"])
def test_the_tables_are_complete(width: str) -> None:
    """Every parameter of the traced graphs has a name, and what has none of its own is a shortcut."""
    architecture = find_architecture(width)
    for part, parameters in architecture.parameters.items():
        table = NAMES[part](architecture.configs[part])
        assert set(parameters) <= set(table)
        assert all(OPTIONAL.search(name) for name in set(table) - set(parameters))
        assert len(set(table.values())) == len(table)
        if part == "unet":
            assert len({averaged_name(name) for name in table.values()}) == len(table)


def test_stable_diffusion_is_recognised_by_its_shapes(folder: Path) -> None:
    """No config, no tokenizer, no torch: the shipped graphs are found, and CLIP's tokenizer is taken."""
    known = find_architecture("sd15")
    checkpoint = open_checkpoint(hollow(known, folder / "hollow.safetensors"))
    for part in PARTS:
        assert graph_config(part, checkpoint.configs[part]) == graph_config(part, SD15[part])
        assert graph_config(part, SD15[part]) == known.configs[part]
    assert (ROOT / "export" / "graphs" / checkpoint.hash / "unet.onnx").is_file()
    assert {file.name for file in checkpoint.tokenizer} == {
        "vocab.json",
        "merges.txt",
        "tokenizer_config.json",
    }
    assert (checkpoint.sample_size, checkpoint.vae_factor, checkpoint.context_dim) == (64, 8, 768)


def test_clips_tokenizer() -> None:
    """Known ids of CLIP, and the ends of its vocabulary."""
    from ensembles.text.tokens import load_tokenizer, words
    from export.clip_vocabulary import CLIP_TOKENIZER

    tokenizer = load_tokenizer(CLIP_TOKENIZER)
    assert (tokenizer.bos, tokenizer.eos, tokenizer.pad) == (49406, 49407, 49407)
    assert [word.ids for word in words(tokenizer, "a photo of a cat")] == [
        [320],
        [1125],
        [539],
        [320],
        [2368],
    ]


def test_both_layouts_give_the_same_outputs(pocket: Path, tmp_path: Path) -> None:
    published = {}
    for name, source, choices in (("ldm", pocket, POCKETS), ("diffusers", POCKET, None)):
        report = export_checkpoint(source, name, tmp_path, verify=False, trace="never", choices=choices)
        published[name] = tmp_path / "models" / name
        assert report.architecture == open_checkpoint(POCKET).architecture
        assert not report.traced
    checkpoint = open_checkpoint(POCKET)
    for network in NETWORKS:
        ldm, diffusers = (Network(folder, network, threads=1) for folder in published.values())
        for case in CASES:
            if case.network == network:
                inputs = make_inputs(case, checkpoint)
                ours, theirs = ldm.run(inputs), diffusers.run(inputs)
                assert all(np.array_equal(ours[key], theirs[key]) for key in theirs)


def test_one_file_is_linked_once(pocket: Path, tmp_path: Path) -> None:
    report = export_checkpoint(pocket, "p", tmp_path, verify=False, trace="never", choices=POCKETS)
    weights = tmp_path / "models" / "p" / "weights"
    assert {path.name for path in weights.iterdir()} == {"checkpoint.safetensors", "layout.json"}
    assert (weights / "checkpoint.safetensors").stat().st_ino == pocket.stat().st_ino
    assert [weight.parts for weight in report.weights] == [list(PARTS)]
    assert report.text().count("linked from") == 1
    places = open_weights(weights.parent, "vae").places
    assert places["encoder.mid_block.attentions.0.to_q.weight"].shape == (96, 96)
    assert set(places) == set(open_checkpoint(POCKET).parts["vae"].tensors)


def test_against_torch(averaged: Path, tmp_path: Path) -> None:
    """diffusers' own converters read the file for the reference, averaged weights too."""
    report = export_checkpoint(
        averaged / "checkpoint.safetensors", "ema", tmp_path, choices=Choices(config=POCKET, ema=True)
    )
    assert {network.against for network in report.networks} == {"torch"}
    assert max(network.difference or 0 for network in report.networks) < 1e-3


def test_no_torch_is_needed(pocket: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from export.choices import Choices\n"
        "from export.command import export_checkpoint\n"
        "export_checkpoint(Path(sys.argv[1]), 'p', Path(sys.argv[2]), verify=False,"
        " choices=Choices(config=Path(sys.argv[3])))\n"
        "heavy = {'torch', 'transformers', 'diffusers'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    command = [sys.executable, "-c", script, str(pocket), str(tmp_path), str(POCKET)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("header", [0x0280, 0x0480])
def test_a_header_whose_length_begins_like_a_pickle(tmp_path: Path, header: int) -> None:
    file = save_file_with_header(tmp_path / "w.safetensors", header)
    with pytest.raises(ExportError, match="holds no UNet"):
        open_checkpoint(file)


def save_file_with_header(path: Path, length: int) -> Path:
    header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(length)
    path.write_bytes(length.to_bytes(8, "little") + header + bytes(4))
    return path


@pytest.mark.parametrize("dtype", ["fp16", "bf16", "fp32"])
def test_dtypes(tmp_path: Path, dtype: str) -> None:
    architecture = find_architecture("pocket")
    folder, file = write_random(architecture, tmp_path, dtype=dtype, tokenizer=POCKET / "tokenizer")
    one, other = open_checkpoint(folder), open_checkpoint(file, POCKETS)
    assert one.architecture == other.architecture
    assert all(same(one.parts[part], other.parts[part]) for part in PARTS)


def test_mixed_dtypes(pocket: Path, tmp_path: Path) -> None:
    tensors = load_file(pocket)
    for number, name in enumerate(tensors):
        tensors[name] = tensors[name].astype(np.float32 if number % 2 else np.float16)
    save_file(tensors, tmp_path / "mixed.safetensors")
    report = export_checkpoint(
        tmp_path / "mixed.safetensors", "mixed", tmp_path, verify=False, trace="never", choices=POCKETS
    )
    assert report.weights[0].dtypes == ["F16", "F32"]


def test_averaged_weights_on_request(averaged: Path) -> None:
    file = averaged / "checkpoint.safetensors"
    normal, ema = open_checkpoint(file, POCKETS), open_checkpoint(file, Choices(config=POCKET, ema=True))
    plain = open_checkpoint(averaged / "diffusers")
    assert normal.architecture == ema.architecture == plain.architecture
    assert [remark.split(": ")[1] for remark in normal.remarks] == ["--ema takes them."]
    assert ema.remarks == []
    assert same(normal.parts["unet"], plain.parts["unet"])
    assert not same(ema.parts["unet"], plain.parts["unet"])
    assert same(ema.parts["vae"], plain.parts["vae"])
    assert all(name.startswith("model_ema.") for name in ema.parts["unet"].names.values())
    stored = load_file(file)
    weights = WeightFile(file, ema.parts["unet"].tensors)
    expected = stored["model_ema.diffusion_modelinput_blocks00weight"]
    np.testing.assert_array_equal(weights.tensor("conv_in.weight"), expected)


def bare(source: Path, part: str, target: Path, prefix: str = "") -> Path:
    """One part of a single file, its names without their prefix."""
    tensors = {
        prefix + name.removeprefix(PREFIXES[part]): value
        for name, value in load_file(source).items()
        if name.startswith(PREFIXES[part])
    }
    save_file(tensors, target)
    return target


def test_parts_from_elsewhere(pocket: Path, averaged: Path, tmp_path: Path) -> None:
    """A file without VAE and text encoder, completed from folders, bare files and other checkpoints."""
    pruned = as_single_file(POCKET, tmp_path / "pruned.safetensors", parts=("unet",))
    whole = open_checkpoint(POCKET)
    training = load_file(bare(pocket, "vae", tmp_path / "vae.safetensors"))
    training |= {"loss.logvar": np.zeros(1, np.float32), "model_ema.decay": np.zeros(1, np.float32)}
    save_file(training, tmp_path / "vae.safetensors")
    sources = {
        "vae": [POCKET, POCKET / "vae", pocket, tmp_path / "vae.safetensors"],
        "text_encoder": [
            POCKET,
            POCKET / "text_encoder",
            pocket,
            POCKET / "text_encoder" / "model.safetensors",
            bare(pocket, "text_encoder", tmp_path / "text.safetensors"),
        ],
    }
    for vae in sources["vae"]:
        for text in sources["text_encoder"]:
            found = open_checkpoint(pruned, Choices(config=POCKET, vae=vae, text_encoder=text))
            assert found.architecture == whole.architecture
            assert all(same(found.parts[part], whole.parts[part]) for part in PARTS)
    other = open_checkpoint(POCKET, Choices(vae=averaged / "diffusers"))
    assert same(other.parts["unet"], whole.parts["unet"])
    assert not same(other.parts["vae"], whole.parts["vae"])
    report = export_checkpoint(
        pruned,
        "pruned",
        tmp_path,
        verify=False,
        trace="never",
        choices=Choices(config=POCKET, vae=tmp_path / "vae.safetensors", text_encoder=POCKET),
    )
    assert {weight.file for weight in report.weights} == {
        "text-encoder.safetensors", "unet.safetensors", "vae.safetensors",
    }  # fmt: skip
    assert all(weight.linked for weight in report.weights)


def test_older_names_and_what_training_leaves(pocket: Path, tmp_path: Path) -> None:
    """Old converters cut a name out of the text encoder; schedules and other things stand beside the parts."""
    tensors = {
        name.replace("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer."): value
        for name, value in load_file(pocket).items()
    }
    tensors["cond_stage_model.transformer.embeddings.position_ids"] = np.arange(77)[None]
    tensors["alphas_cumprod"] = np.zeros(1000, np.float32)
    tensors["first_stage_model.loss.logvar"] = np.zeros(1, np.float32)
    tensors["something.else"] = np.zeros(1, np.float32)
    save_file(tensors, tmp_path / "old.safetensors")
    found: Checkpoint = open_checkpoint(tmp_path / "old.safetensors", POCKETS)
    whole = open_checkpoint(POCKET)
    assert found.architecture == whole.architecture
    assert all(same(found.parts[part], whole.parts[part]) for part in PARTS)
    assert found.remarks == [
        "old.safetensors holds 1 tensors that no part uses, first something.else: they were left out."
    ]


def test_a_single_config(pocket: Path, tmp_path: Path) -> None:
    """`--config FILE` speaks of one part only; the others' values are Stable Diffusion 1.5's."""
    found = open_checkpoint(
        pocket, Choices(config=POCKET / "unet" / "config.json", tokenizer=POCKET / "tokenizer")
    )
    assert found.configs["unet"] == open_checkpoint(POCKET).configs["unet"]
    assert found.configs["vae"]["norm_num_groups"] == 32
    assert found.configs["text_encoder"]["num_attention_heads"] == 2
    index = open_checkpoint(pocket, Choices(config=POCKET / "model_index.json"))
    assert index.architecture == open_checkpoint(POCKET).architecture


def test_an_old_config_hashes_like_a_new_one() -> None:
    old = SD15["text_encoder"]
    assert graph_config("text_encoder", old) == graph_config("text_encoder", old | {"eos_token_id": 49407})
    assert graph_config("text_encoder", old) != graph_config("text_encoder", old | {"eos_token_id": 5})
    unet = SD15["unet"]
    assert graph_config("unet", unet) == graph_config("unet", unet | {"attention_head_dim": [8] * 4})
    assert graph_config("unet", unet) != graph_config("unet", unet | {"attention_head_dim": [5, 10, 20, 20]})


def test_missing_options(averaged: Path, tmp_path: Path) -> None:
    folder, file = averaged / "diffusers", averaged / "checkpoint.safetensors"
    for source, choices, sentence in (
        (folder, Choices(ema=True), "leave --ema out"),
        (folder, Choices(config=POCKET), "leave --config out"),
        (file, Choices(), "name its tokenizer with --tokenizer FOLDER"),
        (file, Choices(config=tmp_path), "holds no config"),
        (file, Choices(config=tmp_path / "none.json"), "has no none.json"),
        (file, Choices(config=POCKET / "tokenizer" / "vocab.json"), "is no config of a UNet"),
    ):
        with pytest.raises(ExportError, match=sentence):
            open_checkpoint(source, choices)
