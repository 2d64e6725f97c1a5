"""Whether those who watch still may: a connection outlives the request that was checked."""

import time
from collections.abc import Sequence
from uuid import UUID

from control.identity.principals import Standing, standings
from control.realtime.watcher import Watcher


async def check(watchers: Sequence[Watcher]) -> None:
    """Ends those who may no more, and tells the others in which teams they are now. One or two queries for all."""
    sessions = {watcher.who.session_id for watcher in watchers} - {None}
    api_keys = {watcher.who.api_key_id for watcher in watchers} - {None}
    members = {
        (watcher.who.user_id, watcher.organisation_id) for watcher in watchers if watcher.who.means == "port"
    }
    found = await standings([*filter(None, sessions)], [*filter(None, api_keys)], [*members])
    for watcher in watchers:
        standing = found.get(_credential(watcher))
        if (refusal := _refusal(watcher, standing)) is not None:
            watcher.end(*refusal)


def _credential(watcher: Watcher) -> UUID:
    return watcher.who.session_id or watcher.who.api_key_id or watcher.who.user_id


def _refusal(watcher: Watcher, standing: Standing | None) -> tuple[int, str] | None:
    """Close code and reason; None where all is well, and the watcher is brought up to date."""
    if standing is None or standing.principal.organisation_id != watcher.organisation_id:
        return 4401, "This session or API key has ended. Sign in again."
    if watcher.expires_at is not None and watcher.expires_at <= time.time():
        return 4401, "The access token has ended. Refresh it, and come again with after=ID."
    who = standing.principal
    if not who.may("job:read") or (watcher.everything and not who.may("job:manage")):
        return 4403, "You may not watch this any more."
    watcher.renew(who, standing.teams)
    if watcher.job_id is not None and watcher.job_owner is not None:
        user_id, team_id = watcher.job_owner
        if not watcher.sees(user_id, team_id, watcher.job_id):
            return 4403, "You may not watch this job any more."
    return None
