"""Who there is, and what proves it. Tokens are kept as hashes, private keys encrypted."""

from typing import Any

from piccolo.columns import JSON, UUID, Array, Bytea, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique
from piccolo.table import Table

from control.database.owned import Owned
from control.ids import uuid7

_ORGANISATION = LazyTableReference("Organisation", module_path="control.tenancy.tables")


class User(Table, tablename="users"):
    """A person. What they may do stands in their memberships."""

    id = UUID(primary_key=True, default=uuid7)
    email = Varchar(320, unique=True)
    """In lower case."""
    name = Varchar(200)
    password_hash = Text(null=True, default=None)
    """Argon2id, PHC string; null for who signs in through others only."""
    email_verified_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)
    preferences = JSON(default="{}")
    """How the web UI shall look and behave, for whichever browser they sign in with; the UI alone knows its fields."""


class ExternalLogin(Table, tablename="external_logins"):
    """An account at an OpenID or OAuth provider that signs its owner in here."""

    id = UUID(primary_key=True, default=uuid7)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.cascade)
    provider = Varchar(100)
    issuer = Varchar(500)
    subject = Varchar(500)
    created_at = Timestamptz()
    external_logins_one = Unique([issuer, subject])


class Session(Table, tablename="sessions"):
    """One login on one device: the family of refresh tokens that descend from it."""

    id = UUID(primary_key=True, default=uuid7)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.cascade)
    organisation_id: ForeignKey[Any] = ForeignKey(_ORGANISATION, null=False, on_delete=OnDelete.cascade)
    """In whose name it acts."""
    device = Varchar(400)
    """The User-Agent it signed in with."""
    address = Varchar(64)
    """Where it signed in from."""
    means = Varchar(100, default="password")
    """What it signed in with: `password`, or the name of a provider."""
    created_at = Timestamptz()
    last_used_at = Timestamptz()
    expires_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)
    cookie_hash = Bytea(null=True, default=None, unique=True)
    """SHA-256 of the secret in a browser's cookie; null for one that lives by refresh tokens."""


class RefreshToken(Table, tablename="refresh_tokens"):
    """A refresh token; good once. A second use revokes the session."""

    id = UUID(primary_key=True, default=uuid7)
    session_id = ForeignKey(Session, null=False, index=True, on_delete=OnDelete.cascade)
    token_hash = Bytea(unique=True)
    """SHA-256 of 32 random bytes."""
    created_at = Timestamptz()
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class PasswordReset(Table, tablename="password_resets"):
    """A link to a new password; good once."""

    id = UUID(primary_key=True, default=uuid7)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.cascade)
    token_hash = Bytea(unique=True)
    created_at = Timestamptz()
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class SigningKey(Table, tablename="signing_keys"):
    """A key pair for access tokens. The newest active one signs; all that have not ended verify."""

    id = UUID(primary_key=True, default=uuid7)
    """`kid` of the tokens it signs."""
    public_jwk = JSON()
    private_key = Bytea()
    """The private JWK, encrypted with STUDIO_SECRET_KEY."""
    created_at = Timestamptz()
    starts_at = Timestamptz()
    """From then on it signs; it is published before, so that others know it by then."""
    retired_at = Timestamptz(null=True, default=None)
    """From then on it signs nothing more."""
    ends_at = Timestamptz(null=True, default=None)
    """From then on it verifies nothing more."""


class Mail(Table, tablename="mails"):
    """A mail that is still to be sent. The row goes when it is."""

    id = UUID(primary_key=True, default=uuid7)
    kind = Varchar(40)
    """`letter`, or which of `control.identity.postman.WRITERS` writes one."""
    sealed = Bytea()
    """What it is written of, encrypted with STUDIO_SECRET_KEY: it may hold a link that signs in."""
    attempts = Integer(default=0)
    next_at = Timestamptz(index=True)
    created_at = Timestamptz()


class ApiKey(Owned, tablename="api_keys"):
    """A key for programs, in the name of one member of one organisation."""

    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.cascade)
    name = Varchar(200)
    prefix = Varchar(32)
    """The part of the key that may be shown."""
    key_hash = Bytea(unique=True)
    scopes = Array(base_column=Varchar(100))
    """Permissions it is limited to; its owner's role limits it too."""
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
