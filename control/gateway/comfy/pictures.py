"""Pictures in other forms, for /view and /upload/mask. All of them were decoded and checked when they came."""

import asyncio
import io
from collections.abc import Callable
from functools import partial
from typing import IO, Literal, NamedTuple
from weakref import WeakKeyDictionary

from PIL import Image

from control.errors import BadRequest, Unprocessable

Channel = Literal["rgba", "rgb", "a"]
DECODED = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
"""Media type → the one of Pillow's decoders that may look at it."""
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Form(NamedTuple):
    """How a picture is wanted."""

    format: Literal["PNG", "WEBP", "JPEG"]
    quality: int
    channel: Channel

    @property
    def media_type(self) -> str:
        """Of the result."""
        return f"image/{self.format.lower()}"

    @property
    def name(self) -> str:
        """Tells forms apart."""
        return f"{self.format}-{self.quality}-{self.channel}".lower()


def form_of(preview: str, channel: str) -> Form | None:
    """`preview` as webp;90, `channel` rgba, rgb or a; None for the file as it is. Raises `BadRequest`."""
    if channel not in {"", "rgba", "rgb", "a"}:
        raise BadRequest("The channel is wrong: rgba, rgb or a.")
    chosen: Channel = "rgb" if channel == "rgb" else "a" if channel == "a" else "rgba"
    if not preview:
        return None if chosen == "rgba" else Form("PNG", 0, chosen)
    kind, _, quality = preview.partition(";")
    return Form(
        "JPEG" if kind == "jpeg" else "WEBP",
        min(100, max(1, int(quality)))
        if quality.isascii() and quality.isdigit() and len(quality) < 4
        else 90,
        chosen,
    )


async def converted(data: bytes, media_type: str, form: Form) -> bytes:
    """A picture's file in another form; raises `Unprocessable` for what is none."""
    if media_type not in DECODED:
        raise Unprocessable("There is a preview of pictures only.")
    return await _in_turn(partial(_converted, data, DECODED[media_type], form))


async def masked(original: bytes, original_type: str, mask: IO[bytes]) -> bytes:
    """A PNG of `original` with the alpha of `mask`; raises `Unprocessable` where they do not fit."""
    if original_type not in DECODED:
        raise Unprocessable("A mask belongs to a picture: PNG, JPEG or WebP.")
    return await _in_turn(partial(_masked, original, DECODED[original_type], mask))


async def _in_turn(work: Callable[[], bytes]) -> bytes:
    # One at a time: a picture of the most pixels takes some 400 MB.
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1)):
        return await asyncio.to_thread(work)


def _converted(data: bytes, decoder: str, form: Form) -> bytes:
    with Image.open(io.BytesIO(data), formats=[decoder]) as opened:
        if form.channel == "a":
            alpha = opened.convert("RGBA").getchannel("A")
            found = Image.new("RGBA", opened.size)
            found.putalpha(alpha)
        else:
            plain = form.channel == "rgb" or form.format == "JPEG"
            found = opened.convert("RGB" if plain else "RGBA" if opened.has_transparency_data else "RGB")
    if form.format == "JPEG":
        found = found.convert("RGB")
    file = io.BytesIO()
    found.save(file, form.format, **({"quality": form.quality} if form.format != "PNG" else {}))
    return file.getvalue()


def _masked(original: bytes, decoder: str, mask: IO[bytes]) -> bytes:
    mask.seek(0)
    with (
        Image.open(io.BytesIO(original), formats=[decoder]) as picture,
        Image.open(mask, formats=["PNG", "WEBP"]) as drawn,
    ):
        if picture.size != drawn.size:
            raise Unprocessable(
                f"The mask is {drawn.width}x{drawn.height}, and its picture {picture.width}x{picture.height}."
            )
        whole = picture.convert("RGBA")
        whole.putalpha(drawn.convert("RGBA").getchannel("A"))
    file = io.BytesIO()
    whole.save(file, "PNG", compress_level=4)
    return file.getvalue()
