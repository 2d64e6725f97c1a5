"""From a token or an API key to the caller, as the database has them at this moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.access.roles import BUILT_IN
from control.errors import Unauthenticated
from control.identity.keys import KeyRing
from control.identity.secrets import digest
from control.identity.tables import User
from control.identity.tokens import verify
from control.settings import ControlSettings

API_KEY_PREFIX = "sk_"

# One round trip a request: whatever was revoked a moment ago is refused now, not when the token ends.
_SESSION = """
SELECT s.last_used_at < now() - interval '1 minute' AS touch,
       u.id AS user_id, u.email, u.name, o.id AS organisation_id, o.tier, m.role, m.team_id, m.version, r.permissions
FROM sessions s
JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
JOIN organisations o ON o.id = s.organisation_id
JOIN memberships m ON m.user_id = s.user_id AND m.organisation_id = s.organisation_id
LEFT JOIN roles r ON r.organisation_id = m.organisation_id AND r.name = m.role
WHERE s.id = {} AND s.revoked_at IS NULL AND s.expires_at > now()
"""
_COOKIE = _SESSION.replace("SELECT", "SELECT s.id AS session_id,", 1).replace(
    "s.id = {}", "s.cookie_hash = {}"
)
_API_KEY = """
SELECT k.id AS api_key_id, k.scopes, k.expires_at,
       coalesce(k.last_used_at, '-infinity') < now() - interval '1 minute' AS touch,
       u.id AS user_id, u.email, u.name, o.id AS organisation_id, o.tier, m.role, m.team_id, r.permissions
FROM api_keys k
JOIN users u ON u.id = k.user_id AND u.disabled_at IS NULL
JOIN organisations o ON o.id = k.organisation_id
JOIN memberships m ON m.user_id = k.user_id AND m.organisation_id = k.organisation_id
LEFT JOIN roles r ON r.organisation_id = m.organisation_id AND r.name = m.role
WHERE k.key_hash = {} AND k.revoked_at IS NULL
"""
_NAMED = "u.email = {} AND ({}::uuid IS NULL OR o.id = {})"
_MEMBER = f"""
SELECT u.id AS user_id, u.email, u.name, o.id AS organisation_id, o.tier, m.role, m.team_id, r.permissions
FROM users u
JOIN memberships m ON m.user_id = u.id
JOIN organisations o ON o.id = m.organisation_id
LEFT JOIN roles r ON r.organisation_id = m.organisation_id AND r.name = m.role
WHERE {_NAMED} AND u.disabled_at IS NULL
ORDER BY m.created_at
LIMIT 1
"""
# Many at once, of those whose credentials were checked before.
_TEAMS = "ARRAY(SELECT t.team_id FROM team_members t WHERE (t.organisation_id, t.user_id) = (o.id, u.id)) AS in_teams,"
_SESSIONS = _SESSION.replace("SELECT", f"SELECT s.id, {_TEAMS}", 1).replace("s.id = {}", "s.id = ANY({})")
_MEMBERS = _MEMBER.replace("SELECT", f"SELECT {_TEAMS}", 1).replace(_NAMED, "u.id = {} AND o.id = {}")
_API_KEYS = (
    _API_KEY.replace("SELECT", f"SELECT k.id, {_TEAMS}", 1).replace("k.key_hash = {}", "k.id = ANY({})")
    + " AND coalesce(k.expires_at > now(), true)"
)
# At most once a minute, and never waiting for who holds the row.
_TOUCH = """
UPDATE {table} SET last_used_at = now() WHERE id IN (
    SELECT id FROM {table} WHERE id = {} AND coalesce(last_used_at, '-infinity') < now() - interval '1 minute'
    FOR UPDATE SKIP LOCKED)
"""
_TOUCH_SESSION = _TOUCH.replace("{table}", "sessions")
# Its use keeps it alive, as a refresh does the others.
_TOUCH_COOKIE = _TOUCH_SESSION.replace(
    "now() WHERE", "now(), expires_at = now() + {} * interval '1 day' WHERE", 1
)
_TOUCH_API_KEY = _TOUCH.replace("{table}", "api_keys")


class Standing(msgspec.Struct, frozen=True):
    """What somebody may do now, and in which teams they are."""

    principal: Principal
    teams: list[UUID]


async def standings(
    session_ids: Sequence[UUID], api_key_ids: Sequence[UUID], members: Sequence[tuple[UUID, UUID]] = ()
) -> dict[UUID, Standing]:
    """Session, API key or (for `members`: person, organisation) person → its standing, of those that have not ended.

    For connections that outlive a request.
    """
    found: dict[UUID, Standing] = {}
    for row in await User.raw(_SESSIONS, [*session_ids]) if session_ids else ():
        found[row["id"]] = Standing(_principal(row, session_id=row["id"]), row["in_teams"])
    for row in await User.raw(_API_KEYS, [*api_key_ids]) if api_key_ids else ():
        principal = _principal(row, api_key_id=row["id"], scopes=frozenset(row["scopes"]))
        found[row["id"]] = Standing(principal, row["in_teams"])
    for user_id, organisation_id in members:
        for row in await User.raw(_MEMBERS, user_id, organisation_id):
            found[user_id] = Standing(_principal(row), row["in_teams"])
    return found


def permissions_of(role: str, own: list[str] | None) -> frozenset[str]:
    """What a role may do; `own` are the permissions of the organisation's own role of that name."""
    return BUILT_IN.get(role, frozenset(own or ()))


async def principal_of(credential: str, ring: KeyRing, settings: ControlSettings) -> Principal:
    """Who sends this access token or API key; raises `Unauthenticated`."""
    if credential.startswith(API_KEY_PREFIX):
        return await _by_api_key(credential)
    claims = await verify(credential, ring, settings)
    rows = await User.raw(_SESSION, claims.sid)
    if not rows or rows[0]["user_id"] != claims.sub:
        raise Unauthenticated("This session has ended. Sign in again.", reason="revoked")
    row = rows[0]
    if row["organisation_id"] != claims.org:
        raise Unauthenticated(
            "This session has switched to another organisation. Use the newest access token.", reason="stale"
        )
    if row["version"] != claims.ver:
        raise Unauthenticated(
            "Your role or permissions have changed. Refresh the access token.", reason="stale"
        )
    if row["touch"]:
        await User.raw(_TOUCH_SESSION, claims.sid)
    return _principal(row, session_id=claims.sid)


async def by_cookie(secret: str, settings: ControlSettings) -> Principal | None:
    """Whose session the web UI's cookie stands for; None where it has ended."""
    rows = await User.raw(_COOKIE, digest(secret))
    if not rows:
        return None
    row = rows[0]
    if row["touch"]:
        await User.raw(_TOUCH_COOKIE, settings.refresh_token_days, row["session_id"])
    return _principal(row, session_id=row["session_id"], by_cookie=True)


async def bound_to(account: str) -> Principal | None:
    """Who a port is bound to: a mail address, with `/ORGANISATION-ID` behind it for another than they first joined.

    None where there is no such member. Whoever calls this has made sure that nobody needs to prove who they are.
    """
    email, _, named = account.partition("/")
    try:
        organisation_id = UUID(named) if named else None
    except ValueError:
        return None
    rows = await User.raw(_MEMBER, email.strip().lower(), organisation_id, organisation_id)
    return _principal(rows[0]) if rows else None


async def _by_api_key(key: str) -> Principal:
    rows = await User.raw(_API_KEY, digest(key))
    if not rows:
        raise Unauthenticated("This API key is not valid, or was revoked.")
    row, now = rows[0], datetime.now(UTC)
    if row["expires_at"] is not None and row["expires_at"] <= now:
        raise Unauthenticated("This API key has ended. Make another one.", reason="expired")
    if row["touch"]:
        await User.raw(_TOUCH_API_KEY, row["api_key_id"])
    return _principal(row, api_key_id=row["api_key_id"], scopes=frozenset(row["scopes"]))


def _principal(
    row: dict[str, object],
    session_id: UUID | None = None,
    api_key_id: UUID | None = None,
    scopes: frozenset[str] | None = None,
    *,
    by_cookie: bool = False,
) -> Principal:
    role = str(row["role"])
    permissions = permissions_of(role, row["permissions"])  # type: ignore[arg-type]
    fields = {name: row[name] for name in ("user_id", "email", "name", "organisation_id", "tier", "team_id")}
    return Principal(
        **fields,  # type: ignore[arg-type]
        role=role,
        permissions=permissions if scopes is None else permissions & scopes,
        session_id=session_id,
        api_key_id=api_key_id,
        by_cookie=by_cookie,
    )
