"""Every route of ComfyUI's API, asked by everybody who must not be answered. Made from the routes' own declarations."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.control.gateway.conftest import Artist
from tests.control.people import member_of
from tests.control.test_isolation import ACCESS, Route
from tests.control.world import Side

CLOSED = [
    route for route, access in ACCESS.items() if route[1].startswith("/comfy") and access.kind != "public"
]
routes = pytest.mark.parametrize("route", CLOSED, ids=" ".join)


def send(route: Route, api: httpx.Client, token: str | None) -> httpx.Response:
    method, path = route
    path = path.format(folder="checkpoints", node_class="KSampler", prompt_id="p")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if method == "WEBSOCKET":
        url = str(api.base_url).replace("http", "ws", 1) + path
        try:
            with connect(url, additional_headers=headers, proxy=None):
                return httpx.Response(200)
        except InvalidStatus as refused:
            return httpx.Response(refused.response.status_code, content=bytes(refused.response.body))
    return api.request(method, path, headers=headers)


def test_there_are_all_of_them() -> None:
    paths = {path.removeprefix("/comfy").removeprefix("/api") for _, path in CLOSED}
    assert len(paths) == 18
    assert len(CLOSED) == 2 * 21


@routes
def test_without_a_token_401(route: Route, comfy_api: httpx.Client) -> None:
    for token in (None, "garbage", "sk_" + "x" * 43):
        refused = send(route, comfy_api, token)
        assert refused.status_code == 401
        if route[0] != "WEBSOCKET":
            assert refused.json()["error"]["type"] == "unauthenticated"


@pytest.fixture(scope="module")
def side(comfy_api: httpx.Client, comfy_environment: dict[str, str]) -> Side:
    return Side(comfy_api, comfy_environment, "Ours")


@pytest.mark.parametrize(
    "route", [route for route in CLOSED if ACCESS[route].kind == "permission"], ids=" ".join
)
def test_without_the_permission_403(route: Route, side: Side, comfy_api: httpx.Client) -> None:
    permission = ACCESS[route].permission
    assert permission is not None
    refused = send(route, comfy_api, side.person(side.role_without(permission)).token)
    assert refused.status_code == 403
    assert refused.json()["permission"] == permission


def test_an_admin_sees_only_their_own(ada: Artist, database_url: str) -> None:
    """Though they see everybody's jobs and files elsewhere."""
    grace = Artist(member_of(ada.person, database_url))
    grace.queue(prompt_id="hers")
    assert ada.get("/queue").json()["queue_pending"] == []
    ada.post("/queue", clear=True, delete=["hers"])
    assert len(grace.get("/queue").json()["queue_pending"]) == 1
