"""The networks that families are made of: their ports, and which part of a checkpoint each holds."""

from dataclasses import dataclass, field

from ensembles.engine.graph import Port
from ensembles.manifest import Manifest

TOKENS = 77
"""Positions that CLIP's text encoder has."""

Ports = dict[str, tuple[str, tuple[int | str, ...]]]
"""name → dtype, shape"""


@dataclass(frozen=True, slots=True)
class Layout:
    """The extents that a checkpoint decides."""

    context_dim: int
    """C: of a text's tokens, as the UNet sees them"""
    latent_channels: int = 4
    """L"""
    sample_channels: int = 4
    """S: of what the UNet takes; an inpainting one takes more than a latent"""
    width: int = 0
    """W: of the text encoder in question; 0: of C, for it is the only one"""
    pooled_dim: int = 0
    """P"""
    size_ids: int = 0
    """K"""
    residuals: int = 0
    """R: where ControlNets add"""

    def extents(self) -> dict[int | str, int]:
        """Letter → extent."""
        return {
            "C": self.context_dim, "L": self.latent_channels, "S": self.sample_channels,
            "W": self.width or self.context_dim, "P": self.pooled_dim, "K": self.size_ids, "R": self.residuals,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NetworkKind:
    """One network, whatever the width. Shapes hold numbers, free axes, or a letter (see `Layout`)."""

    part: str
    module: str
    """What it is traced of: a name in `export.tracing_modules.MODULES`."""
    inputs: Ports
    outputs: Ports
    optional: Ports = field(default_factory=dict)
    """What requests may add; the graph has none of these."""

    def ports(self, layout: Layout) -> tuple[list[Port], list[Port]]:
        """Inputs and outputs with the widths filled in."""
        return _filled(self.inputs, layout), _filled(self.outputs, layout)

    def optional_ports(self, layout: Layout) -> list[Port]:
        """What requests may add, with the widths filled in; nothing that ControlNets and their like need where
        there is nowhere to add."""
        known = {name: port for name, port in self.optional.items() if layout.residuals or name == "variant"}
        return _filled(known, layout)


def _filled(table: Ports, layout: Layout) -> list[Port]:
    known = layout.extents()
    return [
        Port(name, dtype, [known.get(axis, axis) for axis in axes]) for name, (dtype, axes) in table.items()
    ]


_VARIANT: Ports = {"variant": ("string", ("batch", 1))}


def text_encoder(part: str = "text_encoder", module: str = "text") -> NetworkKind:
    """CLIP's text model: chunks of tokens → the chosen layer, and the pooled state."""
    pooled = "P" if module == "text-projected" else "W"
    return NetworkKind(
        part=part,
        module=module,
        inputs={
            "input_ids": ("int64", ("batch", TOKENS)),
            "clip_skip": ("int64", ("batch", 1)),
            "replace_mask": ("float32", ("batch", TOKENS)),
            "replace_values": ("float32", ("batch", TOKENS, "W")),
        },
        outputs={
            "hidden_state": ("float32", ("batch", TOKENS, "W")),
            "pooled": ("float32", ("batch", pooled)),
        },
        optional=_VARIANT,
    )


def unet(module: str = "unet", **more: tuple[str, tuple[int | str, ...]]) -> NetworkKind:
    """A denoiser; `more` are inputs that this family's takes besides."""
    return NetworkKind(
        part="unet",
        module=module,
        inputs={
            "sample": ("float32", ("batch", "S", "height", "width")),
            "timestep": ("float32", ("batch", 1)),
            "encoder_hidden_states": ("float32", ("batch", "tokens", "C")),
            **more,
        },
        outputs={"noise_pred": ("float32", ("batch", "L", "height", "width"))},
        optional={
            **_VARIANT,
            "hint": ("float32", ("batch", "controls", 3, "image_height", "image_width")),
            "control_weights": ("float32", ("batch", "controls", "R")),
            "image_tokens": ("float32", ("batch", "image_tokens", "C")),
            "image_weight": ("float32", ("batch", 1)),
            "freeu": ("float32", ("batch", 5)),
            "perturb": ("float32", ("batch", 1)),
        },
    )


VAES: dict[str, NetworkKind] = {
    "vae-encoder": NetworkKind(
        part="vae",
        module="vae-encoder",
        inputs={"image": ("float32", ("batch", 3, "image_height", "image_width"))},
        outputs={"latent": ("float32", ("batch", "L", "height", "width"))},
        optional=_VARIANT,
    ),
    "vae-decoder": NetworkKind(
        part="vae",
        module="vae-decoder",
        inputs={"latent": ("float32", ("batch", "L", "height", "width"))},
        outputs={"image": ("float32", ("batch", 3, "image_height", "image_width"))},
        optional=_VARIANT,
    ),
}

NETWORKS: dict[str, NetworkKind] = {"text-encoder": text_encoder(), "unet": unet(), **VAES}
"""Those of Stable Diffusion 1.x and 2.x."""
SIZED: dict[str, tuple[str, tuple[int | str, ...]]] = {
    "text_embeds": ("float32", ("batch", "P")),
    "time_ids": ("float32", ("batch", "K")),
}
"""What a UNet of the XL family takes besides: the last text encoder's pooled state, and sizes in pixels."""


def layout_of(manifest: Manifest, network: str) -> Layout:
    """The extents of a published checkpoint's `network`."""
    widths = {tower.network: tower.width for tower in manifest.towers} if len(manifest.towers) > 1 else {}
    return Layout(
        manifest.context_dim,
        manifest.latent_channels,
        manifest.unet_channels,
        widths.get(network, 0),
        manifest.pooled_dim,
        manifest.size_ids,
        manifest.residuals,
    )
