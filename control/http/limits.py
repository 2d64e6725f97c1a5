"""Rate limits: how often a caller may ask, counted in Redis by one script, for all processes together.

A sliding window log. Redis keeps the time of each request that was let through, for as long as the window; a
request is let through where fewer than the limit stand there. So no interval of a window's length, wherever it
begins, ever holds more than the limit. A refused request costs nothing. A log of N entries takes about 10 N bytes.

Callers are counted per person and organisation: a person's sessions and API keys draw on one allowance, so
that making more keys buys nothing; at public routes too, but for the ways to sign in. Who sends no token or cookie, or
one that is no good, is counted by address (a network of 64 bits in IPv6).

Where Redis does not answer, requests go through uncounted: it guards the API's capacity and not its secrets, and an
outage of the counter should not be one of the API. Generations and uploads cost money, and are refused with 503.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import redis.exceptions
import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from redis.asyncio import Redis

from control.access.principal import Principal
from control.errors import TooManyRequests, Unauthenticated, Unavailable
from control.http import metrics, tracing
from control.http.context import current
from control.settings import ControlSettings, Limits, Tier

Cost = Literal["generation", "upload", "picture", "hint"]

USUAL: dict[Tier, Limits] = {
    "free": Limits(100, 10, 20),
    "standard": Limits(200, 50, 50),
    "pro": Limits(500, 200, 100),
    "enterprise": Limits(2000, 1000, None),
}
MINUTE, HOUR = 60_000, 3_600_000
PICTURES = 20
"""Pictures that may be read for each request that may be sent: a page of a gallery is one request and a hundred of them."""
HINTS = 3
"""Hints for each request that may be sent: what a form asks while somebody types must not keep them from sending it."""
KEY = "costs"
AS_CALLER = "counted_as_caller"
PAYER = "payer"
"""In a scope's state: whom authentication found at a public route."""
SAFE = frozenset({"GET", "HEAD"})
SECONDS = 1.0
"""How long Redis may take before a request goes on uncounted: far longer than a busy machine makes it wait."""
REST_SECONDS = 1.0
"""How long it is left alone then."""

# KEYS: a log per window. ARGV: limit and milliseconds of each. Newest first, so that what has left the window is at
# the end. All are asked before any is charged: a refused generation is no request either.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {0}
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local last = redis.call('LINDEX', key, -1)
  while last and tonumber(last) <= now - window do
    redis.call('RPOP', key)
    last = redis.call('LINDEX', key, -1)
  end
  if answer[1] == 0 and redis.call('LLEN', key) >= limit then answer[1] = i end
end
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  if answer[1] == 0 then
    redis.call('LPUSH', key, now)
    redis.call('PEXPIRE', key, window)
  end
  local used = redis.call('LLEN', key)
  -- A place comes free when this entry leaves. Not simply the last one: a limit may have been lowered.
  local frees = redis.call('LINDEX', key, used > limit and limit - 1 or -1)
  answer[#answer + 1] = math.max(0, limit - used)
  answer[#answer + 1] = frees and math.max(1, tonumber(frees) + window - now) or window
end
return answer
"""


class Window(msgspec.Struct, frozen=True):
    """A limit: at most `limit` in any `milliseconds`."""

    name: str
    limit: int
    milliseconds: int


class State(msgspec.Struct, frozen=True):
    """How one stands."""

    window: Window
    remaining: int
    frees_ms: int
    """Until the oldest counted request leaves the window."""


def costs(what: Cost) -> dict[str, object]:
    """In a route's `opt`: beside a request, a call is a generation or an upload. A picture or a hint
    (what a form asks while it is filled in) is one in place of a request."""
    return {KEY: what}


def unlimited() -> dict[str, object]:
    """In a route's `opt`: a call costs nothing. For what machines ask every few seconds."""
    return {KEY: None}


def as_caller() -> dict[str, object]:
    """In the `opt` of a public route that changes something: who is signed in is counted as themselves, as they are where
    they read. Not for ways to sign in."""
    return {AS_CALLER: True}


def counted_as_caller(handler: BaseRouteHandler, scope: Scope) -> bool:
    """Is somebody who is known counted as themselves at this public route?"""
    if handler.opt.get(KEY, "request") is None or scope["type"] != ScopeType.HTTP:
        return False
    return scope["method"] in SAFE or bool(handler.opt.get(AS_CALLER))


def windows_of(tier: Tier, cost: Cost | None, settings: ControlSettings) -> list[Window]:
    """What a call by a caller of this tier is counted in."""
    limits = settings.limits.get(tier) or USUAL[tier]
    if cost == "picture":
        return _many("pictures", PICTURES, limits.requests_per_minute)
    if cost == "hint":
        return _many("hints", HINTS, limits.requests_per_minute)
    found = [("requests", limits.requests_per_minute, MINUTE)]
    if cost == "generation":
        found.append(("generations", limits.generations_per_hour, HOUR))
    elif cost == "upload":
        found.append(("uploads", limits.uploads_per_hour, HOUR))
    return [Window(name, limit, span) for name, limit, span in found if limit is not None]


def _many(name: str, times: int, requests: int | None) -> list[Window]:
    return [] if requests is None else [Window(name, times * requests, MINUTE)]


def headers_of(states: Sequence[State]) -> dict[str, str]:
    """RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), one item a window."""
    if not states:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{state.window.name}";q={state.window.limit};w={state.window.milliseconds // 1000}'
            for state in states
        ),
        "RateLimit": ", ".join(
            f'"{state.window.name}";r={state.remaining};t={_seconds(state.frees_ms)}' for state in states
        ),
    }


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)


class Limiter:
    """Counts requests of all processes in one Redis."""

    def __init__(self, client: Redis, settings: ControlSettings) -> None:
        self._script = client.register_script(_SCRIPT)
        self._settings = settings
        self._rests_until = 0.0
        requests = settings.anonymous_requests_per_minute
        self._anonymous = {
            None: [Window("requests", requests, MINUTE)],
            "picture": _many("pictures", PICTURES, requests),
        }

    async def caller(self, who: Principal, cost: Cost | None = None) -> dict[str, str]:
        """Counts a request of `who`; returns the answer's headers. Raises `TooManyRequests`, `Unavailable`."""
        windows = windows_of(who.tier, cost, self._settings)
        key = f"{who.organisation_id.hex}:{who.user_id.hex}"
        return await self._charge(key, windows, who.tier, needed=cost in {"generation", "upload"})

    async def anonymous(self, cost: Cost | None = None) -> dict[str, str]:
        """Counts a request by its address."""
        windows = self._anonymous.get(cost, self._anonymous[None])
        return await self._charge(current().network, windows, "anonymous", needed=False)

    async def _charge(
        self, caller: str, windows: Sequence[Window], tier: str, *, needed: bool
    ) -> dict[str, str]:
        if not windows:
            return {}
        # In braces: what a Redis cluster must keep on one machine.
        keys = [f"limit:{{{caller}}}:{window.name}" for window in windows]
        arguments = [value for window in windows for value in (window.limit, window.milliseconds)]
        try:
            refused, *figures = await self._ask(keys, arguments)
        except (redis.exceptions.RedisError, OSError, TimeoutError) as error:
            self._rest(error)
            if needed:
                raise Unavailable("Your allowance cannot be read just now. Send the request again.") from None
            return {}
        states = [
            State(window, figures[2 * place], figures[2 * place + 1]) for place, window in enumerate(windows)
        ]
        headers = headers_of(states)
        if refused:
            over = states[refused - 1]
            metrics.rate_limited(tier, over.window.name)
            wait = _seconds(over.frees_ms)
            raise TooManyRequests(
                f"At most {over.window.limit} {over.window.name} in {over.window.milliseconds // 60_000} min are "
                f"allowed here. Try again in {wait} s.",
                wait,
                headers,
                limit=over.window.limit,
                window_seconds=over.window.milliseconds // 1000,
            )
        return headers

    async def _ask(self, keys: list[str], arguments: list[int]) -> list[int]:
        if time.monotonic() < self._rests_until:
            raise redis.exceptions.ConnectionError("did not answer a moment ago")
        with tracing.span("redis", "EVALSHA limits"):
            async with asyncio.timeout(SECONDS):
                figures: list[int] = await self._script(keys=keys, args=arguments)
                return figures

    def _rest(self, error: Exception) -> None:
        metrics.rate_limit_unchecked()
        now = time.monotonic()
        if now >= self._rests_until:
            self._rests_until = now + REST_SECONDS
            structlog.get_logger("control.limits").warning(
                "rate_limits_unchecked", error=f"{type(error).__name__}: {error}"[:200]
            )


def failed_callers(app: ASGIApp) -> ASGIApp:
    """Middleware around authentication: who was turned away by it is counted by address."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Unauthenticated as error:
            error.headers |= await scope["litestar_app"].state.limiter.anonymous()
            raise

    return call


def callers(app: ASGIApp) -> ASGIApp:
    """Middleware behind authentication: counts the request, refuses it or says in its answer what is left."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        cost: Any = scope["route_handler"].opt.get(KEY, "request")
        if cost is None or scope["type"] not in {ScopeType.HTTP, ScopeType.WEBSOCKET}:
            await app(scope, receive, send)
            return
        limiter: Limiter = scope["litestar_app"].state.limiter
        who = scope.get("user") or scope["state"].get(PAYER)
        if isinstance(who, Principal):
            headers = await limiter.caller(who, None if cost == "request" else cost)
        else:
            headers = await limiter.anonymous(None if cost == "request" else cost)

        async def answer(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                MutableScopeHeaders.from_message(message).update(headers)
            await send(message)

        await app(scope, receive, answer)

    return call
