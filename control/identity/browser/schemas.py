"""What travels over the wire."""

from typing import Annotated

import msgspec

from control.identity.schemas import Me


class BrowserSession(msgspec.Struct):
    """Whether this browser is signed in, and as whom. There is no token in it that signs in."""

    signed_in: bool
    csrf_token: Annotated[
        str | None,
        msgspec.Meta(
            description="To be sent as `X-CSRF-Token` with whatever is no GET; null for who is not signed in.",
            examples=["Qm9yaW5nLCBidXQgc2FmZQ"],
        ),
    ] = None
    me: Me | None = None
    """As GET /me has it; null for who is not signed in."""
