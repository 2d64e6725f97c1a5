"""What a request may be refused with: each error carries its HTTP status and the fields of its problem document."""

from typing import ClassVar


class ControlError(Exception):
    """Something the user can mend; its text says how."""


class Problem(ControlError):
    """An answer other than success, sent as problem+json (RFC 9457) by `control.http.problems`.

    `fields` are members beside type, title, status, detail and instance.
    """

    status: ClassVar[int] = 500
    kind: ClassVar[str] = "internal"
    """Last part of the document's `type`: /problems/KIND."""
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None, **fields: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.fields = fields


class BadRequest(Problem):
    """The request cannot be understood, or asks for what makes no sense."""

    status, kind, title = 400, "bad-request", "Bad request"


class Invalid(BadRequest):
    """A field or a parameter is wrong; `errors` says which and why."""

    kind, title = "invalid", "Wrong fields"

    def __init__(self, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail, errors=errors)


class Unauthenticated(Problem):
    """No token, or one that is not valid (any more)."""

    status, kind, title = 401, "unauthenticated", "Sign in first"

    def __init__(self, detail: str, **fields: object) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **fields)


class PaymentRequired(Problem):
    """The credits or the budget do not suffice; `needed` and `available` say in micro-credits what is missing."""

    status, kind, title = 402, "payment-required", "Not enough credits"


class StorageFull(PaymentRequired):
    """The organisation's files would take more than its tier allows; `quota_bytes` and `used_bytes` say how it stands."""

    kind, title = "storage-full", "Storage is full"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status, kind, title = 403, "forbidden", "Not allowed"


class CsrfRefused(Forbidden):
    """The browser's cookie came without the page's CSRF token, or from another page; `/browser/session` has the token."""

    kind, title = "csrf", "Not from our page"


class NotFound(Problem):
    """There is no such thing in the caller's organisation."""

    status, kind, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    """The path exists and does not know this method; Allow names those it knows."""

    status, kind, title = 405, "method-not-allowed", "Method not allowed"


class Conflict(Problem):
    """It contradicts what is there."""

    status, kind, title = 409, "conflict", "Conflict"


class PreconditionFailed(Problem):
    """If-Match names another version than the one that is there."""

    status, kind, title = 412, "precondition-failed", "Precondition failed"


class ContentTooLarge(Problem):
    """The request's body is larger than this route takes."""

    status, kind, title = 413, "content-too-large", "Content too large"


class UnsupportedMediaType(Problem):
    """The request's body is of a kind that this route does not read."""

    status, kind, title = 415, "unsupported-media-type", "Unsupported media type"


class RangeNotSatisfiable(Problem):
    """The Range lies outside the file; Content-Range says how long it is."""

    status, kind, title = 416, "range-not-satisfiable", "Range not satisfiable"


class Unprocessable(Problem):
    """It is understood and cannot be taken: a file that is not what it should be, a key used for something else."""

    status, kind, title = 422, "unprocessable", "Cannot be processed"


class UpgradeRequired(Problem):
    """There is a WebSocket at this path, and nothing else."""

    status, kind, title = 426, "upgrade-required", "A WebSocket is here"


class TooManyRequests(Problem):
    """A limit is reached; Retry-After says when to try again."""

    status, kind, title = 429, "too-many-requests", "Too many requests"

    def __init__(
        self, detail: str, retry_after: int, headers: dict[str, str] | None = None, **fields: object
    ) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after), **(headers or {})}, **fields)


class Unavailable(Problem):
    """A service that this needs does not answer; the same request may be sent again after Retry-After."""

    status, kind, title = 503, "unavailable", "Not available now"

    def __init__(self, detail: str, retry_after: int = 2, **fields: object) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **fields)
