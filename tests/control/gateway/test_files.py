"""Files by folder and name: sent, named as ComfyUI names them, looked at in other forms, and nobody else's."""

import json
from io import BytesIO

import pytest
from PIL import Image

from tests.control.gateway.conftest import Artist
from tests.control.gateway.test_history import picture
from tests.control.people import made, sql


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_what_is_sent_can_be_looked_at(ada: Artist, grace: Artist) -> None:
    data = picture()
    place = made(ada.upload(data, "cat.png"))
    assert place == {"name": "cat.png", "subfolder": "", "type": "input"}
    answer = ada.get("/view", filename="cat.png", type="input")
    assert answer.headers["content-type"] == "image/png"
    assert opened(answer.content).tobytes() == opened(data).tobytes()
    loader = made(ada.get("/object_info/LoadImage"))["LoadImage"]["input"]["required"]["image"]
    assert loader[0] == ["cat.png"]
    assert loader[1]["image_upload"] is True
    assert grace.get("/view", filename="cat.png", type="input").status_code == 404
    assert made(grace.get("/object_info/LoadImage"))["LoadImage"]["input"]["required"]["image"][0] == []


def test_names(ada: Artist, database_url: str) -> None:
    one, two, three = picture(), picture(), picture()

    def names(data: bytes, **fields: str) -> str:
        return str(made(ada.upload(data, "cat.png", **fields))["name"])

    assert names(one) == "cat.png"
    # The same content keeps its name, and is kept once.
    assert names(one) == "cat.png"
    assert names(two) == "cat (1).png"
    assert names(three) == "cat (2).png"
    assert names(two) == "cat (1).png"
    assert len(sql(database_url, "SELECT 1 FROM assets WHERE user_id = $1", ada.id)) == 3
    assert names(three, overwrite="true") == "cat.png"
    assert names(three, overwrite="1") == "cat.png"
    assert ada.get("/view", filename="cat.png", type="input").content == ada.get(
        "/view", filename="cat (2).png", type="input"
    ).content  # fmt: skip
    assert names(one, subfolder="a/b/") == "cat.png"
    assert ada.get("/view", filename="cat.png", subfolder="a/b", type="input").status_code == 200
    assert ada.get("/view", filename="a/b/cat.png", type="input").status_code == 200
    assert ada.get("/view", filename="a/b/cat.png [input]").status_code == 200
    assert made(ada.upload(one, "x.png", type="temp"))["type"] == "temp"


def test_wildcards_in_names_mean_themselves(ada: Artist) -> None:
    assert made(ada.upload(picture(), "a_b%.png"))["name"] == "a_b%.png"
    assert made(ada.upload(picture(), "axb%.png"))["name"] == "axb%.png"
    assert made(ada.upload(picture(), "a_b%.png"))["name"] == "a_b% (1).png"


@pytest.mark.parametrize(
    "subfolder", ["../x", "a/../../x", "/etc", "..", "a\\..\\b", "a\nb", "x" * 401, "./a"]
)
def test_paths_that_lead_elsewhere_are_refused(ada: Artist, subfolder: str) -> None:
    assert ada.upload(picture(), subfolder=subfolder).status_code == 400
    assert ada.get("/view", filename="a.png", subfolder=subfolder).status_code == 400


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "a\0b"])
def test_names_that_lead_elsewhere(ada: Artist, name: str) -> None:
    assert ada.get("/view", filename=name).status_code == 400
    if "\0" not in name:
        kept = made(ada.upload(picture(), name))["name"]
        assert "/" not in kept
        assert kept.endswith(".png")


def test_what_is_no_picture_is_refused_as_elsewhere(ada: Artist, database_url: str) -> None:
    refused = ada.upload(b"#!/bin/sh", "a.png")
    assert refused.status_code == 422
    assert refused.json()["reason"] == "wrong_type"
    assert refused.json()["error"]["message"]
    assert ada.request("POST", "/upload/image", data={"type": "input"}).status_code in {400, 415}
    assert ada.upload(picture(), type="elsewhere").status_code == 400
    assert ada.get("/view", filename="a.png", type="elsewhere").status_code == 400
    assert ada.get("/view").status_code == 404
    assert sql(database_url, "SELECT 1 FROM file_names WHERE user_id = $1", ada.id) == []


def test_parts_and_conditions(ada: Artist) -> None:
    made(ada.upload(picture()))
    whole = ada.get("/view", filename="a.png", type="input")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "private, no-cache"
    options = {"params": {"filename": "a.png", "type": "input"}}
    authorization = {"Authorization": f"Bearer {ada.token}"}
    part = ada.request("GET", "/view", headers={"Range": "bytes=0-3", **authorization}, **options)
    assert (part.status_code, part.content) == (206, whole.content[:4])
    etag = {"If-None-Match": whole.headers["etag"]}
    assert ada.request("GET", "/view", headers={**etag, **authorization}, **options).status_code == 304
    # Another file of the name is another file.
    made(ada.upload(picture(), overwrite="true"))
    assert ada.request("GET", "/view", headers={**etag, **authorization}, **options).status_code == 200


def test_other_forms(ada: Artist) -> None:
    file = BytesIO()
    image = Image.new("RGBA", (4, 2), (200, 10, 10, 64))
    image.save(file, "PNG")
    made(ada.upload(file.getvalue()))

    def seen(**more: str) -> tuple[str, Image.Image]:
        answer = ada.get("/view", filename="a.png", type="input", **more)
        assert answer.status_code == 200, answer.text
        return answer.headers["content-type"], opened(answer.content)

    kind, found = seen(preview="webp;90")
    assert (kind, found.format, found.mode) == ("image/webp", "WEBP", "RGBA")
    kind, found = seen(preview="jpeg;50")
    assert (kind, found.format) == ("image/jpeg", "JPEG")
    kind, found = seen(channel="rgb")
    assert (kind, found.mode, found.getpixel((0, 0))) == ("image/png", "RGB", (200, 10, 10))
    kind, found = seen(channel="a")
    assert (found.mode, found.getpixel((0, 0))) == ("RGBA", (0, 0, 0, 64))
    _, found = seen(channel="rgba")
    assert found.getpixel((0, 0)) == (200, 10, 10, 64)
    assert ada.get("/view", filename="a.png", type="input", channel="x").status_code == 400


def test_a_mask(ada: Artist) -> None:
    file, mask = BytesIO(), BytesIO()
    Image.new("RGB", (4, 2), (1, 2, 3)).save(file, "PNG")
    drawn = Image.new("RGBA", (4, 2), (0, 0, 0, 255))
    drawn.putpixel((1, 1), (0, 0, 0, 0))
    drawn.save(mask, "PNG")
    made(ada.upload(file.getvalue(), "base.png"))

    def send(reference: object) -> object:
        return ada.request(
            "POST", "/upload/mask", files={"image": ("mask.png", mask.getvalue())},
            data={"original_ref": json.dumps(reference), "subfolder": "clipspace"},
        )  # fmt: skip

    answer = send({"filename": "base.png", "subfolder": "", "type": "input"})
    place = made(answer)
    assert place == {"name": "mask.png", "subfolder": "clipspace", "type": "input"}
    kept = opened(ada.get("/view", filename="mask.png", subfolder="clipspace", type="input").content)
    assert (kept.getpixel((0, 0)), kept.getpixel((1, 1))) == ((1, 2, 3, 255), (1, 2, 3, 0))
    for reference in ({"filename": "none.png"}, {"filename": "../x"}, [], {"filename": 1}):
        assert send(reference).status_code in {400, 404}, reference  # type: ignore[attr-defined]
