"""Oneself."""

from typing import Any

from litestar import Request, get, patch, put
from litestar.datastructures import State

from control.access.declare import session_only, signed_in
from control.access.principal import Principal
from control.database.engine import transaction
from control.identity.me import me_of, prefer, rename
from control.identity.schemas import ChangeMe, Me

Caller = Request[Principal, None, State]


@get("/me", opt=signed_in())
async def me(request: Caller) -> Me:
    """Who the caller is."""
    return await me_of(request.user)


@patch("/me", opt=session_only())
async def change_me(request: Caller, data: ChangeMe) -> Me:
    """Change one's name. What access tokens say follows when they are refreshed."""
    async with transaction():
        await rename(request.user, data.name)
        return await me_of(request.user)


@put("/me/preferences", opt=session_only(), status_code=204)
async def set_preferences(request: Caller, data: dict[str, Any]) -> None:
    """Keep how a user interface shall look and behave, in place of what was kept: any JSON object, 16 KB at most.

    `/me` has it as `preferences`, for whichever browser one signs in with.
    """
    async with transaction():
        await prefer(request.user, data)


HANDLERS: list[Any] = [me, change_me, set_preferences]
