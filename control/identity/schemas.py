"""What travels over the wire."""

from typing import Annotated, Literal

import msgspec

Email = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*$", max_length=320, examples=["ada@example.com"]
    ),
]
NewPassword = Annotated[
    str, msgspec.Meta(min_length=12, max_length=256, examples=["correct horse battery staple"])
]


class Register(msgspec.Struct, forbid_unknown_fields=True):
    """A new account, with an organisation of its own."""

    email: Email
    password: NewPassword
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["Ada"])]


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """A login."""

    email: Annotated[str, msgspec.Meta(max_length=320, examples=["ada@example.com"])]
    password: Annotated[str, msgspec.Meta(max_length=256, examples=["correct horse battery staple"])]


class Tokens(msgspec.Struct):
    """A new pair of tokens."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds that the access token is valid."""
    token_type: Literal["Bearer"] = "Bearer"
