"""The same events as server-sent events, for clients without WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from control.access.declare import requires
from control.http import metrics
from control.http.openapi import streams
from control.http.problems import DOWN
from control.http.sockets import credential_of
from control.realtime import history
from control.realtime.bus import Envelope
from control.realtime.events import JobNode, JobPreview, JobProgress, JobState
from control.realtime.hub import Hub
from control.realtime.watcher import Watcher
from control.realtime.watching import After, begin, catch_up, watcher_of

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""A comment is sent after so long without an event, so that nobody between takes the stream for dead."""
HEADERS = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}

EVENTS = streams(JobState, JobProgress, JobPreview, JobNode)

AnyRequest = Request[Any, Any, State]
LastEventId = Annotated[
    str | None,
    Parameter(
        header="Last-Event-ID",
        description="What `after` says, as browsers send it when they come again. Counts where both are sent.",
    ),
]
Seconds = Annotated[
    int | None,
    Parameter(
        ge=0,
        le=86_400,
        description="End after so long, for who cannot wait for an answer without end; 0: what there is already.",
    ),
]


@get("/api/v1/events", opt=requires("job:read") | EVENTS, media_type=MEDIA_TYPE, tags=["Realtime"])
async def job_events(
    request: AnyRequest,
    state: State,
    after: After = None,
    everybody: Annotated[
        bool, Parameter(query="all", description="Everybody's jobs; needs the permission job:manage.")
    ] = False,
    seconds: Seconds = None,
    last_event_id: LastEventId = None,
) -> Stream:
    """What happens to one's own jobs and those of one's teams, as it happens (server-sent events).

    The first line is a comment: from then on nothing is missed. `id` stands with states alone.
    """
    watcher = await _watcher(request, state, everything=everybody)
    return _stream(state.hub, watcher, _after(after, last_event_id), seconds)


@get(
    "/api/v1/jobs/{job_id:uuid}/events",
    opt=requires("job:read") | EVENTS,
    media_type=MEDIA_TYPE,
    tags=["Realtime"],
    responses={
        204: ResponseSpec(None, description="The job has ended, and you have seen how. Do not come again.")
    },
)
async def events_of_job(
    request: AnyRequest,
    state: State,
    job_id: UUID,
    after: After = None,
    seconds: Seconds = None,
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """What happens to one job, as it happens (server-sent events): its state now first.

    Ends when the job has ended.
    """
    watcher = await _watcher(request, state, job_id=job_id)
    seen = _after(after, last_event_id)
    if seen is not None:
        now = await history.snapshot(watcher, job_id)
        if now is not None and now.ended and now.number <= seen:
            return Response(None, status_code=204)
    return _stream(state.hub, watcher, seen, seconds)


async def _watcher(
    request: AnyRequest, state: State, *, job_id: UUID | None = None, everything: bool = False
) -> Watcher:
    watcher = await watcher_of(
        request.user, credential_of(request), state, job_id=job_id, everything=everything
    )
    hub: Hub = state.hub
    hub.check_room(watcher)
    return watcher


def _after(after: int | None, last_event_id: str | None) -> int | None:
    """Both mean the same; a Last-Event-ID that is none of ours, nothing."""
    if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
        return min(int(last_event_id[:19]), 2**63 - 1)
    return after


def _stream(hub: Hub, watcher: Watcher, after: int | None, seconds: int | None) -> Stream:
    return Stream(_events(hub, watcher, after, seconds), media_type=MEDIA_TYPE, headers=HEADERS)


async def _events(hub: Hub, watcher: Watcher, after: int | None, seconds: int | None) -> AsyncIterator[bytes]:
    # It joins here and not in the route: one whose client has left meanwhile would never be begun, nor ended.
    try:
        await begin(hub, watcher)
        yield b": listening\n\n"
        async for envelope in catch_up(watcher, after):
            yield _encoded(envelope)
            if envelope.ended and watcher.job_id is not None:
                return
        watcher.release()
        async for part in _live(watcher, seconds):
            yield part
    except DOWN:
        yield _end(1013, "What came before cannot be read just now. Come again.")
    finally:
        await hub.leave(watcher)


async def _live(watcher: Watcher, seconds: int | None) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    last = None if seconds is None else loop.time() + seconds
    while True:
        wait = HEARTBEAT_SECONDS if last is None else min(HEARTBEAT_SECONDS, last - loop.time())
        if wait <= 0 and not len(watcher.outbox):
            return
        taking = asyncio.ensure_future(watcher.outbox.take())
        sides: list[asyncio.Future[Any]] = [taking, watcher.ended]
        try:
            await asyncio.wait(sides, timeout=max(0.0, wait), return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                envelope = taking.result()
                yield _encoded(envelope)
                if envelope.ended and watcher.job_id is not None:
                    return
            elif watcher.ended.done():
                yield _end(*watcher.ended.result())
                return
            elif last is None or loop.time() < last:
                yield b": still here\n\n"
        finally:
            taking.cancel()


def _encoded(envelope: Envelope) -> bytes:
    metrics.delivered(envelope.kind)
    number = f"id: {envelope.number}\n" if envelope.kind == "state" else ""
    return f"{number}event: {envelope.kind}\ndata: {envelope.text}\n\n".encode()


def _end(code: int, reason: str) -> bytes:
    """Why the stream ends, in the words of the WebSocket's close frame."""
    return b"event: end\ndata: " + msgspec.json.encode({"code": code, "reason": reason}) + b"\n\n"
