"""What strangers send: refused with a reason, or a clean picture with every pixel that it had."""

import asyncio
import os
import random
import tempfile
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from control.assets import inspect as inspection
from control.assets.inspect import Seen, inspect
from control.assets.pictures.child import examine
from control.assets.pictures.found import Refused
from control.errors import Unprocessable
from control.settings import ControlSettings
from ensembles.imaging.codec import encode_png, encode_webp
from ensembles.imaging.provenance import Recipe, to_json, to_parameters
from tests.control.assets.hostile import (
    HOSTILE,
    PICTURE,
    SECRET,
    XMP,
    bytes_of,
    chunk,
    exif,
    saved,
    with_segment,
)

SETTINGS = ControlSettings()
RECIPE = Recipe(
    prompt="a red circle, <html> naïve", seed=2**64 - 1, steps=4, cfg=7, sampler="euler", scheduler="karras",
    width=64, height=40, model="pocket", version="1",
)  # fmt: skip


async def look(data: bytes, settings: ControlSettings = SETTINGS) -> tuple[Seen, bytes]:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as cleaned:
        source.write(data)
        seen = await inspect(source, cleaned, settings)
        cleaned.seek(0)
        return seen, cleaned.read()


def pixels(data: bytes, mode: str = "RGBA") -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(data))).convert(mode))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """For looks within this process: what they tell Pillow is forgotten."""
    for owner, name in (
        (Image, "MAX_IMAGE_PIXELS"),
        (PngImagePlugin, "MAX_TEXT_CHUNK"),
        (PngImagePlugin, "MAX_TEXT_MEMORY"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))


def look_here(data: bytes) -> tuple[Seen, bytes]:
    """The same without its process."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as cleaned:
        source.write(data)
        source.flush()
        try:
            found = examine(source.fileno(), cleaned.fileno(), SETTINGS.max_upload_pixels)
        except Refused:
            assert not os.fstat(cleaned.fileno()).st_size
            raise
        cleaned.seek(0)
        return msgspec.convert(found, Seen), cleaned.read()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("what", HOSTILE)
def test_refused_with_a_reason(what: str) -> None:
    with pytest.raises(Refused) as refusal:
        look_here(bytes_of(what))
    assert refusal.value.reason == HOSTILE[what][0], refusal.value
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "what",
    ["empty", "ZIP", "PNG cut", "PNG with two headers", "JPEG that is JavaScript", "APNG", "iCCP of 40 MB"],
)
async def test_its_process_says_so_too(what: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        await look(bytes_of(what))
    assert refusal.value.fields["reason"] == HOSTILE[what][0]


def modes() -> dict[str, bytes]:
    rgb = Image.fromarray(PICTURE)
    alpha = rgb.convert("RGBA")
    alpha.putalpha(Image.fromarray((PICTURE[..., 0] // 2 + 64).astype(np.uint8)))
    palette = rgb.quantize(16)
    deep = Image.fromarray(PICTURE[..., 0].astype(np.uint16) * 257)
    return {
        "PNG RGB": saved("PNG"),
        "PNG RGBA": saved("PNG", alpha),
        "PNG grey": saved("PNG", rgb.convert("L")),
        "PNG grey and alpha": saved("PNG", alpha.convert("LA")),
        "PNG palette": saved("PNG", palette),
        "PNG palette, see-through": saved("PNG", palette, transparency=3),
        "PNG black and white": saved("PNG", rgb.convert("1")),
        "PNG grey of 16 bits": saved("PNG", deep),
        "JPEG": saved("JPEG"),
        "JPEG progressive": saved("JPEG", progressive=True, quality=80),
        "JPEG grey": saved("JPEG", rgb.convert("L")),
        "JPEG CMYK": saved("JPEG", rgb.convert("CMYK")),
        "WebP": saved("WEBP"),
        "WebP lossless": saved("WEBP", alpha, lossless=True),
        "WebP see-through": saved("WEBP", alpha),
        "AVIF": saved("AVIF"),
        "AVIF see-through": saved("AVIF", alpha),
        "GIF": saved("GIF"),
        "GIF see-through": saved("GIF", palette, transparency=3),
    }


MODES = modes()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("what", MODES)
def test_every_pixel_is_kept(what: str) -> None:
    data = MODES[what]
    seen, cleaned = look_here(data)
    assert (seen.width, seen.height) == (64, 40)
    assert seen.media_type == f"image/{Image.open(BytesIO(cleaned)).format.lower()}"
    before, after = Image.open(BytesIO(data)), Image.open(BytesIO(cleaned))
    if before.format in {"PNG", "JPEG", "WEBP"}:
        assert (after.format, after.mode) == (before.format, before.mode)
        assert np.array_equal(np.asarray(before), np.asarray(after))
    else:
        assert after.format == "PNG"
    assert np.array_equal(pixels(data), pixels(cleaned))
    # What has been cleaned is clean: a second look finds the same.
    again, twice = look_here(cleaned)
    assert (again, twice) == (seen, cleaned)


def carrying(kind: str, orientation: int) -> bytes:
    """A picture with all that a phone and an editor put into one."""
    options = {"exif": exif(orientation), "xmp": XMP}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET)
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        info.add_text("Author", SECRET, zip=True)
        return saved("PNG", pnginfo=info, exif=options["exif"])
    if kind == "GIF":
        return saved("GIF", comment=SECRET.encode())
    data = saved(kind, **options, **({"comment": SECRET.encode()} if kind == "JPEG" else {}))
    return with_segment(data, 0xED, SECRET.encode()) if kind == "JPEG" else data


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("orientation", [1, 6, 3, 5])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
def test_what_it_tells_of_people_is_stripped_and_it_stands_upright(kind: str, orientation: int) -> None:
    data = carrying(kind, orientation)
    assert SECRET.encode() in data
    seen, cleaned = look_here(data)
    for secret in (SECRET.encode(), SECRET.encode("utf-16-be"), b"xmpmeta", b"Phone"):
        assert secret not in cleaned, secret
    opened = Image.open(BytesIO(cleaned))
    opened.load()
    assert not dict(opened.getexif())
    assert not {"exif", "xmp", "XML:com.adobe.xmp", "comment"} & opened.info.keys(), opened.info.keys()
    upright = pixels(data, "RGB")
    assert (seen.height, seen.width) == upright.shape[:2] == np.asarray(opened).shape[:2]
    difference = np.abs(upright.astype(int) - pixels(cleaned, "RGB")).mean()
    # A lossy picture that has to be turned is written anew.
    assert difference < (2.5 if orientation != 1 and kind in {"JPEG", "WEBP"} else 1e-9)


@pytest.mark.usefixtures("here")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_of_any_kind_is_refused_or_mended() -> None:
    """Pictures with bytes changed, lost, added: a picture, or a refusal, and no third."""
    chosen = random.Random(7)
    whole = [*MODES.values(), *(carrying(kind, 6) for kind in ("PNG", "JPEG", "WEBP", "AVIF", "GIF"))]
    refused = 0
    for _ in range(600):
        data = bytearray(chosen.choice(whole))
        for _ in range(chosen.randrange(1, 6)):
            at = chosen.randrange(len(data))
            match chosen.randrange(4):
                case 0:
                    data[at] = chosen.randrange(256)
                case 1:
                    del data[at : at + chosen.randrange(1, 20)]
                case 2:
                    data[at:at] = chosen.randbytes(chosen.randrange(1, 20))
                case _:
                    data[at : at + 4] = chosen.randbytes(4)
        try:
            seen, cleaned = look_here(bytes(data))
        except Refused:
            refused += 1
        else:
            assert pixels(cleaned).shape[:2] == (seen.height, seen.width)
    assert 300 < refused < 600


@pytest.mark.usefixtures("here")
def test_a_colour_profile_stays() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("PNG", "JPEG", "WEBP", "AVIF"):
        _, cleaned = look_here(saved(kind, icc_profile=profile))
        assert Image.open(BytesIO(cleaned)).info["icc_profile"] == profile


async def test_what_it_was_made_of_is_read_before() -> None:
    texts = {"parameters": to_parameters(RECIPE), "studio": to_json(RECIPE), "workflow": '{"1": {}}'}
    seen, cleaned = await look(encode_png(PICTURE, texts))
    assert seen.texts == texts
    assert msgspec.convert(seen.recipe, Recipe) == RECIPE
    assert "text" not in Image.open(BytesIO(cleaned)).info
    assert b"parameters" not in cleaned
    # AUTOMATIC1111's text alone; and WebP, which has it in EXIF.
    for data in (
        encode_png(PICTURE, {"parameters": texts["parameters"]}),
        encode_webp(PICTURE, {"parameters": texts["parameters"], "workflow": '{"1": {}}'}),
    ):
        seen, _ = await look(data)
        assert seen.texts["parameters"] == texts["parameters"]
        assert seen.recipe is not None
        assert (seen.recipe["prompt"], seen.recipe["seed"]) == (RECIPE.prompt, RECIPE.seed)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "text", ["", "Steps: 1", "a" * 300_000, "x\nSteps: " + "9" * 5000, "x\nSteps: " + "a " * 1900, "\0\ud800"]
)
def test_what_cannot_be_understood_of_that_harms_nothing(text: str) -> None:
    body = b"parameters\0\0\0\0\0" + text.encode("utf-8", "surrogatepass")
    data = saved("PNG")
    seen, _ = look_here(data[:33] + chunk(b"iTXt", body) + data[33:])
    assert seen.recipe is None
    assert "\0" not in seen.texts.get("parameters", "")


async def test_the_memory_of_a_look_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets past every check still meets the kernel: here the largest picture, with too little memory for it."""
    monkeypatch.setattr(inspection, "BASE_MB", 150)
    monkeypatch.setattr(inspection, "BYTES_A_PIXEL", 0)
    with pytest.raises(Unprocessable) as refusal:
        await look(
            saved("JPEG", Image.new("RGB", (7000, 7000))), msgspec.structs.replace(SETTINGS, max_upload_mb=1)
        )
    assert refusal.value.fields["reason"] in {"bomb", "damaged"}


async def test_the_largest_picture_that_may_be_sent_can_be_looked_at() -> None:
    side = int(SETTINGS.max_upload_pixels**0.5)
    seen, _ = await look(saved("PNG", Image.new("RGBA", (side, side), "red"), compress_level=1))
    assert (seen.width, seen.height) == (side, side)


async def test_a_look_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(inspection, "_CODE", "import time; time.sleep(60)")
    monkeypatch.setattr(inspection, "SECONDS", 1)
    with pytest.raises(Unprocessable) as refusal:
        await look(saved("PNG"))
    assert refusal.value.fields["reason"] == "too_slow"
    assert not [
        child for child in psutil.Process().children() if "time.sleep(60)" in " ".join(child.cmdline())
    ]


async def test_the_process_that_looks_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_SECRET_KEY", "x" * 32)
    # Its answer would not be one.
    code = "import os, sys; sys.exit(len([name for name in os.environ if name.startswith('STUDIO')]))"
    monkeypatch.setattr(inspection, "_CODE", code)
    with pytest.raises(msgspec.DecodeError):
        await look(saved("PNG"))


async def test_many_at_once_wait_for_each_other() -> None:
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, len(psutil.Process(os.getpid()).children()))
            await asyncio.sleep(0.01)

    before = len(psutil.Process().children())
    watching = asyncio.create_task(watch())
    await asyncio.gather(*(look(saved("PNG")) for _ in range(5)))
    watching.cancel()
    assert most - before <= inspection.AT_A_TIME
