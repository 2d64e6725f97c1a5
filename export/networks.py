"""The four networks of the family: their ports, and which part of a checkpoint each is made of."""

from dataclasses import dataclass

from ensembles.engine.graph import Port

TOKENS = 77
"""Positions that CLIP's text encoder has."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The extents that a width decides."""

    context_dim: int
    latent_channels: int = 4


@dataclass(frozen=True, slots=True)
class NetworkKind:
    """One network, whatever the width. Shapes hold numbers, free axes, or C and L (see `Layout`)."""

    part: str
    inputs: dict[str, tuple[str, tuple[int | str, ...]]]
    outputs: dict[str, tuple[str, tuple[int | str, ...]]]

    def ports(self, layout: Layout) -> tuple[list[Port], list[Port]]:
        """Inputs and outputs with the widths filled in."""
        known: dict[int | str, int] = {"C": layout.context_dim, "L": layout.latent_channels}
        inputs, outputs = (
            [
                Port(name, dtype, [known.get(axis, axis) for axis in axes])
                for name, (dtype, axes) in table.items()
            ]
            for table in (self.inputs, self.outputs)
        )
        return inputs, outputs


NETWORKS: dict[str, NetworkKind] = {
    "text-encoder": NetworkKind(
        part="text_encoder",
        inputs={
            "input_ids": ("int64", ("batch", TOKENS)),
            "clip_skip": ("int64", ("batch", 1)),
            "replace_mask": ("float32", ("batch", TOKENS)),
            "replace_values": ("float32", ("batch", TOKENS, "C")),
        },
        outputs={
            "hidden_state": ("float32", ("batch", TOKENS, "C")),
            "pooled": ("float32", ("batch", "C")),
        },
    ),
    "unet": NetworkKind(
        part="unet",
        inputs={
            "sample": ("float32", ("batch", "L", "height", "width")),
            "timestep": ("float32", ("batch", 1)),
            "encoder_hidden_states": ("float32", ("batch", "tokens", "C")),
        },
        outputs={"noise_pred": ("float32", ("batch", "L", "height", "width"))},
    ),
    "vae-encoder": NetworkKind(
        part="vae",
        inputs={"image": ("float32", ("batch", 3, "image_height", "image_width"))},
        outputs={"latent": ("float32", ("batch", "L", "height", "width"))},
    ),
    "vae-decoder": NetworkKind(
        part="vae",
        inputs={"latent": ("float32", ("batch", "L", "height", "width"))},
        outputs={"image": ("float32", ("batch", 3, "image_height", "image_width"))},
    ),
}
