"""POST /prompt and the queue: names, numbers, once only, refusals in the words of clients."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx
import pytest

from tests.control.gateway.conftest import GRAPH, Artist, Worker, asked, changed
from tests.control.people import made, sql


def jobs_of(artist: Artist, database_url: str) -> list[UUID]:
    query = "SELECT id FROM jobs WHERE user_id = $1 ORDER BY created_at"
    return [row[0] for row in sql(database_url, query, artist.id)]


def test_a_graph_is_in_line(ada: Artist) -> None:
    answer = ada.queue(client_id="c1", extra_data={"extra_pnginfo": {"workflow": {"nodes": []}, "more": 1}})
    assert answer.keys() == {"prompt_id", "number", "node_errors"}
    assert answer["node_errors"] == {}
    queue = made(ada.get("/queue"))
    assert queue["queue_running"] == []
    [[number, prompt_id, graph, extra, outputs]] = queue["queue_pending"]
    assert (number, prompt_id, outputs) == (answer["number"], answer["prompt_id"], ["7"])
    assert graph == GRAPH
    assert extra["client_id"] == "c1"
    assert extra["extra_pnginfo"] == {"workflow": {"nodes": []}, "more": 1}
    assert isinstance(extra["create_time"], int)
    assert made(ada.get("/prompt")) == {"exec_info": {"queue_remaining": 1}}
    job = made(ada.person.get("/jobs"))["items"][0]
    assert (job["kind"], job["state"]) == ("workflow", "QUEUED")
    whole = made(ada.person.get(f"/jobs/{job['id']}"))
    assert whole["request"]["document"] == {"nodes": []}


def test_the_same_id_twice_is_one_job_and_one_answer(ada: Artist, grace: Artist, database_url: str) -> None:
    name = "my own name/1"
    first = ada.queue(prompt_id=name)
    assert first["prompt_id"] == name
    assert ada.queue(prompt_id=name) == first
    assert ada.queue(changed("5", seed=8), prompt_id=name) == first
    assert len(jobs_of(ada, database_url)) == 1
    # Another's name is another's.
    grace.queue(prompt_id=name)
    assert len(jobs_of(grace, database_url)) == 1


def test_the_same_id_many_times_at_once_is_one_job(ada: Artist, database_url: str) -> None:
    name = str(uuid4())
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda _: ada.queue(prompt_id=name), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(jobs_of(ada, database_url)) == 1


def order(artist: Artist) -> list[str]:
    return [item[1] for item in made(artist.get("/queue"))["queue_pending"]]


def test_numbers_say_which_of_ones_own_comes_first(ada: Artist) -> None:
    for name in ("a", "b", "c"):
        ada.queue(prompt_id=name)
    assert ada.queue(prompt_id="front", front=True)["number"] == -3
    assert order(ada) == ["front", "a", "b", "c"]
    ada.queue(prompt_id="between", number=0.5)
    assert order(ada) == ["front", "a", "between", "b", "c"]
    ada.queue(prompt_id="late", number=100)
    ada.queue(prompt_id="d")
    assert order(ada) == ["front", "a", "between", "b", "c", "d", "late"]


def test_whole_numbers_have_no_point(ada: Artist) -> None:
    first = ada.post("/prompt", prompt=GRAPH, prompt_id="a", number=2)
    assert '"number":2,' in first.text
    assert ada.post("/prompt", prompt=GRAPH, prompt_id="a").text == first.text
    assert '"number":1,' in ada.post("/prompt", prompt=GRAPH).text
    assert '"queue_pending":[[1,' in ada.get("/queue").text


def test_extra_data_beside_the_document_is_small(ada: Artist) -> None:
    document = {"nodes": [], "extra": "x" * 100_000}
    kept = {"extra_pnginfo": {"workflow": document, "more": "y" * 60_000}}
    ada.queue(extra_data=kept)
    assert made(ada.get("/queue"))["queue_pending"][0][3]["extra_pnginfo"] == kept["extra_pnginfo"]
    refused = ada.post("/prompt", prompt=GRAPH, extra_data={"x": "y" * 70_000})
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "invalid_prompt"
    assert "65536 are the most" in refused.json()["error"]["details"]


def test_bodies_as_clients_send_them(ada: Artist) -> None:
    import json

    body = json.dumps({"prompt": GRAPH}).encode()
    for kind in (None, "text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind} if kind else {}
        made(ada.request("POST", "/prompt", content=body, headers=headers))


def test_secrets_in_the_extra_data_are_not_kept(ada: Artist, database_url: str) -> None:
    ada.queue(extra_data={"api_key_comfy_org": "very secret", "auth_token_comfy_org": "very secret", "x": 1})
    text = str(sql(database_url, "SELECT extra_data FROM comfy_prompts WHERE user_id = $1", ada.id))
    assert "secret" not in text
    assert "x" in made(ada.get("/queue"))["queue_pending"][0][3]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "invalid_prompt"),
        (b"{", "invalid_prompt"),
        (b"[]", "no_prompt"),
        (b"{}", "no_prompt"),
        (b'{"prompt": NaN}', "invalid_prompt"),
        (b"[" * 100_000, "invalid_prompt"),
        (b'{"prompt": {}}', "prompt_no_outputs"),
        (b'{"prompt": {"1": {"class_type": "Nope", "inputs": {}}}}', "invalid_prompt"),
        (b'{"prompt": {}, "number": "many"}', "invalid_prompt"),
        (b'{"prompt": {}, "prompt_id": "' + b"x" * 300 + b'"}', "invalid_prompt"),
    ],
)
def test_what_cannot_be_looked_at(ada: Artist, body: bytes, kind: str) -> None:
    refused = ada.request("POST", "/prompt", content=body)
    assert refused.status_code == 400, refused.text
    said = refused.json()
    assert said["error"]["type"] == kind, said
    assert said["error"].keys() == {"type", "message", "details", "extra_info"}
    assert isinstance(said["node_errors"], dict)


def test_wrong_nodes_are_named(ada: Artist) -> None:
    refused = ada.post("/prompt", prompt=changed("5", steps=-1, sampler_name="euler?"))
    assert refused.status_code == 400
    said = refused.json()
    assert said["error"]["type"] == "prompt_outputs_failed_validation"
    [node] = said["node_errors"]
    assert node == "5"
    wrong = said["node_errors"]["5"]
    assert wrong["class_type"] == "KSampler"
    assert wrong["dependent_outputs"] == ["7"]
    assert {error["type"] for error in wrong["errors"]} == {"value_smaller_than_min", "value_not_in_list"}
    for error in wrong["errors"]:
        assert error.keys() == {"type", "message", "details", "extra_info"}


def test_one_good_output_is_enough(ada: Artist) -> None:
    graph = GRAPH | {"8": {"class_type": "PreviewImage", "inputs": {"images": ["99", 0]}}}
    answer = ada.queue(graph, prompt_id="half")
    assert list(answer["node_errors"]) == ["8"]
    assert ada.queue(graph, prompt_id="half") == answer
    assert made(ada.get("/queue"))["queue_pending"][0][4] == ["7"]


def test_only_some_outputs(ada: Artist) -> None:
    graph = GRAPH | {"8": {"class_type": "PreviewImage", "inputs": {"images": ["6", 0]}}}
    ada.queue(graph, partial_execution_targets=["8"])
    assert made(ada.get("/queue"))["queue_pending"][0][4] == ["8"]


def test_other_refusals_are_sentences_too(ada: Artist) -> None:
    too_large = ada.post("/prompt", prompt=changed("4", width=2048, height=1024))
    assert too_large.status_code == 403, too_large.text
    assert "pixels" in too_large.json()["error"]["message"]
    dear = changed("4", changed("5", steps=150), width=1024, height=1024, batch_size=8)
    for _ in range(30):
        if (poor := ada.post("/prompt", prompt=dear)).status_code != 200:
            break
    assert poor.status_code == 402, poor.text
    assert poor.json()["error"]["type"] == "payment_required"


def test_what_waits_can_be_taken_out(ada: Artist, grace: Artist) -> None:
    for name in ("a", "b", "c", "d"):
        ada.queue(prompt_id=name)
    grace.queue(prompt_id="a")
    assert made(ada.post("/queue", delete=["b", "unknown"])) is None
    assert order(ada) == ["a", "c", "d"]
    assert made(ada.post("/queue", clear=True)) is None
    assert order(ada) == []
    assert order(grace) == ["a"]
    # What never ran has no history.
    assert made(ada.get("/history/b")) == {}


async def test_interrupting(ada: Artist, grace: Artist, worker: Worker, database_url: str) -> None:
    for artist in (ada, grace):
        await asked(artist.queue, prompt_id="running")
        await asked(artist.queue, prompt_id="waiting")
        [first, _] = await asked(jobs_of, artist, database_url)
        await worker.begin(first)
    assert [item[1] for item in made(await asked(ada.get, "/queue"))["queue_running"]] == ["running"]

    def stopping(artist: Artist) -> list[bool]:
        query = "SELECT cancel_requested_at IS NOT NULL FROM jobs WHERE user_id = $1 ORDER BY created_at"
        return [row[0] for row in sql(database_url, query, artist.id)]

    made(await asked(ada.post, "/interrupt", prompt_id="waiting"))
    assert await asked(stopping, ada) == [False, False]
    # Without a body, as many clients send it.
    made(await asked(ada.request, "POST", "/interrupt"))
    assert await asked(stopping, ada) == [True, False]
    assert await asked(stopping, grace) == [False, False]
    made(await asked(grace.post, "/interrupt", prompt_id="running"))
    assert await asked(stopping, grace) == [True, False]


def test_free_is_answered(ada: Artist) -> None:
    assert ada.post("/free", unload_models=True, free_memory=True).status_code == 200


def test_a_role_that_may_not_submit(ada: Artist, comfy_api: httpx.Client, database_url: str) -> None:
    from tests.control.people import member_of

    viewer = Artist(member_of(ada.person, database_url, "viewer"))
    refused = viewer.post("/prompt", prompt=GRAPH)
    assert refused.status_code == 403
    assert "job:create" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "every"), [(None, 0), ("auto", 1), ("taesd", 1), ("none", 0), ("default", 0), ([], 0), (5, 0)]
)
def test_previews_are_painted_where_they_are_asked_for(ada: Artist, method: object, every: int) -> None:
    ada.queue(extra_data={} if method is None else {"preview_method": method})
    assert made(ada.person.get("/jobs"))["items"][0]["request"].get("preview_every", 0) == every


BODIES = [
    b"", b" ", b"null", b"[]", b"5", b"{", b"\xff", b'{"delete": 5}', b'{"delete": [null, {}, "x"]}', b'{"clear": "x"}',
    b'{"prompt_id": [1]}', b'{"prompt_id": "\\u0000"}', b'{"delete": ["\\u0000"]}', b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("path", ["/queue", "/history", "/interrupt", "/free", "/prompt"])
def test_no_body_breaks_it(ada: Artist, path: str) -> None:
    for body in BODIES:
        answer = ada.request("POST", path, content=body)
        assert answer.status_code in {200, 400}, (body[:50], answer.text)
    for query in (
        {"max_items": "\0"},
        {"filename": "\0"},
        {"preview": "\0;\0", "filename": "a"},
        {"type": "\ud800".encode("utf-8", "surrogatepass")},
    ):
        for found in ("/history", "/view", "/history/%00", "/object_info/%00", "/models/%00"):
            assert ada.request("GET", found, params=query).status_code < 500, (found, query)
