"""Counts of tokens are those of the checkpoint's own tokenizer, and what is wrong in a prompt is said where it stands."""

import json
import time
from typing import Any

import httpx
import pytest
from transformers import CLIPTokenizer

from control.creative import tokens
from studio.embedded import SOURCE
from tests.control.people import Person, made, problem, register, sql
from tests.control.world import Side

LONG = ", ".join(f"a large red circle {number} on a blue background" for number in range(30))


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


def counted(who: Person, prompt: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = made(who.post("/prompts/tokens", checkpoint="pocket", prompt=prompt, **more))
    return found


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        ("", ""),
        ("a large red circle on a blue background", None),
        ("A LARGE   red\ncircle!", None),
        ("a (red:1.3) ((circle)) on a \\(blue\\) background", "a red circle on a (blue) background"),
        ("unheard-of words: Zwölf Boxkämpfer 画", None),
    ],
)
def test_counts_are_the_tokenizers_own(ada: Person, prompt: str, plain: str | None) -> None:
    reference = CLIPTokenizer.from_pretrained(SOURCE / "tokenizer")
    expected = len(reference(prompt if plain is None else plain)["input_ids"]) - 2
    found = counted(ada, prompt)
    assert found["total"] == expected
    assert [chunk["tokens"] for chunk in found["chunks"]] == [expected]
    assert found["limit"] == 75
    assert found["syntax"] == []


def test_long_prompts_fill_chunks(ada: Person) -> None:
    found = counted(ada, LONG)
    filled = [chunk["tokens"] for chunk in found["chunks"]]
    assert len(filled) == 5
    assert all(70 < count <= 75 for count in filled[:-1])
    assert found["total"] == sum(filled)
    # What each holds, in the order in which it was written; each digit is a token of its own.
    said = "".join(chunk["text"] for chunk in found["chunks"])
    assert said.replace(" ", "") == LONG.replace(" ", "")


def test_more_than_a_text_encoder_takes_is_said(ada: Person) -> None:
    found = counted(ada, "circle " * 1300)
    assert [note["severity"] for note in found["syntax"]] == ["error"]
    assert "16" in found["syntax"][0]["message"]
    # And counted.
    assert (found["total"], len(found["chunks"])) == (1300, 18)


def test_embeddings_count_their_vectors(api: httpx.Client, api_environment: dict[str, str]) -> None:
    side = Side(api, api_environment, "Inverted")
    for name, vectors, width in (("dusky", 5, 128), ("wide", 2, 768)):
        about = {
            "type": "embedding", "name": name, "sha256": "ab" * 32, "bytes": 1, "layout": "a1111", "width": width,
            "details": {"vectors": vectors},
        }  # fmt: skip
        sql(
            side.database_url,
            "INSERT INTO model_files (id, organisation_id, type, name, sha256, about, created_at) "
            "VALUES (gen_random_uuid(), $1, 'embedding', $2, $3, $4, now())",
            side.id, name, "ab" * 32, json.dumps(about),
        )  # fmt: skip
    assert counted(side.admin, "circle")["total"] == 1
    found = counted(side.admin, "circle (embedding:dusky:1.2), dusky")
    assert found["total"] == 1 + 5 + 1 + 5
    assert found["chunks"][0]["text"] == "circle embedding:dusky , embedding:dusky"
    assert found["syntax"] == []
    # Of another family: not encoded, and said.
    [note] = counted(side.admin, "a circle embedding:wide")["syntax"]
    assert (note["severity"], note["start"], note["end"]) == ("error", 9, 23)
    assert "768" in note["message"]


def test_what_will_not_do_as_it_seems(ada: Person) -> None:
    prompt = "a (circle on <lora:nobody:0.8> BREAK embedding:nothing <lora:x:y> red) ) <lora:open"
    found = counted(ada, prompt, clip_skip=9)
    said = {prompt[note["start"] : note["end"]]: note["severity"] for note in found["syntax"]}
    assert said == {
        "": "error", "<lora:nobody:0.8>": "error", "BREAK": "warning", "embedding:nothing": "warning",
        "<lora:x:y>": "error", ")": "warning", "<lora:open": "warning",
    }  # fmt: skip
    # Tags count nothing.
    assert counted(ada, "a circle <lora:nobody:0.8>")["total"] == 2


@pytest.mark.parametrize(
    "prompt",
    ["<lora:" + "a" * 9_994, "<lora:" + ":" * 9_994, "<lora:a" * 1_428, "<lora:a:" * 1_250, "(" * 10_000],
    ids=lambda prompt: prompt[:8],
)
def test_no_prompt_costs_the_square_of_its_length(prompt: str) -> None:
    began = time.process_time()
    for pattern in (tokens._LORA, tokens._TAG, tokens._OPEN_TAG, tokens._NAMED, tokens._BREAK):
        for _found in pattern.finditer(prompt):
            pass
    tokens._alone(prompt)
    # One of them took 0.9 s of such a prompt, while the API answered nobody.
    assert time.process_time() - began < 0.1


def test_it_is_quick_and_bounded(ada: Person) -> None:
    counted(ada, LONG)
    took = []
    for _ in range(10):
        began = time.perf_counter()
        counted(ada, LONG)
        took.append(time.perf_counter() - began)
    # Through HTTP, the token and the database, on a machine that others use as well.
    assert min(took) < 0.05
    problem(ada.post("/prompts/tokens", checkpoint="pocket", prompt="x" * 100_000), 400)
    body = problem(ada.post("/prompts/tokens", checkpoint="pockets", prompt="x"), 404)
    assert "Did you mean pocket?" in body["detail"]
