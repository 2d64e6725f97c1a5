"""What travels over the wire."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from control.access.permissions import PERMISSIONS
from control.identity.schemas import Email, NewPassword
from control.settings import Limits, Tier
from control.wire import Name

if TYPE_CHECKING:
    Permission = str
else:
    Permission = Literal[tuple(PERMISSIONS)]

OrganisationName = Annotated[Name, Meta(examples=["Analytical Engines"])]
TeamName = Annotated[Name, Meta(examples=["Animation"])]
RoleName = Annotated[
    str, Meta(min_length=1, max_length=50, pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)", examples=["reviewer"])
]
RoleGiven = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)", examples=["user"])
]
"""The name of a built-in role or of one of the organisation's own."""
Token = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[\w-]+$(?!\n)",
        examples=["inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX"],
    ),
]
Permissions = Annotated[
    set[Permission], Meta(max_length=len(PERMISSIONS), examples=[["member:read", "team:read"]])
]


class Organisation(msgspec.Struct, kw_only=True):
    """A tenant."""

    id: UUID
    name: OrganisationName
    slug: Annotated[str, Meta(examples=["analytical-engines-5f3a9c01"])]
    """Its name in addresses."""
    tier: Tier
    limits: Limits
    """What its tier allows; null: without limit."""
    created_at: datetime


class NewOrganisation(msgspec.Struct, forbid_unknown_fields=True):
    """An organisation to make."""

    name: OrganisationName


class OrganisationPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    name: OrganisationName | UnsetType = UNSET


class OwnOrganisation(msgspec.Struct, kw_only=True):
    """An organisation that the caller belongs to."""

    id: UUID
    name: str
    slug: str
    tier: Tier
    role: str
    """The caller's role there."""
    current: bool
    """Is it the one that the caller's token is for?"""


class Member(msgspec.Struct, kw_only=True):
    """Somebody who belongs to the organisation."""

    user_id: UUID
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    name: str
    role: Annotated[str, Meta(examples=["user"])]
    """Name of their role."""
    team_id: UUID | None
    """The team they work in at first."""
    joined_at: datetime


class MemberPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    role: RoleGiven | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    """The team they work in at first, which they join if they are not in it; null: none."""


class Team(msgspec.Struct, kw_only=True):
    """Some members of the organisation."""

    id: UUID
    name: TeamName
    created_at: datetime


class TeamMember(msgspec.Struct, kw_only=True):
    """Somebody who is in a team."""

    user_id: UUID
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    name: str
    joined_at: datetime


class NewTeam(msgspec.Struct, forbid_unknown_fields=True):
    """A team to make."""

    name: TeamName


class TeamPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    name: TeamName | UnsetType = UNSET


class Role(msgspec.Struct, kw_only=True):
    """What its bearers may do."""

    id: UUID
    name: str
    permissions: list[str]
    """As `resource:action`; docs/permissions.md says what they mean."""
    built_in: bool
    """Every organisation has it, and nobody can change it."""


class NewRole(msgspec.Struct, forbid_unknown_fields=True):
    """A role to make."""

    name: RoleName
    permissions: Permissions


class RolePatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    name: RoleName | UnsetType = UNSET
    permissions: Permissions | UnsetType = UNSET
    """All that the role may do from now on."""


class Invitation(msgspec.Struct, kw_only=True):
    """An invitation that can still be accepted. Its token is in the mail and nowhere else."""

    id: UUID
    email: Annotated[str, Meta(examples=["grace@example.com"])]
    role: str
    team_id: UUID | None
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to invite, as what."""

    email: Email
    role: RoleGiven = "user"
    team_id: UUID | None = None
    """The team they will work in; who does not manage all teams must name one that they are in."""


class InvitationToken(msgspec.Struct, forbid_unknown_fields=True):
    """What the mail's link ends with."""

    token: Token


class InvitationPreview(msgspec.Struct, kw_only=True):
    """What an invitation is to."""

    organisation: str
    email: str
    role: str
    expires_at: datetime
    has_account: bool
    """Has the invited address an account? Then sign in and accept; else register with the token."""


class InvitedRegistration(msgspec.Struct, forbid_unknown_fields=True):
    """A new account for the invited address."""

    token: Token
    password: NewPassword
    name: Annotated[Name, Meta(examples=["Grace"])]
