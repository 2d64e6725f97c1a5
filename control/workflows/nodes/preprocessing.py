"""Pictures prepared for other nodes: edges, grown and shrunk shapes, noise, brightness apart from colour."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import ndimage

from control.workflows.nodes.images import IMAGE
from control.workflows.nodes.pure import many, pure
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Image
from ensembles.imaging.colours import from_ycbcr, to_ycbcr
from ensembles.imaging.edges import canny
from ensembles.sampling.noise import Generator


def _canny(image: Image, low_threshold: float, high_threshold: float) -> Image:
    _check_thresholds(low_threshold, high_threshold)
    return np.repeat(canny(image[..., :3], low_threshold, high_threshold)[..., None], 3, -1)


def _check_thresholds(
    low_threshold: float | None = None, high_threshold: float | None = None, **_: Any
) -> None:
    if low_threshold is not None and high_threshold is not None and low_threshold > high_threshold:
        raise Unfit(
            "low_threshold", f"{low_threshold} is above high_threshold, {high_threshold}. Make it lower."
        )


def _threshold(default: float, tooltip: str) -> Input:
    return Input("FLOAT", default=default, low=0.01, high=0.99, step=0.01, tooltip=tooltip)


def _dilated(image: Image, size: int) -> Image:
    """The largest value within a square; beyond the edge there is nothing."""
    # An even square lies the other way round than that of `_eroded`, so that the two undo each other's shift.
    shift = (0, size % 2 - 1, size % 2 - 1, 0)
    return np.asarray(
        ndimage.maximum_filter(image, (1, size, size, 1), mode="constant", cval=-np.inf, origin=shift)
    )


def _eroded(image: Image, size: int) -> Image:
    """The smallest value within a square."""
    return np.asarray(ndimage.minimum_filter(image, (1, size, size, 1), mode="constant", cval=np.inf))


def _opened(image: Image, size: int) -> Image:
    return _dilated(_eroded(image, size), size)


def _closed(image: Image, size: int) -> Image:
    return _eroded(_dilated(image, size), size)


MORPHOLOGY: dict[str, Callable[[Image, int], Image]] = {
    "erode": _eroded,
    "dilate": _dilated,
    "open": _opened,
    "close": _closed,
    "gradient": lambda image, size: _dilated(image, size) - _eroded(image, size),
    "bottom_hat": lambda image, size: _closed(image, size) - image,
    "top_hat": lambda image, size: image - _opened(image, size),
}


def _noisy(image: Image, seed: int, strength: float) -> Image:
    noise = Generator(seed).randn(image.shape)
    return np.asarray(np.clip(image + np.float32(strength) * noise, 0, 1))


def _apart(image: Image) -> tuple[Image, Image, Image]:
    made = to_ycbcr(image[..., :3])
    y, u, v = (np.repeat(made[..., channel, None], 3, -1) for channel in range(3))
    return y, u, v


def _together(y: Image, u: Image, v: Image) -> Image:
    pictures = max(len(y), len(u), len(v))
    planes = []
    for name, one in (("Y", y), ("U", u), ("V", v)):
        if one.shape[1:3] != y.shape[1:3]:
            raise Unfit(
                name, f"It is {one.shape[2]} x {one.shape[1]} pixels, and Y {y.shape[2]} x {y.shape[1]}."
            )
        plane = many(name, one, pictures)[..., :3].mean(-1, dtype=np.float32)
        planes.append(np.broadcast_to(plane, (pictures, *plane.shape[1:])))
    return from_ycbcr(np.stack(planes, -1))


NODES: tuple[NodeType, ...] = (
    replace(
        pure(
            "Canny", "Canny", "image/preprocessors",
            {
                "image": IMAGE,
                "low_threshold": _threshold(0.4, "A line fainter than this is none."),
                "high_threshold": _threshold(0.8, "A line counts where some of it is stronger than this."),
            },
            outputs("IMAGE"),
            _canny,
            description="White lines along the edges, on black.",
        ),
        check=_check_thresholds,
    ),
    pure(
        "Morphology", "Image Morphology", "image/postprocessing",
        {
            "image": IMAGE,
            "operation": Input("COMBO", choices=tuple(MORPHOLOGY)),
            "kernel_size": Input("INT", default=3, low=3, high=999, step=1, tooltip="Side of the square in pixels."),
        },
        outputs("IMAGE"),
        lambda image, operation, kernel_size: MORPHOLOGY[operation](image, kernel_size),
        description="Bright shapes shrunk, grown, or what that changes; each channel by itself.",
    ),
    pure(
        "ImageAddNoise", "Add Noise to Image", "image",
        {
            "image": IMAGE,
            "seed": Input("INT", default=0, low=0, high=2**64 - 1, tooltip="The same seed gives the same noise."),
            "strength": Input("FLOAT", default=0.5, low=0.0, high=1.0, step=0.01),
        },
        outputs("IMAGE"),
        _noisy,
        description="Normal noise of that standard deviation, as torch draws it on a CPU.",
    ),
    pure(
        "ImageRGBToYUV", "Image RGB to YUV", "image/batch",
        {"image": IMAGE},
        outputs(("IMAGE", "Y"), ("IMAGE", "U"), ("IMAGE", "V")),
        _apart,
        description="Brightness, and how blue and how red it is (0.5: not at all), each as a grey picture.",
    ),
    pure(
        "ImageYUVToRGB", "Image YUV to RGB", "image/batch",
        {"Y": IMAGE, "U": IMAGE, "V": IMAGE},
        outputs("IMAGE"),
        _together,
        description="The inverse of Image RGB to YUV.",
    ),
)  # fmt: skip
