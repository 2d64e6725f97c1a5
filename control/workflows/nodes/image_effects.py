"""Pictures whose every pixel changes: inverted, blurred, sharpened, blended, in few colours."""

from control.workflows.nodes.images import IMAGE
from control.workflows.nodes.pure import many, pure
from control.workflows.types import Input, NodeType, outputs
from control.workflows.values import Image
from ensembles.imaging import blending, filters
from ensembles.imaging.compositing import same_channels
from ensembles.imaging.resizing import fit

RADIUS = Input("INT", default=1, low=1, high=31, step=1, tooltip="Pixels to each side.")


def _blend(image1: Image, image2: Image, blend_factor: float, blend_mode: str) -> Image:
    image1, image2 = same_channels(image1, image2)
    image2 = many("image2", fit(image2, image1.shape[2], image1.shape[1], "bicubic"), len(image1))
    return blending.blend(image1, image2, blend_factor, blend_mode)


NODES: tuple[NodeType, ...] = (
    pure(
        "ImageInvert", "Invert Image", "image",
        {"image": IMAGE},
        outputs("IMAGE"),
        lambda image: 1 - image,
        description="Alpha is inverted as well.",
    ),
    pure(
        "ImageBlur", "Image Blur", "image/postprocessing",
        {"image": IMAGE, "blur_radius": RADIUS, "sigma": Input("FLOAT", default=1.0, low=0.1, high=10.0, step=0.1)},
        outputs("IMAGE"),
        filters.blur,
        description="Pictures out of focus.",
    ),
    pure(
        "ImageSharpen", "Image Sharpen", "image/postprocessing",
        {
            "image": IMAGE,
            "sharpen_radius": RADIUS,
            "sigma": Input("FLOAT", default=1.0, low=0.1, high=10.0, step=0.01),
            "alpha": Input("FLOAT", default=1.0, low=0.0, high=5.0, step=0.01, tooltip="How much sharper."),
        },
        outputs("IMAGE"),
        filters.sharpen,
        description="Details come out: what a blur would take away is added ten times alpha.",
    ),
    pure(
        "ImageBlend", "Image Blend", "image/postprocessing",
        {
            "image1": IMAGE,
            "image2": IMAGE,
            "blend_factor": Input(
                "FLOAT", default=0.5, low=0.0, high=1.0, step=0.01, tooltip="Share of what the mode makes of both."
            ),
            "blend_mode": Input(
                "COMBO", choices=tuple(blending.MODES), tooltip="What becomes of a pixel under one of the second picture."
            ),
        },
        outputs("IMAGE"),
        _blend,
        description="The second is cut and resized to the first one's size.",
    ),
    pure(
        "ImageQuantize", "Image Quantize", "image/postprocessing",
        {
            "image": IMAGE,
            "colors": Input("INT", default=256, low=1, high=256, step=1, tooltip="How many at most."),
            "dither": Input(
                "COMBO", choices=("none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"),
                tooltip="How colours that are missing are mixed of dots.",
            ),
        },
        outputs("IMAGE"),
        filters.quantize,
        description="Pictures in a few colours, chosen for each.",
    ),
)  # fmt: skip
