"""What nodes may ask for beside computing: networks and files. The scheduler's executor is the real one."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from control.workflows.types import Folder
from control.workflows.values import (
    Clip,
    Conditioning,
    Guider,
    Image,
    ImageAdapter,
    Latent,
    Mask,
    Sampler,
    Sigmas,
    UpscaleModel,
    Vae,
)
from ensembles.adapters.about import About
from ensembles.arrays import Array
from ensembles.manifest import Manifest


@dataclass(frozen=True)
class Sampling:
    """One run of a sampler: every sampling node comes to this."""

    guider: Guider
    sampler: Sampler
    sigmas: Sigmas
    """fp32 [n+1]; ends at 0 unless noise shall be left over."""
    latent: Latent
    seed: int
    """0..2⁶⁴−1, of the first noise and of what samplers draw."""
    add_noise: bool = True
    """False where the latent carries the noise of sigmas[0] already."""
    variation_seed: int = 0
    variation_strength: float = 0.0
    """0..1: the first noise lies so far on the arc (slerp, each picture by itself) from `seed`'s to `variation_seed`'s."""


class Sampled(NamedTuple):
    """What a run of a sampler gives: both fp32 [N,C,h,w], not scaled."""

    latent: Array
    denoised: Array
    """The model's last guess of the finished latent (the same, where no noise is left)."""


class Loaded(NamedTuple):
    """A picture file."""

    image: Image
    """fp32 [N,H,W,3]"""
    mask: Mask
    """fp32 [N,H,W]: 1 − alpha; zeros without alpha"""
    alpha: Array
    """fp32 [N,H,W,4]: the file's own channels, opaque without alpha"""


class Hint(NamedTuple):
    """What a preprocessor makes of pictures."""

    image: Image
    """fp32 [N,H,W,3], as large as they are"""
    keypoints: str = ""
    """Of poses: a line for each picture, its people as OpenPose's JSON."""


class Engine(Protocol):
    """One job's access to Triton and to the files that it names. Raises what ends the node; cancelling passes through."""

    def manifest(self, checkpoint: str) -> Manifest:
        """Of a published checkpoint."""

    def adapter(self, folder: Folder, name: str) -> About:
        """A file of the registry that the job's graph names, as it was when the job was submitted."""

    def embeddings(self, text: str) -> dict[str, str]:
        """Name → SHA-256 of the registry's textual inversions that a text names and the job may use."""

    async def encode_text(self, clip: Clip, text: str, second: str | None = None) -> Conditioning:
        """The conditioning of a text; `second` is what a second text encoder reads in its place."""

    async def image_prompt(
        self, adapter: ImageAdapter, checkpoint: str, pixels: Image
    ) -> tuple[Array, Array]:
        """fp32 [N,H,W,3] → tokens fp32 [N,k,C] of these pictures, and fp32 [1,k,C] of none; of the server of `checkpoint`."""

    async def encode(self, vae: Vae, pixels: Image, *, tile: int = 0, overlap: int = 0) -> Array:
        """fp32 [N,H,W,3] → fp32 [N,C,H/8,W/8], not scaled. `tile` and `overlap` in pixels; 0: as the server chooses."""

    async def decode(self, vae: Vae, samples: Array, *, tile: int = 0, overlap: int = 0) -> Image:
        """fp32 [N,C,h,w], not scaled → fp32 [N,8h,8w,3] in 0..1."""

    async def sample(self, wanted: Sampling) -> Sampled:
        """Runs a sampler in Triton; tells steps and previews on the way."""

    async def upscale(self, model: UpscaleModel, pixels: Image) -> Image:
        """fp32 [N,H,W,3] → fp32 [N,kH,kW,3]."""

    async def preprocess(self, name: str, pixels: Image) -> Hint:
        """fp32 [N,H,W,3] in 0..1 → what the published preprocessor of that name makes of it."""

    async def load_image(self, name: str) -> Loaded:
        """A picture that the job's graph names (Plan.files)."""

    async def load_latent(self, name: str) -> Latent:
        """A .latent file that the job's graph names."""
