"""What travels along the links of a workflow while it runs.

Pictures are fp32 [N,H,W,C] in 0..1 (bicubic resizing goes a little beyond) with 3 or 4 channels, masks fp32 [N,H,W] in 0..1 (1 is chosen), sigmas fp32 [n],
numbers and texts plain Python. Everything is immutable: a node that changes an array gives a new one.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ensembles.arrays import Array
from ensembles.engine.variant import Seamless, UsedLora
from ensembles.sampling import thresholding
from ensembles.sampling.conditions import Area, Mode

Image: TypeAlias = Array
"""fp32 [N,H,W,3 or 4] in 0..1"""
Mask: TypeAlias = Array
"""fp32 [N,H,W] in 0..1"""
Sigmas: TypeAlias = Array
"""fp32 [n]: falling noise levels"""
Threshold: TypeAlias = thresholding.Threshold
"""Dynamic thresholding (sd-dynamic-thresholding, MIT): guidance as at `mimic`, contrast as at cfg."""


@dataclass(frozen=True)
class ImageAdapter:
    """An IP-Adapter, loaded by name."""

    sha256: str
    name: str = ""


@dataclass(frozen=True)
class ImagePrompt:
    """Pictures that guide like a text: an IP-Adapter and what it made of them."""

    adapter: str
    """SHA-256"""
    tokens: Array = field(repr=False)
    """fp32 [N or 1, tokens, C]"""
    negative: Array = field(repr=False)
    """fp32 [1, tokens, C]: of no picture"""
    strength: float = 1.0
    start: float = 0.0
    end: float = 1.0
    """Share of the way, as of a `Condition`."""


@dataclass(frozen=True)
class Model:
    """A checkpoint's UNet, and how it is to be used."""

    checkpoint: str
    prediction: Literal["epsilon", "v_prediction"] | None = None
    """Instead of the checkpoint's own."""
    rescale: float = 0.0
    """Share of CFG rescaling (Lin et al. 2023, section 3.4), 0..1."""
    loras: tuple[UsedLora, ...] = ()
    image_prompt: ImagePrompt | None = None
    seamless: Seamless = ""
    freeu: tuple[float, float, float, float, int] | None = None
    """b1, b2, s1, s2 and the version, 1 or 2 (Si et al. 2023)."""
    pag: float = 0.0
    """Scale of perturbed-attention guidance (Ahn et al. 2024)."""
    threshold: Threshold | None = None


@dataclass(frozen=True)
class Clip:
    """A checkpoint's text encoder."""

    checkpoint: str
    skip: int = 1
    """Which layer is used, counted from the last (1)."""
    loras: tuple[UsedLora, ...] = ()
    embeddings: dict[str, str] = field(default_factory=dict)
    """Name → SHA-256 of textual inversions that prompts may name beside everybody's."""


@dataclass(frozen=True)
class Vae:
    """A checkpoint's VAE, or one published by itself."""

    checkpoint: str
    seamless: Seamless = ""


@dataclass(frozen=True)
class UpscaleModel:
    """A network that makes pictures larger."""

    name: str


@dataclass(frozen=True)
class ControlNet:
    """A ControlNet, loaded by name."""

    sha256: str
    name: str = ""


@dataclass(frozen=True)
class Control:
    """A ControlNet at work beside a text."""

    net: ControlNet
    hint: Array = field(repr=False)
    """fp32 [N or 1,H,W,3] in 0..1 (−1 where an inpainting hint hides), of any size: scaled to 8 times the latent, nearest, cut
    to its middle."""
    strength: float = 1.0
    start: float = 0.0
    end: float = 1.0
    mode: Mode = "balanced"
    """`prompt`: deep places count less (0.825 to the power of the distance from the middle); `control`: the same, and only on
    the positive side of the guidance."""
    both: bool = False
    """Do texts on the other sides of the guidance that have no controls get this one as well?"""


@dataclass(frozen=True)
class Condition:
    """One encoded text, and where and when it counts."""

    context: Array = field(repr=False)
    """fp32 [T,C]"""
    pooled: Array | None = field(default=None, repr=False)
    """fp32 [C']"""
    strength: float = 1.0
    area: Area | None = None
    mask: Array | None = field(default=None, repr=False)
    """fp32 [N or 1,H,W], of any size: scaled to the latent."""
    mask_strength: float = 1.0
    bounds: bool = False
    """Is the model asked about the mask's bounding box alone?"""
    start: float = 0.0
    """Share of the way, 0 the noisy end, from which it counts (percent p is σ at timestep (1−p)·999)."""
    end: float = 1.0
    controls: tuple[Control, ...] = ()
    sizes: tuple[float, ...] | None = None
    """`time_ids` of SDXL (`Manifest.size_ids`); None: the picture's own size, uncut, aesthetic score 6 (negative 2.5)."""
    inpaint: Array | None = field(default=None, repr=False)
    """fp32 [N or 1,5,h,w], for UNets of 9 channels: mask (1 is repainted) at latent size and the masked picture's latent, not scaled."""


Conditioning: TypeAlias = tuple[Condition, ...]
"""Several count together where they overlap."""


@dataclass(frozen=True)
class Latent:
    """Encoded pictures, as the VAE gives them: not yet scaled for the UNet."""

    samples: Array = field(repr=False)
    """fp32 [N,C,h,w]"""
    mask: Array | None = field(default=None, repr=False)
    """fp32 [N or 1,H,W] of any size: 1 is repainted, 0 stays (SetLatentNoiseMask)."""
    places: tuple[int, ...] | None = None
    """Which pictures of a larger batch these are: each gets the noise of its place. None: 0, 1, 2, …"""


@dataclass(frozen=True)
class Sampler:
    """A sampler and its options, by name (`eta`, `s_noise`, …)."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Noise:
    """Where noise comes from; None: there is none."""

    seed: int | None
    variation_seed: int = 0
    variation_strength: float = 0.0
    """0..1: how far the first noise lies on the arc towards `variation_seed`'s."""


@dataclass(frozen=True)
class Guider:
    """How the model's answers to several texts become one.

    `basic` asks for the positive alone; `cfg` is u + (c − u)·cfg; `dual_cfg` is
    n + (m − n)·cfg2 + (c − m)·cfg, with n the negative and m the middle one.
    """

    kind: Literal["basic", "cfg", "dual_cfg"]
    model: Model
    positive: Conditioning
    negative: Conditioning | None = None
    middle: Conditioning | None = None
    cfg: float = 1.0
    cfg2: float = 1.0


@dataclass(frozen=True)
class Stitch:
    """A picture of which a part is being painted, and where that part goes."""

    original: Image = field(repr=False)
    """fp32 [N,H,W,3]: stays as it is where `weight` is 0."""
    weight: Mask = field(repr=False)
    """fp32 [N or 1,height,width]: the share of what is painted, of the part alone."""
    x: int
    y: int
    """Upper left corner of the part in `original`; its size is that of `weight`."""
    room: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Pixels of `original` at its left, top, right and bottom that were no part of the picture that came."""


@dataclass(frozen=True)
class Handed:
    """What an output node hands out."""

    folder: Literal["output", "temp"]
    images: Image | None = field(default=None, repr=False)
    prefix: str = ""
    """File name up to its number, with folders: `portraits/anna`. %date:…% and the like are resolved by then."""
    texts: tuple[str, ...] = ()
    """Shown beside pictures (PreviewAny)."""
    latent: Latent | None = field(default=None, repr=False)
    """To be kept as a .latent file (safetensors)."""
