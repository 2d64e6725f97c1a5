"""Sessions: begun by a login, kept alive by refresh tokens that are good once."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import LockNotAvailableError

from control.access.principal import Principal
from control.audit.service import record
from control.errors import Conflict, NotFound, Problem, Unauthenticated
from control.http.context import current
from control.identity.keys import KeyRing
from control.identity.people import home_of
from control.identity.principals import permissions_of
from control.identity.schemas import SessionInfo, Tokens
from control.identity.secrets import digest, new_secret
from control.identity.tables import RefreshToken, Session, User
from control.identity.tokens import Claims, sign
from control.ids import uuid7
from control.pages import Page, page_of
from control.settings import ControlSettings

REFRESH_PREFIX = "rt_"

_CLAIMS = """
SELECT u.id AS sub, u.email, u.name, m.role, o.tier, m.team_id AS team, o.id AS org, m.version AS ver, r.permissions
FROM sessions s
JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
JOIN organisations o ON o.id = s.organisation_id
JOIN memberships m ON m.user_id = s.user_id AND m.organisation_id = s.organisation_id
LEFT JOIN roles r ON r.organisation_id = m.organisation_id AND r.name = m.role
WHERE s.id = {} AND s.revoked_at IS NULL
"""
_TOKEN = """
SELECT id, session_id, expires_at <= now() AS ended, used_at, coalesce(used_at >= now(), false) AS used_meanwhile
FROM refresh_tokens WHERE token_hash = {} FOR UPDATE NOWAIT
"""
_SESSION = """
SELECT s.user_id, s.organisation_id, s.revoked_at IS NOT NULL OR s.expires_at <= now() AS ended, u.email
FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = {} FOR UPDATE OF s
"""


class SignIn(msgspec.Struct, frozen=True):
    """Who has proved who they are, and how."""

    user_id: UUID
    organisation_id: UUID | None = None
    """In whose name they act; None: where they worked last."""
    means: str = "password"


async def begin_session(who: SignIn, ring: KeyRing, settings: ControlSettings) -> Tokens:
    """A new session and its first tokens; audited as `auth.login`.

    Raises `Unauthenticated` for who is disabled or belongs to no organisation.
    """
    session = await open_session(who, settings)
    tokens, claims = await _issue(session.id, ring, settings)
    await note_login(session, claims.email)
    return tokens


async def open_session(who: SignIn, settings: ControlSettings, cookie_hash: bytes | None = None) -> Session:
    """A new session, which nothing opens yet but the cookie, if it has one. Raises as `begin_session` does."""
    organisation_id = who.organisation_id or await home_of(who.user_id)
    if organisation_id is None:
        raise Unauthenticated("You belong to no organisation any more. Ask for an invitation.")
    now = datetime.now(UTC)
    session = Session(
        user_id=who.user_id,
        organisation_id=organisation_id,
        device=current().user_agent[:400],
        address=current().address,
        means=who.means,
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=settings.refresh_token_days),
        cookie_hash=cookie_hash,
    )
    await Session.insert(session)
    return session


async def note_login(session: Session, email: str) -> None:
    """Audits that a session has begun."""
    await record(
        None,
        "auth.login",
        session,
        organisation_id=session.organisation_id,
        actor=email,
        actor_id=session.user_id,
        after={"means": session.means, "device": session.device},
    )


async def refresh(token: str, ring: KeyRing, settings: ControlSettings) -> Tokens | Problem:
    """The session's next tokens. A refusal is returned, not raised, as what it changed must be committed.

    A token that was used before reveals that two hold it: the session ends, for both. There is no time of grace.
    Two requests with one token at the same instant (two tabs) are told apart from that by the row's lock: one gets
    the tokens, the other a `Conflict`, and the session goes on.
    """
    try:
        found = await RefreshToken.raw(_TOKEN, digest(token))
    except LockNotAvailableError:
        raise _at_the_same_time() from None
    if not found:
        return Unauthenticated("This refresh token is not valid. Sign in again.")
    row = found[0]
    if row["used_meanwhile"]:
        raise _at_the_same_time()
    [session] = await Session.raw(_SESSION, row["session_id"])
    if session["ended"]:
        return Unauthenticated("This session has ended. Sign in again.", reason="revoked")
    if row["used_at"] is not None:
        await Session.update({Session.revoked_at: datetime.now(UTC)}).where(Session.id == row["session_id"])
        await record(
            None,
            "auth.refresh_reused",
            ("session", row["session_id"]),
            organisation_id=session["organisation_id"],
            actor=session["email"],
            actor_id=session["user_id"],
            after={"revoked": True},
        )
        return Unauthenticated(
            "This refresh token was used before, so somebody else may have it. The session has ended. Sign in again.",
            reason="reused",
        )
    if row["ended"]:
        return Unauthenticated("This refresh token has ended. Sign in again.", reason="expired")
    now = datetime.now(UTC)
    await Session.update(
        {Session.last_used_at: now, Session.expires_at: now + timedelta(days=settings.refresh_token_days)}
    ).where(Session.id == row["session_id"])
    try:
        tokens, _ = await _issue(row["session_id"], ring, settings)
    except Unauthenticated as error:
        return error
    # Last, and by the database's clock: see `used_meanwhile`.
    await RefreshToken.raw("UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE id = {}", row["id"])
    return tokens


def _at_the_same_time() -> Conflict:
    return Conflict(
        "Another request is using this refresh token at this moment. Use the tokens that it gets.",
        reason="concurrent",
    )


async def switch(who: Principal, organisation_id: UUID, ring: KeyRing, settings: ControlSettings) -> Tokens:
    """Tokens of the same session for another organisation of the same person; those before end.

    Raises `NotFound` where the person is no member.
    """
    await move(who, organisation_id)
    assert who.session_id is not None  # the route is for sessions
    tokens, _ = await _issue(who.session_id, ring, settings)
    await note_move(who, organisation_id)
    return tokens


async def move(who: Principal, organisation_id: UUID) -> None:
    """The caller's session goes on in the name of another organisation; its tokens end. Raises as `switch` does."""
    member = await User.raw(
        "SELECT 1 FROM memberships WHERE user_id = {} AND organisation_id = {}", who.user_id, organisation_id
    )
    if not member:
        raise NotFound("You belong to no such organisation.")
    # Tokens before the session, as `refresh` locks them.
    await RefreshToken.raw(
        "UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE session_id = {} AND used_at IS NULL",
        who.session_id,
    )
    await Session.update({Session.organisation_id: organisation_id}).where(Session.id == who.session_id)


async def note_move(who: Principal, organisation_id: UUID) -> None:
    """Audits that a session has switched."""
    await record(
        who,
        "auth.switch_organisation",
        ("session", who.session_id or "unknown"),
        organisation_id=organisation_id,
        before={"organisation_id": who.organisation_id},
        after={"organisation_id": organisation_id},
    )


async def end_session(who: Principal, session_id: UUID, act: str) -> None:
    """Revokes one of the caller's own sessions; raises `NotFound` for any other."""
    ended = await (
        Session.update({Session.revoked_at: datetime.now(UTC)})
        .where(Session.id == session_id)
        .where(Session.user_id == who.user_id)
        .where(Session.revoked_at.is_null())
        .returning(Session.id)
    )
    if not ended:
        raise NotFound("You have no such session, or it has ended.")
    await record(who, act, ("session", session_id))


async def end_sessions(user_id: UUID, keep: UUID | None = None) -> int:
    """Revokes all sessions of a person, but for `keep`; returns how many. Audit it as what it is part of."""
    query = (
        Session.update({Session.revoked_at: datetime.now(UTC)})
        .where(Session.user_id == user_id)
        .where(Session.revoked_at.is_null())
    )
    if keep is not None:
        query = query.where(Session.id != keep)
    return len(await query.returning(Session.id))


async def end_replaced(cookie_hash: bytes) -> None:
    """Ends the session of a cookie whose browser is about to have another one."""
    await (
        Session.update({Session.revoked_at: datetime.now(UTC)})
        .where(Session.cookie_hash == cookie_hash)
        .where(Session.revoked_at.is_null())
    )


async def listed(who: Principal, cursor: str | None, limit: int) -> Page[SessionInfo]:
    """The caller's sessions that have not ended, in all organisations."""

    def info(row: dict[str, Any]) -> SessionInfo:
        return SessionInfo(**row, current=row["id"] == who.session_id)

    shown = [column for column in SessionInfo.__struct_fields__ if column != "current"]
    query = (
        Session.select(*shown)
        .where(Session.user_id == who.user_id)
        .where(Session.revoked_at.is_null())
        .where(Session.expires_at > datetime.now(UTC))
    )
    return await page_of(query, Session.id, cursor, limit, info)


async def _issue(session_id: UUID, ring: KeyRing, settings: ControlSettings) -> tuple[Tokens, Claims]:
    """The session's next pair of tokens, with what its owner may do now."""
    rows = await User.raw(_CLAIMS, session_id)
    if not rows:
        raise Unauthenticated("This session has ended. Sign in again.", reason="revoked")
    row = rows[0]
    refresh_token, now = new_secret(REFRESH_PREFIX), datetime.now(UTC)
    await RefreshToken.insert(
        RefreshToken(
            session_id=session_id,
            token_hash=digest(refresh_token),
            created_at=now,
            expires_at=now + timedelta(days=settings.refresh_token_days),
        )
    )
    row["permissions"] = sorted(permissions_of(row["role"], row["permissions"]))
    issued = int(time.time())
    claims = Claims(
        **row,
        sid=session_id,
        iss=settings.url,
        aud=settings.token_audience,
        iat=issued,
        exp=issued + settings.access_token_seconds,
        jti=str(uuid7()),
    )
    tokens = Tokens(
        access_token=await sign(claims, ring),
        refresh_token=refresh_token,
        expires_in=settings.access_token_seconds,
    )
    return tokens, claims
