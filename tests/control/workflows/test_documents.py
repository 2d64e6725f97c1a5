"""Kept workflows: versions, conflicts, who sees and changes them, files in and out."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from control.workflows.documents.exchange import MOST_BYTES
from tests.control.people import Person, made, member_of, problem, register, sql
from tests.control.workflows.test_editor import PLAIN, graph_of, opened
from tests.control.world import picture

FILES = Path(__file__).parent / "documents"
TINY: dict[str, Any] = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "tiny"}},
}


def tiny(**changes: Any) -> dict[str, Any]:
    """TINY with other inputs of node 1."""
    return TINY | {"1": {"class_type": "EmptyImage", "inputs": TINY["1"]["inputs"] | changes}}


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def grace(ada: Person, database_url: str) -> Person:
    """Of the same organisation."""
    return member_of(ada, database_url)


@pytest.fixture(scope="module")
def mallory(api: httpx.Client) -> Person:
    """Of another one."""
    return register(api, "Mallory")


@pytest.fixture
def kept(ada: Person) -> dict[str, Any]:
    workflow: dict[str, Any] = made(
        ada.post("/workflows", name=f"Tiny {uuid4().hex}", graph=TINY, tags=["b", "a", "b"])
    )
    return workflow


def save(who: Person, workflow: dict[str, Any], base: int, **body: Any) -> httpx.Response:
    return who.post(f"/workflows/{workflow['id']}/versions", base_version=base, **body)


def names(page: httpx.Response) -> list[str]:
    return [one["id"] for one in made(page)["items"]]


def test_a_workflow_is_kept_as_it_was_sent(ada: Person, kept: dict[str, Any]) -> None:
    found = made(ada.get(f"/workflows/{kept['id']}"))
    assert found == kept
    assert found["tags"] == ["a", "b"]
    assert (found["visibility"], found["author"], found["mine"], found["version"]) == (
        "private",
        "Ada",
        True,
        1,
    )
    # In the order in which the nodes came, which a database might change.
    shuffled = {"9": TINY["1"], "10": {**TINY["2"], "inputs": {"images": ["9", 0]}}, "1": TINY["1"]}
    again = made(ada.post("/workflows", name="x", graph=shuffled))
    assert list(again["current"]["graph"]) == ["9", "10", "1"]
    assert again["current"]["document"] is None


def test_a_document_brings_its_graph(ada: Person) -> None:
    document = opened("plain-0.4")
    found = made(ada.post("/workflows", name="drawn", document=document))
    # Groups, notes, colours and all.
    assert found["current"]["document"] == document
    assert {
        name: {"class_type": node["class_type"], "inputs": node["inputs"]}
        for name, node in found["current"]["graph"].items()
    } == PLAIN


def test_the_same_request_makes_one_workflow(ada: Person, database_url: str) -> None:
    name, headers = uuid4().hex, {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": uuid4().hex}
    body = {"name": name, "graph": TINY}
    first, second = (ada.api.post("/api/v1/workflows", json=body, headers=headers) for _ in range(2))
    assert made(first) == made(second)
    assert sql(database_url, "SELECT count(*) FROM workflow_documents WHERE name = $1", name) == [(1,)]


def test_every_save_is_a_version(ada: Person, kept: dict[str, Any]) -> None:
    path = f"/workflows/{kept['id']}"
    second = made(save(ada, kept, 1, graph=tiny(width=128), message="wider"))
    assert (second["version"], second["current"]["message"], second["current"]["author"]) == (
        2,
        "wider",
        "Ada",
    )
    # What is as it was makes none.
    assert made(save(ada, kept, 2, graph=tiny(width=128)))["version"] == 2
    extra = {"3": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}}}
    last = (
        TINY
        | extra
        | {"2": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "tiny"}}}
    )
    made(save(ada, kept, 2, graph=last))
    assert [one["number"] for one in made(ada.get(f"{path}/versions"))["items"]] == [3, 2, 1]
    page = made(ada.get(f"{path}/versions", limit=2))
    assert [
        one["number"] for one in made(ada.get(f"{path}/versions", cursor=page["next_cursor"]))["items"]
    ] == [1]
    assert made(ada.get(f"{path}/versions/1"))["graph"] == kept["current"]["graph"]
    problem(ada.get(f"{path}/versions/4"), 404, "no version 4")
    problem(ada.get(f"{path}/versions/{10**30}"), 404)

    assert made(ada.get(f"{path}/diff")) == {
        "from_version": 2,
        "to_version": 3,
        "added": [{"node": "3", "class_type": "ImageInvert"}],
        "removed": [],
        "changed": [
            {
                "node": "1", "class_before": "EmptyImage", "class_after": "EmptyImage",
                "inputs": [{"name": "width", "before": 128, "after": 64}], "links": [],
            },
            {
                "node": "2", "class_before": "SaveImage", "class_after": "SaveImage", "inputs": [],
                "links": [{"name": "images", "before": ["1", 0], "after": ["3", 0]}],
            },
        ],
        "layout_changed": False,
    }  # fmt: skip
    back = made(ada.get(f"{path}/diff", from_version=3, to_version=1))
    assert [one["node"] for one in back["removed"]] == ["3"]

    restored = made(ada.post(f"{path}/versions/2/restore"))
    assert (restored["version"], restored["current"]["message"]) == (4, "Version 2 again")
    assert restored["current"]["graph"] == second["current"]["graph"]


def test_who_saves_over_anothers_version_gets_it_with_409(ada: Person, kept: dict[str, Any]) -> None:
    made(save(ada, kept, 1, graph=tiny(width=72)))
    before = made(ada.get(f"/workflows/{kept['id']}"))
    refused = problem(save(ada, kept, 1, graph=tiny(width=80)), 409, "Version 2 was saved meanwhile")
    assert refused["current_version"] == 2
    assert refused["current"] == before["current"]
    assert made(ada.get(f"/workflows/{kept['id']}")) == before


def test_of_several_who_save_at_once_one_succeeds(ada: Person, kept: dict[str, Any]) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: save(ada, kept, 1, graph=tiny(width=64 + 8 * n)), range(1, 7)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    [won] = [made(answer) for answer in answers if answer.is_success]
    assert made(ada.get(f"/workflows/{kept['id']}")) == won
    assert all(answer.json()["current"] == won["current"] for answer in answers if not answer.is_success)


def test_what_cannot_be_kept(ada: Person) -> None:
    def refused(status: int, says: str, **body: Any) -> None:
        problem(ada.post("/workflows", name="x", **body), status, says)

    refused(400, "nothing to keep")
    refused(400, "no editor's document", document={"nodes": 3})
    refused(400, "length <= 1000", graph={str(n): TINY["1"] for n in range(1001)})
    refused(400, "are the most", document={"nodes": [{"id": n, "type": "X"} for n in range(1001)]})
    refused(400, "bytes", graph={"1": {"class_type": "X", "inputs": {"a": "x" * (MOST_BYTES + 1)}}})
    refused(413, "", graph={"1": {"class_type": "X", "inputs": {"a": "x" * (2 * MOST_BYTES + 2**17)}}})
    # One that cannot run can be kept: it is being worked on.
    made(
        ada.post(
            "/workflows", name="x", graph={"1": {"class_type": "NobodysNode", "inputs": {"a": ["7", 0]}}}
        )
    )


def test_names_tags_and_the_picture_change(ada: Person, kept: dict[str, Any], grace: Person) -> None:
    path = f"/workflows/{kept['id']}"
    headers = {"Authorization": f"Bearer {ada.token}"}
    sent = ada.api.post("/api/v1/uploads", files={"file": ("p.png", picture())}, headers=headers)
    asset = made(sent)["id"]
    changed = made(
        ada.patch(path, name="Other", description="Words\nof it", tags=["z"], thumbnail_asset_id=asset)
    )
    assert (changed["name"], changed["description"], changed["tags"]) == ("Other", "Words\nof it", ["z"])
    assert changed["version"] == 1
    made(ada.post(f"{path}/share", visibility="public"))
    # Who sees the workflow sees its picture, and not the asset itself.
    small = ada.api.get(changed["thumbnail_url"], headers={"Authorization": f"Bearer {grace.token}"})
    assert small.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(small.content)).size == (8, 8)
    problem(grace.get(f"/assets/{asset}"), 404)
    assert made(ada.patch(path, thumbnail_asset_id=None))["thumbnail_url"] is None
    problem(ada.get(f"{path}/thumbnail"), 404)


def test_a_team_sees_and_saves_what_is_shared_with_it(
    ada: Person, grace: Person, kept: dict[str, Any], database_url: str
) -> None:
    path = f"/workflows/{kept['id']}"
    team = made(ada.post("/teams", name=uuid4().hex))["id"]
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    problem(ada.post(f"{path}/share", visibility="team"), 400, "team_id")
    problem(grace.get(path), 404)
    made(ada.post(f"{path}/share", visibility="team", team_id=team))
    assert names(grace.get("/workflows", team_id=team)) == [kept["id"]]
    assert made(grace.get(path))["mine"] is False
    # Members save versions; whose it is stays: they name, share and remove nothing.
    assert made(save(grace, kept, 1, graph=tiny(width=96)))["current"]["author"] == "Grace"
    for refused in (
        grace.patch(path, name="Mine"),
        grace.delete(path),
        grace.post(f"{path}/share", visibility="public"),
    ):
        assert problem(refused, 403)["permission"] == "workflow:manage"
    assert made(grace.post(f"{path}/duplicate"))["name"] == f"{kept['name']} (copy)"
    made(ada.post(f"{path}/share", visibility="private", team_id=team))
    problem(grace.get(path), 404)
    problem(save(grace, kept, 2, graph=TINY), 404)
    # An admin sees and changes everybody's.
    other = member_of(ada, database_url, "admin")
    assert made(other.patch(path, name="Tidied"))["author"] == "Ada"


def test_public_ones_are_read_everywhere_and_tell_of_nobody_but_the_name(
    ada: Person, mallory: Person, kept: dict[str, Any]
) -> None:
    path, word = f"/workflows/{kept['id']}", uuid4().hex
    made(ada.patch(path, description=f"paints {word} things", tags=["one", "two"]))
    made(save(ada, kept, 1, graph=tiny(width=80)))
    reading = ("", "/versions", "/versions/1", "/diff", "/export")
    for part in reading:
        problem(mallory.get(path + part), 404)
    assert names(mallory.get("/workflows/community", text=word)) == []
    shared = made(ada.post(f"{path}/share", visibility="public"))
    assert shared["visibility"] == "public"

    found = made(mallory.get(path))
    assert (found["author"], found["user_id"], found["team_id"], found["mine"]) == ("Ada", None, None, False)
    answers = (
        "".join(mallory.get(path + part).text for part in reading) + mallory.get("/workflows/community").text
    )
    for secret in (ada.id, ada.organisation_id, ada.email):
        assert secret not in answers
    assert names(mallory.get("/workflows/community", text=word)) == [kept["id"]]
    assert names(mallory.get("/workflows/community", text=word, tag="one,two", sort="newest")) == [kept["id"]]
    assert names(mallory.get("/workflows/community", text=word, tag="one,three")) == []
    # Among one's own there are none of others.
    assert names(mallory.get("/workflows", text=word)) == []
    # And nothing of it is changed from outside.
    for refused in (
        mallory.patch(path, name="Mine"),
        mallory.delete(path),
        mallory.post(f"{path}/share", visibility="private"),
        mallory.post(f"{path}/links"),
        mallory.get(f"{path}/links"),
        mallory.post(f"{path}/duplicate"),
        mallory.post(f"{path}/versions/1/restore"),
        save(mallory, kept, 2, graph=TINY),
    ):
        problem(refused, 403)
    assert made(ada.get(path)) == shared | {"updated_at": made(ada.get(path))["updated_at"]}

    fork = made(mallory.post(f"{path}/fork", name="My own"))
    assert (fork["forked_from"], fork["mine"], fork["visibility"], fork["version"]) == (
        kept["id"],
        True,
        "private",
        1,
    )
    assert fork["current"]["graph"] == tiny(width=80)
    made(ada.post(f"{path}/share", visibility="private"))
    problem(mallory.get(path), 404)
    made(ada.delete(path))
    # The fork is its owner's.
    assert made(mallory.get(f"/workflows/{fork['id']}"))["current"] == fork["current"]


def test_links_open_until_they_are_revoked(ada: Person, mallory: Person, kept: dict[str, Any]) -> None:
    path = f"/workflows/{kept['id']}"

    def with_link(token: str, part: str = "", method: str = "GET", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {mallory.token}", "Workflow-Link": token}
        return ada.api.request(method, f"/api/v1{path}{part}", headers=headers, **options)

    problem(ada.post(f"{path}/links"), 409, "visibility is `link`")
    made(ada.post(f"{path}/share", visibility="link"))
    first, second = (made(ada.post(f"{path}/links", name=name)) for name in ("for Mallory", ""))
    assert first["url"].endswith(f"/workflows/{kept['id']}#{first['token']}")
    listed = made(ada.get(f"{path}/links"))["items"]
    assert [one["name"] for one in listed] == ["for Mallory", ""]
    assert "token" not in listed[0]

    problem(mallory.get(path), 404)
    problem(with_link("wfl_nonsense"), 404)
    assert made(with_link(first["token"]))["user_id"] is None
    made(with_link(first["token"], "/star", "PUT"))
    assert made(with_link(first["token"]))["starred"] is True
    fork = made(with_link(first["token"], "/fork", "POST", json={}))
    assert fork["forked_from"] == kept["id"]
    # A link is to one workflow.
    other = made(ada.post("/workflows", name="other", graph=TINY))
    made(ada.post(f"/workflows/{other['id']}/share", visibility="link"))
    headers = {"Authorization": f"Bearer {mallory.token}", "Workflow-Link": first["token"]}
    problem(ada.api.get(f"/api/v1/workflows/{other['id']}", headers=headers), 404)

    made(ada.delete(f"{path}/links/{first['id']}"))
    problem(with_link(first["token"]), 404)
    made(with_link(second["token"]))
    # A star can be taken off where one sees the thing no longer.
    made(mallory.delete(f"{path}/star"))
    made(ada.post(f"{path}/share", visibility="private"))
    problem(with_link(second["token"]), 404)
    made(ada.post(f"{path}/share", visibility="link"))
    problem(with_link(second["token"]), 404)


def test_stars_are_counted_once_a_person_and_sort(ada: Person, grace: Person, mallory: Person) -> None:
    tag = uuid4().hex
    shared = [made(ada.post("/workflows", name=f"w{n}", graph=TINY, tags=[tag]))["id"] for n in range(3)]
    for one in shared:
        made(ada.post(f"/workflows/{one}/share", visibility="public"))
    for person, stars in ((mallory, shared), (grace, shared[:2]), (ada, shared[1:2])):
        for one in stars:
            for _ in range(2):
                made(person.put(f"/workflows/{one}/star"))
    assert [made(ada.get(f"/workflows/{one}"))["stars"] for one in shared] == [2, 3, 1]
    best = [shared[1], shared[0], shared[2]]
    assert names(mallory.get("/workflows/community", tag=tag)) == best
    assert names(mallory.get("/workflows/community", tag=tag, sort="newest")) == shared[::-1]
    first = made(mallory.get("/workflows/community", tag=tag, limit=2))
    assert [one["id"] for one in first["items"]] == best[:2]
    rest = mallory.get("/workflows/community", tag=tag, limit=2, cursor=first["next_cursor"])
    assert names(rest) == best[2:]
    problem(mallory.get("/workflows/community", cursor="x"), 400, "cursor")
    assert set(names(grace.get("/workflows/community", tag=tag, starred=True))) == set(shared[:2])
    for _ in range(2):
        made(grace.delete(f"/workflows/{shared[0]}/star"))
    assert made(grace.get(f"/workflows/{shared[0]}"))["stars"] == 1
    problem(mallory.put(f"/workflows/{uuid4()}/star"), 404)


def test_ones_own_are_searched(ada: Person, grace: Person) -> None:
    word = uuid4().hex
    mine = made(ada.post("/workflows", name=f"The {word} one", graph=TINY, tags=["seven"]))["id"]
    assert names(ada.get("/workflows", text=word, mine=True)) == [mine]
    assert names(ada.get("/workflows", text=f"{word} -one")) == []
    assert names(ada.get("/workflows", tag="seven", text=word)) == [mine]
    assert names(grace.get("/workflows", text=word)) == []


def send(who: Person, name: str, data: bytes, /, **fields: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}"}
    return who.api.post(
        "/api/v1/workflows/import", files={"file": (name, data)}, data=fields, headers=headers
    )


def test_the_body_of_a_prompt_brings_its_document(ada: Person) -> None:
    document = opened("plain-0.4")
    body = {"prompt": PLAIN, "client_id": "c", "extra_data": {"extra_pnginfo": {"workflow": document}}}
    kept = made(send(ada, "body.json", json.dumps(body).encode()))["current"]
    assert (kept["graph"], kept["document"]) == (PLAIN, document)
    for extra in (None, 5, {}, {"extra_pnginfo": None}, {"extra_pnginfo": {"workflow": {"of": "others"}}}):
        kept = made(send(ada, "body.json", json.dumps({**body, "extra_data": extra}).encode()))["current"]
        assert (kept["graph"], kept["document"]) == (PLAIN, None)


def test_group_nodes_are_kept_and_said_to_run_nowhere(ada: Person) -> None:
    document = opened("plain-0.4")
    for kind in ("workflow>My loader", "workflow/My loader"):
        document["nodes"][0]["type"] = kind
        made(ada.post("/workflows", name="Grouped", document=document))
        errors = made(ada.post("/workflows/validate", document=document))["errors"]
        said = {one["type"]: one["details"] for one in errors if one["node"] == "1"}
        # Its widget has no name here, which is said too.
        assert said.keys() == {"invalid_prompt", "values_without_names"}, errors
        assert "a group node: convert it to a subgraph in ComfyUI first" in said["invalid_prompt"]


def carrying(**chunks: str) -> bytes:
    text = PngInfo()
    for name, value in chunks.items():
        text.add_text(name, value)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=text)
    return file.getvalue()


def test_every_form_goes_out_and_comes_in_again(ada: Person) -> None:
    document = opened("plain-1.0")
    first = made(ada.post("/workflows", name="Plain ☂", description="d", tags=["t"], document=document))
    path = f"/workflows/{first['id']}/export"
    answer = ada.get(path)
    assert "filename" in answer.headers["content-disposition"]
    for form in ("native", "api", "editor"):
        again = made(send(ada, "file.json", ada.get(path, form=form).content))
        assert again["current"]["graph"] == first["current"]["graph"], form
    native = made(send(ada, "file.json", answer.content))
    assert [native[name] for name in ("name", "description", "tags")] == ["Plain ☂", "d", ["t"]]
    assert native["current"]["document"] == document
    assert made(ada.get(path, form="editor")) == document
    # One that no editor has seen is drawn, in either format.
    graph = made(ada.post("/workflows", name="x", graph=TINY))
    for form, version in (("editor", 0.4), ("editor-1.0", 1)):
        drawing = made(ada.get(f"/workflows/{graph['id']}/export", form=form))
        assert drawing["version"] == version
        assert graph_of(drawing) == TINY
    problem(ada.get(path, version=7), 404)


def test_a_picture_brings_its_workflow(ada: Person) -> None:
    document, broken = opened("plain-0.4"), json.dumps(TINY).replace("255", "NaN")
    both = made(send(ada, "painted.png", carrying(prompt=json.dumps(PLAIN), workflow=json.dumps(document))))
    assert (both["name"], both["current"]["document"]) == ("painted", document)
    assert both["current"]["graph"] == PLAIN
    # As ComfyUI writes it: NaN where there is no number, and what it remembers of a node.
    remembered = json.loads(broken.replace("NaN", "null"))
    remembered["1"]["is_changed"] = ["x"]
    assert (
        made(send(ada, "a.png", carrying(prompt=broken)))["current"]["graph"]["1"]["inputs"]["color"] is None
    )
    assert made(send(ada, "a.png", carrying(prompt=json.dumps(remembered)), name="Named"))["name"] == "Named"
    problem(send(ada, "a.png", carrying()), 400, "carries no workflow")
    assert problem(send(ada, "a.png", carrying(prompt="{}")[:-20]), 422)["reason"] == "truncated"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"3", "no JSON object"),
        (b"{}", "neither a graph"),
        (b'{"a": 1}', "`a` is no node"),
        (b'{"1": {"class_type": "X", "inputs": 3}}', "`inputs` of node 1"),
        (b'{"format": "studio-workflow", "format_version": 9}', "format_version"),
        (b'{"format": "studio-workflow", "format_version": 1, "name": ""}', "cannot be kept"),
        (b'{"nodes": [3]}', "no editor's document"),
        (b" " * (2 * MOST_BYTES + 1), "bytes"),
        (b"\xff\xfe\x00", "not JSON"),
    ],
)
def test_files_that_hold_no_workflow(ada: Person, data: bytes, says: str) -> None:
    problem(send(ada, "x.json", data), 400, says)


def test_a_workflow_is_looked_through(ada: Person) -> None:
    good = made(ada.post("/workflows/validate", graph=TINY))
    assert (good["valid"], good["errors"]) == (True, [])
    assert (good["plan"]["nodes"], good["plan"]["outputs"], good["plan"]["amount_microcredits"]) == (
        2,
        ["2"],
        0,
    )
    document = opened("plain-0.4")
    assert made(ada.post("/workflows/validate", document=document))["plan"]["checkpoints"] == ["pocket"]
    document["nodes"][3]["widgets_values"] = [7, 128, 1]
    document["nodes"][0]["type"] = "TheirOwnLoader"
    bad = made(ada.post("/workflows/validate", document=document))
    assert (bad["valid"], bad["plan"]) == (False, None)
    found = {(one["type"], one["node"], one["input"]) for one in bad["errors"]}
    assert ("value_smaller_than_min", "4", "width") in found
    assert any(
        "TheirOwnLoader" in one["details"] + one["message"] for one in bad["errors"] if one["node"] == "1"
    )
    problem(ada.post("/workflows/validate", graph=TINY, document=document), 400, "one of them")


def test_a_kept_workflow_becomes_a_job(ada: Person, mallory: Person, kept: dict[str, Any]) -> None:
    path = f"/workflows/{kept['id']}/run"
    made(save(ada, kept, 1, graph=tiny(width=128)))
    headers = {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": uuid4().hex}
    first, second = (
        made(ada.api.post(f"/api/v1{path}", json={"inputs": {"1": {"color": 7}}}, headers=headers))
        for _ in range(2)
    )
    assert first["id"] == second["id"]
    assert (first["kind"], first["state"]) == ("workflow", "QUEUED")
    assert first["request"]["workflow_id"] == kept["id"]
    assert first["request"]["graph"]["1"]["inputs"] == tiny(width=128, color=7)["1"]["inputs"]
    earlier = made(ada.post(path, version=1))
    assert earlier["request"]["graph"]["1"]["inputs"]["width"] == 64
    wrong = problem(ada.post(path, inputs={"7": {"a": 1}, "1": {"colour": 1}}), 400, "no node 7")
    assert [one["path"] for one in wrong["errors"]] == ["inputs.7", "inputs.1.colour"]
    problem(ada.post(path, inputs={"1": {"width": "wide"}}), 400, "width")
    problem(mallory.post(path), 404)
    made(ada.post(f"/workflows/{kept['id']}/share", visibility="public"))
    assert made(mallory.post(path))["user_id"] == mallory.id


def test_templates_are_for_everybody(api: httpx.Client) -> None:
    listed = made(api.get("/api/v1/workflows/templates"))["items"]
    assert len(listed) == 19
    for one in listed:
        picture = api.get(one["thumbnail_url"])
        assert picture.headers["content-type"] == "image/webp"
        found = made(api.get(f"/api/v1/workflows/templates/{one['name']}"))
        assert graph_of(found["document"]).keys() == found["graph"].keys()
    problem(api.get("/api/v1/workflows/templates/nothing"), 404)
