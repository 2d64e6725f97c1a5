"""Organisations and who belongs to them."""

from typing import Any

from piccolo.columns import UUID, Array, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique
from piccolo.table import Table

from control.database.owned import Owned
from control.ids import uuid7

_USER = LazyTableReference("User", module_path="control.identity.tables")


class Organisation(Table, tablename="organisations"):
    """A tenant: whose data, money and people are kept apart from all others'."""

    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(200)
    slug = Varchar(100, unique=True)
    tier = Varchar(20, default="free")
    """free, standard, pro or enterprise"""
    created_at = Timestamptz()


class Role(Owned, tablename="roles"):
    """A role that an organisation made for itself; the built-in ones stand in control/access/roles.py."""

    name = Varchar(100)
    permissions = Array(base_column=Varchar(100))
    created_at = Timestamptz()
    roles_one_name = Unique([Owned.organisation_id, name])


class Team(Owned, tablename="teams"):
    """Some members of an organisation."""

    name = Varchar(200)
    created_at = Timestamptz()
    teams_one_name = Unique([Owned.organisation_id, name])


class Membership(Owned, tablename="memberships"):
    """That a person belongs to an organisation, and as what."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    role = Varchar(100)
    """The name of a built-in role or of one of the organisation's own."""
    team_id = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.set_null)
    """The team that the person works in at first."""
    version = Integer(default=1)
    """Counts what changes the person's permissions: tokens of an earlier version must be refreshed."""
    created_at = Timestamptz()
    memberships_one = Unique([Owned.organisation_id, user_id])


class TeamMember(Owned, tablename="team_members"):
    """That a person belongs to a team."""

    team_id = ForeignKey(Team, null=False, index=True, on_delete=OnDelete.cascade)
    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
    team_members_one = Unique([team_id, user_id])


class Invitation(Owned, tablename="invitations"):
    """A link that makes whoever owns the mail address a member; good once."""

    email = Varchar(320)
    role = Varchar(100)
    team_id = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.cascade)
    token_hash = Bytea(unique=True)
    invited_by: ForeignKey[Any] = ForeignKey(_USER, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    expires_at = Timestamptz(default=None)
    accepted_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
