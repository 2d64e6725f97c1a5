"""Pictures put together, and what of them is transparent."""

from typing import Any

import numpy as np

from control.workflows.nodes.images import IMAGE, OFFSET
from control.workflows.nodes.pure import pure, size_of
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Image, Mask
from ensembles.imaging.batches import as_many
from ensembles.imaging.compositing import PORTER_DUFF, opaque, paste, porter_duff, same_channels
from ensembles.imaging.resizing import resize

MASK = Input("MASK", tooltip="1 where the picture is transparent.")
COLOURS = {"white": (1, 1, 1), "black": (0, 0, 0), "red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}


def _composite(
    destination: Image, source: Image, x: int, y: int, resize_source: bool, mask: Mask | None
) -> Image:
    destination, source = same_channels(destination, source)
    if resize_source:
        source = resize(source[: len(destination)], destination.shape[2], destination.shape[1])
    return paste(destination, source, x, y, mask)


def _sideways(direction: str) -> bool:
    return direction in ("left", "right")


def _matched(first: Size, second: Size, direction: str) -> Size:
    """The second one's size once it is as high (or wide) as the first."""
    if _sideways(direction):
        return second._replace(width=int(first.height * (second.width / second.height)), height=first.height)
    return second._replace(width=first.width, height=int(first.width / (second.width / second.height)))


def _even(spacing: int) -> int:
    return spacing + spacing % 2


def _stitched(image1: Size, direction: str, match_image_size: bool, spacing_width: int, image2: Size) -> Size:
    if match_image_size:
        # One that is very long and thin keeps a pixel.
        image2 = Size(*(max(1, side) for side in _matched(image1, image2, direction)))
    pictures = max(image1.pictures, image2.pictures)
    if _sideways(direction):
        width = image1.width + _even(spacing_width) + image2.width
        return Size(pictures, width, max(image1.height, image2.height))
    height = image1.height + _even(spacing_width) + image2.height
    return Size(pictures, max(image1.width, image2.width), height)


def _stitch(
    image1: Image, direction: str, match_image_size: bool, spacing_width: int, spacing_color: str,
    image2: Image | None,
) -> Image:  # fmt: skip
    if image2 is None:
        return image1
    if match_image_size:
        wanted = _matched(size_of(image1), size_of(image2), direction)
        image2 = resize(image2, max(1, wanted.width), max(1, wanted.height), "lanczos")
    if image1.shape[-1] != image2.shape[-1]:
        image1, image2 = opaque(image1), opaque(image2)
    pictures = max(len(image1), len(image2))
    # The last one of the shorter batch is repeated.
    pair = [one[np.minimum(np.arange(pictures), len(one) - 1)] for one in (image1, image2)]
    if direction in ("left", "up"):
        pair.reverse()
    along, across = (2, 1) if _sideways(direction) else (1, 2)
    longest = max(one.shape[across] for one in pair)
    # Beside a picture that is shorter lies the spacing's colour if it is grey, else black.
    grey = COLOURS[spacing_color][0] if spacing_color in ("white", "black") else 0
    first, second = (_padded(one, across, longest, grey) for one in pair)
    shape = list(first.shape)
    shape[along] = _even(spacing_width)
    gap = np.broadcast_to(np.array([*COLOURS[spacing_color], 1], np.float32)[: shape[-1]], shape)
    return np.concatenate([first, gap, second], along)


def _padded(image: Image, axis: int, length: int, value: float) -> Image:
    missing = length - image.shape[axis]
    around = [(missing // 2, missing - missing // 2) if at == axis else (0, 0) for at in range(image.ndim)]
    return np.pad(image, around, constant_values=value)


def _split(image: Image) -> tuple[Image, Mask]:
    return image[..., :3], 1 - opaque(image)[..., 3]


def _join(image: Image, alpha: Mask) -> Image:
    pictures = max(len(image), len(alpha))
    shown = 1 - resize(alpha, image.shape[2], image.shape[1])
    return np.concatenate([as_many(image, pictures)[..., :3], as_many(shown, pictures)[..., None]], -1)


def _porter_duff(
    source: Image, source_alpha: Mask, destination: Image, destination_alpha: Mask, mode: str
) -> Any:
    if source.shape[-1] != destination.shape[-1]:
        raise Unfit(
            "source",
            "One picture has an alpha channel and the other has none; use SplitImageWithAlpha before.",
        )
    return porter_duff(source, source_alpha, destination, destination_alpha, mode)


def _layered(
    source: Size, source_alpha: Size, destination: Size, destination_alpha: Size
) -> tuple[Size, Size]:
    pictures = min(one.pictures for one in (source, source_alpha, destination, destination_alpha))
    return (destination._replace(pictures=pictures),) * 2


NODES: tuple[NodeType, ...] = (
    pure(
        "ImageCompositeMasked", "Image Composite Masked", "image",
        {
            "destination": IMAGE,
            "source": IMAGE,
            "x": OFFSET,
            "y": OFFSET,
            "resize_source": Input("BOOLEAN", default=False),
            "mask": Input("MASK", optional=True, tooltip="Where the source shows; everywhere without it."),
        },
        outputs("IMAGE"),
        _composite,
        description="Pictures over others, where a mask lets them.",
    ),
    pure(
        "ImageStitch", "Image Stitch", "image/transform",
        {
            "image1": IMAGE,
            "direction": Input(
                "COMBO", default="right", choices=("right", "down", "left", "up"), tooltip="Where the second one goes."
            ),
            "match_image_size": Input(
                "BOOLEAN", default=True, tooltip="Is the second one made as high (or as wide) as the first?"
            ),
            "spacing_width": Input(
                "INT", default=0, low=0, high=1024, step=1, tooltip="Pixels between them; odd ones become even."
            ),
            "spacing_color": Input(
                "COMBO", default="white", choices=tuple(COLOURS), tooltip="Of what is between them."
            ),
            "image2": Input("IMAGE", optional=True, tooltip="The second pictures; without them the first stay alone."),
        },
        outputs("IMAGE"),
        _stitch,
        size=_stitched,
        cause="image2",
        ui={"spacing_width": {"step": 2}},
        description="Two pictures side by side.",
    ),
    pure(
        "SplitImageWithAlpha", "Split Image with Alpha", "mask/compositing",
        {"image": IMAGE},
        outputs("IMAGE", "MASK"),
        _split,
        description="Colours, and a mask of what is transparent.",
    ),
    pure(
        "JoinImageWithAlpha", "Join Image with Alpha", "mask/compositing",
        {"image": IMAGE, "alpha": MASK},
        outputs("IMAGE"),
        _join,
        size=lambda image, alpha: image._replace(pictures=max(image.pictures, alpha.pictures)),
        cause="alpha",
        description="Pictures with an alpha channel; the mask is 1 where they are transparent.",
    ),
    pure(
        "PorterDuffImageComposite", "Porter-Duff Image Composite", "mask/compositing",
        {
            "source": IMAGE,
            "source_alpha": MASK,
            "destination": IMAGE,
            "destination_alpha": MASK,
            "mode": Input(
                "COMBO", default="DST", choices=tuple(PORTER_DUFF), tooltip="What is kept of each, where both or one is."
            ),
        },
        outputs("IMAGE", "MASK"),
        _porter_duff,
        size=_layered,
        cause="destination",
        description="A picture over another, both with transparency.",
    ),
)  # fmt: skip
