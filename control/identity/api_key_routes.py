"""API keys."""

from typing import Annotated
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.datastructures import State
from litestar.params import QueryParameter

from control.access.declare import requires
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import Forbidden
from control.identity import api_keys
from control.identity.schemas import ApiKeyInfo, CreatedApiKey, NewApiKey
from control.pages import Cursor, Limit, Page

Caller = Request[Principal, None, State]


@post("/api-keys", opt=requires("api_key:create"), status_code=201)
async def create_api_key(request: Caller, data: NewApiKey) -> CreatedApiKey:
    """Make a key for a program, limited to some of one's own permissions. The answer shows it this once.

    What the key may do is what its scopes and its owner's role both allow, at any time. Keys make no keys: sign in
    for that.
    """
    if request.user.means != "session":
        raise Forbidden("API keys may not make API keys. Sign in with a password or through a provider.")
    async with transaction():
        return await api_keys.create(request.user, data)


@get("/api-keys", opt=requires("api_key:read"))
async def list_api_keys(
    request: Caller,
    user_id: Annotated[UUID | None, QueryParameter(description="Only keys of this member.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApiKeyInfo]:
    """One's own keys; with `api_key:manage`, everybody's in the organisation. Revoked ones are not listed."""
    return await api_keys.listed(request.user, user_id, cursor, limit)


@delete("/api-keys/{api_key_id:uuid}", opt=requires("api_key:revoke"), status_code=204)
async def revoke_api_key(request: Caller, api_key_id: UUID) -> None:
    """End a key at once: one's own; with `api_key:manage`, anybody's in the organisation."""
    async with transaction():
        await api_keys.revoke(request.user, api_key_id)


HANDLERS = [create_api_key, list_api_keys, revoke_api_key]
