"""API keys: for programs, in the name of a member, limited to some of the member's permissions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from control.access.grants import check_within
from control.access.permissions import PERMISSIONS
from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import scoped
from control.errors import BadRequest, Conflict, NotFound
from control.identity.principals import API_KEY_PREFIX
from control.identity.schemas import ApiKeyInfo, CreatedApiKey, NewApiKey
from control.identity.secrets import digest, new_secret
from control.identity.tables import ApiKey
from control.pages import Page, page_of

SHOWN = len(API_KEY_PREFIX) + 8
"""Characters of a key that may be shown: enough to tell keys apart, too few to help guessing the other 35."""
MOST = 100
"""Keys that one member may have in one organisation."""


async def create(who: Principal, data: NewApiKey) -> CreatedApiKey:
    """A new key of the caller's. Raises `BadRequest` for scopes that are none, `Forbidden` for more than one may do."""
    scopes = sorted(set(data.scopes))
    if unknown := sorted(set(scopes) - PERMISSIONS.keys()):
        raise BadRequest("There are no such permissions. /api/v1/me lists yours.", unknown=unknown)
    check_within(who, scopes, "make a key with them")
    now = datetime.now(UTC)
    mine = [ApiKey.user_id == who.user_id, ApiKey.revoked_at.is_null()]
    if await scoped(ApiKey, who).count(*mine) >= MOST:
        raise Conflict(f"You have {MOST} keys. Revoke those that are not used any more.")
    key = new_secret(API_KEY_PREFIX)
    row = ApiKey(
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        name=data.name,
        prefix=key[:SHOWN],
        key_hash=digest(key),
        scopes=scopes,
        created_at=now,
        expires_at=None if data.expires_in_days is None else now + timedelta(days=data.expires_in_days),
    )
    await ApiKey.insert(row)
    await record(
        who,
        "api_key.create",
        ("api_key", row.id),
        after={"name": row.name, "prefix": row.prefix, "scopes": scopes, "expires_at": row.expires_at},
    )
    return CreatedApiKey(
        id=row.id,
        user_id=who.user_id,
        email=who.email,
        name=row.name,
        prefix=row.prefix,
        scopes=scopes,
        created_at=now,
        expires_at=row.expires_at,
        last_used_at=None,
        key=key,
    )


async def listed(who: Principal, user_id: UUID | None, cursor: str | None, limit: int) -> Page[ApiKeyInfo]:
    """Keys that are not revoked: everybody's in the organisation with `api_key:manage`, else the caller's own."""
    query = (
        scoped(ApiKey, who)
        .select(*_COLUMNS, ApiKey.user_id.email.as_alias("email"))
        .where(ApiKey.revoked_at.is_null())
    )
    if not who.may("api_key:manage"):
        query = query.where(ApiKey.user_id == who.user_id)
    if user_id is not None:
        query = query.where(ApiKey.user_id == user_id)
    return await page_of(query, ApiKey.id, cursor, limit, _info)


async def revoke(who: Principal, key_id: UUID) -> None:
    """Ends a key, the caller's own or, with `api_key:manage`, anybody's; raises `NotFound`."""
    query = (
        scoped(ApiKey, who)
        .update({ApiKey.revoked_at: datetime.now(UTC)})
        .where(ApiKey.id == key_id)
        .where(ApiKey.revoked_at.is_null())
    )
    if not who.may("api_key:manage"):
        query = query.where(ApiKey.user_id == who.user_id)
    ended = await query.returning(ApiKey.name, ApiKey.prefix, ApiKey.user_id)
    if not ended:
        raise NotFound("There is no such key, or it was revoked before.")
    await record(who, "api_key.revoke", ("api_key", key_id), before=ended[0])


_COLUMNS = (
    ApiKey.id, ApiKey.user_id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at,
    ApiKey.last_used_at,
)  # fmt: skip


def _info(row: dict[str, Any]) -> ApiKeyInfo:
    return ApiKeyInfo(**row)
