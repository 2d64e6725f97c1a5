"""Styles: each has a picture of its own, and a request with it can be painted."""

import io
import itertools

import httpx
import numpy as np
import pytest
from PIL import Image

from control.creative.styles.catalogue import FOLDER, PLACE, STYLES
from control.jobs.prompting import read
from perf.styles import SIDE, request_of
from tests.control.people import made, problem

NAMES = [entry.name for entry in STYLES]


def picture(name: str) -> Image.Image:
    return Image.open(io.BytesIO((FOLDER / f"{name}.webp").read_bytes())).convert("RGB")


def test_no_picture_is_missing_and_none_is_left_over() -> None:
    assert 8 <= len(set(NAMES)) <= 12
    assert {path.stem for path in FOLDER.glob("*.webp")} == set(NAMES)
    for name in NAMES:
        assert picture(name).size == (SIDE, SIDE)
        assert (FOLDER / f"{name}.webp").stat().st_size <= 15 * 1024


def test_they_differ_to_the_eye() -> None:
    small = {name: np.asarray(picture(name).resize((16, 16)), np.float32) for name in NAMES}
    for one, other in itertools.combinations(NAMES, 2):
        assert np.abs(small[one] - small[other]).mean() > 6, (one, other)


@pytest.mark.parametrize("entry", STYLES, ids=NAMES)
def test_a_style_takes_any_prompt(entry: object) -> None:
    entry = next(one for one in STYLES if one == entry)
    assert entry.prompt.count(PLACE) == 1
    request = request_of(entry)
    assert entry.shown in read(request["prompt"]).words


def test_they_are_for_everybody(api: httpx.Client) -> None:
    found = made(api.get("/api/v1/styles"))["items"]
    assert [one["name"] for one in found] == NAMES
    answer = api.get(found[1]["thumbnail"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    problem(api.get("/api/v1/styles/no-such/thumbnail"), 404)
