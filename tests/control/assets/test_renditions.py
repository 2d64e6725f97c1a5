"""Smaller forms of pictures: what they look like, that they are made once, and when."""

import asyncio
import io
from datetime import timedelta
from typing import get_args
from uuid import UUID

import httpx
import pytest
from PIL import Image, ImageCms

from control.assets import renditions
from control.assets.asset_routes import Form
from control.assets.blobs import drop_intents, keep, prepare
from control.assets.renditions import FORMS, Unrenderable, decoded, fitted, rendered
from control.assets.storage import Storage
from control.assets.tables import Rendition
from control.database.engine import transaction
from control.database.owned import Inside, scoped
from tests.control.assets.files import new_asset, picture, upload
from tests.control.assets.test_blobs import objects, refer
from tests.control.people import Person, made, problem, register


def test_the_api_takes_every_form() -> None:
    assert [*get_args(Form)] == [*FORMS]


def opened(data: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


@pytest.mark.parametrize(
    ("size", "small", "large"),
    [
        ((2048, 2048), (256, 256), (1024, 1024)),
        ((2048, 1024), (256, 128), (1024, 512)),
        ((1000, 3000), (85, 256), (341, 1024)),
        # Never enlarged.
        ((300, 200), (256, 171), (300, 200)),
        ((64, 48), (64, 48), (64, 48)),
        ((1, 1), (1, 1), (1, 1)),
        # Never nothing.
        ((5000, 3), (256, 1), (1024, 1)),
    ],
)
def test_sizes(size: tuple[int, int], small: tuple[int, int], large: tuple[int, int]) -> None:
    source = decoded(picture(*size), "image/png", FORMS)
    for form in FORMS:
        expected = small if form.startswith("256") else large
        data, measured = rendered(source, form)
        assert measured == expected == fitted(size, form)
        found = opened(data)
        assert found.size == expected
        assert found.format == form.partition(".")[2].upper()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_png(mode: str) -> None:
    file = io.BytesIO()
    grey = Image.new("L", (600, 400), 128)
    source = {
        "I;16": lambda: Image.new("I;16", (600, 400), 128 * 257),
        "RGBA": lambda: Image.merge(
            "RGBA", [grey, grey, grey, Image.linear_gradient("L").resize((600, 400))]
        ),
        "LA": lambda: Image.merge("LA", [grey, Image.linear_gradient("L").resize((600, 400))]),
        "1": lambda: Image.new("1", (600, 400), 1),
    }.get(mode, lambda: grey.convert(mode))()
    source.save(file, "PNG")
    for form in FORMS:
        found = opened(rendered(decoded(file.getvalue(), "image/png", [form]), form)[0])
        assert found.mode == ("RGBA" if mode in {"RGBA", "LA"} else "RGB")
        middle = found.convert("RGB").getpixel((found.width // 2, found.height // 2))
        grey_value = 255 if mode == "1" else 128
        assert all(abs(value - grey_value) <= 3 for value in middle), (form, middle)  # type: ignore[union-attr]


def test_what_a_file_says_of_itself_is_not_in_its_renditions() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    # Lies on its side: 6 is a quarter turn.
    exif[0x0112] = 6
    Image.new("RGB", (400, 200), "red").save(file, "JPEG", exif=exif, comment=b"secret words")
    for form in FORMS:
        data, size = rendered(decoded(file.getvalue(), "image/jpeg", [form]), form)
        assert size[0] < size[1]
        assert b"ecret" not in data
        assert not opened(data).getexif()


def test_colours_are_those_of_srgb() -> None:
    """Whatever the profile that a file brings; one that is none changes nothing."""
    wide = swapped_profile()
    for profile, expected in ((None, (200, 50, 90)), (wide, (90, 50, 200)), (b"no profile", (200, 50, 90))):
        file = io.BytesIO()
        Image.new("RGB", (32, 32), (200, 50, 90)).save(file, "PNG", icc_profile=profile)
        data, _ = rendered(decoded(file.getvalue(), "image/png", ["256.webp"]), "256.webp")
        found = opened(data)
        assert "icc_profile" not in found.info
        colour = found.convert("RGB").getpixel((16, 16))
        assert all(abs(a - b) < 8 for a, b in zip(colour, expected, strict=True)), (profile, colour)  # type: ignore[arg-type]


def swapped_profile() -> bytes:
    """sRGB with red and blue the other way round."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for place in range(128, len(profile), 4):
        if profile[place : place + 4] == b"rXYZ":
            red = place
        elif profile[place : place + 4] == b"bXYZ":
            blue = place
            break
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", "image/png"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "image/png"),
        (picture()[:-40], "image/png"),
        # Only the decoder of what it is said to be may look at it.
        (picture(kind="GIF"), "image/png"),
        (picture(), "image/jpeg"),
    ],
)
def test_what_is_no_picture(data: bytes, media_type: str) -> None:
    with pytest.raises(Unrenderable, match="cannot be decoded"):
        decoded(data, media_type, FORMS)


def test_more_pixels_than_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "MOST_PIXELS", 5000)
    with pytest.raises(Unrenderable, match="too large for smaller forms: 100x60"):
        decoded(picture(100, 60), "image/png", FORMS)


def test_one_is_made_when_it_is_asked_for(ada: Person) -> None:
    asset = upload(ada, picture(600, 400))
    details = made(ada.get(f"/assets/{asset['id']}"))
    assert [(r["form"], r["made"], r["width"], r["height"]) for r in details["renditions"]] == [
        ("256.webp", False, 256, 171), ("256.avif", False, 256, 171),
        ("1024.webp", False, 600, 400), ("1024.avif", False, 600, 400),
    ]  # fmt: skip
    assert asset["thumbnail_url"] == details["renditions"][0]["url"]
    for listed in details["renditions"]:
        path = listed["url"].removeprefix("/api/v1")
        answer = ada.get(path.partition("?")[0], form=listed["form"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"image/{listed['form'].partition('.')[2]}"
        assert opened(answer.content).size == (listed["width"], listed["height"])
        again = ada.api.get(
            f"/api/v1{path}",
            headers={"Authorization": f"Bearer {ada.token}", "If-None-Match": answer.headers["etag"]},
        )
        assert again.status_code == 304
    details = made(ada.get(f"/assets/{asset['id']}"))
    assert all(r["made"] and r["size"] > 50 for r in details["renditions"])
    problem(ada.get(f"/assets/{asset['id']}/content", form="4096.webp"), 400)


def test_what_is_in_the_bin_is_known_by_its_renditions_alone(api: httpx.Client, ada: Person) -> None:
    asset = upload(ada, picture(40, 30))["id"]
    assert ada.delete(f"/assets/{asset}").status_code == 204
    assert ada.get(f"/assets/{asset}/content", form="256.webp").status_code == 200
    problem(ada.get(f"/assets/{asset}/content"), 404)
    problem(register(api).get(f"/assets/{asset}/content", form="256.webp"), 404)
    assert ada.delete(f"/assets/{asset}?forever=true").status_code == 204
    problem(ada.get(f"/assets/{asset}/content", form="256.webp"), 404)


def test_what_can_have_none_says_so(ada: Person, database_url: str) -> None:
    asset = new_asset(database_url, ada, media_type="application/pdf")
    assert made(ada.get(f"/assets/{asset}"))["renditions"] == []
    assert made(ada.get(f"/assets/{asset}"))["thumbnail_url"] is None
    problem(ada.get(f"/assets/{asset}/content", form="256.webp"), 422, "pictures only")


async def stored(storage: Storage, who: Person, data: bytes, media_type: str = "image/png") -> UUID:
    """The blob of a new asset."""
    organisation = UUID(who.organisation_id)
    prepared = await prepare(storage, organisation, data, media_type)
    async with transaction():
        blob_id = await keep(organisation, prepared)
        await refer(who, blob_id)
    return blob_id


async def rows(organisation: UUID) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await scoped(Rendition, Inside(organisation)).select()
    return found


@pytest.mark.usefixtures("pool")
async def test_housekeeping_makes_all_of_them_once(storage: Storage, ada: Person, organisation: UUID) -> None:
    blob = await stored(storage, ada, picture(1200, 800))
    assert (organisation, blob) in await renditions.missing(10_000)
    # Two workers, and somebody who asks for one meanwhile.
    await asyncio.gather(
        renditions.make(storage, organisation, blob),
        renditions.make(storage, organisation, blob),
        renditions.made(storage, organisation, blob, "256.avif"),
    )
    assert (organisation, blob) not in await renditions.missing(10_000)
    found = await rows(organisation)
    assert sorted(str(row["form"]) for row in found) == sorted(FORMS)
    assert len(await objects(storage, organisation)) == 1 + len(FORMS)
    for row in found:
        data = await storage.get(str(row["key"]))
        assert len(data) == row["size"]
        assert opened(data).size == (row["width"], row["height"])


@pytest.mark.usefixtures("pool")
async def test_makers_that_know_nothing_of_each_other_leave_one(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    """As two processes: neither waits for the other's turn."""
    blob = await stored(storage, ada, picture(300, 200))
    for data in (b"one encoder", b"another encoder"):
        await renditions._keep(storage, organisation, blob, "256.webp", data, (256, 171), "image/webp")
    [row] = await rows(organisation)
    assert await storage.get(str(row["key"])) == b"one encoder"
    assert len(await objects(storage, organisation)) == 3
    await drop_intents(storage, timedelta(0))
    assert len(await objects(storage, organisation)) == 2
    assert await storage.get(str(row["key"])) == b"one encoder"


@pytest.mark.usefixtures("pool")
async def test_a_picture_that_cannot_be_decoded_is_not_tried_for_ever(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    blob = await stored(storage, ada, b"no picture at all")
    assert (organisation, blob) in await renditions.missing(10_000)
    await renditions.make(storage, organisation, blob)
    assert (organisation, blob) not in await renditions.missing(10_000)
    assert await rows(organisation) == []
    # Nor is one that has gone meanwhile an error.
    await renditions.make(storage, organisation, UUID(int=1))


def test_of_the_same_bytes_they_are_made_once(api: httpx.Client) -> None:
    person, data = register(api), picture(300, 300)
    first, second = (upload(person, data) for _ in range(2))
    assert first["sha256"] == second["sha256"]
    etag = person.get(f"/assets/{first['id']}/content", form="256.webp").headers["etag"]
    [rendition, *_] = made(person.get(f"/assets/{second['id']}"))["renditions"]
    assert rendition["made"]
    assert person.get(f"/assets/{second['id']}/content", form="256.webp").headers["etag"] == etag
