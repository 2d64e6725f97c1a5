"""What a file is, whether it goes with a checkpoint, and what is refused."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ensembles.adapters.lora import check, describe
from ensembles.adapters.lora.blocks import factors
from ensembles.adapters.lora.fitting import block_factors, targets
from ensembles.adapters.lora.ldm import block_of, ldm_names
from ensembles.adapters.lora.names import modules_by_name
from ensembles.adapters.lora.reading import read_lora
from ensembles.engine.errors import EngineError

ATTENTION = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"


def pair(stem: str, columns: int, rows: int = 320, rank: int = 8, suffixes=("lora_down", "lora_up")) -> dict:
    return {
        f"{stem}.{suffixes[0]}.weight": torch.rand(rank, columns),
        f"{stem}.{suffixes[1]}.weight": torch.rand(rows, rank),
    }


def written(tmp_path: Path, tensors: dict, metadata: dict | None = None) -> Path:
    path = tmp_path / "one.safetensors"
    save_file(tensors, path, metadata)
    return path


KOHYA = "lora_unet_" + ATTENTION.replace(".", "_")


@pytest.mark.parametrize(
    ("tensors", "metadata", "expected"),
    [
        (pair(KOHYA, 768), None, ("kohya", "sd15", 768)),
        (pair(KOHYA, 1024), None, ("kohya", "sd2", 1024)),
        (
            pair("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 2048),
            None,
            ("kohya-ldm", "sdxl", 2048),
        ),
        (pair(KOHYA, 1280), None, ("kohya", "sdxl-refiner", 1280)),
        (pair(f"unet.{ATTENTION}", 768, suffixes=("lora_A", "lora_B")), None, ("diffusers", "sd15", 768)),
        (
            pair(f"base_model.model.{ATTENTION}", 1024, suffixes=("lora_A", "lora_B")),
            None,
            ("peft", "sd2", 1024),
        ),
        (pair("lora_te2_text_model_encoder_layers_0_mlp_fc1", 1280), None, ("kohya", "sdxl", 0)),
        (
            pair("lora_te_text_model_encoder_layers_0_mlp_fc1", 768),
            {"ss_base_model_version": "sd_v1"},
            ("kohya", "sd15", 0),
        ),
        (pair("lora_te_text_model_encoder_layers_0_mlp_fc1", 768), None, ("kohya", "", 0)),
        (
            pair("diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k", 768),
            None,
            ("ldm", "sd15", 768),
        ),
    ],
)
def test_described(tmp_path: Path, tensors: dict, metadata: dict | None, expected: tuple) -> None:
    about = describe(written(tmp_path, tensors, metadata), "name", "a" * 64)
    assert (about.layout, about.base, about.width) == expected
    assert about.details["rank"] == 8
    assert about.bytes == (tmp_path / "one.safetensors").stat().st_size


def test_trigger_words(tmp_path: Path) -> None:
    tags = {"ss_tag_frequency": json.dumps({"10_cat": {"a cat": 5, "sks": 10}, "1_dog": {"dog": 7}})}
    assert describe(written(tmp_path, pair(KOHYA, 768), tags), "n", "a" * 64).details["trigger_words"] == [
        "sks",
        "dog",
        "a cat",
    ]
    damaged = {"ss_tag_frequency": "{"}
    assert (
        "trigger_words" not in describe(written(tmp_path, pair(KOHYA, 768), damaged), "n", "a" * 64).details
    )


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"lora_unet_x.oft_blocks": torch.rand(2, 2)}, "as OFT does; LoRA, LoCon, LoHa, LoKr and DoRA files can be used"),
        ({"emb_params": torch.rand(2, 768)}, "as textual inversion does"),
        ({"model.diffusion_model.out.2.weight": torch.rand(4, 4)}, "is no LoRA: 1 of its tensors belong to no layout"),
        ({}, "is no LoRA"),
        ({f"{KOHYA}.lora_down.weight": torch.rand(4, 768)}, "is incomplete: of .* it holds down alone"),
        ({f"{KOHYA}.alpha": torch.tensor(1.0)}, "is incomplete"),
        (pair(KOHYA, 768) | {f"{KOHYA}.alpha": torch.tensor(float("nan"))}, "alpha holds NaN or infinity"),
        ({name: t.double() for name, t in pair(KOHYA, 768).items()}, "as F64; save the LoRA as F32, F16 or BF16"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, tensors: dict, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        describe(written(tmp_path, tensors), "name", "a" * 64)


def test_fits_or_says_what_would(published_pocket: Path, tmp_path: Path) -> None:
    module = "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"
    parameters = json.loads((published_pocket / "graphs" / "unet.json").read_text())["parameters"]
    module = next(name.removesuffix(".weight") for name in parameters if name.endswith("attn2.to_k.weight"))
    rows, columns = parameters[f"{module}.weight"]
    stem = "lora_unet_" + module.replace(".", "_")

    def said(tensors: dict) -> str | None:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.safetensors"
        save_file(tensors, path)
        return check(path, published_pocket)

    text = "lora_te_text_model_encoder_layers_{}_mlp_fc1"
    assert said(pair(stem, columns, rows)) is None
    assert said(pair(stem, columns, rows) | pair(text.format(1), 128, 512)) is None
    # A layer beyond the last that a checkpoint keeps says nothing to it.
    assert said(pair(stem, columns, rows) | pair(text.format(23), 128, 512)) is None
    assert "none of the file's layers is in it" in (said(pair(text.format(23), 128, 512)) or "")
    assert re.fullmatch(
        r"This LoRA was made for SDXL \(texts 2048 wide\): pocket takes those of Stable Diffusion 1.x with texts 128 wide; "
        rf"its {module} is {rows}×{columns} and the file's {rows}×2048\.",
        said(pair(stem, 2048, rows)) or "",
    )
    assert "it has no second text encoder" in (
        said(pair("lora_te2_text_model_encoder_layers_0_mlp_fc1", 1280)) or ""
    )
    assert "it has no layer down_blocks_9_conv" in (said(pair("lora_unet_down_blocks_9_conv", 4)) or "")
    assert "is no LoRA" in (said({"x": torch.rand(2)}) or "")
    assert "cannot be read" in (check(tmp_path / "none.safetensors", published_pocket) or "")


XL = {
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "block_out_channels": [320, 640, 1280],
    "transformer_layers_per_block": [1, 2, 10],
    "attention_head_dim": [5, 10, 20],
    "cross_attention_dim": 2048,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
    "use_linear_projection": True,
}


def parameters_of(config: dict) -> dict[str, list[int]]:
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        return {name: list(p.shape) for name, p in UNet2DConditionModel(**config).named_parameters()}


def test_ldm_names_of_full_sdxl_as_diffusers_maps_them() -> None:
    from types import SimpleNamespace

    from diffusers.loaders.lora_conversion_utils import _maybe_map_sgm_blocks_to_diffusers

    parameters = parameters_of(XL)
    ours = {f"lora_unet_{ldm.replace('.', '_')}": name for name, ldm in ldm_names(
        name.removesuffix(".weight") for name in parameters if name.endswith(".weight")
    ).items() if ".transformer_blocks." in name or ".proj_" in name}  # fmt: skip
    assert len(ours) > 500
    theirs = _maybe_map_sgm_blocks_to_diffusers(
        {f"{flat}.lora_down.weight": flat for flat in ours}, SimpleNamespace(layers_per_block=2)
    )
    diffusers = {"input_blocks": "down_blocks", "middle_block": "mid_block", "output_blocks": "up_blocks"}
    for name, flat in theirs.items():
        found = name.removeprefix("lora_unet_").removesuffix(".lora_down.weight")
        for ldm, own in diffusers.items():
            found = found.replace(ldm, own)
        assert ours[flat].replace(".", "_") == found


def test_ldm_names_of_sd_as_checkpoints_have_them() -> None:
    from export.ldm import unet_names

    config = {
        "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        "layers_per_block": 2,
        "transformer_layers_per_block": 1,
    }
    parameters = parameters_of({"block_out_channels": [32, 32, 64, 64], "cross_attention_dim": 64, "attention_head_dim": 8, **config} | {
        "down_block_types": tuple(config["down_block_types"])
    })  # fmt: skip
    table = unet_names(config)
    found = ldm_names(name.removesuffix(".weight") for name in parameters if name.endswith(".weight"))
    for module, ldm in found.items():
        assert table[f"{module}.weight"] == f"{ldm}.weight"
    assert len(found) == sum(name.endswith(".weight") for name in parameters)


def test_any_name_of_a_module() -> None:
    known = modules_by_name("unet", frozenset(parameters_of(XL)))
    place = "up_blocks.0.attentions.1.transformer_blocks.9.attn1.to_out.0"
    for flat in (
        place,
        place.removesuffix(".0"),
        "output_blocks.1.1.transformer_blocks.9.attn1.to_out.0",
        place.replace("attn1.", "attn1.processor.").removesuffix(".0"),
    ):
        assert known[flat.replace(".", "_")] == (place, "OUT01")


def test_block_weights() -> None:
    sd = {
        "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        "block_out_channels": (32, 32, 64, 64),
        "cross_attention_dim": 64,
    }
    for config, few, many in ((sd, 17, 26), (XL, 12, 20)):
        parameters = parameters_of(config)
        made = block_factors("unet", [i / 10 for i in range(few)], parameters)
        assert made[""] == 1
        assert made["MID"] == (0.7 if few == 17 else 0.5)
        assert made["OUT05"] == (1.0 if few == 17 else 1.1)
        assert made["IN00"] == 0  # no attention: not among the few
        assert block_factors("unet", [0.5] * many, parameters)["IN00"] == 0.5
        assert block_factors("te1", [0.3] + [1.0] * (few - 1), {}) == {"BASE": 0.3}
        with pytest.raises(
            EngineError, match=f"3 block weights were sent; this architecture takes {few} .* or {many}, for"
        ):
            block_factors("unet", [1.0] * 3, parameters)
    assert factors([1, 2], ["BASE", "IN01"], ["BASE", "IN00", "IN01"]) == {
        "": 1.0,
        "BASE": 1,
        "IN00": 0.0,
        "IN01": 2,
    }
    assert block_of("input_blocks.11.0.in_layers.2") == "IN11"


def test_a_layer_for_another_network_is_no_target(tmp_path: Path) -> None:
    file = read_lora(written(tmp_path, pair("lora_te_text_model_encoder_layers_0_mlp_fc1", 128, 512)))
    assert targets(file, "unet", {"conv_in.weight": [32, 4, 3, 3]}) == []
