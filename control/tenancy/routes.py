"""Organisations, members, teams and roles."""

from uuid import UUID

from litestar import Request, Router, delete, get, patch, post, put
from litestar.datastructures import State

from control.access.declare import requires, session_only
from control.access.principal import Principal
from control.database.engine import transaction
from control.jobs.service import tell_of
from control.pages import Cursor, Limit, Page
from control.tenancy import invitation_routes, members, organisations, roles, schemas, teams

Caller = Request[Principal, None, State]


@get("/organisations", opt=session_only())
async def list_organisations(
    request: Caller, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.OwnOrganisation]:
    """The organisations that the caller belongs to."""
    return await organisations.mine(request.user, cursor, limit)


@post("/organisations", opt=session_only())
async def create_organisation(request: Caller, data: schemas.NewOrganisation) -> schemas.OwnOrganisation:
    """Make another organisation, whose admin one is. The token stays for the one it is for."""
    async with transaction():
        return await organisations.found(request.user, data)


@get(
    "/organisations/{organisation_id:uuid}",
    opt=requires("organisation:read"),
)
async def get_organisation(request: Caller, organisation_id: UUID, state: State) -> schemas.Organisation:
    """The caller's organisation, its tier and what that allows."""
    return await organisations.show(request.user, organisation_id, state.settings)


@patch(
    "/organisations/{organisation_id:uuid}",
    opt=requires("organisation:update"),
)
async def update_organisation(
    request: Caller, organisation_id: UUID, data: schemas.OrganisationPatch, state: State
) -> schemas.Organisation:
    """Rename the caller's organisation."""
    async with transaction():
        return await organisations.change(request.user, organisation_id, data, state.settings)


@post(
    "/organisations/{organisation_id:uuid}/leave",
    opt=session_only(),
    status_code=204,
)
async def leave_organisation(request: Caller, organisation_id: UUID, state: State) -> None:
    """Leave the organisation that the token is for. Sessions, API keys and jobs in its name end; its last admin stays."""
    async with transaction():
        await organisations.check_current(request.user, organisation_id)
        cancelled = await members.remove(request.user, request.user.user_id)
    await tell_of(state.redis, cancelled)


@get("/members", opt=requires("member:read"))
async def list_members(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[schemas.Member]:
    """Who belongs to the organisation, and as what."""
    return await members.find(request.user, cursor, limit)


@get("/members/{user_id:uuid}", opt=requires("member:read"))
async def get_member(request: Caller, user_id: UUID) -> schemas.Member:
    """One member."""
    return await members.show(request.user, user_id)


@patch("/members/{user_id:uuid}", opt=requires("member:update"))
async def update_member(request: Caller, user_id: UUID, data: schemas.MemberPatch) -> schemas.Member:
    """Give a member another role or team.

    Neither the role before nor the one after may have permissions that the caller lacks. The member's access tokens
    must be refreshed then. The last admin stays one.
    """
    async with transaction():
        return await members.change(request.user, user_id, data)


@delete("/members/{user_id:uuid}", opt=requires("member:remove"))
async def remove_member(request: Caller, user_id: UUID, state: State) -> None:
    """Remove a member. Their sessions and API keys in the organisation's name end at once, their jobs are cancelled."""
    async with transaction():
        cancelled = await members.remove(request.user, user_id)
    await tell_of(state.redis, cancelled)


@get("/teams", opt=requires("team:read"))
async def list_teams(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[schemas.Team]:
    """The organisation's teams."""
    return await teams.find(request.user, cursor, limit)


@post("/teams", opt=requires("team:create"))
async def create_team(request: Caller, data: schemas.NewTeam) -> schemas.Team:
    """Make a team. Who makes it is its first member."""
    async with transaction():
        return await teams.make(request.user, data)


@get("/teams/{team_id:uuid}", opt=requires("team:read"))
async def get_team(request: Caller, team_id: UUID) -> schemas.Team:
    """One team."""
    return await teams.existing_team(request.user, team_id)


@patch("/teams/{team_id:uuid}", opt=requires("team:update"))
async def update_team(request: Caller, team_id: UUID, data: schemas.TeamPatch) -> schemas.Team:
    """Rename a team that one is in; any, with `team:manage`."""
    async with transaction():
        return await teams.change(request.user, team_id, data)


@delete("/teams/{team_id:uuid}", opt=requires("team:delete"))
async def delete_team(request: Caller, team_id: UUID) -> None:
    """Remove a team that one is in; any, with `team:manage`. Its members stay members of the organisation."""
    async with transaction():
        await teams.remove(request.user, team_id)


@get(
    "/teams/{team_id:uuid}/members",
    opt=requires("team:read"),
)
async def list_team_members(
    request: Caller, team_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.TeamMember]:
    """Who is in a team."""
    return await teams.members_of(request.user, team_id, cursor, limit)


@put(
    "/teams/{team_id:uuid}/members/{user_id:uuid}",
    opt=requires("team:update"),
    status_code=204,
)
async def add_team_member(request: Caller, team_id: UUID, user_id: UUID) -> None:
    """Put a member of the organisation into a team that one is in; any, with `team:manage`."""
    async with transaction():
        await teams.add_member(request.user, team_id, user_id)


@delete(
    "/teams/{team_id:uuid}/members/{user_id:uuid}",
    opt=requires("team:update"),
)
async def remove_team_member(request: Caller, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of a team that one is in; any, with `team:manage`."""
    async with transaction():
        await teams.remove_member(request.user, team_id, user_id)


@get("/roles", opt=requires("role:read"))
async def list_roles(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[schemas.Role]:
    """The built-in roles, which stand on the first page beside its `limit`, and the organisation's own."""
    return await roles.find(request.user, cursor, limit)


@post("/roles", opt=requires("role:create"))
async def create_role(request: Caller, data: schemas.NewRole) -> schemas.Role:
    """Make a role of permissions that one has."""
    async with transaction():
        return await roles.make(request.user, data)


@get("/roles/{role_id:uuid}", opt=requires("role:read"))
async def get_role(request: Caller, role_id: UUID) -> schemas.Role:
    """One role."""
    return await roles.show(request.user, role_id)


@patch("/roles/{role_id:uuid}", opt=requires("role:update"))
async def update_role(request: Caller, role_id: UUID, data: schemas.RolePatch) -> schemas.Role:
    """Rename a role of the organisation's own, or change what its bearers may do. Their tokens must be refreshed."""
    async with transaction():
        return await roles.change(request.user, role_id, data)


@delete("/roles/{role_id:uuid}", opt=requires("role:delete"))
async def delete_role(request: Caller, role_id: UUID) -> None:
    """Remove a role of the organisation's own that nobody has."""
    async with transaction():
        await roles.remove(request.user, role_id)


ROUTES = Router(
    path="/",
    route_handlers=[
        list_organisations, create_organisation, get_organisation, update_organisation, leave_organisation,
        list_members, get_member, update_member, remove_member,
        list_teams, create_team, get_team, update_team, delete_team,
        list_team_members, add_team_member, remove_team_member,
        list_roles, create_role, get_role, update_role, delete_role,
        *invitation_routes.HANDLERS,
    ],
)  # fmt: skip
