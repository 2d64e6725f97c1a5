"""How a connection begins, whether it is a WebSocket or server-sent events: who watches what, and what came before."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any
from uuid import UUID

from litestar.datastructures import State
from litestar.params import Parameter

from control.access.principal import Principal
from control.errors import Forbidden
from control.identity.principals import API_KEY_PREFIX
from control.identity.tokens import verify
from control.jobs.reading import visible
from control.realtime import history
from control.realtime.bus import Envelope
from control.realtime.hub import Hub
from control.realtime.watcher import Watcher
from control.tenancy.teams import teams_of

End = tuple[int, str]
"""Close code and reason of a WebSocket."""
After = Annotated[
    int | None,
    Parameter(
        ge=0, le=2**63 - 1, description="The highest event id that was seen: what came after it comes first."
    ),
]


async def watcher_of(
    who: Principal,
    credential: str | None,
    state: State,
    *,
    job_id: UUID | None = None,
    everything: bool = False,
) -> Watcher:
    """Who watches one job, or all of theirs, or (`everything`) all of the organisation.

    Raises `NotFound` for a job that they may not see, `Forbidden` for `everything` without job:manage.
    """
    if everything and not who.may("job:manage"):
        raise Forbidden(
            "To watch everybody's jobs (all=1) you need the permission job:manage. An admin can give it to you.",
            permission="job:manage",
        )
    owner = None
    if job_id is not None:
        row = await visible(who, job_id)
        owner = row["user_id"], row["team_id"]
    watcher = Watcher(
        who,
        await teams_of(who),
        job_id=job_id,
        everything=everything,
        expires_at=await ends_at(credential, state),
    )
    watcher.job_owner = owner
    return watcher


async def ends_at(credential: str | None, state: State) -> float | None:
    """When an access token ends, in seconds since 1970; None for an API key or a cookie, of which the database knows."""
    if credential is None or credential.startswith(API_KEY_PREFIX):
        return None
    return float((await verify(credential, state.key_ring, state.settings)).exp)


async def begin(hub: Hub, watcher: Watcher) -> None:
    """Joins the hub: whatever happens from now on is told; `Hub.leave` must follow. Raises `TooManyRequests`."""
    await hub.join(watcher)
    if watcher.job_id is None:
        watcher.floor = await history.latest_number(watcher)


async def catch_up(watcher: Watcher, after: int | None) -> AsyncIterator[Envelope]:
    """What came before it joined: all after number `after`; without one, the state of its one job, if it has one."""
    if after is not None:
        async for envelope in history.since(watcher, after):
            if watcher.new(envelope):
                yield envelope
    elif watcher.job_id is not None:
        now = await history.snapshot(watcher, watcher.job_id)
        if now is not None and watcher.new(now):
            yield now


async def first_of(watcher: Watcher, *sides: Coroutine[Any, Any, End | None]) -> End | None:
    """Sends and hears until either side has had enough, or the hub; None where the client left."""
    tasks = [asyncio.create_task(side) for side in sides]
    waited: list[asyncio.Future[Any]] = [*tasks, watcher.ended]
    try:
        done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        ended: End | None = done.pop().result()
        return ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
