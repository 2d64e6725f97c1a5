"""What is known of the request under way, for logs and the audit log."""

from contextvars import ContextVar

import msgspec


class RequestContext(msgspec.Struct, frozen=True):
    """Where a request comes from."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""


_OUTSIDE = RequestContext()
_CURRENT: ContextVar[RequestContext] = ContextVar("request", default=_OUTSIDE)


def current() -> RequestContext:
    """The request of this task; empty outside of one."""
    return _CURRENT.get()


def enter(context: RequestContext) -> None:
    """Says which request this task answers from now on."""
    _CURRENT.set(context)
