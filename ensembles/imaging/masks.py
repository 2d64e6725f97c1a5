"""Inpainting masks: 1 where the picture is painted anew, 0 where it is kept."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ensembles.imaging.errors import ImageError
from ensembles.imaging.resizing import resize

F32 = NDArray[np.float32]


def as_mask(mask: NDArray[np.generic]) -> F32:
    """A mask uint8[H,W] (0..255), bool[H,W] or float[H,W] (0..1) as f32[H,W] in 0..1.

    Raises `ImageError` for another shape or type, and for values that are not finite.
    """
    if mask.ndim != 2 or not mask.size:
        raise ImageError(f"A mask has shape [H,W]; this one has {list(mask.shape)}: send one channel.")
    if mask.dtype == np.uint8:
        return np.asarray(mask, np.float32) / np.float32(255)
    if mask.dtype != np.bool_ and not np.issubdtype(mask.dtype, np.floating):
        raise ImageError(f"A mask holds uint8, bool or floats; this one holds {mask.dtype}: convert it.")
    values = mask.astype(np.float32)
    if not np.isfinite(values).all():
        raise ImageError("The mask holds values that are not finite; send 0..1.")
    return np.clip(values, 0, 1)


def latent_mask(mask: NDArray[np.generic], height: int, width: int) -> F32:
    """`mask` at latent size: f32[1,1,height,width], bilinear (facts/diffusion.md, "Inpaint")."""
    return resize_bilinear(as_mask(mask), height, width)[None, None]


def resize_bilinear(values: F32, height: int, width: int) -> F32:
    """f32[H,W] → f32[height,width]: bilinear between pixel centres, edges repeated, no antialiasing.

    The same as torch's `interpolate(mode="bilinear", align_corners=False)`.
    """
    return np.asarray(resize(values[None], width, height)[0])


def grow(mask: NDArray[np.generic], pixels: int) -> F32:
    """f32[H,W] with every value spread `pixels` to each side (a square; negative shrinks)."""
    values = as_mask(mask)
    if not pixels:
        return values
    window = 2 * abs(pixels) + 1
    how = ndimage.maximum_filter if pixels > 0 else ndimage.minimum_filter
    return np.asarray(how(values, size=window, mode="nearest"), np.float32)


def feather(mask: NDArray[np.generic], pixels: float) -> F32:
    """f32[H,W] with its edges softened by a Gaussian of that standard deviation, in pixels."""
    values = as_mask(mask)
    if pixels <= 0:
        return values
    softened = ndimage.gaussian_filter(values, pixels, mode="nearest")
    return np.clip(np.asarray(softened, np.float32), 0, 1)


def grey_masked(image: F32, mask: NDArray[np.generic], grow_by: int = 6) -> tuple[F32, F32]:
    """What VAEEncodeForInpaint prepares: the picture greyed where it will be painted, and the grown mask.

    `image` is f32[N,3,H,W] in −1..1, `mask` [H,W] of any size. A pixel whose mask rounds to 1 becomes
    0.5 of 0..1, which is 0 here; the returned mask f32[H,W], 0 or 1, is spread by a square `grow_by`
    pixels wide. That the mask is greyed and grown is a fact (facts/diffusion.md); the square's width
    and the rounding are not checked against the field.

    Raises `ImageError` for a mask that is no mask.
    """
    height, width = image.shape[-2:]
    hard = np.round(resize_bilinear(as_mask(mask), height, width))
    grown = hard if grow_by <= 1 else ndimage.maximum_filter(hard, size=grow_by, mode="nearest")
    return np.asarray(image * (1 - hard), np.float32), np.asarray(grown, np.float32)
