"""Every route, asked by everybody who must not be answered. Made from the routes' own declarations.

A new route is here by itself. Where it names something that tests/control/world.py does not know how to make, it fails
here until it does.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from control.access.declare import Access, declarations
from control.app import create_app
from control.settings import ControlSettings
from tests.control.people import PASSWORD, Person, made, problem, sql
from tests.control.world import BODIES, IDS, NUMBERS, PERSONAL, PREPARE, PUBLIC_IDS, Route, Side, picture

APP = create_app(ControlSettings())
DOCUMENT: dict[str, Any] = msgspec.json.decode(APP.state.openapi)
ACCESS: dict[Route, Access] = {(method, path): access for method, path, access in declarations(APP)}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JSON, FORM = "application/json", "multipart/form-data"
CLOSED = [
    route
    for route, access in ACCESS.items()
    # Those speak another project's language: tests/control/gateway/test_isolation.py asks them the same.
    if access.kind != "public" and not route[1].startswith("/comfy")
]


def routes(which: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", which, ids=" ".join)


def names_in(path: str) -> list[str]:
    return [name for name in re.findall(r"{(\w+)}", path) if name not in NUMBERS]


def operation_of(route: Route) -> dict[str, Any]:
    method, path = route
    found: dict[str, Any] = DOCUMENT["paths"].get(path, {}).get(method.lower(), {})
    return found


def schema_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Without references."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def body_schema(route: Route) -> dict[str, Any] | None:
    content = operation_of(route).get("requestBody", {}).get("content")
    if content is None:
        return None
    if not {JSON, FORM} & content.keys():
        pytest.fail(f"This test can send only JSON and forms, and {route} reads {list(content)}. Teach it.")
    return schema_of(content[JSON if JSON in content else FORM]["schema"])


def is_form(route: Route) -> bool:
    return FORM in operation_of(route).get("requestBody", {}).get("content", {})


def is_id(schema: dict[str, Any]) -> bool:
    schema = schema_of(schema)
    return schema.get("format") == "uuid" or any(
        is_id(option) for key in ("anyOf", "oneOf") for option in schema.get(key, [])
    )


@cache
def ids_in_body(route: Route) -> list[str]:
    properties = (body_schema(route) or {}).get("properties", {})
    return [name for name, schema in properties.items() if is_id(schema) or name in IDS]


@cache
def lists_of_ids(route: Route) -> list[str]:
    """Fields of the body as `asset_ids`, each a list of what `IDS` knows as `asset_id`."""
    properties = (body_schema(route) or {}).get("properties", {})
    return [
        name
        for name, schema in properties.items()
        if schema_of(schema).get("type") == "array" and is_id(schema_of(schema).get("items", {}))
    ]


def one_of(name: str) -> str:
    """`asset_id` of `asset_ids`."""
    return name.removesuffix("s")


@cache
def ids_in_query(route: Route) -> list[str]:
    parameters = operation_of(route).get("parameters", [])
    return [p["name"] for p in parameters if p["in"] == "query" and is_id(p["schema"])]


def new(name: str, side: Side, person: Person) -> str:
    if name not in IDS:
        pytest.fail(f"tests/control/world.py does not know how to make a {name}: add it to IDS.")
    return IDS[name](side, person)


def streams(route: Route) -> bool:
    """Does its answer go on until it is told to end?"""
    answers = operation_of(route).get("responses", {}).values()
    return any("text/event-stream" in answer.get("content", {}) for answer in answers)


def handshake(url: str, headers: dict[str, str]) -> httpx.Response:
    """A WebSocket's answer: its refusal, or 200 with what came at once."""
    try:
        with connect(url.replace("http", "ws", 1), additional_headers=headers, proxy=None) as socket:
            try:
                return httpx.Response(200, text=str(socket.recv(timeout=0.2)))
            except TimeoutError:
                return httpx.Response(200)
    except InvalidStatus as refused:
        answer = refused.response
        return httpx.Response(
            answer.status_code, headers=[*answer.headers.raw_items()], content=bytes(answer.body)
        )


class Asked:
    """A request to a route that would succeed, as `person` of `side` could send it."""

    def __init__(self, route: Route, side: Side, person: Person) -> None:
        self.route, self.side, self.person = route, side, person
        self.ids = {name: new(name, side, person) for name in names_in(route[1])}
        self.body = self._body()
        self.query: dict[str, str] = {}
        if route in PREPARE:
            PREPARE[route](side, self.ids)

    def _body(self) -> dict[str, Any] | None:
        if self.route in BODIES:
            return BODIES[self.route](self.side, self.person)
        schema = body_schema(self.route)
        if schema is None:
            return None
        [content] = operation_of(self.route)["requestBody"]["content"].values()
        body: dict[str, Any] = deepcopy(content["example"])
        body |= {name: new(name, self.side, self.person) for name in ids_in_body(self.route)}
        body |= {
            name: [new(one_of(name), self.side, self.person) for _ in range(2)]
            for name in lists_of_ids(self.route)
        }
        if is_form(self.route):
            body = {"file": picture()} | {name: str(value) for name, value in body.items() if name != "file"}
        if "name" in body:
            body["name"] = self.side.name()
        if "email" in body:
            body["email"] = f"{uuid4().hex}@example.com"
        return body

    def send(self, api: httpx.Client, authorization: str | None) -> httpx.Response:
        method, path = self.route
        headers = {"Authorization": authorization} if authorization else {}
        if method == "WEBSOCKET":
            return handshake(f"{api.base_url}{path.format(**NUMBERS, **self.ids)}", headers)
        form = is_form(self.route)
        fields = {name: value for name, value in (self.body or {}).items() if name != "file"}
        return api.request(
            method,
            path.format(**NUMBERS, **self.ids),
            json=None if form else self.body,
            data=fields if form else None,
            files={"file": ("picture.png", (self.body or {})["file"])} if form else None,
            params=self.query | ({"seconds": "0"} if streams(self.route) else {}),
            headers=headers,
            follow_redirects=False,
        )

    def answer(self) -> httpx.Response:
        return self.send(self.side.api, f"Bearer {self.person.token}")


@pytest.fixture(scope="module")
def ours(api: httpx.Client, api_environment: dict[str, str]) -> Side:
    return Side(api, api_environment, "Ours")


@pytest.fixture(scope="module")
def theirs(api: httpx.Client, api_environment: dict[str, str]) -> Side:
    """The other organisation, with one of everything in it."""
    side = Side(api, api_environment, "Theirs")
    for name in IDS:
        new(name, side, side.admin)
    return side


def all_ids(side: Side) -> set[str]:
    """Every id that stands in its rows."""
    text = " ".join(row for rows in side.state().values() for row in rows or [])
    return set(UUID.findall(text))


@pytest.fixture
def nothing_changes(ours: Side, theirs: Side) -> Iterator[None]:
    before = theirs.state()
    yield
    assert theirs.state() == before


def tells_nothing(answer: httpx.Response, theirs: Side, sent: str = "") -> None:
    """But what was sent itself."""
    assert answer.status_code < 500, answer.text
    text = answer.text.replace(sent, "") if sent else answer.text
    assert theirs.marker.lower() not in text.lower()


def test_the_table_of_ids_is_of_use() -> None:
    """An entry that no route names would be one that nobody looks after."""
    named = {
        name
        for route in CLOSED
        for name in [
            *names_in(route[1]),
            *ids_in_body(route),
            *map(one_of, lists_of_ids(route)),
            *ids_in_query(route),
        ]
    }
    assert named >= IDS.keys() - {"role"}
    assert named >= PERSONAL.keys()
    assert ACCESS.keys() >= PREPARE.keys() | BODIES.keys()


def test_what_it_does_not_know_how_to_make_fails(ours: Side) -> None:
    with pytest.raises(pytest.fail.Exception, match="does not know how to make a gadget_id: add it to IDS"):
        Asked(("GET", "/api/v1/gadgets/{gadget_id}"), ours, ours.admin)


def test_closed_routes_are_many() -> None:
    """Should the declarations come out empty, all that follows would pass."""
    assert len(CLOSED) > 30
    assert ("GET", "/api/v1/teams/{team_id}") in CLOSED


@routes(CLOSED)
def test_without_a_token_401(route: Route, ours: Side, api: httpx.Client, nothing_changes: None) -> None:
    asked = Asked(route, ours, ours.admin)
    before = ours.state()
    head, payload, signature = ours.admin.token.split(".")
    for authorization in (
        None,
        "Bearer",
        "Bearer garbage",
        "Bearer a.b.c",
        f"Bearer {head}.{payload}.",
        f"Bearer {head}.{payload}.{signature[::-1]}",
        "Bearer sk_" + "x" * 43,
        f"Basic {ours.admin.token}",
        f"Bearer {ours.admin.refresh_token}",
    ):
        answer = asked.send(api, authorization)
        problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert ours.state() == before


@routes([route for route in CLOSED if ACCESS[route].kind == "permission"])
def test_without_the_permission_403(route: Route, ours: Side, nothing_changes: None) -> None:
    permission = ACCESS[route].permission
    assert permission is not None
    asked = Asked(route, ours, ours.admin)
    # All other permissions do not help.
    asked.person = ours.person(ours.role_without(permission))
    before = ours.state()
    assert problem(asked.answer(), 403)["permission"] == permission
    assert ours.state() == before


@routes([route for route in CLOSED if ACCESS[route].kind == "session"])
def test_what_is_for_people_is_not_for_api_keys(route: Route, ours: Side, nothing_changes: None) -> None:
    person = ours.person()
    key = made(person.post("/api-keys", name=ours.name(), scopes=sorted(person.permissions)))["key"]
    # That it is used is written down once a minute.
    made(ours.api.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}))
    asked = Asked(route, ours, person)
    before = ours.state()
    problem(asked.send(ours.api, f"Bearer {key}"), 403, "API keys")
    assert ours.state() == before


@routes(CLOSED)
def test_ones_own_can_be_asked_for(route: Route, ours: Side, theirs: Side, nothing_changes: None) -> None:
    """Else the refusals here would prove nothing. And no answer tells of the other organisation."""
    answer = Asked(route, ours, ours.person()).answer()
    assert answer.is_success, (route, answer.status_code, answer.text)
    tells_nothing(answer, theirs)
    assert not all_ids(theirs) & set(UUID.findall(answer.text))


@routes([route for route in CLOSED if names_in(route[1])])
def test_another_organisations_ids_404(route: Route, ours: Side, theirs: Side) -> None:
    names = names_in(route[1])
    foreign = {name: new(name, theirs, theirs.admin) for name in names}
    if route in PREPARE:
        PREPARE[route](theirs, foreign)
    before = theirs.state()
    # Each for itself, and all together.
    for changed in {(name,) for name in names} | {tuple(names)}:
        asked = Asked(route, ours, ours.person())
        asked.ids |= {name: foreign[name] for name in changed}
        own = ours.state()
        answer = asked.answer()
        problem(answer, 404)
        tells_nothing(answer, theirs)
        assert ours.state() == own
    assert theirs.state() == before


@routes([route for route in CLOSED if ids_in_body(route)])
def test_another_organisations_ids_in_the_body_404(route: Route, ours: Side, theirs: Side) -> None:
    for name in ids_in_body(route):
        asked = Asked(route, ours, ours.person())
        assert asked.body is not None
        asked.body[name] = new(name, theirs, theirs.admin)
        before, own = theirs.state(), ours.state()
        answer = asked.answer()
        problem(answer, 404)
        tells_nothing(answer, theirs, asked.body[name])
        assert (theirs.state(), ours.state()) == (before, own)


@routes([route for route in CLOSED if lists_of_ids(route)])
def test_another_organisations_ids_in_lists_404_and_nothing_is_done(
    route: Route, ours: Side, theirs: Side
) -> None:
    for name in lists_of_ids(route):
        foreign = new(one_of(name), theirs, theirs.admin)
        for with_own in (False, True):
            asked = Asked(route, ours, ours.person())
            assert asked.body is not None
            asked.body[name] = [*(asked.body[name] if with_own else []), foreign]
            before, own = theirs.state(), ours.state()
            answer = asked.answer()
            problem(answer, 404)
            tells_nothing(answer, theirs, foreign)
            assert (theirs.state(), ours.state()) == (before, own)


@routes([route for route in CLOSED if any(one_of(name) in PERSONAL for name in lists_of_ids(route))])
def test_another_persons_things_in_lists_404_and_nothing_is_done(route: Route, ours: Side) -> None:
    """Of a colleague in the same organisation."""
    for name in lists_of_ids(route):
        asked = Asked(route, ours, ours.person(ours.role_without(PERSONAL[one_of(name)] or "")))
        assert asked.body is not None
        asked.body[name].append(new(one_of(name), ours, ours.person()))
        before = ours.state()
        problem(asked.answer(), 404)
        assert ours.state() == before


@routes([route for route in CLOSED if ids_in_query(route)])
def test_another_organisations_ids_in_the_query_find_nothing(route: Route, ours: Side, theirs: Side) -> None:
    for name in ids_in_query(route):
        asked = Asked(route, ours, ours.person())
        asked.query = {name: new(name, theirs, theirs.admin)}
        answer = asked.answer()
        tells_nothing(answer, theirs)
        assert answer.status_code == 404 or made(answer)["items"] == []


@routes([route for route in CLOSED if PERSONAL.keys() & set(names_in(route[1]))])
def test_another_persons_things_404(route: Route, ours: Side) -> None:
    """Of a colleague in the same organisation."""
    colleague = ours.person()
    for name in PERSONAL.keys() & set(names_in(route[1])):
        asked = Asked(route, ours, ours.person(ours.role_without(PERSONAL[name] or "")))
        asked.ids[name] = new(name, ours, colleague)
        before = ours.state()
        problem(asked.answer(), 404)
        assert ours.state() == before


@routes([route for route in CLOSED if names_in(route[1])])
def test_ids_of_nothing_404(route: Route, ours: Side) -> None:
    asked = Asked(route, ours, ours.admin)
    asked.ids = dict.fromkeys(asked.ids, str(uuid4()))
    assert problem(asked.answer(), 404)["type"] == "/problems/not-found"
    asked.ids = dict.fromkeys(asked.ids, "nothing")
    problem(asked.answer(), 404)


@routes([route for route, access in ACCESS.items() if access.kind == "public"])
def test_public_routes_tell_nothing(
    route: Route, ours: Side, theirs: Side, api: httpx.Client, nothing_changes: None
) -> None:
    path = route[1]
    if unknown := set(names_in(path)) - PUBLIC_IDS.keys():
        pytest.fail(f"tests/control/world.py does not know what to put for {unknown}: add it to PUBLIC_IDS.")
    asked = Asked.__new__(Asked)
    asked.route, asked.side, asked.person, asked.query = route, ours, ours.admin, {}
    asked.ids = {name: PUBLIC_IDS[name] for name in names_in(path)}
    asked.body = asked._body()
    for authorization in (None, "Bearer garbage", f"Bearer {ours.admin.token}"):
        tells_nothing(asked.send(api, authorization), theirs)


def test_no_event_of_all_that_was_done_holds_a_secret(ours: Side, database_url: str) -> None:
    """Every route has succeeded above, and each that changes something was recorded."""
    rows = sql(database_url, "SELECT act, concat(before, after, subject_id) FROM audit_events")
    assert len({act for act, _ in rows}) > 15
    secret = re.compile(r"[a-z]{2,3}_[\w-]{40}|eyJ[\w-]{20}|argon2|" + PASSWORD)
    assert not [(act, text) for act, text in rows if secret.search(text)]
