"""The WebSockets: JSON text frames of control/realtime/events.py."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.params import Parameter

from control.access.declare import requires
from control.errors import Unauthenticated
from control.http import metrics
from control.http.problems import DOWN
from control.http.sockets import (
    FRAMES,
    SUBPROTOCOL,
    credential_of,
    end,
    frame_of,
    subprotocols_of,
    writer_of,
)
from control.identity.principals import principal_of
from control.realtime.bus import Envelope
from control.realtime.hub import Hub
from control.realtime.watcher import Watcher
from control.realtime.watching import After, End, begin, catch_up, ends_at, first_of, watcher_of
from control.tenancy.teams import teams_of

Socket = WebSocket[Any, Any, State]

MESSAGES = 100
"""That a client may send in a connection's life: one token each quarter of an hour are 100 in a day."""


class NewToken(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="token"):
    """What a client may say: a newer access token of the same person, so that the connection need not end."""

    token: str


@websocket("/ws", opt=requires("job:read"))
async def mine(
    socket: Socket,
    state: State,
    after: After = None,
    everybody: Annotated[bool, Parameter(query="all")] = False,
) -> None:
    """What happens to one's own jobs and those of one's teams; with all=1 and job:manage to the organisation's."""
    await _serve(socket, state, after, everything=everybody)


@websocket("/ws/jobs/{job_id:uuid}", opt=requires("job:read"))
async def one(socket: Socket, state: State, job_id: UUID, after: After = None) -> None:
    """What happens to one job, its state now first; closed with 1000 when the job has ended."""
    await _serve(socket, state, after, job_id=job_id)


async def _serve(
    socket: Socket, state: State, after: int | None, *, job_id: UUID | None = None, everything: bool = False
) -> None:
    hub: Hub = state.hub
    watcher = await watcher_of(
        socket.user, credential_of(socket), state, job_id=job_id, everything=everything
    )
    try:
        await begin(hub, watcher)
        try:
            await socket.accept(SUBPROTOCOL if SUBPROTOCOL in subprotocols_of(socket) else None)
        except OSError:
            # The client did not wait for that; uvicorn says so by its ClientDisconnected.
            return
        first = catch_up(watcher, after)
        ended = await first_of(watcher, _write(socket, watcher, first), _hear(socket, watcher))
    finally:
        await hub.leave(watcher)
    if ended is not None and not end(socket.scope, *ended):
        await socket.close(*ended)


async def _write(socket: Socket, watcher: Watcher, first: AsyncIterator[Envelope]) -> End | None:
    try:
        async for envelope in first:
            await _send(socket, envelope)
            if envelope.ended and watcher.job_id is not None:
                return _over()
        shortcut = _Shortcut(socket, watcher)
        watcher.release()
        while True:
            shortcut.open = True
            envelope = await watcher.outbox.take()
            shortcut.open = False
            await _send(socket, envelope)
            if envelope.ended and watcher.job_id is not None:
                return _over()
    except WebSocketDisconnect:
        return None
    except DOWN:
        # The client's connection is one of these too.
        return 1013, "What came before cannot be read just now. Come again with after=ID."


class _Shortcut:
    """For clients that keep up, which are nearly all: the hub writes each event's one frame to all of them at once.

    Through the task and the layers of each connection the same takes three times as long.
    """

    def __init__(self, socket: Socket, watcher: Watcher) -> None:
        self.open = False
        """Closed while the task has an event in its hands: none may overtake it."""
        self._write, self._state = writer_of(socket.scope), socket.scope["state"]
        self._state[FRAMES] = 0
        self._job_id = watcher.job_id
        watcher.direct = self.send

    def send(self, envelope: Envelope) -> bool:
        """Says whether it did."""
        if not self.open or self._write is None or (envelope.ended and self._job_id is not None):
            return False
        if not self._write(_frame(envelope)):
            return False
        self._state[FRAMES] += 1
        metrics.delivered(envelope.kind)
        return True


_latest: list[tuple[Envelope, bytes]] = []
"""The event that is being told, and its frame."""


def _frame(envelope: Envelope) -> bytes:
    if not _latest or _latest[0][0] is not envelope:
        _latest[:] = [(envelope, frame_of(envelope.text))]
    return _latest[0][1]


def _over() -> End:
    return 1000, "The job has ended."


async def _send(socket: Socket, envelope: Envelope) -> None:
    await socket.send({"type": "websocket.send", "bytes": None, "text": envelope.text})
    metrics.delivered(envelope.kind)


async def _hear(socket: Socket, watcher: Watcher) -> End | None:
    """Takes newer tokens from the client; ends when it leaves."""
    for _ in range(MESSAGES):
        message: Any = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        try:
            said = msgspec.json.decode(message.get("text") or b"", type=NewToken)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return 4400, 'This was not understood. What may be sent is {"type": "token", "token": "…"}.'
        if (refusal := await _renew(socket, watcher, said.token)) is not None:
            return refusal
    return 4429, "You have sent too many messages. Come again with after=ID."


async def _renew(socket: Socket, watcher: Watcher, token: str) -> End | None:
    state = socket.app.state
    try:
        who = await principal_of(token, state.key_ring, state.settings)
        expires_at = await ends_at(token, state)
        teams = await teams_of(who)
    except Unauthenticated as error:
        return 4401, error.detail
    except DOWN:
        return 1013, "The token cannot be checked just now. Come again with after=ID."
    if (who.user_id, who.organisation_id) != (watcher.who.user_id, watcher.organisation_id):
        return 4401, "This token is somebody else's, or for another organisation. Open another connection."
    if not who.may("job:read"):
        return 4403, "You may not watch this any more."
    watcher.expires_at = expires_at
    watcher.renew(who, teams)
    return None
