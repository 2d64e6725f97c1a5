"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec


class Event(msgspec.Struct, kw_only=True):
    """Something that was done."""

    id: UUID
    sequence: Annotated[int, msgspec.Meta(ge=1, examples=[17])]
    """Its place in the organisation's chain, from 1."""
    at: datetime
    actor_id: UUID | None
    """Who did it; null for who was not signed in."""
    actor: Annotated[str, msgspec.Meta(examples=["ada@example.com"])]
    """Their mail address."""
    via: Annotated[str, msgspec.Meta(examples=["session:0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"])]
    """What proved it: `session:` or `api_key:` and its id; empty for who was not signed in."""
    act: Annotated[str, msgspec.Meta(examples=["member.update"])]
    """DOMAIN.VERB"""
    subject_type: Annotated[str, msgspec.Meta(examples=["member"])]
    """What it was done to."""
    subject_id: str
    address: Annotated[str, msgspec.Meta(examples=["203.0.113.7"])]
    """Network address that it came from."""
    request_id: str
    before: dict[str, Any] | None
    """What it changed, as it was; without secrets."""
    after: dict[str, Any] | None
    """What it changed, as it is since."""
    previous_hash: str
    """Hash of the event before it, hexadecimal."""
    hash: str
    """SHA-256 over `previous_hash` and all other fields; docs/audit.md says how."""
