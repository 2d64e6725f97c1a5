"""The sessions of the caller."""

from typing import Any
from uuid import UUID

from litestar import Request, delete, get
from litestar.datastructures import State

from control.access.declare import session_only
from control.access.principal import Principal
from control.audit.service import record
from control.database.engine import transaction
from control.identity import sessions
from control.identity.schemas import Revoked, SessionInfo
from control.pages import Cursor, Limit, Page

Caller = Request[Principal, None, State]


@get("/me/sessions", opt=session_only())
async def list_sessions(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[SessionInfo]:
    """Where one is signed in, in all organisations, the oldest first."""
    return await sessions.listed(request.user, cursor, limit)


@delete("/me/sessions/{session_id:uuid}", opt=session_only(), status_code=204)
async def revoke_session(request: Caller, session_id: UUID) -> None:
    """End one of one's sessions, at once and with all its tokens."""
    async with transaction():
        await sessions.end_session(request.user, session_id, "session.revoke")


@delete("/me/sessions", opt=session_only(), status_code=200)
async def revoke_other_sessions(request: Caller) -> Revoked:
    """End all of one's sessions but this one."""
    who = request.user
    async with transaction():
        revoked = await sessions.end_sessions(who.user_id, keep=who.session_id)
        await record(who, "session.revoke_others", ("user", who.user_id), after={"sessions_ended": revoked})
    return Revoked(revoked)


HANDLERS: list[Any] = [list_sessions, revoke_session, revoke_other_sessions]
