"""Pictures: made, resized, cut, turned, put into batches."""

import math
from dataclasses import replace

import numpy as np

from control.workflows.nodes.pure import MAX_SIDE, pure, size_of
from control.workflows.types import Input, NodeType, Size, outputs
from control.workflows.values import Image
from ensembles.imaging.compositing import opaque, outpaint
from ensembles.imaging.resizing import centre, fit, resize

IMAGE = Input("IMAGE")
METHOD = Input("COMBO", choices=("nearest-exact", "bilinear", "area", "bicubic", "lanczos"))
CROP = Input("COMBO", choices=("disabled", "center"))
SIDE = Input("INT", default=512, low=1, high=MAX_SIDE, step=1)
SIDE_OR_OTHER = Input(
    "INT", default=512, low=0, high=MAX_SIDE, step=1, tooltip="0: follows from the other side."
)
OFFSET = Input("INT", default=0, low=0, high=MAX_SIDE, step=1)
EDGES = ("left", "top", "right", "bottom")
COLOUR = Input("INT", default=0, low=0, high=0xFFFFFF, step=1, tooltip="0xRRGGBB")
FLIPS = Input("COMBO", choices=("x-axis: vertically", "y-axis: horizontally"))
TURNS = Input("COMBO", choices=("none", "90 degrees", "180 degrees", "270 degrees"), tooltip="Clockwise.")


def _sides(size: Size, width: int, height: int) -> tuple[int, int]:
    """Width and height, where 0 is computed from the other one; both 0: as they are."""
    if not width and not height:
        return size.width, size.height
    return (
        width or max(1, round(size.width * height / size.height)),
        height or max(1, round(size.height * width / size.width)),
    )


def _scale(image: Image, upscale_method: str, width: int, height: int, crop: str) -> Image:
    if not width and not height:
        return image
    width, height = _sides(size_of(image), width, height)
    cut = centre(image, width, height) if crop == "center" else image
    return resize(cut, width, height, upscale_method)


def _by(image: Size, scale_by: float) -> Size:
    return Size(image.pictures, round(image.width * scale_by), round(image.height * scale_by))


def _total(image: Size, megapixels: float, resolution_steps: int) -> Size:
    factor = math.sqrt(int(megapixels * 1024 * 1024) / (image.width * image.height)) / resolution_steps
    width, height = (round(side * factor) * resolution_steps for side in (image.width, image.height))
    return Size(image.pictures, width, height)


def _largest(image: Size, largest_size: int) -> Size:
    """`largest_size` for the longer side, the other in proportion."""
    if image.height > image.width:
        return Size(image.pictures, round(image.width / image.height * largest_size), largest_size)
    return Size(image.pictures, largest_size, round(image.height / image.width * largest_size))


def _to(image: Image, size: Size, method: str) -> Image:
    return resize(image, size.width, size.height, method)


def _framed(image: Image, width: int, height: int, color: str, method: str) -> Image:
    size = size_of(image)
    factor = min(width / size.width, height / size.height)
    inner = Size(size.pictures, max(1, int(size.width * factor)), max(1, int(size.height * factor)))
    left, top = (width - inner.width) // 2, (height - inner.height) // 2
    frame = np.full((len(image), height, width, image.shape[-1]), color == "white", np.float32)
    frame[:, top : top + inner.height, left : left + inner.width] = _to(image, inner, method)
    return frame


def _crop(image: Image, width: int, height: int, x: int, y: int) -> Image:
    x, y = min(x, image.shape[2] - 1), min(y, image.shape[1] - 1)
    return image[:, y : y + height, x : x + width]


def _cropped(image: Size, width: int, height: int, x: int, y: int) -> Size:
    x, y = min(x, image.width - 1), min(y, image.height - 1)
    return Size(image.pictures, min(width, image.width - x), min(height, image.height - y))


def _batch(image1: Image, image2: Image) -> Image:
    if image1.shape[-1] != image2.shape[-1]:
        image1, image2 = opaque(image1), opaque(image2)
    return np.concatenate([image1, fit(image2, image1.shape[2], image1.shape[1])])


def span(pictures: int, first: int, length: int) -> tuple[int, int]:
    """From where to where a part of a batch goes; at least its last picture."""
    first = min(first, pictures - 1)
    return first, min(pictures, first + length)


def _from_batch(image: Image, batch_index: int, length: int) -> Image:
    first, end = span(len(image), batch_index, length)
    return image[first:end]


def from_batch_size(image: Size, batch_index: int, length: int) -> Size:
    """How large a part of a batch is."""
    first, end = span(image.pictures, batch_index, length)
    return image._replace(pictures=end - first)


def _empty(width: int, height: int, batch_size: int, color: int) -> Image:
    channels = np.array([color >> 16 & 255, color >> 8 & 255, color & 255], np.float32) / np.float32(255)
    return np.broadcast_to(channels, (batch_size, height, width, 3))


def turns(rotation: str) -> int:
    """Quarters clockwise that a choice of `TURNS` means."""
    return {"90": 1, "180": 2, "270": 3}.get(rotation.split(maxsplit=1)[0], 0)


def turned(image: Size, rotation: str) -> Size:
    """How large something is after a rotation."""
    return Size(image.pictures, image.height, image.width) if turns(rotation) % 2 else image


def _padded(image: Size, left: int, top: int, right: int, bottom: int) -> tuple[Size, Size]:
    size = Size(image.pictures, left + image.width + right, top + image.height + bottom)
    return size, size._replace(pictures=1)


NODES: tuple[NodeType, ...] = (
    pure(
        "ImageScale", "Upscale Image", "image/upscaling",
        {
            "image": IMAGE,
            "upscale_method": METHOD,
            "width": SIDE_OR_OTHER,
            "height": SIDE_OR_OTHER,
            "crop": CROP,
        },
        outputs("IMAGE"),
        _scale,
        size=lambda image, width, height: Size(image.pictures, *_sides(image, width, height)),
        cause="width",
        description="Pictures at another size.",
    ),
    pure(
        "ImageScaleBy", "Upscale Image By", "image/upscaling",
        {
            "image": IMAGE,
            "upscale_method": METHOD,
            "scale_by": Input("FLOAT", default=1.0, low=0.01, high=8.0, step=0.01),
        },
        outputs("IMAGE"),
        lambda image, upscale_method, scale_by: _to(image, _by(size_of(image), scale_by), upscale_method),
        size=_by,
        cause="scale_by",
        description="Pictures so many times as wide and high.",
    ),
    pure(
        "ImageScaleToTotalPixels", "Scale Image to Total Pixels", "image/upscaling",
        {
            "image": IMAGE,
            "upscale_method": METHOD,
            "megapixels": Input(
                "FLOAT", default=1.0, low=0.01, high=16.0, step=0.01, tooltip="Of 1024 x 1024 pixels."
            ),
            "resolution_steps": Input(
                "INT", default=1, low=1, high=256, step=1, tooltip="Both sides become multiples of this."
            ),
        },
        outputs("IMAGE"),
        lambda image, upscale_method, megapixels, resolution_steps: _to(
            image, _total(size_of(image), megapixels, resolution_steps), upscale_method
        ),
        size=_total,
        cause="megapixels",
        description="Pictures with so many pixels, in their proportions.",
    ),
    pure(
        "ImageScaleToMaxDimension", "Scale Image to Max Dimension", "image/upscaling",
        {
            "image": IMAGE,
            "upscale_method": Input(
                "COMBO", choices=("area", "lanczos", "bilinear", "nearest-exact", "bicubic")
            ),
            "largest_size": Input(
                "INT", default=512, low=0, high=MAX_SIDE, step=1, tooltip="Pixels of the longer side."
            ),
        },
        outputs("IMAGE"),
        lambda image, upscale_method, largest_size: _to(
            image, _largest(size_of(image), largest_size), upscale_method
        ),
        size=_largest,
        cause="largest_size",
        description="Pictures whose longer side has so many pixels, in their proportions.",
    ),
    pure(
        "ResizeAndPadImage", "Resize And Pad Image", "image/transform",
        {
            "image": IMAGE,
            "target_width": replace(SIDE, tooltip="Pixels of the frame."),
            "target_height": replace(SIDE, tooltip="Pixels of the frame."),
            "padding_color": Input("COMBO", choices=("white", "black"), tooltip="Of the frame beside the picture."),
            "interpolation": Input("COMBO", choices=("area", "bicubic", "nearest-exact", "bilinear", "lanczos")),
        },
        outputs("IMAGE"),
        _framed,
        size=lambda image, target_width, target_height: Size(image.pictures, target_width, target_height),
        cause="target_width",
        description="The whole picture, in its proportions, in the middle of a larger one.",
    ),
    pure(
        "ImageCrop", "Image Crop", "image/transform",
        {"image": IMAGE, "width": SIDE, "height": SIDE, "x": OFFSET, "y": OFFSET},
        outputs("IMAGE"),
        _crop,
        size=_cropped,
        cause="width",
        description="A part of the pictures; it ends at their border.",
    ),
    pure(
        "ImagePadForOutpaint", "Pad Image for Outpainting", "image",
        {
            "image": IMAGE,
            **dict.fromkeys(EDGES, OFFSET),
            "feathering": Input(
                "INT", default=40, low=0, high=MAX_SIDE, step=1,
                tooltip="Over how many pixels of the old picture the mask falls to 0.",
            ),
        },
        outputs("IMAGE", "MASK"),
        outpaint,
        size=_padded,
        cause="left",
        ui={name: {"step": 8} for name in EDGES},
        description="Room around the pictures, and the mask of what is to be painted there.",
    ),
    pure(
        "ImageBatch", "Batch Images", "image",
        {"image1": IMAGE, "image2": IMAGE},
        outputs("IMAGE"),
        _batch,
        size=lambda image1, image2: image1._replace(pictures=image1.pictures + image2.pictures),
        cause="image2",
        description="The second is cut and resized to the first one's size.",
    ),
    pure(
        "ImageFromBatch", "Image From Batch", "image/batch",
        {
            "image": IMAGE,
            "batch_index": Input("INT", default=0, low=0, high=4095, step=1),
            "length": Input("INT", default=1, low=1, high=4096, step=1),
        },
        outputs("IMAGE"),
        _from_batch,
        size=from_batch_size,
        cause="batch_index",
        description="Some pictures of a batch.",
    ),
    pure(
        "RepeatImageBatch", "Repeat Image Batch", "image/batch",
        {"image": IMAGE, "amount": Input("INT", default=1, low=1, high=4096, step=1)},
        outputs("IMAGE"),
        lambda image, amount: np.tile(image, (amount, 1, 1, 1)),
        size=lambda image, amount: image._replace(pictures=image.pictures * amount),
        cause="amount",
        description="The batch several times.",
    ),
    pure(
        "EmptyImage", "Empty Image", "image",
        {
            "width": SIDE,
            "height": SIDE,
            "batch_size": Input("INT", default=1, low=1, high=4096, step=1),
            "color": COLOUR,
        },
        outputs("IMAGE"),
        _empty,
        size=lambda width, height, batch_size: Size(batch_size, width, height),
        cause="width",
        ui={"color": {"display": "color"}},
        description="Pictures of one colour.",
    ),
    pure(
        "ImageFlip", "Image Flip", "image/transform",
        {"image": IMAGE, "flip_method": FLIPS},
        outputs("IMAGE"),
        lambda image, flip_method: np.flip(image, 1 if flip_method.startswith("x") else 2),
        description="Pictures mirrored.",
    ),
    pure(
        "ImageRotate", "Image Rotate", "image/transform",
        {"image": IMAGE, "rotation": TURNS},
        outputs("IMAGE"),
        lambda image, rotation: np.rot90(image, turns(rotation), axes=(2, 1)),
        size=turned,
        cause="rotation",
        description="Pictures turned by quarters.",
    ),
    pure(
        "GetImageSize", "Get Image Size", "image",
        {"image": IMAGE},
        outputs(("INT", "width"), ("INT", "height"), ("INT", "batch_size")),
        lambda image: (image.shape[2], image.shape[1], image.shape[0]),
        size=lambda image: (image.width, image.height, image.pictures),
        description="Width, height and number of the pictures.",
    ),
)  # fmt: skip
