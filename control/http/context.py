"""What is known of the request under way, for logs and the audit log."""

from contextvars import ContextVar
from ipaddress import IPv6Address

import msgspec
from litestar.types import Scope

HEAD = "studio.head"
"""In the scope of a request that came as HEAD, which the routes see as GET."""


class RequestContext(msgspec.Struct, frozen=True):
    """Where a request comes from."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""

    @property
    def network(self) -> str:
        """What counts as one address: an IPv4 address, the /64 of an IPv6 one (a customer's)."""
        if ":" not in self.address:
            return self.address or "nowhere"
        found = IPv6Address(self.address)
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


_OUTSIDE = RequestContext()
_CURRENT: ContextVar[RequestContext] = ContextVar("request", default=_OUTSIDE)


def current() -> RequestContext:
    """The request of this task; empty outside of one."""
    return _CURRENT.get()


def enter(context: RequestContext) -> None:
    """Says which request this task answers from now on."""
    _CURRENT.set(context)


def asked_by_head(scope: Scope) -> bool:
    """Was it HEAD? The answer's body goes nowhere then."""
    return HEAD in scope
