"""Settings that people keep."""

from typing import Any

from piccolo.columns import JSONB, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")
_TEAM = LazyTableReference("Team", module_path="control.tenancy.tables")


class Preset(Owned, tablename="presets"):
    """Fields of a request by a name, to be used again."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id: ForeignKey[Any] = ForeignKey(
        _TEAM, null=True, default=None, index=True, on_delete=OnDelete.set_null
    )
    """Whose members see it, where `visibility` is team."""
    name = Varchar(80)
    settings = JSONB()
    visibility = Varchar(12, default="private")
    """private, team or organisation"""
    created_at = Timestamptz()
    updated_at = Timestamptz()
