"""How much room an organisation's files have: what their tier's quota leaves."""

import time
from uuid import UUID

from piccolo.query.functions.aggregate import Sum

from control.access.principal import Principal
from control.assets import reading
from control.assets.tables import Upload
from control.billing.tiers import GIB, entitlements
from control.database.owned import scoped
from control.errors import StorageFull
from control.settings import ControlSettings

FRESH_SECONDS = 30.0
"""How long a process believes that there was room: the sum over 100,000 files takes longer than submitting a job."""
_MOST = 10_000
"""Organisations of which a process remembers it."""
_had_room: dict[UUID, tuple[float, int]] = {}
"""Organisation → (monotonic seconds until when, bytes that it used)."""


async def check_room(who: Principal, size: int, settings: ControlSettings) -> None:
    """Raises `StorageFull` where so many bytes more are over the tier's quota."""
    if (quota := _quota(who, settings)) is None:
        return
    used = await reading.used(who.organisation_id) + await _coming(who)
    if used + size > quota:
        raise _full(who, used, quota)


async def check_not_full(who: Principal, settings: ControlSettings) -> None:
    """Raises `StorageFull` where nothing more is within the tier's quota; may notice it `FRESH_SECONDS` late.

    That there is room again is noticed at once.
    """
    if (quota := _quota(who, settings)) is None:
        return
    now = time.monotonic()
    until, used = _had_room.get(who.organisation_id, (0.0, 0))
    # Another tier, and so another quota, counts at once.
    if now < until and used < quota:
        return
    _had_room.pop(who.organisation_id, None)
    used = await reading.used(who.organisation_id)
    if used >= quota:
        raise _full(who, used, quota)
    if len(_had_room) >= _MOST:
        # Rather than a list of who was seen last: all of them are looked at anew within seconds anyway.
        _had_room.clear()
    _had_room[who.organisation_id] = (now + FRESH_SECONDS, used)


def _quota(who: Principal, settings: ControlSettings) -> int | None:
    """Bytes; None: as many as they like."""
    gib = entitlements(who.tier, settings).storage_gib
    return None if gib is None else gib * GIB


def _full(who: Principal, used: int, quota: int) -> StorageFull:
    return StorageFull(
        f"Your organisation's files take {used / GIB:.2f} of the {quota / GIB:g} GiB that the {who.tier} tier has. "
        "Remove files for good, or take a higher tier.",
        quota_bytes=quota,
        used_bytes=used,
    )


async def _coming(who: Principal) -> int:
    """Bytes of uploads under way."""
    row = await scoped(Upload, who).select(Sum(Upload.size, alias="bytes")).first()
    return int((row or {}).get("bytes") or 0)
