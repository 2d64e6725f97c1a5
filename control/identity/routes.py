"""Registering, signing in, and who one is."""

from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import State

from control.access.declare import public, signed_in
from control.access.principal import Principal
from control.audit.service import record
from control.database.engine import transaction
from control.identity import accounts
from control.identity.schemas import Login, Register, Tokens
from control.identity.sessions import begin_session


@post("/auth/register", opt=public("this is how one joins"), status_code=201)
async def register(data: Register, state: State) -> Tokens:
    """Make an account, with an organisation of its own whose admin one is, and sign in."""
    password_hash = await accounts.hash_password(data.password)
    async with transaction():
        return await accounts.register(data, password_hash, state.key_ring, state.settings)


@post("/auth/login", opt=public("this is how one signs in"), status_code=200)
async def login(data: Login, state: State) -> Tokens:
    """Sign in with a password."""
    user = await accounts.check_password(data)
    async with transaction():
        tokens = await begin_session(user.id, state.key_ring, state.settings)
        await record(None, "auth.login", user, actor=user.email)
    return tokens


class Me(msgspec.Struct):
    """Who the caller is, in which organisation, and what they may do there."""

    id: UUID
    email: str
    name: str
    organisation_id: UUID
    tier: str
    role: str
    team_id: UUID | None
    permissions: list[str]


@get("/me", opt=signed_in())
async def me(request: Request[Principal, None, State]) -> Me:
    """Who the caller is."""
    who = request.user
    return Me(
        who.user_id, who.email, who.name, who.organisation_id, who.tier, who.role, who.team_id,
        sorted(who.permissions),
    )  # fmt: skip


ROUTES = Router(path="/", route_handlers=[register, login, me], tags=["Identity"])
