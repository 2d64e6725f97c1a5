"""Every error as problem+json (RFC 9457); a traceback reaches the log and nobody else."""

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
import redis.exceptions
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from control.errors import (
    BadRequest,
    ContentTooLarge,
    ControlError,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unavailable,
    UpgradeRequired,
)
from control.http.context import current

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger("control.problems")

AnyRequest = Request[Any, Any, Any]


def catalogue() -> dict[str, type[Problem]]:
    """Kind → class, of every problem there is, in the order of statuses."""

    def below(kind: type[Problem]) -> Iterator[type[Problem]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    classes = sorted(below(Problem), key=lambda kind: (kind.status, kind.kind))
    return {kind.kind: kind for kind in classes if kind.__module__.startswith("control.")}


def document(error: Problem) -> dict[str, Any]:
    """Its members."""
    return {
        "type": f"/problems/{error.kind}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": f"urn:request:{current().request_id}",
        **error.fields,
    }


def problem(_request: AnyRequest, error: Problem) -> Response[bytes]:
    """One of our own."""
    return Response(
        msgspec.json.encode(document(error)),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=error.headers,
    )


def _field(entry: dict[str, Any]) -> dict[str, str]:
    """Litestar's account of a wrong parameter."""
    return {
        "in": str(getattr(entry.get("source"), "value", entry.get("source", "query"))),
        "path": str(entry.get("key", "")),
        "message": str(entry.get("message", "")),
    }


def http_exception(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """One of Litestar's: a wrong parameter, an unknown path, a wrong method, too large a body."""
    headers = {name.title(): value for name, value in (error.headers or {}).items()}
    answer: Problem
    if isinstance(error, ValidationException):
        wrong = [_field(entry) for entry in error.extra or [] if isinstance(entry, dict)]
        named = ", ".join(dict.fromkeys(entry["path"] for entry in wrong if entry["path"]))
        answer = Invalid(f"These parameters are wrong: {named or 'see errors'}.", wrong)
    elif error.status_code == HTTPStatus.NOT_FOUND:
        answer = NotFound("There is nothing at this path. /schema lists what there is.")
    elif headers.get("Allow") == "websocket":
        answer = UpgradeRequired(
            "There is a WebSocket at this path. Open it with a WebSocket client.",
            headers={"Upgrade": "websocket", "Connection": "Upgrade"},
        )
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer = MethodNotAllowed(
            "This path does not take this method. Allow names those it takes.", headers=headers
        )
    elif error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        answer = ContentTooLarge("The request's body is larger than this route takes.")
    elif error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        answer = BadRequest(error.detail or "This request cannot be understood.", headers=headers)
    else:
        return unexpected(request, error)
    return problem(request, answer)


DOWN: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # Of a connection whose server was killed in the midst of an answer.
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    # Others change the same rows: a deadlock, of which one side is told so.
    asyncpg.exceptions.TransactionRollbackError,
    # The pool's own limits (control/database/engine.py): a row was locked for too long, or we stood still.
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.ReadOnlyError,
    asyncio.TimeoutError,
)
"""What a query raises where PostgreSQL or Redis is away, starting, stopping, full or held up."""


def may_pass(error: Exception) -> bool:
    """Of one that is in `DOWN`: may the same succeed later? Not what asyncpg refuses to send at all."""
    return not (isinstance(error, asyncpg.InterfaceError) and "number of query arguments" in str(error))


def outage(request: AnyRequest, error: Exception) -> Response[bytes]:
    """PostgreSQL or Redis does not answer, or did not come to the end."""
    if not may_pass(error):
        return unexpected(request, error)
    log.warning("service_unavailable", error=f"{type(error).__name__}: {error}"[:300])
    return problem(
        request, Unavailable("A service behind the API does not answer just now. Send the request again.")
    )


def misconfigured(request: AnyRequest, error: ControlError) -> Response[bytes]:
    """What only who runs the studio can mend: they read how in the log."""
    log.error("misconfigured", error=str(error))
    return problem(request, Problem("The studio is not set up rightly. Its log says what to mend."))


def unexpected(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A bug."""
    log.error("unexpected_error", exc_info=error)
    return problem(request, Problem("Something went wrong on our side. Tell us the instance."))


def answer_to(error: Exception) -> Response[bytes]:
    """The answer to a request that raised this; for who has no Litestar around it."""
    handler = next(HANDLERS[kind] for kind in type(error).__mro__ if kind in HANDLERS)
    # None of them looks at the request.
    answer: Response[bytes] = handler(None, error)
    return answer


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: problem,
    ControlError: misconfigured,
    HTTPException: http_exception,
    **dict.fromkeys(DOWN, outage),
    Exception: unexpected,
}
"""For Litestar: the nearest class of an exception's own line of ancestors decides."""
