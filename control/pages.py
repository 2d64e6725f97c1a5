"""Lists that are handed out page by page."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec

from control.errors import BadRequest

T = TypeVar("T")

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Page(msgspec.Struct, Generic[T], kw_only=True):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = None
    """What to send as `cursor` for the page after this one; null at the end."""


def encode_cursor(last: UUID) -> str:
    """A cursor behind the row `last`."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def decode_cursor(cursor: str) -> UUID:
    """The row that `cursor` stands behind; raises `BadRequest` for what no answer ever gave out."""
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.") from None
