"""Pictures turned into what ControlNets are shown: lines, poses, depth, classes; by networks, and by arithmetic."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from control.models.preprocessors import PACKAGED
from control.workflows.engine import Engine
from control.workflows.nodes.images import IMAGE
from control.workflows.nodes.pure import many, possible, pure, size_of
from control.workflows.types import Folder, Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Image, Mask
from ensembles.arrays import Array
from ensembles.imaging.edges import canny
from ensembles.imaging.resizing import resize
from ensembles.preprocessor import MAX_PIXELS, Type

CATEGORY = "ControlNet Preprocessors"
RESOLUTION = Input(
    "INT", default=512, low=64, high=16384, step=64,
    tooltip="The shorter side of the hint, in pixels; the picture is resized to it first.",
)  # fmt: skip
FAINT = 0.6
"""Of lines in 0..1: what a coarse drawing leaves away is fainter."""


FOLDERS: dict[Type, Folder] = {
    "softedge": "preprocessors/softedge",
    "lineart": "preprocessors/lineart",
    "scribble": "preprocessors/scribble",
    "openpose": "preprocessors/openpose",
    "depth": "preprocessors/depth",
    "segmentation": "preprocessors/segmentation",
}
"""Type of a preprocessor → the list of its kind."""


def hint_size(image: Size, resolution: int) -> Size:
    """Of the hint of a picture: its shorter side is `resolution`."""
    share = resolution / max(1, min(image.width, image.height))
    return Size(image.pictures, max(1, round(image.width * share)), max(1, round(image.height * share)))


def resized(image: Image, resolution: int) -> Image:
    """fp32 [N,H,W,3 or 4] → fp32 [N,h,w,3] as large as its hint."""
    size = hint_size(size_of(image), resolution)
    method = "area" if size.width < image.shape[2] else "bicubic"
    return np.clip(resize(image[..., :3], size.width, size.height, method), 0, 1)


def _fitting(image: Size | None = None, resolution: int | None = None, **_: Any) -> tuple[Size | None]:
    return (None,) if image is None or resolution is None else (hint_size(image, resolution),)


def _check(image: Size | None = None, resolution: int | None = None, **_: Any) -> None:
    (size,) = _fitting(image, resolution)
    if size is None:
        return
    possible(size, "resolution")
    if size.width * size.height > MAX_PIXELS:
        raise Unfit(
            "resolution",
            f"The hint would be {size.width} x {size.height} pixels, and {MAX_PIXELS // 2**20} megapixels are the most. "
            "Make it smaller.",
        )


def _safe(hint: Image, safe: str) -> Image:
    """In three shades, so that no shape of light is left in it."""
    return np.clip(np.floor(hint * 3) / 2, 0, 1).astype(np.float32) if safe == "enable" else hint


def _coarse(hint: Image, coarse: str) -> Image:
    return np.where(hint >= FAINT, hint, 0).astype(np.float32) if coarse == "enable" else hint


def _by_network(
    name: str,
    title: str,
    kind: Type,
    description: str,
    *,
    more: dict[str, Input] | None = None,
    after: Callable[..., Image] | None = None,
    category: str,
) -> NodeType:
    """A node type that asks a published preprocessor of `kind`; `after` takes the hint and the inputs of `more`."""
    more = more or {}
    poses = kind == "openpose"

    async def run(engine: Engine, model: str, image: Image, resolution: int, **given: Any) -> tuple[Any, ...]:
        _check(size_of(image), resolution)
        hint, keypoints = await engine.preprocess(model, resized(image, resolution))
        return (hint if after is None else after(hint, **given), *((keypoints,) if poses else ()))

    def size(image: Size | None = None, resolution: int | None = None, **_: Any) -> tuple[Any, ...]:
        return (*_fitting(image, resolution), *((None,) if poses else ()))

    return NodeType(
        name=name,
        title=title,
        category=f"{CATEGORY}/{category}",
        description=description,
        inputs={
            "image": replace(IMAGE, tooltip="The pictures."),
            **more,
            "resolution": RESOLUTION,
            "model": Input(
                "COMBO",
                # A name that graphs from elsewhere need not say.
                default=PACKAGED.get(kind, kind),
                folder=FOLDERS[kind],
                tooltip="The network. `studio preprocessors` lists and adds them.",
            ),
        },
        outputs=outputs("IMAGE", ("STRING", "POSE_KEYPOINT")) if poses else outputs("IMAGE"),
        run=run,
        asks="preprocess",
        item="preprocess",
        check=_check,
        size=size,
    )


def _drawn(
    name: str,
    title: str,
    category: str,
    description: str,
    more: dict[str, Input],
    compute: Callable[..., Image],
    also: Callable[..., None] = lambda **_: None,
) -> NodeType:
    """A node type that computes its hint from the resized picture; `also` is checked beside its size."""

    def check(**known: Any) -> None:
        _check(**known)
        also(**known)

    made = pure(
        name,
        title,
        f"{CATEGORY}/{category}",
        {"image": replace(IMAGE, tooltip="The pictures."), **more, "resolution": RESOLUTION},
        outputs("IMAGE"),
        lambda image, *given: compute(resized(image, given[-1]), *given[:-1]),
        size=hint_size,
        cause="resolution",
        description=description,
    )
    return replace(made, check=check)


def _edges(image: Image, low_threshold: int, high_threshold: int) -> Image:
    _check_thresholds(low_threshold, high_threshold)
    return _grey(canny(image, low_threshold / 255, high_threshold / 255))


def _check_thresholds(low_threshold: int | None = None, high_threshold: int | None = None, **_: Any) -> None:
    if low_threshold is not None and high_threshold is not None and low_threshold > high_threshold:
        raise Unfit(
            "low_threshold", f"{low_threshold} is above high_threshold, {high_threshold}. Make it lower."
        )


def _grey(planes: Array) -> Image:
    """[N,H,W] → [N,H,W,3]"""
    return np.repeat(planes[..., None], 3, -1)


def _dark_lines(image: Image) -> Image:
    """White where some channel is darker than half: a drawing on paper becomes a scribble."""
    return _grey((image.min(-1) < 127 / 255).astype(np.float32))


def _tile(image: Image, iterations: int) -> Image:
    """Reduced to 1/2ⁿ by its areas, and doubled n times, which is smoother than once by 2ⁿ.

    OpenCV's pyrUp, which others use, shifts the picture by half a pixel each time; this does not.
    """
    height, width = image.shape[1:3]
    small = resize(image, max(1, width >> iterations), max(1, height >> iterations), "area")
    for _ in range(iterations):
        small = resize(small, 2 * small.shape[2], 2 * small.shape[1])
    return resize(small, width, height)


def _marked(image: Image, mask: Mask, black: bool) -> Image:
    """What is masked becomes −1, by which inpainting ControlNets know it, or black."""
    pictures, height, width = image.shape[:3]
    chosen = np.broadcast_to(
        resize(many("mask", mask, pictures), width, height) > 0.5, (pictures, height, width)
    )
    return np.where(chosen[..., None], np.float32(0 if black else -1), image[..., :3])


_SWITCH = ("disable", "enable")

NODES: tuple[NodeType, ...] = (
    _by_network(
        "HEDPreprocessor", "HED Soft-Edge Lines", "softedge",
        "Soft white edges on black, as holistically-nested edge detection finds them.",
        more={"safe": Input("COMBO", default="enable", choices=("enable", "disable"), tooltip="Three shades alone.")},
        after=_safe,
        category="Line Extractors",
    ),
    _by_network(
        "LineArtPreprocessor", "Realistic Lineart", "lineart",
        "Thin white lines on black: the ridges of soft edges, fainter where the edge is.",
        more={
            "coarse": Input("COMBO", default="disable", choices=_SWITCH, tooltip="Are faint lines left away?"),
        },
        after=_coarse,
        category="Line Extractors",
    ),
    _by_network(
        "FakeScribblePreprocessor", "Fake Scribble Lines (aka scribble_hed)", "scribble",
        "Thick white strokes on black, as if drawn by hand: the clear ridges of soft edges.",
        category="Line Extractors",
    ),
    _by_network(
        "OpenposePreprocessor", "OpenPose Pose", "openpose",
        "The bodies of up to six people as OpenPose draws them, and their points as OpenPose's JSON, a picture a line.",
        category="Faces and Poses Estimators",
    ),
    _by_network(
        "DepthPreprocessor", "Depth (own network)", "depth",
        "How near each pixel is, white is nearest, by a network that was brought as a file.",
        category="Normal and Depth Estimators",
    ),
    _by_network(
        "SegmentationPreprocessor", "Segmentation (own network)", "segmentation",
        "What each pixel is of, in a colour a class, by a network that was brought as a file.",
        category="Semantic Segmentation",
    ),
    _drawn(
        "CannyEdgePreprocessor", "Canny Edge", "Line Extractors",
        "White lines along the edges, on black, with thresholds as OpenCV counts them.",
        {
            "low_threshold": Input(
                "INT", default=100, low=0, high=255, tooltip="A line fainter than this is none, in 255ths."
            ),
            "high_threshold": Input(
                "INT", default=200, low=0, high=255, tooltip="A line counts where some of it is stronger, in 255ths."
            ),
        },
        _edges,
        _check_thresholds,
    ),
    _drawn(
        "ScribblePreprocessor", "Scribble Lines", "Line Extractors",
        "A drawing's dark lines in white on black.",
        {},
        _dark_lines,
    ),
    _drawn(
        "TilePreprocessor", "Tile", "others",
        "The picture without its details, for ControlNets that put in new ones.",
        {
            "pyrUp_iters": Input(
                "INT", default=3, low=1, high=10, tooltip="How often its sides are halved, and doubled again."
            ),
        },
        _tile,
    ),
    pure(
        "InpaintPreprocessor", "Inpaint Preprocessor", f"{CATEGORY}/others",
        {
            "image": IMAGE,
            "mask": Input("MASK", tooltip="1 is what is to be painted anew; it is resized to the picture."),
            "black_pixel_for_xinsir_cn": Input(
                "BOOLEAN", default=False, tooltip="Black instead of −1, as some SDXL ControlNets want it."
            ),
        },
        outputs("IMAGE"),
        _marked,
        description="What is masked marked by −1, for inpainting ControlNets: link it to one, as files keep no −1.",
    ),
)  # fmt: skip


CLASSES: dict[Type, str] = {
    "softedge": "HEDPreprocessor",
    "lineart": "LineArtPreprocessor",
    "scribble": "FakeScribblePreprocessor",
    "openpose": "OpenposePreprocessor",
    "depth": "DepthPreprocessor",
    "segmentation": "SegmentationPreprocessor",
}
"""Type of a preprocessor → the class that asks one of it."""
