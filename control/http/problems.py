"""Every error as problem+json (RFC 9457); a traceback reaches the log and nobody else."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from control.errors import Problem
from control.http.context import current

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


def _answer(
    status: int, kind: str, title: str, detail: str, fields: dict[str, Any], headers: dict[str, str]
) -> Response[bytes]:
    body = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{current().request_id}",
        **fields,
    }
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def problem(_request: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    """One of our own."""
    return _answer(error.status, error.kind, error.title, error.detail, error.fields, error.headers)


def http_exception(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """One of Litestar's: validation, an unknown path, a wrong method."""
    phrase = HTTPStatus(error.status_code).phrase
    fields = {"errors": error.extra} if error.extra else {}
    kind = phrase.lower().replace(" ", "-")
    return _answer(error.status_code, kind, phrase, error.detail, fields, dict(error.headers or {}))


def unexpected(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A bug."""
    log.error("unexpected error", exc_info=error)
    return _answer(
        500, "internal", "Internal error", "Something went wrong on our side. Tell us the instance.", {}, {}
    )
