"""/ws: what becomes of one's prompts, in ComfyUI's words, to the connection whose clientId submitted them."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from control.access.declare import requires
from control.access.principal import Principal
from control.database.owned import scoped
from control.gateway.comfy import reading, system
from control.gateway.comfy.credentials import authenticated, credential_of
from control.gateway.comfy.messages import Message, Story, preview_frame
from control.gateway.comfy.prompts import MOST_NAME
from control.gateway.tables import ComfyPrompt
from control.http import metrics
from control.http.bodies import any_query
from control.http.problems import DOWN
from control.http.sockets import SUBPROTOCOL, end, subprotocols_of
from control.jobs.progress import progress_of
from control.jobs.reading import RUNNING
from control.realtime.bus import Envelope
from control.realtime.events import ENDED, Event, JobNode, JobPreview, JobProgress, JobState
from control.realtime.hub import Hub
from control.realtime.watcher import Watcher
from control.realtime.watching import End, begin, ends_at, first_of

Socket = WebSocket[Any, Any, State]
MESSAGES = 1000
"""That a client may send in a connection's life; one says what it understands."""
RECENT = timedelta(seconds=60)
"""Who connects is told of the ends of prompts of theirs that ended so short a time ago, and that nobody was told of."""
MOST_TOLD = 10_000
MOST_STORIES = 1000
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_JOB: Any = ComfyPrompt.job_id


class Flags(msgspec.Struct, frozen=True):
    """What clients understand beside the usual."""

    supports_preview_metadata: bool = False


class Said(msgspec.Struct, frozen=True):
    """A client's message; there is only one kind that means something here."""

    type: str = ""
    data: Any = None


class Known(NamedTuple):
    """A prompt, as far as its connection must know it."""

    prompt_id: str
    client_id: str


class Told:
    """Ends of prompts that this process has told somebody of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, None] = OrderedDict()

    def add(self, job_id: UUID) -> None:
        """Somebody was told of the end of this job."""
        self._kept[job_id] = None
        if len(self._kept) > MOST_TOLD:
            self._kept.popitem(last=False)

    def __contains__(self, job_id: UUID) -> bool:
        return job_id in self._kept


told = Told()


@websocket("/ws", opt=requires("job:read") | any_query() | authenticated())
async def live(socket: Socket, state: State) -> None:
    """All that ComfyUI tells its clients."""
    named = socket.query_params.get("clientId") or ""
    # Nobody who submits can have such a one.
    client_id = named if named.isprintable() and 0 < len(named) <= MOST_NAME else uuid4().hex
    credential = credential_of(socket)
    watcher = Watcher(
        socket.user, (), expires_at=None if credential is None else await ends_at(credential, state)
    )
    hub: Hub = state.hub
    try:
        await begin(hub, watcher)
        try:
            await socket.accept(SUBPROTOCOL if SUBPROTOCOL in subprotocols_of(socket) else None)
        except OSError:
            # The client did not wait for that; uvicorn says so by its ClientDisconnected.
            return
        ended = await _Talk(socket, watcher, client_id).until_it_ends()
    finally:
        await hub.leave(watcher)
    if ended is not None and not end(socket.scope, *ended):
        await socket.close(*ended)


class _Talk:
    """One connection."""

    def __init__(self, socket: Socket, watcher: Watcher, client_id: str) -> None:
        self._socket, self._watcher, self._client_id = socket, watcher, client_id
        self._who: Principal = watcher.who
        self._flags = Flags()
        self._known: OrderedDict[UUID, tuple[Known, Story] | None] = OrderedDict()

    async def until_it_ends(self) -> End | None:
        """Sends and hears until either side has had enough; close code and reason, None where the client left."""
        return await first_of(self._watcher, self._write(), self._hear())

    async def _write(self) -> End | None:
        try:
            await self._status(sid=self._client_id)
            await self._catch_up()
            self._watcher.release()
            while True:
                await self._tell(await self._watcher.outbox.take())
        except WebSocketDisconnect:
            return None
        except DOWN:
            # The client's connection is one of these too.
            return 1013, "The queue cannot be read just now. Come again."

    async def _hear(self) -> End | None:
        for _ in range(MESSAGES):
            message: Any = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            try:
                said = msgspec.json.decode(message.get("text") or b"", type=Said)
                if said.type == "feature_flags":
                    self._flags = msgspec.convert(said.data, Flags)
                    await self._send(
                        Message("feature_flags", system.features(self._socket.app.state.settings))
                    )
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                # As ComfyUI: what is not understood is not answered.
                continue
        return 4429, "You have sent too many messages."

    async def _catch_up(self) -> None:
        """Prompts of this client that run, or have just ended while it was not there."""
        rows = await (
            scoped(ComfyPrompt, self._who)
            .select(ComfyPrompt.job_id, ComfyPrompt.prompt_id, _JOB.state.as_alias("state"))
            .where(
                ComfyPrompt.user_id == self._who.user_id,
                ComfyPrompt.client_id == self._client_id,
                _JOB.state.is_in(list(RUNNING))
                | (_JOB.state.is_in([*ENDED]) & (_JOB.finished_at > datetime.now(UTC) - RECENT)),
            )
            .order_by(ComfyPrompt.counter)
        )
        waited = [row for row in rows if row["state"] not in ENDED or row["job_id"] not in told]
        states = await reading.last_states(self._who, [row["job_id"] for row in waited])
        for row in waited:
            job_id, story = row["job_id"], Story(row["prompt_id"])
            self._keep(job_id, (Known(row["prompt_id"], self._client_id), story))
            for state, cached in states[job_id]:
                await self._send(*story.state(state, cached))
                self._watcher.seen(job_id, state.sequence)
            if story.ended:
                told.add(job_id)
            elif (progress := await progress_of(self._socket.app.state.redis, job_id)) is not None:
                event = JobProgress(
                    job_id=job_id, attempt=0, node=progress.node, step=progress.step, steps=progress.steps
                )
                await self._send(*story.progress(event))

    async def _tell(self, envelope: Envelope) -> None:
        """Passes an event on, if it is of a prompt of one's own."""
        if envelope.user_id != self._who.user_id:
            return
        found = await self._prompt_of(envelope.job_id)
        if found is None:
            return
        prompt, story = found
        if prompt.client_id == self._client_id:
            event = _decoder.decode(envelope.text)
            if isinstance(event, JobPreview):
                await self._preview(event, prompt)
            else:
                await self._send(*_messages(story, event))
        if envelope.kind == "state":
            if envelope.ended:
                if prompt.client_id == self._client_id:
                    told.add(envelope.job_id)
                self._known.pop(envelope.job_id, None)
            await self._status()
        metrics.delivered(envelope.kind)

    async def _prompt_of(self, job_id: UUID) -> tuple[Known, Story] | None:
        if job_id not in self._known:
            row = await (
                scoped(ComfyPrompt, self._who)
                .select(ComfyPrompt.prompt_id, ComfyPrompt.client_id)
                .where(ComfyPrompt.job_id == job_id, ComfyPrompt.user_id == self._who.user_id)
                .first()
            )
            self._keep(
                job_id,
                None if row is None else (Known(row["prompt_id"], row["client_id"]), Story(row["prompt_id"])),
            )
        return self._known[job_id]

    def _keep(self, job_id: UUID, found: tuple[Known, Story] | None) -> None:
        self._known[job_id] = found
        if len(self._known) > MOST_STORIES:
            self._known.popitem(last=False)

    async def _status(self, **more: Any) -> None:
        count = await reading.remaining(self._who)
        await self._send(Message("status", {"status": {"exec_info": {"queue_remaining": count}}, **more}))

    async def _preview(self, event: JobPreview, prompt: Known) -> None:
        frame = preview_frame(event, prompt.prompt_id, metadata=self._flags.supports_preview_metadata)
        await self._socket.send({"type": "websocket.send", "bytes": frame, "text": None})

    async def _send(self, *messages: Message) -> None:
        for message in messages:
            text = msgspec.json.encode({"type": message.type, "data": message.data}).decode()
            await self._socket.send({"type": "websocket.send", "bytes": None, "text": text})


def _messages(story: Story, event: JobState | JobProgress | JobNode) -> list[Message]:
    if isinstance(event, JobState):
        return story.state(event)
    return story.progress(event) if isinstance(event, JobProgress) else story.node(event)
