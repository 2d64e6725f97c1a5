"""The networks as they are traced: diffusers' and transformers' own modules with our ports.

Subclasses, so that every parameter keeps its own name. Imports torch: import it where torch is sure.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection


def _encode(
    model: Any,
    input_ids: torch.Tensor,
    clip_skip: torch.Tensor,
    replace_mask: torch.Tensor,
    replace_values: torch.Tensor,
    *,
    normalised: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The states of transformers' `CLIPTextTransformer`: of the chosen layer, and pooled after the last."""
    mask = replace_mask.unsqueeze(-1)
    embedded = model.embeddings.token_embedding(input_ids) * (1 - mask) + replace_values * mask
    tokens = input_ids.shape[1]
    lowest = torch.finfo(torch.float32).min
    causal = torch.full((1, 1, tokens, tokens), lowest, dtype=torch.float32).triu(1)
    encoded = model.encoder(
        inputs_embeds=model.embeddings(inputs_embeds=embedded),
        causal_attention_mask=causal,
        output_hidden_states=True,
    )
    layers = torch.stack(encoded.hidden_states, dim=1)
    number = len(encoded.hidden_states)
    chosen = (number - clip_skip).clamp(0, number - 1)
    index = chosen.reshape(-1, 1, 1, 1).expand(-1, 1, tokens, embedded.shape[-1])
    hidden = layers.gather(1, index).squeeze(1)
    if normalised:
        hidden = model.final_layer_norm(hidden)
    last = model.final_layer_norm(encoded.last_hidden_state)
    if model.eos_token_id == 2:  # configs from before the id was right: the end is the highest id
        position = input_ids.to(torch.int32).argmax(dim=-1)
    else:
        position = (input_ids == model.eos_token_id).to(torch.int32).argmax(dim=-1)
    pooled = last.gather(1, position.reshape(-1, 1, 1).expand(-1, 1, last.shape[-1])).squeeze(1)
    return hidden, pooled


class TextEncoder(CLIPTextModel):  # type: ignore[misc]
    """CLIP's text model with a layer chosen per sample and token embeddings replaced by a mask."""

    normalised = True

    def forward(
        self,
        input_ids: torch.Tensor,
        clip_skip: torch.Tensor,
        replace_mask: torch.Tensor,
        replace_values: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """`input_ids` int64 [B,77], `clip_skip` int64 [B,1], `replace_mask` [B,77], `replace_values` [B,77,W]
        → hidden state [B,77,W] of the chosen layer (1 = last) after the final LayerNorm, pooled [B,W].
        """
        return _encode(
            self.text_model,
            input_ids,
            clip_skip,
            replace_mask,
            replace_values,
            normalised=self.normalised,
        )


class RawTextEncoder(TextEncoder):
    """The same without the LayerNorm, which Stable Diffusion XL does without."""

    normalised = False


class ProjectedTextEncoder(CLIPTextModelWithProjection):  # type: ignore[misc]
    """The same without the LayerNorm, its pooled state projected."""

    def forward(
        self,
        input_ids: torch.Tensor,
        clip_skip: torch.Tensor,
        replace_mask: torch.Tensor,
        replace_values: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As `TextEncoder`'s, but the hidden state is not normalised and pooled is [B,P]."""
        hidden, pooled = _encode(
            self.text_model, input_ids, clip_skip, replace_mask, replace_values, normalised=False
        )
        return hidden, self.text_projection(pooled)


class Unet(UNet2DConditionModel):  # type: ignore[misc]
    """The UNet with one timestep per sample."""

    def forward(
        self, sample: torch.Tensor, timestep: torch.Tensor, encoder_hidden_states: torch.Tensor
    ) -> torch.Tensor:
        """`sample` [B,S,h,w], `timestep` [B,1], `encoder_hidden_states` [B,T,C] → prediction [B,4,h,w]."""
        prediction: torch.Tensor = super().forward(
            sample, timestep[:, 0], encoder_hidden_states, return_dict=False
        )[0]
        return prediction


class SizedUnet(UNet2DConditionModel):  # type: ignore[misc]
    """The UNet of the XL family, with one timestep per sample."""

    def forward(
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        text_embeds: torch.Tensor,
        time_ids: torch.Tensor,
    ) -> torch.Tensor:
        """As `Unet`'s, with the pooled text [B,P] and the picture's sizes [B,K]."""
        prediction: torch.Tensor = super().forward(
            sample,
            timestep[:, 0],
            encoder_hidden_states,
            added_cond_kwargs={"text_embeds": text_embeds, "time_ids": time_ids},
            return_dict=False,
        )[0]
        return prediction


class VaeEncoder(AutoencoderKL):  # type: ignore[misc]
    """Image to the mode of its latent."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """`image` [B,3,H,W] in −1..1 → latent [B,4,H/8,W/8], unscaled."""
        latent: torch.Tensor = self.encode(image).latent_dist.mode()
        return latent


class VaeDecoder(AutoencoderKL):  # type: ignore[misc]
    """Latent to image."""

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """`latent` [B,4,h,w], unscaled → image [B,3,8h,8w] in about −1..1."""
        image: torch.Tensor = self.decode(latent, return_dict=False)[0]
        return image


def _text(kind: Any) -> Callable[[Mapping[str, Any]], torch.nn.Module]:
    # Eager attention traces into plain MatMul and Softmax, with our mask as it is.
    return lambda config: kind(CLIPTextConfig(**{**config, "attn_implementation": "eager"}))


def _diffusers(kind: Any) -> Callable[[Mapping[str, Any]], torch.nn.Module]:
    return lambda config: kind.from_config(dict(config))


MODULES: dict[str, Callable[[Mapping[str, Any]], torch.nn.Module]] = {
    "text": _text(TextEncoder),
    "text-raw": _text(RawTextEncoder),
    "text-projected": _text(ProjectedTextEncoder),
    "unet": _diffusers(Unet),
    "unet-sized": _diffusers(SizedUnet),
    "vae-encoder": _diffusers(VaeEncoder),
    "vae-decoder": _diffusers(VaeDecoder),
}
"""`NetworkKind.module` → what makes the module of its config"""


def build(module: str, config: Mapping[str, Any]) -> torch.nn.Module:
    """The module of that name with fresh parameters, float32, for inference."""
    logging.getLogger("diffusers").setLevel(logging.ERROR)
    return MODULES[module](config).float().eval()


def build_hollow(module: str, config: Mapping[str, Any]) -> torch.nn.Module:
    """The same of a module without buffers, its parameters in memory that is never written, and so takes none."""
    with torch.device("meta"):
        built = build(module, config)
    if list(built.buffers()):
        raise ValueError(f"{module} has buffers, which must hold values")
    built = built.to_empty(device="cpu")
    with torch.no_grad():
        for number, parameter in enumerate(built.parameters(), 1):
            if parameter.ndim == 1:
                parameter.zero_()
            # Equal ones would be merged, and their names with them.
            parameter.view(-1)[0] = number
    return built


def scatter(module: torch.nn.Module, seed: int) -> None:
    """Give every parameter distinct random values: exporters merge equal ones, and their names with them."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # Norm gains near 1 and fan-in scaling keep activations, and so differences, near 1.
            if parameter.ndim > 1:
                parameter.copy_(noise * parameter[0].numel() ** -0.5)
            else:
                parameter.copy_(0.1 * noise + float("norm" in name and name.endswith("weight")))
