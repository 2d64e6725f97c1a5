"""The document is complete, and the pages about it need nobody else."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from control.access.declare import declarations
from control.app import create_app
from control.errors import Conflict, NotFound
from control.http.problems import catalogue
from control.http.raised import raised_by
from control.http.reader import markdown
from control.identity import login_routes
from control.settings import ControlSettings

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def document(api: httpx.Client) -> dict[str, Any]:
    answer = api.get("/schema/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_is_there_with_its_declaration(
    document: dict[str, Any], api_environment: dict[str, str]
) -> None:
    app = create_app(ControlSettings(database_url=api_environment["STUDIO_DATABASE_URL"]))
    found = operations(document)
    # The last is another project's API, which its own documents tell of (docs/comfyui.md).
    pages = ("/schema", "/problems", "/comfy")
    declared = {
        (m, p): access
        for m, p, access in declarations(app)
        # OpenAPI has no words for WebSockets; the document's description has.
        if p != "/" and not p.startswith(pages) and m != "WEBSOCKET"
    }
    assert "/ws/jobs/{job_id}" in document["info"]["description"]
    assert found.keys() == declared.keys()
    session = [{"accessToken": []}, {"browserSession": []}]
    both = [*session, {"apiKey": []}]
    for route, operation in found.items():
        access = declared[route]
        expected = {"public": [], "session": session}.get(access.kind, both)
        assert operation["security"] == expected, route
        statuses = set(operation["responses"])
        assert {"401"} <= statuses or access.kind == "public", route
        assert {"403"} <= statuses or access.kind not in {"permission", "session"}, route
        writes = access.kind != "public" and route[0] != "GET"
        refused = operation["responses"].get("403", {}).get("content", {}).values()
        assert any("csrf" in content["examples"] for content in refused) or not writes, route
        assert ("404" in statuses) or "{" not in route[1], route
        assert {"413", "415"} <= statuses or "requestBody" not in operation, route
        if access.permission:
            assert f"`{access.permission}`" in operation["description"]


def test_every_operation_is_told_in_full(document: dict[str, Any]) -> None:
    found = operations(document)
    ids = [operation["operationId"] for operation in found.values()]
    assert len(ids) == len(set(ids))
    for route, operation in found.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", operation["operationId"]), route
        assert operation["summary"][0].isupper(), route
        assert operation["tags"], route
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"], (route, parameter["name"])
        for status, response in operation["responses"].items():
            assert response["description"], (route, status)
            assert "X-Request-Id" in response.get("headers", {}) or int(status) == 503, (route, status)
            if int(status) >= 400 and "application/json" not in response.get("content", {}):
                (content,) = response["content"].values()
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, (route, status)
    assert document["info"]["description"]
    assert {tag["name"] for tag in document["tags"]} == {t for o in found.values() for t in o["tags"]}


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    checked = 0
    for route, operation in operations(document).items():
        for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
            for content in body.get("content", {}).values():
                examples = [content["example"]] if "example" in content else []
                examples += [example["value"] for example in content.get("examples", {}).values()]
                schema = {**content["schema"], "components": document["components"]}
                for example in examples:
                    try:
                        jsonschema_rs.validator_for(schema).validate(example)
                    except jsonschema_rs.ValidationError as error:
                        pytest.fail(f"{route}: {error}")
                    checked += 1
    assert checked > 100


def test_what_the_code_raises_is_found() -> None:
    assert Conflict in raised_by(login_routes.register.fn)

    def nothing() -> None:
        raise NotFound("this module is not ours")

    assert raised_by(nothing) == frozenset()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.scripts += tag == "script" and not dict(attrs).get("src")
        assert not any(name.startswith("on") for name, _ in attrs)


@pytest.mark.parametrize("path", ["/schema", "/problems", "/problems/conflict"])
def test_pages_load_what_we_serve_and_nothing_else(api: httpx.Client, path: str) -> None:
    page = api.get(path)
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    links = Links()
    links.feed(page.text)
    assert links.scripts == 0
    for link in links.found:
        assert re.match(r"/(?!/)", link), link
        assert api.get(link).status_code == 200, link


def test_no_file_of_ours_names_a_cdn() -> None:
    for file in [*(ROOT / "control" / "http" / "pages").iterdir(), ROOT / "control" / "http" / "reader.py"]:
        assert not re.search(r"https?://", file.read_text()), file


def test_other_files_are_not_served(api: httpx.Client) -> None:
    for name in ("index.html", "..%2freader.py", "swagger-ui.js", "%2e%2e/%2e%2e/settings.py"):
        assert api.get(f"/schema/assets/{name}").status_code == 404


def test_the_catalogue_in_the_docs_is_the_codes() -> None:
    text = (ROOT / "docs" / "problems.md").read_text()
    assert text == markdown(), "run: make docs"
    for kind in catalogue():
        assert f"`{kind}`" in text
