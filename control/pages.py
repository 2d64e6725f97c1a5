"""Lists that are handed out page by page."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import Parameter
from piccolo.columns import Column
from piccolo.query.methods.select import Select

from control.errors import BadRequest

T = TypeVar("T")

Limit = Annotated[int, Parameter(ge=1, le=100, description="How many items a page holds at most.")]
Cursor = Annotated[
    str | None,
    Parameter(description="`next_cursor` of the page before; without it, the list begins.", max_length=100),
]


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


async def page_of(
    query: "Select[Any]",
    key: Column,
    cursor: str | None,
    limit: int,
    make: Callable[[dict[str, Any]], T],
    *,
    newest_first: bool = False,
) -> Page[T]:
    """The next page of a select, in the order of the column `key`, an id that the rows have under its own name."""
    if cursor is not None:
        last = decode_cursor(cursor)
        query = query.where(key < last if newest_first else key > last)
    # One more than asked for: is there another page?
    rows = await query.order_by(key, ascending=not newest_first).limit(limit + 1)
    shown = rows[:limit]
    next_cursor = encode_cursor(shown[-1][key._meta.name]) if len(rows) > limit else None
    return Page(items=[make(row) for row in shown], next_cursor=next_cursor)
