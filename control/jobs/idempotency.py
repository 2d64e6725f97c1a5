"""Idempotency-Key: a request that creates or charges has its effect once, however often it is sent.

The key's row is written in the transaction of the effect itself, with the answer, so that both stand or neither. A
request that was refused leaves no row: it had no effect, and may be mended and sent again with the same key.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.params import Parameter

from control.access.principal import Principal
from control.database.engine import transaction
from control.database.owned import unscoped
from control.errors import Conflict, Unprocessable
from control.ids import uuid7
from control.jobs.tables import IdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)

Key = Annotated[
    str | None,
    Parameter(
        header=HEADER,
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Any text of your own, a UUID for example. The same request with the same key has its effect once: "
        f"for 24 hours it gets the same answer again, with {REPLAYED}: true.",
    ),
]
"""In a route's signature: documents the header and checks it."""

# Who comes second while the first is still at it gets no lock, and no row. An advisory lock, because waiting for
# the row itself would hold a connection of the pool.
_CLAIM = """
INSERT INTO idempotency_keys AS k (id, organisation_id, user_id, key, fingerprint, status, body, created_at)
SELECT {}::uuid, {}::uuid, {}::uuid, {}::text, {}::bytea, 0, ''::bytea, {}::timestamptz
WHERE pg_try_advisory_xact_lock(hashtextextended({}::text, 0))
ON CONFLICT (organisation_id, user_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, status = 0, body = ''::bytea, created_at = excluded.created_at
WHERE k.created_at < {}::timestamptz
RETURNING id
"""
_FIND = """
SELECT fingerprint, status, body FROM idempotency_keys
WHERE organisation_id = {} AND user_id = {} AND key = {} AND created_at >= {}
"""
_FINISH = "UPDATE idempotency_keys SET status = {}, body = {} WHERE organisation_id = {} AND user_id = {} AND key = {}"

JSON = "application/json"
WHY = "drops what is older than a day, of everybody"


async def once(
    who: Principal, request: Request[Any, Any, Any], run: Callable[[], Awaitable[Any]], status: int = 201
) -> Response[Any]:
    """What `run` returns, as the answer to `request`; opens the transaction that `run` is in.

    Where the request's Idempotency-Key was answered before, that answer again, and `run` is not called. Raises
    `Unprocessable` for a key that came with another request, `Conflict` while the first one is still under way.
    """
    key = request.headers.get(HEADER.lower())
    if key is None:
        async with transaction():
            body = msgspec.json.encode(await run())
        return Response(body, status_code=status, media_type=JSON)
    fingerprint = await _fingerprint(request)
    async with transaction():
        if (kept := await _claim(who, key, fingerprint)) is None:
            body = msgspec.json.encode(await run())
            await IdempotencyKey.raw(_FINISH, status, body, who.organisation_id, who.user_id, key)
            return Response(body, status_code=status, media_type=JSON)
    if kept["fingerprint"] != fingerprint:
        raise Unprocessable(
            f"This {HEADER} came with another request before. Take a new key for each new request.", key=key
        )
    return Response(kept["body"], status_code=kept["status"], media_type=JSON, headers={REPLAYED: "true"})


async def forget_old() -> int:
    """Drops keys that count no longer; how many."""
    ended = datetime.now(UTC) - KEPT
    gone = await (
        unscoped(IdempotencyKey, WHY)
        .delete()
        .where(IdempotencyKey.created_at < ended)
        .returning(IdempotencyKey.id)
    )
    return len(gone)


async def _claim(who: Principal, key: str, fingerprint: bytes) -> dict[str, Any] | None:
    """None: the key is this transaction's. Else the row of who had it first."""
    now = datetime.now(UTC)
    mine = (who.organisation_id, who.user_id, key)
    lock = f"{who.organisation_id}:{who.user_id}:{key}"
    if await IdempotencyKey.raw(_CLAIM, uuid7(), *mine, fingerprint, now, lock, now - KEPT):
        return None
    rows: list[dict[str, Any]] = await IdempotencyKey.raw(_FIND, *mine, now - KEPT)
    if not rows:
        raise Conflict(
            f"A request with this {HEADER} is still under way. Send it again in a second.",
            headers={"Retry-After": "1"},
        )
    return rows[0]


async def _fingerprint(request: Request[Any, Any, Any]) -> bytes:
    what = f"{request.method} {request.scope['raw_path']!r}?{request.scope['query_string']!r}\n".encode()
    return hashlib.sha256(what + await request.body()).digest()
