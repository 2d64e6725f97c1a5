"""Patterns of fields: none lets a line end pass at the end."""

import msgspec
import pytest

from control.identity.schemas import Email
from control.tenancy.schemas import RoleGiven, RoleName, Token
from control.wire import Name


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (Email, "ada@example.com"),
        (Name, "Ada"),
        (RoleName, "reviewer"),
        (RoleGiven, "admin"),
        (Token, "inv_x"),
    ],
)
def test_a_newline_at_the_end_is_refused(kind: type, good: str) -> None:
    assert msgspec.convert(good, kind) == good
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert(good + "\n", kind)
