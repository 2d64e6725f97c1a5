"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from control.wire import Name

Email = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^@\s\x00-\x1f\x7f]{1,64}@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)*$(?!\n)",
        max_length=320,
        description="A mail address. A–Z count as a–z.",
        examples=["ada@example.com"],
    ),
]
NewPassword = Annotated[
    str,
    msgspec.Meta(
        min_length=12,
        max_length=256,
        description="At least 12 characters, any.",
        examples=["correct horse battery staple"],
    ),
]
Password = Annotated[str, msgspec.Meta(max_length=256, examples=["correct horse battery staple"])]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


def canonical(email: str) -> str:
    """The address as it is stored and looked up.

    Only ASCII letters are folded: folding others would make one account of two people's mailboxes (a KELVIN SIGN
    becomes a k).
    """
    return email.encode().lower().decode()


class Register(msgspec.Struct, forbid_unknown_fields=True):
    """A new account, with an organisation of its own."""

    email: Email
    password: NewPassword
    name: Annotated[Name, msgspec.Meta(examples=["Ada"])]


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """A login."""

    email: Email
    password: Password


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    """A refresh token, which is good once."""

    refresh_token: Annotated[Secret, msgspec.Meta(examples=["rt_kX9v…"])]


class Tokens(msgspec.Struct):
    """A new pair of tokens."""

    access_token: Annotated[
        str,
        msgspec.Meta(description="An RS256 JWT (RFC 9068); send it as `Authorization: Bearer …`."),
    ]
    refresh_token: Annotated[
        str, msgspec.Meta(description="Good once, for `/auth/refresh`; the answer brings the next one.")
    ]
    expires_in: Annotated[int, msgspec.Meta(description="Seconds that the access token is valid.")]
    token_type: Literal["Bearer"] = "Bearer"


class SwitchOrganisation(msgspec.Struct, forbid_unknown_fields=True):
    """In whose name to go on."""

    organisation_id: UUID


class TeamOfMine(msgspec.Struct):
    """A team that the caller is in."""

    id: UUID
    name: str


class Me(msgspec.Struct):
    """Who the caller is, in which organisation, and what they may do there."""

    id: UUID
    email: str
    name: str
    organisation_id: UUID
    tier: str
    role: str
    team_id: UUID | None
    permissions: Annotated[
        list[str], msgspec.Meta(description="What this access token or API key may do, as `resource:action`.")
    ]
    organisation_name: str
    """What the organisation is called."""
    email_verified: bool
    """Was the mail address confirmed?"""
    has_password: bool
    """Can one sign in with a password, or through providers only?"""
    preferences: dict[str, Any]
    """What `PUT /me/preferences` was sent last; nothing for API keys."""
    teams: list[TeamOfMine]
    """Those that one is in, by name: their members see each other's jobs that are submitted for the team."""


class ChangeMe(msgspec.Struct, forbid_unknown_fields=True):
    """What one may change about oneself."""

    name: Annotated[Name, msgspec.Meta(examples=["Ada Lovelace"])]


class ForgotPassword(msgspec.Struct, forbid_unknown_fields=True):
    """Whose password was forgotten."""

    email: Email


class ResetPassword(msgspec.Struct, forbid_unknown_fields=True):
    """A new password, and the token of the mail that lets one set it."""

    token: Annotated[Secret, msgspec.Meta(examples=["pr_Jh3b…"])]
    password: NewPassword


class ChangePassword(msgspec.Struct, forbid_unknown_fields=True):
    """A new password instead of the one that is known."""

    current_password: Password
    new_password: NewPassword


class VerifyEmail(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the mail that was sent to the address."""

    token: Secret


class Accepted(msgspec.Struct):
    """It will be seen to."""

    detail: str


class SessionInfo(msgspec.Struct):
    """One login on one device."""

    id: UUID
    organisation_id: Annotated[UUID, msgspec.Meta(description="In whose name it acts.")]
    means: Annotated[
        str, msgspec.Meta(description="`password`, or the provider's name.", examples=["password"])
    ]
    device: Annotated[
        str, msgspec.Meta(description="The User-Agent that signed in.", examples=["Mozilla/5.0 …"])
    ]
    address: Annotated[
        str, msgspec.Meta(description="The address that it signed in from.", examples=["192.0.2.7"])
    ]
    created_at: datetime
    last_used_at: Annotated[datetime, msgspec.Meta(description="Written at most once a minute.")]
    expires_at: Annotated[datetime, msgspec.Meta(description="When it ends if it is not used until then.")]
    current: Annotated[bool, msgspec.Meta(description="Is it the one that asks?")]


class Revoked(msgspec.Struct):
    """How many were ended."""

    revoked: int


class NewApiKey(msgspec.Struct, forbid_unknown_fields=True):
    """A key for programs."""

    name: Annotated[Name, msgspec.Meta(examples=["nightly renders"])]
    scopes: Annotated[
        list[str],
        msgspec.Meta(
            min_length=1,
            max_length=200,
            description="Permissions that it is limited to; each must be one of the caller's own.",
            examples=[["organisation:read", "member:read"]],
        ),
    ]
    expires_in_days: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=3650)] | None,
        msgspec.Meta(description="When it ends; null: when it is revoked.", examples=[90]),
    ] = None


class ApiKeyInfo(msgspec.Struct, kw_only=True):
    """A key, without what proves it."""

    id: UUID
    user_id: Annotated[UUID, msgspec.Meta(description="In whose name it acts.")]
    email: Annotated[str, msgspec.Meta(description="Their mail address.", examples=["ada@example.com"])]
    name: str
    prefix: Annotated[str, msgspec.Meta(description="How the key begins.", examples=["sk_Zk3wPq9A"])]
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: Annotated[datetime | None, msgspec.Meta(description="Written at most once a minute.")]


class CreatedApiKey(ApiKeyInfo, kw_only=True):
    """A new key. It is shown this once and cannot be shown again."""

    key: Annotated[str, msgspec.Meta(description="The key itself.", examples=["sk_Zk3wPq9A…"])]


class ProviderInfo(msgspec.Struct):
    """A provider that people may sign in with."""

    name: Annotated[str, msgspec.Meta(examples=["google"])]
    title: Annotated[str, msgspec.Meta(description="What to call it on a button.", examples=["Google"])]


class LoginCode(msgspec.Struct, forbid_unknown_fields=True):
    """The code that a login through a provider ended with."""

    code: Annotated[
        Secret,
        msgspec.Meta(
            description="`login_code` of the fragment, good once, for a minute, in the browser that signed in.",
            examples=["lc_R7d0…"],
        ),
    ]
