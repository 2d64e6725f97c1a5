"""The torch reference: diffusers' and transformers' modules as they are, loaded by their own loaders.

On purpose apart from `tracing_modules`: what is served is compared with code that it was not traced from.
Imports torch.
"""

import logging
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils
from numpy.typing import NDArray
from safetensors import safe_open
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from export.checkpoint import Checkpoint
from export.families.family import Tower
from export.parts import Part

Arrays = dict[str, NDArray[Any]]


class Reference:
    """The networks of a checkpoint in torch, float32, loaded one at a time."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._modules: dict[str, Any] = {}

    def run(self, network: str, inputs: Arrays) -> Arrays:
        """What `network` should give for `inputs`; ports as in docs/architecture.md."""
        part, run = _RUNNERS[network]
        if part not in self._modules:
            self._modules.clear()  # two UNets of 860 M parameters need not be in memory at once
            self._modules[part] = _LOADERS[part](self.checkpoint)
        tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
        with torch.no_grad():
            return {name: value.numpy() for name, value in run(self._modules[part], tensors).items()}


def _diffusers(part: str, kind: Any) -> Any:
    def load(checkpoint: Checkpoint) -> Any:
        logging.getLogger("diffusers").setLevel(logging.ERROR)
        found = checkpoint.parts[part]
        if found.style == "ldm":
            return _from_ldm(part, kind, found, checkpoint.family.prefixes[part])
        stem = found.file.name.removesuffix(".safetensors")
        _, _, variant = stem.partition(".")
        return kind.from_pretrained(
            found.file.parent,
            torch_dtype=torch.float32,
            use_safetensors=True,
            variant=variant or None,
            local_files_only=True,
            low_cpu_mem_usage=False,
        ).eval()

    return load


_CONVERTERS = {"unet": "convert_ldm_unet_checkpoint", "vae": "convert_ldm_vae_checkpoint"}


def _from_ldm(part: str, kind: Any, found: Part, prefix: str) -> Any:
    """The module with names changed by diffusers' own converters, which know nothing of our table."""
    convert = getattr(single_file_utils, _CONVERTERS[part])
    averaged = any(name.startswith("model_ema.") for name in found.names.values())
    prefixes = (prefix, "model_ema.") if averaged else (prefix,)
    with safe_open(found.file, "pt") as file:
        names = list(file.keys())
        # Without its prefix it is a file that holds this part alone, and may hold what training left.
        own = [name for name in names if name.startswith(prefixes)] or names
        state = {name: file.get_tensor(name) for name in own}
    module = kind.from_config(found.config)
    options = {"extract_ema": True} if averaged else {}
    module.load_state_dict(convert(state, dict(module.config), **options), assign=True)
    return module.float().eval()


def _text_encoder(part: str, kind: Any) -> Any:
    def load(checkpoint: Checkpoint) -> Any:
        found, tower = checkpoint.parts[part], checkpoint.family.tower(part)
        assert tower is not None
        model = kind(CLIPTextConfig(**found.config)).float().eval()
        model.load_state_dict(_text_state(model, found, tower))
        # Of the layer that was asked for, the XL family takes the state as it is.
        model.normalised = not checkpoint.family.size_ids
        return model

    return load


def _text_state(model: Any, found: Part, tower: Tower) -> dict[str, torch.Tensor]:
    """transformers' names, by diffusers' own converter where they are OpenCLIP's."""
    with safe_open(found.file, "pt") as file:
        names = list(file.keys())
        own = [name for name in names if name.startswith(tower.prefix)] or names
        state = {name.removeprefix(tower.prefix): file.get_tensor(name) for name in own}
    if "positional_embedding" in state:
        state = {f"text.{name}": value for name, value in state.items()}
        state = single_file_utils.convert_open_clip_checkpoint(model, state, prefix="text.")
    elif not any(name.startswith("text_model.") for name in state):  # as transformers 5 names them
        state = {f"text_model.{name}": value for name, value in state.items()}
    wanted = model.state_dict().keys()
    return {name: value for name, value in state.items() if name in wanted}


def _run_text(model: Any, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Transformers' own forward, one sample at a time, with a hook that replaces token embeddings."""
    hidden, pooled = [], []
    for row in range(len(inputs["input_ids"])):
        mask = inputs["replace_mask"][row, :, None].bool()
        values = inputs["replace_values"][row]
        hook = model.text_model.embeddings.token_embedding.register_forward_hook(
            lambda module, args, output, mask=mask, values=values: torch.where(mask, values, output)
        )
        try:
            result = model(inputs["input_ids"][row : row + 1], output_hidden_states=True)
        finally:
            hook.remove()
        layer = result.hidden_states[-int(inputs["clip_skip"][row, 0])]
        hidden.append(model.text_model.final_layer_norm(layer) if model.normalised else layer)
        pooled.append(result.text_embeds if "text_embeds" in result else result.pooler_output)
    return {"hidden_state": torch.cat(hidden), "pooled": torch.cat(pooled)}


def _run_unet(model: Any, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """One sample at a time: the reference cannot mix neighbours up."""
    results = []
    for row in range(len(inputs["sample"])):
        sample, timestep, context = (
            inputs[name][row : row + 1] for name in ("sample", "timestep", "encoder_hidden_states")
        )
        added = {name: inputs[name][row : row + 1] for name in ("text_embeds", "time_ids") if name in inputs}
        results.append(model(sample, float(timestep), context, added_cond_kwargs=added or None).sample)
    return {"noise_pred": torch.cat(results)}


def _run_encoder(model: Any, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {"latent": model.encode(inputs["image"]).latent_dist.mean}


def _run_decoder(model: Any, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {"image": model.decode(inputs["latent"]).sample}


_LOADERS = {
    "text_encoder": _text_encoder("text_encoder", CLIPTextModel),
    "text_encoder_2": _text_encoder("text_encoder_2", CLIPTextModelWithProjection),
    "unet": _diffusers("unet", UNet2DConditionModel),
    "vae": _diffusers("vae", AutoencoderKL),
}
_RUNNERS = {
    "text-encoder": ("text_encoder", _run_text),
    "text-encoder-2": ("text_encoder_2", _run_text),
    "unet": ("unet", _run_unet),
    "vae-encoder": ("vae", _run_encoder),
    "vae-decoder": ("vae", _run_decoder),
}
