"""Sessions: begun by a login, kept alive by refresh tokens that are good once."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from control.database.owned import unscoped
from control.errors import Unauthenticated
from control.http.context import current
from control.identity.keys import KeyRing
from control.identity.principals import permissions_of
from control.identity.schemas import Tokens
from control.identity.secrets import digest, new_secret
from control.identity.tables import RefreshToken, Session, User
from control.identity.tokens import Claims, sign
from control.ids import uuid7
from control.settings import ControlSettings
from control.tenancy.tables import Membership

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


async def begin_session(
    user_id: UUID, ring: KeyRing, settings: ControlSettings, organisation_id: UUID | None = None
) -> Tokens:
    """A new session of `user_id` (in their first organisation, unless told) and its first tokens."""
    if organisation_id is None:
        first = (
            await unscoped(Membership, "a login knows the person first")
            .select(Membership.organisation_id)
            .where(Membership.user_id == user_id)
            .order_by(Membership.created_at)
            .first()
        )
        if first is None:
            raise Unauthenticated("You belong to no organisation any more. Ask for an invitation.")
        organisation_id = first["organisation_id"]
    now = datetime.now(UTC)
    session = Session(
        user_id=user_id,
        organisation_id=organisation_id,
        device=current().user_agent[:400],
        address=current().address,
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=settings.refresh_token_days),
    )
    await Session.insert(session)
    return await issue(session.id, ring, settings)


async def issue(session_id: UUID, ring: KeyRing, settings: ControlSettings) -> Tokens:
    """The session's next pair of tokens, with what its owner may do now."""
    rows = await User.raw(_CLAIMS, session_id)
    if not rows:
        raise Unauthenticated("This session has ended. Sign in again.", reason="revoked")
    row = rows[0]
    refresh, now = new_secret(REFRESH_PREFIX), datetime.now(UTC)
    ends = now + timedelta(days=settings.refresh_token_days)
    await RefreshToken.insert(
        RefreshToken(session_id=session_id, token_hash=digest(refresh), created_at=now, expires_at=ends)
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
    return Tokens(
        access_token=await sign(claims, ring),
        refresh_token=refresh,
        expires_in=settings.access_token_seconds,
    )
