"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from control.wire import PRINTABLE

Url = Annotated[
    str,
    Meta(
        max_length=2000,
        pattern=r"^https?://[!-~]+$(?!\n)",
        description="HTTPS, and a public address.",
        examples=["https://example.com/hooks/studio"],
    ),
]
EventType = Literal["job.started", "job.completed", "job.failed", "job.cancelled", "webhook.test"]
EventTypes = Annotated[
    list[EventType],
    Meta(
        max_length=20,
        description="Types of events that it is told; empty: all.",
        examples=[["job.completed"]],
    ),
]
Description = Annotated[str, Meta(max_length=200, pattern=PRINTABLE, examples=["our render farm"])]


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An address to be told of jobs."""

    url: Url
    description: Description = ""
    events: EventTypes = []


class WebhookPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to change; the rest stays."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    events: EventTypes | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    """Disabled ones are told nothing; what waits for them has failed."""


class Webhook(msgspec.Struct, kw_only=True):
    """An address that is told of the organisation's jobs."""

    id: UUID
    url: str
    description: str
    events: list[str]
    """Empty: all."""
    enabled: bool
    disabled_why: str
    """Where the studio disabled it: why."""
    failing_since: datetime | None
    """Every attempt since then has failed; after five days it is disabled."""
    old_secret_until: datetime | None
    """Until then messages are signed with the secret before as well."""
    created_at: datetime


class WebhookWithSecret(Webhook, kw_only=True):
    """With its secret, which is shown this once and cannot be shown again."""

    secret: Annotated[str, Meta(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]
    """Signs the messages (HMAC-SHA256)."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a delivery."""

    at: datetime
    status: int | None
    """HTTP status; null where no answer came."""
    milliseconds: int
    error: str
    answer: str
    """The beginning of the answer's body."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a webhook, and what came of it."""

    id: UUID
    message_id: UUID
    """`webhook-id`: the same for every attempt and replay, and for every webhook that is told of the same event."""
    event_type: Annotated[str, Meta(examples=["job.completed"])]
    state: Literal["waiting", "delivered", "failed"]
    payload: Annotated[
        str, Meta(examples=['{"type":"webhook.test","timestamp":"2026-01-31T12:00:00Z","data":{}}'])
    ]
    """The body, as it is signed and sent."""
    attempts: list[Attempt]
    """The latest first, at most 20."""
    next_at: datetime | None
    """When the next attempt is due; null where none is."""
    created_at: datetime
    delivered_at: datetime | None
