"""What an architecture is to the export: the parts of a checkpoint, their networks, and how files name them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ensembles.engine.weights import TensorPlace
from ensembles.manifest import LatentRGB
from export.networks import NetworkKind

Config = dict[str, Any]
Header = Mapping[str, TensorPlace]


@dataclass(frozen=True, slots=True)
class Tower:
    """One text encoder of a family."""

    part: str
    network: str
    prefix: str
    """What its names begin with in a single file."""
    namespace: str
    """What only its names begin with there, its buffers' too."""
    style: str = "transformers"
    """Whose names a single file uses: `transformers`, or `open_clip`."""
    pad: int | None = None
    skip: int = 1
    left_out: int = 0
    """Last layers that a folder does not keep, since nothing uses them; taken away from single files."""
    embedding: str = "clip_l"
    kind: str = "CLIPTextModel"
    """transformers' class"""


@dataclass(frozen=True, slots=True)
class Family:
    """One architecture, in any width. A folder of `export/families/` holds one."""

    name: str
    title: str
    """As people call it"""
    networks: dict[str, NetworkKind]
    towers: tuple[Tower, ...] = ()
    pipelines: frozenset[str] = frozenset()
    """diffusers' classes of whole checkpoints"""
    in_folder: Callable[[Config, Config], bool] = lambda index, unet: False
    """model_index.json, the UNet's config.json → whether a folder of one of `pipelines` is of this family"""
    in_file: Callable[[Header], bool] = lambda header: False
    """Whether a single file's UNet and text encoders are of this family"""
    size_ids: int = 0
    """Numbers that the UNet takes of a picture's size; 0: none, and no pooled text"""
    inpainting: bool = True
    """Whether there are UNets that take a mask and a masked picture besides the latent"""
    assumed: dict[str, Config] = field(default_factory=dict)
    """part → what shapes do not tell of its config"""
    head: int | None = None
    """Channels of one of the UNet's attention heads; None: there are `attention_head_dim` heads on every level"""
    scheduler: Config = field(default_factory=dict)
    """Of single files, which carry none"""
    latent_rgb: LatentRGB | None = None
    """Of checkpoints that carry none"""

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders of a diffusers checkpoint that hold weights."""
        return tuple(dict.fromkeys(kind.part for kind in self.networks.values()))

    @property
    def classes(self) -> dict[str, str]:
        """part → the class that its config names"""
        towers = {tower.part: tower.kind for tower in self.towers}
        found = towers | {"unet": "UNet2DConditionModel", "vae": "AutoencoderKL"}
        return {part: found[part] for part in self.parts}

    @property
    def prefixes(self) -> dict[str, str]:
        """part → what its names begin with in a single file"""
        found = {tower.part: tower.prefix for tower in self.towers}
        return {**found, "unet": "model.diffusion_model.", "vae": "first_stage_model."}

    @property
    def namespaces(self) -> dict[str, str]:
        """part → what only its names begin with there"""
        return self.prefixes | {tower.part: tower.namespace for tower in self.towers}

    def tower(self, part: str) -> Tower | None:
        """The text encoder that `part` is, if it is one."""
        return next((tower for tower in self.towers if tower.part == part), None)
