"""Rate limits: exact for all processes together, said in headers, and no outage when their counter is away."""

import asyncio
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from litestar import get, post
from litestar.testing import AsyncTestClient
from redis.asyncio import Redis

from control.access.declare import signed_in
from control.access.principal import Principal
from control.errors import TooManyRequests, Unavailable
from control.http import limits, problems
from control.http.context import RequestContext
from control.http.limits import HINTS, HOUR, MINUTE, Limiter, Window, windows_of
from control.ids import uuid7
from control.settings import ControlSettings, Limits
from tests.control.http.conftest import ANONYMOUS, LIMIT
from tests.control.people import PASSWORD
from tests.control.people import address as mail_address

CLIENTS = 50


def somebody(tier: str = "free") -> Principal:
    return Principal(
        user_id=uuid7(), email="", name="", organisation_id=uuid7(), tier=tier, role="user",
        team_id=None, permissions=frozenset(),
    )  # fmt: skip


def token_of(client: httpx.Client, address: str) -> str:
    body = {"email": mail_address(), "password": PASSWORD, "name": "Ada"}
    answer = client.post("/api/v1/auth/register", json=body, headers={"X-Forwarded-For": address})
    return str(answer.raise_for_status().json()["access_token"])


def ask(url: str, headers: dict[str, str], times: int) -> list[httpx.Response]:
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        return [client.get("/api/v1/me") for _ in range(times)]


def test_fifty_clients_on_two_processes_get_the_limit_and_not_one_more(
    pair: tuple[httpx.Client, httpx.Client], address: str
) -> None:
    token = token_of(pair[0], address)
    urls = [str(client.base_url) for client in pair]
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = [
            answer
            for found in threads.map(
                lambda n: ask(urls[n % 2], {"Authorization": f"Bearer {token}"}, 4), range(CLIENTS)
            )
            for answer in found
        ]
    assert time.monotonic() - began < 50, "the machine is too slow for one window"
    counts = Counter(answer.status_code for answer in answers)
    assert counts == {200: LIMIT, 429: 4 * CLIENTS - LIMIT}
    left = sorted(int(re.search(r"r=(\d+)", a.headers["ratelimit"])[1]) for a in answers if a.is_success)
    # Each place was given once.
    assert left == list(range(LIMIT))
    for answer in answers:
        assert answer.headers["ratelimit-policy"] == f'"requests";q={LIMIT};w=60'
        resets = int(re.fullmatch(r'"requests";r=\d+;t=(\d+)', answer.headers["ratelimit"])[1])
        assert 1 <= resets <= 60
        if answer.status_code == 429:
            assert answer.headers["retry-after"] == str(resets)
            assert answer.json()["type"] == "/problems/too-many-requests"
            assert answer.json()["limit"] == LIMIT


def test_who_sends_no_token_or_a_bad_one_is_counted_by_address(
    pair: tuple[httpx.Client, httpx.Client], address: str
) -> None:
    kinds = [
        lambda client, **options: client.get("/api/v1/me", **options),
        lambda client, **options: client.get("/api/v1/me", **options),
        lambda client, **options: client.post("/api/v1/auth/login", json={}, **options),
        lambda client, **options: client.post("/api/v1/auth/register", json={}, **options),
    ]
    counts: Counter[int] = Counter()
    for number in range(ANONYMOUS + 8):
        headers = {"X-Forwarded-For": address}
        if number % 4 == 1:
            headers["Authorization"] = "Bearer of-nothing"
        answer = kinds[number % 4](pair[number % 2], headers=headers)
        assert f'"requests";r={max(0, ANONYMOUS - 1 - number)}' in answer.headers["ratelimit"]
        counts[answer.status_code] += 1
    assert counts == {401: ANONYMOUS / 2, 400: ANONYMOUS / 2, 429: 8}
    # Somebody else.
    assert pair[0].get("/api/v1/me", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 401


def test_what_a_form_asks_while_one_types_is_no_request(
    pair: tuple[httpx.Client, httpx.Client], address: str
) -> None:
    headers = {"Authorization": f"Bearer {token_of(pair[0], address)}"}
    ask = {"checkpoint": "pocket", "prompt": "a circle"}
    for number in range(LIMIT + 1):
        answer = pair[number % 2].post("/api/v1/prompts/tokens", json=ask, headers=headers)
        assert f'"hints";r={HINTS * LIMIT - 1 - number}' in answer.headers["ratelimit"], answer.text
    # A press of the button still goes through.
    assert f'"requests";r={LIMIT - 1}' in pair[0].get("/api/v1/me", headers=headers).headers["ratelimit"]


def test_who_is_signed_in_is_counted_as_themselves_at_public_routes(
    pair: tuple[httpx.Client, httpx.Client], address: str
) -> None:
    """A neighbour behind the same address keeps nobody from using the UI, or from signing out."""
    api = pair[0]
    here = {"X-Forwarded-For": address}
    token = token_of(api, address)
    mine = {"email": mail_address(), "password": PASSWORD, "name": "Grace"}
    answer = api.post("/api/v1/browser/register", json=mine, headers=here)
    cookie = here | {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    api.cookies.clear()
    csrf = cookie | {"X-CSRF-Token": answer.json()["csrf_token"]}
    while api.get("/api/v1/styles", headers=here).status_code == 200:
        pass

    def asked(method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
        answer = api.request(method, f"/api/v1{path}", headers=headers)
        api.cookies.clear()
        return answer.status_code, re.search(r"r=(\d+)", answer.headers["ratelimit"])[1]

    bearer = here | {"Authorization": f"Bearer {token}"}
    assert asked("GET", "/styles", bearer) == (200, str(LIMIT - 1))
    assert asked("GET", "/browser/session", cookie) == (200, str(LIMIT - 1))
    assert asked("GET", "/styles", cookie) == (200, str(LIMIT - 2))
    # Counting opens nothing: who guesses passwords is counted by address, whoever they are.
    assert asked("POST", "/auth/login", cookie) == (429, "0")
    assert asked("GET", "/styles", here | {"Cookie": "__Host-studio_session=bs_of_nothing"}) == (429, "0")
    assert asked("GET", "/styles", here | {"Authorization": "Bearer of-nothing"}) == (429, "0")
    # And one may leave.
    assert asked("DELETE", "/browser/session", csrf) == (204, str(LIMIT - 3))
    assert asked("GET", "/browser/session", cookie) == (429, "0")


def test_a_persons_sessions_and_keys_share_and_people_do_not(
    pair: tuple[httpx.Client, httpx.Client], address: str
) -> None:
    here = {"X-Forwarded-For": address}
    email = mail_address()
    body = {"email": email, "password": PASSWORD, "name": "Ada"}
    first = pair[0].post("/api/v1/auth/register", json=body, headers=here).json()["access_token"]
    login = {"email": email, "password": PASSWORD}
    second = pair[0].post("/api/v1/auth/login", json=login, headers=here).json()["access_token"]
    left = []
    for token in (first, second, first):
        answer = pair[0].get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        left.append(re.search(r"r=(\d+)", answer.headers["ratelimit"])[1])
    assert left == [str(LIMIT - 1), str(LIMIT - 2), str(LIMIT - 3)]
    # So do their API keys: making more of them buys nothing.
    body = {"name": "key", "scopes": ["team:read"]}
    made = pair[0].post("/api/v1/api-keys", json=body, headers={"Authorization": f"Bearer {first}"})
    answer = pair[1].get("/api/v1/me", headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert answer.status_code == 200
    assert f"r={LIMIT - 5};" in answer.headers["ratelimit"]
    other = token_of(pair[1], address)
    answer = pair[1].get("/api/v1/me", headers={"Authorization": f"Bearer {other}"})
    assert f"r={LIMIT - 1};" in answer.headers["ratelimit"]


def test_forwarded_addresses_of_strangers_count_for_nothing(api: httpx.Client, caplog: Any) -> None:
    """`api` trusts no proxy: one cannot step out of one's own allowance by inventing addresses."""
    left = [
        int(
            re.search(
                r"r=(\d+)",
                api.get("/api/v1/me", headers={"X-Forwarded-For": f"1.2.3.{n}"}).headers["ratelimit"],
            )[1]
        )
        for n in range(5)
    ]
    assert left == sorted(set(left), reverse=True)


async def test_no_interval_of_a_window_holds_more_than_the_limit(redis_url: str) -> None:
    """50 at once for five windows; a fixed window would let twice as many through around its edges."""
    limit, window = 20, 300
    client = Redis.from_url(redis_url)
    limiter = Limiter(client, ControlSettings())
    through: list[tuple[float, float]] = []
    ends = time.monotonic() + 5 * window / 1000

    async def one() -> None:
        while (before := time.monotonic()) < ends:
            try:
                await limiter._charge("sliding", [Window("requests", limit, window)], "free", needed=True)
            except TooManyRequests:
                await asyncio.sleep(0.003)
            else:
                through.append((before, time.monotonic()))

    await asyncio.gather(*(one() for _ in range(50)))
    await client.aclose()
    through.sort()
    assert 4 * limit <= len(through) <= 6 * limit
    for first, last in zip(through, through[limit:], strict=False):
        # Redis took the time somewhere between the two; it counts whole milliseconds.
        assert last[1] - first[0] > (window - 2) / 1000


async def test_generations_and_uploads_have_hours_of_their_own(redis_url: str) -> None:
    who = somebody()

    @get("/look", opt=signed_in())
    async def look() -> None: ...

    @post("/generate", opt=signed_in() | limits.costs("generation"), status_code=202)
    async def generate() -> None: ...

    @post("/upload", opt=signed_in() | limits.costs("upload"), status_code=201)
    async def upload() -> None: ...

    @get("/watch", opt=signed_in() | limits.unlimited())
    async def watch() -> None: ...

    def authenticated(app: Any) -> Any:
        async def call(scope: Any, receive: Any, send: Any) -> None:
            scope["user"] = who
            await app(scope, receive, send)

        return call

    settings = ControlSettings(limits={"free": Limits(8, 3, None)})
    from litestar import Litestar

    app = Litestar(
        [look, generate, upload, watch],
        middleware=[authenticated, limits.callers],
        exception_handlers=problems.HANDLERS,
    )
    app.state.limiter = Limiter(Redis.from_url(redis_url), settings)
    async with AsyncTestClient(app) as client:
        for number in range(3):
            answer = await client.post("/generate")
            assert answer.status_code == 202
            assert answer.headers["ratelimit-policy"] == '"requests";q=8;w=60, "generations";q=3;w=3600'
            assert f'"generations";r={2 - number}' in answer.headers["ratelimit"]
        refused = await client.post("/generate")
        assert refused.status_code == 429
        assert 3590 <= int(refused.headers["retry-after"]) <= 3600
        assert "3 generations in 60 min" in refused.json()["detail"]
        # What was refused is no request either; uploads have no limit in these settings.
        answer = await client.post("/upload")
        assert answer.headers["ratelimit-policy"] == '"requests";q=8;w=60'
        assert '"requests";r=4' in answer.headers["ratelimit"]
        for _ in range(4):
            assert (await client.get("/look")).status_code == 200
        assert (await client.get("/look")).status_code == 429
        watched = await client.get("/watch")
        assert watched.status_code == 200
        assert "ratelimit" not in watched.headers


@pytest.mark.parametrize(
    ("tier", "figures"),
    [
        ("free", (100, 10, 20)),
        ("standard", (200, 50, 50)),
        ("pro", (500, 200, 100)),
        ("enterprise", (2000, 1000, None)),
    ],
)
def test_tiers(tier: Any, figures: tuple[int | None, ...]) -> None:
    settings = ControlSettings()
    requests, generations, uploads = figures
    assert windows_of(tier, None, settings) == [Window("requests", requests, MINUTE)]
    assert windows_of(tier, "hint", settings) == [Window("hints", 3 * requests, MINUTE)]
    assert windows_of(tier, "generation", settings)[1] == Window("generations", generations, HOUR)
    expected = [] if uploads is None else [Window("uploads", uploads, HOUR)]
    assert windows_of(tier, "upload", settings)[1:] == expected


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    kept.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()


@pytest.mark.parametrize("hangs", [False, True])
async def test_without_redis_requests_go_through_and_what_costs_money_does_not(hangs: bool) -> None:
    with silent_server() as url:
        client = Redis.from_url(url if hangs else "redis://127.0.0.1:1/0")
        limiter = Limiter(client, ControlSettings())
        began = time.monotonic()
        assert await limiter.caller(somebody()) == {}
        assert time.monotonic() - began < 2
        with pytest.raises(Unavailable) as refused:
            await limiter.caller(somebody(), "generation")
        assert refused.value.headers["Retry-After"]
        # Left alone for a moment: nobody waits for it each time.
        began = time.monotonic()
        for _ in range(100):
            assert await limiter.caller(somebody()) == {}
        assert time.monotonic() - began < 0.2
        await client.aclose()


async def test_a_lowered_limit_holds_at_once(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    limiter = Limiter(client, ControlSettings())
    for _ in range(10):
        await limiter._charge("lowered", [Window("requests", 10, 60_000)], "pro", needed=True)
    with pytest.raises(TooManyRequests) as refused:
        await limiter._charge("lowered", [Window("requests", 4, 60_000)], "free", needed=True)
    assert "r=0" in refused.value.headers["RateLimit"]
    await client.aclose()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "nowhere"),
    ],
)
def test_addresses(address: str, key: str) -> None:
    assert RequestContext(address=address).network == key
