"""Presets: checked, kept, shared, and nobody else's to change."""

from typing import Any

import httpx
import pytest

from tests.control.people import Person, made, member_of, problem, register

SETTINGS = {
    "steps": 12, "cfg": 5.5, "sampler": "euler", "width": 512, "negative_prompt": "blurry", "count": 4,
    "loras": [{"name": "ink", "strength": 0.5}], "hires": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def grace(ada: Person, database_url: str) -> Person:
    return member_of(ada, database_url)


def kept(who: Person, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = made(who.post("/presets", **{"name": "Draft", "settings": SETTINGS, **more}))
    return found


def seen(who: Person) -> set[str]:
    return {one["id"] for one in made(who.get("/presets"))["items"]}


def test_a_preset_is_kept_changed_and_removed(ada: Person) -> None:
    preset = kept(ada)
    assert preset["settings"] == SETTINGS
    assert (preset["owner"], preset["mine"], preset["visibility"]) == ("Ada", True, "private")
    changed = made(ada.patch(f"/presets/{preset['id']}", name="Final", settings={"steps": 40}))
    assert (changed["name"], changed["settings"]) == ("Final", {"steps": 40})
    assert made(ada.get(f"/presets/{preset['id']}")) == changed
    assert [one["id"] for one in made(ada.get("/presets", text="fin"))["items"]] == [preset["id"]]
    assert made(ada.get("/presets", text="%"))["items"] == []
    made(ada.delete(f"/presets/{preset['id']}"))
    problem(ada.get(f"/presets/{preset['id']}"), 404)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"steps": 151}, "settings.steps"),
        ({"steps": "many"}, "settings.steps"),
        ({"width": 513}, "settings.width"),
        ({"cfg": 7, "batch": 99}, "settings.batch"),
        ({"loras": [{"strength": 1}]}, "settings.loras"),
        ({"image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"}, "settings.image"),
    ],
)
def test_what_no_request_takes_is_refused(ada: Person, settings: dict[str, Any], path: str) -> None:
    body = problem(ada.post("/presets", name="x", settings=settings), 400)
    assert [one["path"] for one in body["errors"]] == [path]
    assert seen(ada) == seen(ada)


def test_large_and_odd_settings_are_refused(ada: Person) -> None:
    before = seen(ada)
    problem(ada.post("/presets", name="x", settings={"note": "x" * 65_536}), 400, "65,536 are the most")
    problem(ada.post("/presets", name="x", settings={"note": "\x00"}), 400, "zero byte")
    problem(ada.post("/presets", name="x" * 81, settings={}), 400)
    problem(ada.post("/presets", name="x", settings={}, visibility="team"), 400, "team_id")
    assert seen(ada) == before


def test_who_sees_and_who_changes(ada: Person, grace: Person, api: httpx.Client) -> None:
    private, everybodys = kept(ada), kept(ada, visibility="organisation")
    team = made(ada.post("/teams", name="Painters"))["id"]
    teams = kept(ada, visibility="team", team_id=team)
    assert seen(grace) & {private["id"], everybodys["id"], teams["id"]} == {everybodys["id"]}
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    assert seen(grace) >= {everybodys["id"], teams["id"]}
    assert private["id"] not in seen(grace)
    found = made(grace.get(f"/presets/{teams['id']}"))
    assert (found["mine"], found["owner"]) == (False, "Ada")
    problem(grace.patch(f"/presets/{teams['id']}", name="Mine"), 403)
    problem(grace.delete(f"/presets/{everybodys['id']}"), 403)
    problem(grace.get(f"/presets/{private['id']}"), 404)
    # Who has workflow:manage looks after everybody's.
    hers = kept(grace)
    assert made(ada.patch(f"/presets/{hers['id']}", name="Tidied"))["owner"] == "Grace"
    assert hers["id"] not in seen(ada)
    stranger = register(api)
    problem(stranger.get(f"/presets/{everybodys['id']}"), 404)
    assert not seen(stranger)
    others = made(stranger.post("/teams", name="Elsewhere"))["id"]
    problem(ada.patch(f"/presets/{private['id']}", visibility="team", team_id=others), 404)
