"""Browsers of the tests: they keep the studio's cookie, and send what its own page would."""

from typing import Any

import httpx

from tests.control.people import PASSWORD, address, made

COOKIE = "studio_session"


class Browser:
    """The web UI in one browser. `chrome.post("/me/password", …)` asks as its page does."""

    def __init__(self, studio_url: str, at: str) -> None:
        self.url = studio_url
        self.http = httpx.Client(base_url=studio_url, timeout=30, headers={"X-Forwarded-For": at})
        self.csrf: str | None = None
        self.me: dict[str, Any] = {}

    @property
    def cookie(self) -> str | None:
        """The session's secret."""
        return self.http.cookies.get(COOKIE)

    def hold(self, secret: str | None) -> None:
        """Somebody put another's cookie in."""
        self.http.cookies.set(COOKIE, str(secret), domain="127.0.0.1", path="/")

    def sent(self, **changed: str | None) -> dict[str, str]:
        """Headers of the page's requests; with `csrf=…`, `origin=…` or `site=…` others, and None for none."""
        usual: dict[str, str | None] = {"csrf": self.csrf, "origin": self.url, "site": "same-origin"}
        names = {"csrf": "X-CSRF-Token", "origin": "Origin", "site": "Sec-Fetch-Site"}
        return {names[name]: value for name, value in (usual | changed).items() if value is not None}

    def request(self, method: str, path: str, json: object = None, **changed: str | None) -> httpx.Response:
        options: dict[str, Any] = {} if json is None else {"json": json}
        return self.http.request(method, f"/api/v1{path}", headers=self.sent(**changed), **options)

    def get(self, path: str) -> httpx.Response:
        # Of a GET to their own origin browsers send no Origin.
        return self.request("GET", path, origin=None)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.request("POST", path, body)

    def took(self, answer: httpx.Response) -> dict[str, Any]:
        """A sign-in's answer."""
        body: dict[str, Any] = made(answer)
        assert body["signed_in"]
        self.csrf, self.me = body["csrf_token"], body["me"]
        return body

    def register(self, name: str = "Ada") -> dict[str, Any]:
        body = {"email": address(name), "password": PASSWORD, "name": name}
        return self.took(self.post("/browser/register", **body))

    def login(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        return self.took(self.post("/browser/login", email=email, password=password))

    def session(self) -> dict[str, Any]:
        """What the page asks first."""
        found: dict[str, Any] = made(self.get("/browser/session"))
        return found

    def close(self) -> None:
        self.http.close()
