"""The web UI's cookie where the studio is reached over TLS, and where pages of others may call the API."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.control.people import PASSWORD, made, problem
from tests.control.people import address as mail_address

OURS, FRIEND = "https://studio.example", "https://app.example"
COOKIE = "__Host-studio_session"


def test_it_is_for_this_host_and_tls_alone(pair: tuple[httpx.Client, httpx.Client], address: str) -> None:
    here = {"X-Forwarded-For": address, "Origin": OURS}
    body = {"email": mail_address(), "password": PASSWORD, "name": "Ada"}
    answer = pair[0].post("/api/v1/browser/register", json=body, headers=here)
    session = made(answer)
    [cookie] = answer.headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == COOKIE
    assert {part.strip().lower() for part in rest.split(";")[1:]} >= {"secure", "httponly", "path=/"}
    assert "domain" not in rest.lower()
    secret = rest.partition(";")[0]
    held = here | {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": session["csrf_token"]}
    # Either process knows it.
    assert made(pair[1].patch("/api/v1/me", json={"name": "Grace"}, headers=held))["name"] == "Grace"
    # One without the prefix could be another's doing.
    plain = held | {"Cookie": f"studio_session={secret}"}
    problem(pair[0].get("/api/v1/me", headers=plain), 401)
    # Whom CORS lets call with tokens does not get to use the cookie.
    friend = held | {"Origin": FRIEND}
    refused = pair[0].patch("/api/v1/me", json={"name": "Mallory"}, headers=friend)
    assert problem(refused, 403)["type"] == "/problems/csrf"
    assert refused.headers["access-control-allow-origin"] == FRIEND
    assert "access-control-allow-credentials" not in refused.headers
    # The same name without TLS is not our page.
    problem(pair[0].patch("/api/v1/me", json={}, headers=held | {"Origin": "http://studio.example"}), 403)
    socket = str(pair[0].base_url).replace("http", "ws", 1) + "ws"
    socket = socket if socket.endswith("/ws") else socket.removesuffix("ws") + "/ws"
    cookie_only = {"Cookie": held["Cookie"], "X-Forwarded-For": address}
    with connect(socket, additional_headers=cookie_only, origin=OURS, proxy=None) as opened:  # type: ignore[arg-type]
        opened.ping().wait(5)
    with (
        pytest.raises(InvalidStatus) as closed,
        connect(socket, additional_headers=cookie_only, origin=FRIEND, proxy=None),  # type: ignore[arg-type]
    ):
        pass
    assert closed.value.response.status_code == 403
