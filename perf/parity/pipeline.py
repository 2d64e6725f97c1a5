"""The pocket family in torch float32: prompts to conditioning, the network, latents to pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ensembles.sampling import NoisePredictor
from ensembles.sampling.types import F32
from perf.parity.schedules import timestep


@dataclass(frozen=True)
class Pipeline:
    unet: Any
    vae: Any
    positive: Tensor
    """[1, 77, C]"""
    negative: Tensor

    def both(self, cfg: float) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """The guided denoiser, torch from end to end: for the references."""

        def denoise(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
            n = len(x)
            scaled = torch.cat([x, x]) / (sigma**2 + 1) ** 0.5
            context = torch.cat([self.negative.expand(n, -1, -1), self.positive.expand(n, -1, -1)])
            eps = self.unet(scaled, timestep(sigma).expand(2 * n), context).sample
            uncond, cond = (torch.cat([x, x]) - eps * sigma).chunk(2)
            return uncond + (cond - uncond) * cfg, uncond

        return denoise

    def in_torch(self) -> NoisePredictor:
        """The same network behind the protocol of our loop."""

        async def predict(sample: F32, timestep: F32, context: F32) -> F32:
            arrays = (torch.from_numpy(a) for a in (sample, timestep, context))
            output: F32 = self.unet(*arrays).sample.numpy()
            return output

        return predict

    def picture(self, latent: Tensor) -> npt.NDArray[np.float64]:
        """[N,3,H,W] in 0..1."""
        image = self.vae.decode(latent / self.vae.config.scaling_factor).sample
        picture: npt.NDArray[np.float64] = (image / 2 + 0.5).clamp(0, 1).double().numpy()
        return picture


def in_onnx(weights: Path, graphs: Path) -> NoisePredictor | None:
    """The served graph with the same weights, in ONNX Runtime; None where it has not been exported."""
    from ensembles.engine.bind import bind
    from ensembles.engine.graph import read_meta
    from ensembles.engine.weights import WeightFile
    from export.checkpoint import open_checkpoint

    graph = graphs / open_checkpoint(weights).hash / "unet.onnx"
    if not graph.is_file():
        return None
    tensors = WeightFile(weights / "unet" / "diffusion_pytorch_model.safetensors")
    session = bind(graph, tensors, read_meta(graph.with_suffix(".json")).parameters, threads=1)

    async def predict(sample: F32, timestep: F32, context: F32) -> F32:
        inputs = {"sample": sample, "timestep": timestep[:, None], "encoder_hidden_states": context}
        output: F32 = session.run(["noise_pred"], inputs)[0]
        return output

    return predict


def load(weights: Path, prompt: str, negative: str) -> Pipeline:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizerFast

    tokenizer = CLIPTokenizerFast.from_pretrained(weights / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(weights / "text_encoder").eval()

    def encode(text: str) -> Tensor:
        ids = tokenizer(
            text, padding="max_length", truncation=True, max_length=77, return_tensors="pt"
        ).input_ids
        hidden: Tensor = encoder(ids).last_hidden_state
        return hidden

    return Pipeline(
        unet=UNet2DConditionModel.from_pretrained(weights / "unet").eval(),
        vae=AutoencoderKL.from_pretrained(weights / "vae").eval(),
        positive=encode(prompt),
        negative=encode(negative),
    )
