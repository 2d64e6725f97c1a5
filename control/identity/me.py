"""Who the caller is, and what they may change about that themselves."""

from typing import Any

import msgspec

from control.access.principal import Principal
from control.audit.service import record
from control.errors import ContentTooLarge
from control.identity.schemas import Me, TeamOfMine
from control.identity.tables import User

MOST_PREFERENCES = 16 * 1024
"""Bytes of preferences, as JSON."""
_MORE = """
SELECT u.name, u.preferences, u.email_verified_at IS NOT NULL AS email_verified,
       u.password_hash IS NOT NULL AS has_password, o.name AS organisation_name,
       (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name, t.id), '[]')::text
        FROM teams t JOIN team_members m ON m.team_id = t.id
        WHERE (m.organisation_id, m.user_id) = (o.id, u.id)) AS teams
FROM users u JOIN organisations o ON o.id = {} WHERE u.id = {}
"""


async def me_of(who: Principal) -> Me:
    """All that one sees of oneself."""
    [row] = await User.raw(_MORE, who.organisation_id, who.user_id)
    more: dict[str, Any] = {
        **row,
        # The page's own, and no program's.
        "preferences": {} if who.means == "api_key" else msgspec.json.decode(row["preferences"]),
        "teams": msgspec.json.decode(row["teams"], type=list[TeamOfMine]),
    }
    return Me(
        id=who.user_id,
        email=who.email,
        organisation_id=who.organisation_id,
        tier=who.tier,
        role=who.role,
        team_id=who.team_id,
        permissions=sorted(who.permissions),
        **more,
    )


async def rename(who: Principal, name: str) -> None:
    """Calls the person so from now on. Access tokens that are out say the name before until they end."""
    await User.update({User.name: name}).where(User.id == who.user_id)
    await record(
        who, "account.rename", ("user", who.user_id), before={"name": who.name}, after={"name": name}
    )


async def prefer(who: Principal, preferences: dict[str, Any]) -> None:
    """Keeps what the UI keeps for this person; raises `ContentTooLarge`."""
    text = msgspec.json.encode(preferences)
    if len(text) > MOST_PREFERENCES:
        raise ContentTooLarge(
            f"Preferences are {MOST_PREFERENCES // 1024} KB of JSON at most, and these are {len(text) / 1024:.0f} KB."
        )
    await User.update({User.preferences: text.decode()}).where(User.id == who.user_id)
