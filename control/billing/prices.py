"""What work costs. One table; amounts are micro-credits."""

import math
from fractions import Fraction
from typing import Literal

import msgspec

from control.billing.tiers import CREDIT
from control.jobs.requests import Img2Img, Work
from ensembles.manifest import Manifest

Item = Literal["txt2img", "img2img", "upscale", "preprocess", "video", "sdxl", "controlnet", "lora", "vae"]
Unit = Literal["picture of 512x512", "picture", "25 frames", "times"]


class Rate(msgspec.Struct, frozen=True):
    """A row of the table."""

    amount: int
    """Micro-credits of one unit; for `times`, what the price of the picture is multiplied by."""
    unit: Unit
    meaning: str


RATES: dict[Item, Rate] = {
    "txt2img": Rate(
        CREDIT, "picture of 512x512", "Pictures of words. Other sizes by their pixels: 1024x1024 is four."
    ),
    "img2img": Rate(CREDIT, "picture of 512x512", "Pictures of another picture and words, by their pixels."),
    "upscale": Rate(3 * CREDIT, "picture", "A picture four times as wide and high."),
    "preprocess": Rate(
        CREDIT // 20, "picture of 512x512", "A hint for a ControlNet, made by a network, by its pixels."
    ),
    "video": Rate(25 * CREDIT, "25 frames", "A video; other lengths by their frames."),
    "sdxl": Rate(2, "times", "Checkpoints of the SDXL family: the picture's price, twice."),
    "controlnet": Rate(CREDIT, "picture", "Each ControlNet or IP-Adapter that a picture is sampled with."),
    "lora": Rate(CREDIT // 2, "picture", "Each LoRA that a picture is sampled with."),
    "vae": Rate(
        CREDIT // 40, "picture of 512x512",
        "Encoding or decoding, by a VAE, more than once each of what is sampled: as half a step of twenty.",
    ),
}  # fmt: skip
PIXELS = 512 * 512
FAMILIES: dict[str, Item] = {"sdxl": "sdxl"}
"""Family of the checkpoint (its architecture's name up to the hash) → what its pictures are multiplied by."""


class PriceLine(msgspec.Struct, frozen=True):
    """A line of a price."""

    item: Item
    """Which row of the price table."""
    text: str
    """What it is for, in words."""
    each_microcredits: int
    """For one picture."""
    count: int
    """Pictures."""
    amount_microcredits: int
    """each times count"""


class Price(msgspec.Struct, frozen=True):
    """What a piece of work costs, in micro-credits."""

    amount: int
    lines: list[PriceLine]


def price(work: Work, manifest: Manifest) -> Price:
    """What a completed request (`control.jobs.requests.complete`) costs on its checkpoint."""
    kind: Item = "img2img" if isinstance(work, Img2Img) else "txt2img"
    assert work.width
    assert work.height
    one = by_pixels(kind, work.width, work.height)
    lines = [line(kind, f"{kind} of {work.width}x{work.height}", one, work.batch)]
    if (family := FAMILIES.get(manifest.architecture.partition("-")[0])) is not None:
        more = one * (RATES[family].amount - 1)
        lines.append(line(family, f"{manifest.name} is of the {family.upper()} family", more, work.batch))
    return total(lines)


def by_pixels(item: Item, width: int, height: int) -> int:
    """Micro-credits of one picture of this size in pixels, rounded up."""
    return by_area(item, width * height)


def by_area(item: Item, pixels: float) -> int:
    """Micro-credits of so many pixels, rounded up."""
    return math.ceil(Fraction(pixels) * RATES[item].amount / PIXELS)


def of_frames(frames: int) -> int:
    """Micro-credits of a video, rounded up."""
    return -(-RATES["video"].amount * frames // 25)


def extras(item: Literal["controlnet", "lora"], names: list[str], pictures: int) -> list[PriceLine]:
    """A line for each ControlNet or LoRA that `pictures` pictures are made with."""
    return [line(item, f"{item} {name}", RATES[item].amount, pictures) for name in names]


def total(lines: list[PriceLine]) -> Price:
    """The price that these lines make."""
    return Price(sum(line.amount_microcredits for line in lines), lines)


def delivered(amount: int, made: int, asked: int) -> int:
    """What is charged of a price where `made` of `asked` pictures were delivered, rounded down."""
    return amount * made // asked


def line(item: Item, text: str, each: int, count: int) -> PriceLine:
    """A line of a price: `each` micro-credits, `count` times."""
    return PriceLine(item, text, each, count, each * count)
