"""Every layout gives the weights that diffusers' own loaders, or the published formulas in torch, give."""

import json

import pytest
import torch
from safetensors.torch import save_file

from ensembles.adapters import store
from ensembles.adapters.lora import describe
from ensembles.engine.variant import UsedLora
from export.adapters import add
from tests.ensembles.adapters.conftest import ATTRIBUTES

RANK, ALPHA = 4, 6.0
CLOSE = 2e-6
MODULES = {
    "unet": (
        "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
        "down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k",
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0",
        "up_blocks.1.attentions.2.transformer_blocks.0.ff.net.0.proj",
        "down_blocks.1.attentions.0.proj_in",
    ),
    "text_encoder": (
        "text_model.encoder.layers.1.self_attn.q_proj",
        "text_model.encoder.layers.1.self_attn.out_proj",
        "text_model.encoder.layers.2.mlp.fc1",
    ),
    "text_encoder_2": (
        "text_model.encoder.layers.3.self_attn.out_proj",
        "text_model.encoder.layers.0.mlp.fc2",
    ),
}
CONVOLUTIONS = (
    "down_blocks.0.resnets.0.conv1",
    "up_blocks.1.resnets.1.conv_shortcut",
    "down_blocks.0.downsamplers.0.conv",
)


def noise(*shape: int) -> torch.Tensor:
    return 0.2 * torch.randn(*shape)


def weights_of(pipe, network: str, module: str) -> torch.Tensor:
    return getattr(pipe, network).get_submodule(module).weight.detach()


def pairs(pipe, convolutions: bool = False):
    """(network, module, down, up) for the modules of a pipeline."""
    for network, modules in MODULES.items():
        if getattr(pipe, network, None) is None:
            continue
        for module in (*modules, *(CONVOLUTIONS if convolutions and network == "unet" else ())):
            weight = weights_of(pipe, network, module)
            rest = (1, 1) if weight.ndim == 4 else ()
            yield network, module, noise(RANK, *weight.shape[1:]), noise(weight.shape[0], RANK, *rest)


def kohya(pipe):
    towers = {
        "unet": "unet",
        "text_encoder": "te1" if hasattr(pipe, "text_encoder_2") else "te",
        "text_encoder_2": "te2",
    }
    tensors = {}
    for network, module, down, up in pairs(pipe, convolutions=True):
        stem = f"lora_{towers[network]}_{module.replace('.', '_')}"
        tensors |= {
            f"{stem}.lora_down.weight": down,
            f"{stem}.lora_up.weight": up,
            f"{stem}.alpha": torch.tensor(ALPHA),
        }
    return tensors


def diffusers_names(pipe):
    tensors = {}
    for network, module, down, up in pairs(pipe, convolutions=True):
        tensors |= {f"{network}.{module}.lora_A.weight": down, f"{network}.{module}.lora_B.weight": up}
    return tensors


def old_diffusers(pipe):
    """`.lora.up`, and text encoders' `lora_linear_layer`."""
    tensors = {}
    for network, module, down, up in pairs(pipe):
        middle = "lora" if network == "unet" else "lora_linear_layer"
        tensors |= {
            f"{network}.{module}.{middle}.down.weight": down,
            f"{network}.{module}.{middle}.up.weight": up,
        }
    return tensors


def processors(pipe):
    """What diffusers' attention processors saved."""
    tensors = {}
    for network, module, down, up in pairs(pipe):
        if network == "unet" and ".attn" in module:
            head, _, leaf = module.rpartition(".to_")
            stem = f"unet.{head}.processor.to_{leaf.removesuffix('.0')}_lora"
            tensors |= {f"{stem}.down.weight": down, f"{stem}.up.weight": up}
    return tensors


FORMATS = {
    "kohya": kohya,
    "diffusers": diffusers_names,
    "diffusers-old": old_diffusers,
    "diffusers-attention": processors,
}


@pytest.mark.parametrize(("kind", "family"), [*((kind, "sd15") for kind in FORMATS), ("kohya", "sdxl")])
def test_as_diffusers_loads_it(kind, family, pipeline, adapters, added) -> None:
    torch.manual_seed(len(kind))
    pipe, strength = pipeline(family), 0.7
    tensors = FORMATS[kind](pipe)
    before = {network: {n: p.detach().clone() for n, p in getattr(pipe, network).named_parameters()}
              for network in ATTRIBUTES.values() if getattr(pipe, network, None) is not None}  # fmt: skip
    pipe.load_lora_weights(dict(tensors))
    pipe.fuse_lora(components=list(before), lora_scale=strength)
    pipe.unload_lora_weights()
    sha256, ours, changed = added(tensors), adapters(family), 0
    for network, attribute in ATTRIBUTES.items():
        if network not in ours:
            continue
        made = ours[network].adapt([UsedLora(sha256, strength)])
        for name, theirs in getattr(pipe, attribute).named_parameters():
            if torch.equal(theirs, before[attribute][name]):
                assert name not in made
            else:
                assert (torch.from_numpy(made[name].copy()) - theirs).abs().max() < CLOSE, name
                changed += 1
    assert changed == sum(name.endswith(("lora_A.weight", "down.weight")) for name in tensors)


def rows_columns(weight: torch.Tensor) -> tuple[int, int]:
    return weight.shape[0], weight[0].numel()


def locon_mid(w):
    o, i, k, _ = w.shape
    up, down, mid = noise(o, RANK, 1, 1), noise(RANK, i, 1, 1), noise(RANK, RANK, k, k)
    change = torch.einsum("i j k l, j r, i p -> p r k l", mid, down[:, :, 0, 0], up[:, :, 0, 0].T)
    return {"lora_up.weight": up, "lora_down.weight": down, "lora_mid.weight": mid}, change * ALPHA / RANK


def loha(w):
    o, c = rows_columns(w)
    parts = [noise(o, RANK), noise(RANK, c), noise(o, RANK), noise(RANK, c)]
    change = (parts[0] @ parts[1]) * (parts[2] @ parts[3]) * ALPHA / RANK
    return dict(
        zip(("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"), parts, strict=True)
    ), change.reshape(w.shape)


def loha_tucker(w):
    o, i, k, _ = w.shape
    made, tensors = [], {}
    for n in (1, 2):
        t, a, b = noise(RANK, RANK, k, k), noise(RANK, o), noise(RANK, i)
        tensors |= {f"hada_t{n}": t, f"hada_w{n}_a": a, f"hada_w{n}_b": b}
        made.append(torch.einsum("i j k l, j r, i p -> p r k l", t, b, a))
    return tensors, made[0] * made[1] * ALPHA / RANK


def lokr(first_whole: bool, second: str):
    def make(w):
        o, i = w.shape[:2]
        tail = tuple(w.shape[2:])
        tensors = {}
        if first_whole:
            one = tensors["lokr_w1"] = noise(4, 4)
        else:
            tensors |= {"lokr_w1_a": noise(4, RANK), "lokr_w1_b": noise(RANK, 4)}
            one = tensors["lokr_w1_a"] @ tensors["lokr_w1_b"]
        if second == "whole":
            two = tensors["lokr_w2"] = noise(o // 4, i // 4, *tail)
        elif second == "tucker":
            tensors |= {
                "lokr_t2": noise(RANK, RANK, *tail),
                "lokr_w2_a": noise(RANK, o // 4),
                "lokr_w2_b": noise(RANK, i // 4),
            }
            two = torch.einsum(
                "i j ..., i p, j r -> p r ...", *(tensors[n] for n in ("lokr_t2", "lokr_w2_a", "lokr_w2_b"))
            )
        else:
            columns = i // 4 * w[0, 0].numel()
            tensors |= {"lokr_w2_a": noise(o // 4, RANK), "lokr_w2_b": noise(RANK, columns)}
            two = (tensors["lokr_w2_a"] @ tensors["lokr_w2_b"]).reshape(o // 4, i // 4, *tail)
        scale = 1 if first_whole and second == "whole" else ALPHA / RANK
        for _ in range(two.ndim - 2):
            one = one.unsqueeze(-1)
        return tensors, torch.kron(one, two.contiguous()) * scale

    return make


def decomposed(inner, by_input: bool):
    """LyCORIS: the magnitude is that of each output's weights, in early files of each input's."""

    def make(w):
        tensors, change = inner(w)
        merged = w + change
        if by_input:
            norm = merged.transpose(0, 1).reshape(w.shape[1], -1).norm(dim=1, keepdim=True)
            norm = norm.reshape(w.shape[1], *[1] * (w.ndim - 1)).transpose(0, 1)
        else:
            norm = merged.reshape(w.shape[0], -1).norm(dim=1).reshape(w.shape[0], *[1] * (w.ndim - 1))
        tensors["dora_scale"] = norm * (1 + 0.3 * torch.rand_like(norm))
        return tensors, merged * tensors["dora_scale"] / norm - w

    return make


def difference(w):
    tensors = {"diff": noise(*w.shape)}
    return tensors, tensors["diff"]


LINEAR, CONVOLUTION = "mid_block.attentions.0.transformer_blocks.0.attn1.to_k", "up_blocks.1.resnets.0.conv2"
FORMULAS = {
    "locon mid": (locon_mid, CONVOLUTION),
    "loha": (loha, LINEAR),
    "loha convolution": (loha, CONVOLUTION),
    "loha tucker": (loha_tucker, CONVOLUTION),
    **{f"lokr {whole} {second}": (lokr(whole, second), LINEAR) for whole in (True, False) for second in ("whole", "low")},
    **{f"lokr convolution {second}": (lokr(True, second), CONVOLUTION) for second in ("whole", "low", "tucker")},
    "dora loha": (decomposed(loha, False), LINEAR),
    "dora convolution": (decomposed(loha, False), CONVOLUTION),
    "dora by input": (decomposed(loha, True), LINEAR),
    "dora convolution by input": (decomposed(locon_mid, True), CONVOLUTION),
    "difference": (difference, CONVOLUTION),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_published_formulas(name, pipeline, adapters, added, tmp_path) -> None:
    torch.manual_seed(7)
    make, module = FORMULAS[name]
    weight = weights_of(pipeline("sd15"), "unet", module)
    tensors, change = make(weight)
    stem = "lora_unet_" + module.replace(".", "_")
    sha256 = added(
        {f"{stem}.{leaf}": t for leaf, t in tensors.items()} | {f"{stem}.alpha": torch.tensor(ALPHA)}
    )
    unet = adapters("sd15")["unet"]
    for strength in (1.0, -0.6):
        (made,) = unet.adapt([UsedLora(sha256, strength)]).values()
        expected = weight + strength * change.reshape(weight.shape)
        assert (torch.from_numpy(made.copy()) - expected).abs().max() < CLOSE * max(1, expected.abs().max())
    about = describe(store.folder(tmp_path, sha256) / store.WEIGHTS, "mine", sha256)
    assert sum(about.details["kinds"].values()) == about.details["layers"] == 1


@pytest.mark.parametrize("dora", [False, True])
def test_as_peft_merges_it(dora, pipeline, adapters, added) -> None:
    from peft import LoraConfig, get_peft_model, get_peft_model_state_dict

    torch.manual_seed(1)
    modules = [module for module in (*MODULES["unet"], *CONVOLUTIONS) if module != CONVOLUTIONS[1]]
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules=modules, use_dora=dora, init_lora_weights=False
    )
    model = get_peft_model(pipeline("sd15").unet, config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "magnitude" in name:
                parameter.mul_(1 + 0.4 * torch.rand_like(parameter))
    state = {name: tensor.detach().clone() for name, tensor in get_peft_model_state_dict(model).items()}
    noted = {"lora_adapter_metadata": json.dumps({"unet.lora_alpha": ALPHA, "unet.r": RANK})}
    made = adapters("sd15")["unet"].adapt([UsedLora(added(state, noted))])
    theirs = dict(model.merge_and_unload().named_parameters())
    assert set(made) == {f"{module}.weight" for module in modules}
    for name, ours in made.items():
        assert (torch.from_numpy(ours.copy()) - theirs[name]).abs().max() < CLOSE, name


def test_peft_says_alpha_in_its_settings(pipeline, adapters, added, tmp_path) -> None:
    weight, module = weights_of(pipeline("sd15"), "unet", LINEAR), LINEAR
    down, up = noise(RANK, weight.shape[1]), noise(weight.shape[0], RANK)
    tensors = {
        f"base_model.model.{module}.lora_A.weight": down,
        f"base_model.model.{module}.lora_B.weight": up,
    }
    unet = adapters("sd15")["unet"]
    for settings, factor in (
        (None, 1),
        ({"unet.lora_alpha": 12, "unet.r": RANK}, 3),
        ({"unet.lora_alpha": 12, "unet.r": RANK, "unet.use_rslora": True}, 6),
        ({"unet.lora_alpha": 12, "unet.r": 9, "unet.alpha_pattern": {"attn1.to_k": 8}}, 2),
    ):
        noted = None if settings is None else {"lora_adapter_metadata": json.dumps(settings)}
        (made,) = unet.adapt([UsedLora(added(tensors, noted))]).values()
        assert (torch.from_numpy(made.copy()) - (weight + factor * up @ down)).abs().max() < CLOSE
    # A folder that PEFT saved: its settings are kept beside the file in the store.
    saved = tmp_path / "saved"
    saved.mkdir()
    save_file({name: 2 * tensor for name, tensor in tensors.items()}, saved / "adapter_model.safetensors")
    (saved / "adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": 8, "peft_type": "LORA"}))
    about = add(saved / "adapter_model.safetensors", "lora", tmp_path, "mine")
    (made,) = unet.adapt([UsedLora(about.sha256)]).values()
    assert (torch.from_numpy(made.copy()) - (weight + 2 * (2 * up) @ (2 * down))).abs().max() < 5 * CLOSE


def test_biases_and_norms(pipeline, adapters, added) -> None:
    norm = pipeline("sd15").unet.get_submodule("conv_norm_out")
    change, other = noise(*norm.weight.shape), noise(*norm.bias.shape)
    sha256 = added({"lora_unet_conv_norm_out.w_norm": change, "lora_unet_conv_norm_out.b_norm": other})
    made = adapters("sd15")["unet"].adapt([UsedLora(sha256, 0.5)])
    torch.testing.assert_close(
        torch.from_numpy(made["conv_norm_out.weight"].copy()), norm.weight + 0.5 * change
    )
    torch.testing.assert_close(torch.from_numpy(made["conv_norm_out.bias"].copy()), norm.bias + 0.5 * other)


def test_several_add_up_in_any_order(pipeline, adapters, added) -> None:
    torch.manual_seed(0)
    pipe = pipeline("sd15")
    dora = decomposed(loha, False)(weights_of(pipe, "unet", LINEAR))[0]
    stem = "lora_unet_" + LINEAR.replace(".", "_")
    files = [
        added(kohya(pipe)),
        added({f"{stem}.{leaf}": t for leaf, t in dora.items()}),
        added(diffusers_names(pipe)),
    ]
    unet = adapters("sd15")["unet"]
    loras = [UsedLora(sha256, strength) for sha256, strength in zip(files, (0.5, 1.0, -0.3), strict=True)]
    together, backwards = unet.adapt(loras), unet.adapt(loras[::-1])
    alone = [unet.adapt([lora]) for lora in loras]
    for name, value in together.items():
        base = unet.weights.tensor(name)
        expected = base + sum(one[name] - base for one in alone if name in one)
        torch.testing.assert_close(
            torch.from_numpy(value.copy()), torch.from_numpy(expected), atol=1e-5, rtol=0
        )
        torch.testing.assert_close(torch.from_numpy(backwards[name].copy()), torch.from_numpy(value.copy()))


def test_block_weights_count_for_their_blocks(pipeline, adapters, added) -> None:
    torch.manual_seed(2)
    tensors = kohya(pipeline("sd15"))
    sha256, ours = added(tensors), adapters("sd15")
    # BASE, IN01, IN02, IN04, IN05, IN07, IN08, MID, OUT03 to OUT11
    blocks = (0.5, 1, 1, 0.25, 0, 1, 1, 2, *(1,) * 9)
    expected = {
        "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q": 0.25,
        "down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k": 0,
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0": 2,
        "up_blocks.1.attentions.2.transformer_blocks.0.ff.net.0.proj": 1,
        "down_blocks.0.downsamplers.0.conv": 0,
    }
    for network, modules in (("unet", expected), ("text-encoder", {MODULES["text_encoder"][0]: 0.5})):
        adapter = ours[network]
        whole = adapter.adapt([UsedLora(sha256, 0.8)])
        some = adapter.adapt([UsedLora(sha256, 0.8, blocks)])
        for module, factor in modules.items():
            own = adapter.weights.tensor(f"{module}.weight")
            change = factor * (whole[f"{module}.weight"] - own)
            torch.testing.assert_close(
                torch.from_numpy(some[f"{module}.weight"] - own), torch.from_numpy(change), atol=1e-6, rtol=0
            )
