"""Suggestions in words that a checkpoint understands, and prompts that one has painted with."""

import json
from pathlib import Path

import httpx
import pytest

from control.creative.suggesting import IDEAS, SCENES, suggestions
from control.ids import uuid7
from ensembles.text.tokens import load_tokenizer, words
from studio.embedded import SOURCE
from tests.control.people import Person, made, member_of, problem, register, sql

POCKET = load_tokenizer(SOURCE / "tokenizer")


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


def test_pocket_is_offered_its_own_world() -> None:
    assert [one.text for one in suggestions(POCKET, "")] == list(SCENES)
    for typed in (
        "a",
        "a re",
        "a red",
        "a red ci",
        "a red circle",
        "a red circle on",
        "a red circle on a",
        "a large",
    ):
        found = suggestions(POCKET, typed)
        assert found, typed
        for one in found:
            assert one.text.startswith(typed)
            # Each word is one of its vocabulary.
            assert all(len(word.ids) == 1 for word in words(POCKET, one.text.replace(",", ""))), one
    assert [one.text for one in suggestions(POCKET, "a red ci")] == ["a red circle"]
    assert "a red circle on a blue background" in [one.text for one in suggestions(POCKET, "a red circle")]
    # The shape's own colour is no ground for it, and nothing comes after the ground.
    assert not any("red background" in one.text for one in suggestions(POCKET, "a red circle"))
    assert suggestions(POCKET, "a red circle on a blue background") == []
    assert suggestions(POCKET, "an astronaut riding a horse xyzzy") == []


def test_others_are_offered_what_people_ask_for(tmp_path: Path) -> None:
    vocabulary = json.loads((SOURCE / "tokenizer" / "vocab.json").read_text())
    vocabulary |= {f"filler{number}</w>": len(vocabulary) + number for number in range(5000)}
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary))
    (tmp_path / "merges.txt").write_bytes((SOURCE / "tokenizer" / "merges.txt").read_bytes())
    clip = load_tokenizer(tmp_path)
    assert [one.text for one in suggestions(clip, "")] == list(IDEAS)
    found = suggestions(clip, "a red fox")
    assert found[0].text.startswith("a red fox in tall grass")
    assert all(one.text.startswith("a red fox") for one in found)
    assert "golden hour" not in [one.title for one in suggestions(clip, "a hill, golden hour")]


def test_suggestions_over_http(ada: Person) -> None:
    found = made(ada.get("/prompts/suggestions", checkpoint="pocket", text="a glossy pink"))
    assert found["items"][0] == {
        "text": "a glossy pink heart on a white background", "title": "heart on a white background",
    }  # fmt: skip
    problem(ada.get("/prompts/suggestions", checkpoint="nobody's"), 404)


def painted(
    who: Person, database_url: str, minute: int, prompt: str, negative: str = "", kind: str = "txt2img"
) -> str:
    job_id = str(uuid7())
    request = {"kind": kind, "prompt": prompt, "negative_prompt": negative}
    sql(
        database_url,
        "INSERT INTO jobs (id, organisation_id, user_id, kind, request, model, tier, state, sequence, paused, position, "
        "work, attempt, worker, server, reserved, traceparent, created_at) VALUES ($1, $2, $3, $4, $5, 'pocket', 'free', "
        "'COMPLETED', 1, false, 1, 1, 0, '', '', 0, '', timestamptz '2026-01-01' + make_interval(mins => $6))",
        job_id, who.organisation_id, who.id, kind, json.dumps(request), minute,
    )  # fmt: skip
    return job_id


def test_history_has_each_pair_once_the_latest_first(api: httpx.Client, database_url: str) -> None:
    ada = register(api)
    grace = member_of(ada, database_url)
    painted(ada, database_url, 1, "a star")
    painted(ada, database_url, 2, "a heart", "100% blue_ish")
    last = painted(ada, database_url, 3, "a star")
    painted(ada, database_url, 4, "a star", "text", kind="inpaint")
    painted(ada, database_url, 5, "", kind="upscale")
    painted(grace, database_url, 6, "somebody else's")
    found = made(ada.get("/prompts/history"))["items"]
    assert [(one["prompt"], one["negative_prompt"], one["count"]) for one in found] == [
        ("a star", "text", 1),
        ("a star", "", 2),
        ("a heart", "100% blue_ish", 1),
    ]
    assert (found[0]["kind"], found[1]["job_id"], found[1]["model"]) == ("inpaint", last, "pocket")
    # Page by page, and by what it holds: signs as they are.
    first = made(ada.get("/prompts/history", limit=2))
    rest = made(ada.get("/prompts/history", limit=2, cursor=first["next_cursor"]))
    assert first["items"] + rest["items"] == found
    assert rest["next_cursor"] is None
    assert [one["prompt"] for one in made(ada.get("/prompts/history", search="HEART"))["items"]] == [
        "a heart"
    ]
    assert len(made(ada.get("/prompts/history", search="0% blue_"))["items"]) == 1
    assert made(ada.get("/prompts/history", search="%"))["items"] == found[2:]
    problem(ada.get("/prompts/history", cursor="x"), 400)
