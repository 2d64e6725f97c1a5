"""An open-loop client: requests leave at fixed times, whether or not the ones before have been answered.

A closed loop waits for an answer before it asks again, so that a server that stalls is asked less just then, and its
stall is counted once (coordinated omission). Here each latency runs from the moment at which the request was due.
The client is raw on purpose, httptools over an asyncio protocol: what it takes is taken from the server on the same
machine, and the report says how much that was. `lag` says how late it was itself. Locust, whose users each wait for their
answers, is such a closed loop.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import httptools

MAX_CONNECTIONS = 256


@dataclass(frozen=True)
class Stream:
    """Requests of one kind at a constant rate."""

    name: str
    rate: float
    """Per second."""
    requests: Sequence[bytes]
    """Sent in turn."""


@dataclass
class Sample:
    """One answered request; times in seconds, `due` since the beginning.

    A timer may ring up to a millisecond early: `lag` is negative then, and latency runs from the sending.
    """

    stream: str
    due: float
    lag: float
    latency: float
    status: int


@dataclass
class Run:
    """What a scenario saw."""

    samples: list[Sample] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    connections: int = 0
    client_cpu: float = 0.0
    """Share of one core that the client took."""


class _Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one, and no subclass.
        self._transport, self.open = cast(asyncio.Transport, transport), True
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())
        self.open = self.open and self._parser.should_keep_alive()

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed"))

    async def ask(self, request: bytes) -> int:
        """The answer's status."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        return await self._answer


async def drive(host: str, port: int, streams: Sequence[Stream], seconds: float) -> Run:
    """Sends all streams for so long; returns when the last answer has come."""
    run, free, loop = Run(), list[_Connection](), asyncio.get_running_loop()
    waiting = asyncio.Semaphore(MAX_CONNECTIONS)
    cpu, wall = time.process_time(), time.perf_counter()

    async def connection() -> _Connection:
        while free:
            if (found := free.pop()).open:
                return found
        run.connections += 1
        return (await loop.create_connection(_Connection, host, port))[1]

    async def one(stream: Stream, due: float, request: bytes) -> None:
        # Not loop.time(): uvloop's counts milliseconds.
        sent = time.monotonic()
        async with waiting:
            try:
                used = await connection()
                async with asyncio.timeout(30):
                    status = await used.ask(request)
            except (OSError, TimeoutError) as error:
                run.errors.append(f"{stream.name}: {type(error).__name__}")
                return
            free.append(used)
        run.samples.append(
            Sample(stream.name, due - began, sent - due, time.monotonic() - min(due, sent), status)
        )

    # Connections stand before the clock runs.
    free += await asyncio.gather(*(connection() for _ in range(8)))
    began = time.monotonic() + 0.05
    plan = sorted(
        (began + (number + place / len(streams)) / stream.rate, place, number)
        for place, stream in enumerate(streams)
        for number in range(int(stream.rate * seconds))
    )
    tasks = set()
    for due, place, number in plan:
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        stream = streams[place]
        task = loop.create_task(one(stream, due, stream.requests[number % len(stream.requests)]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    run.client_cpu = (time.process_time() - cpu) / (time.perf_counter() - wall)
    return run


def get(path: str, token: str) -> bytes:
    """A GET with a token, as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def post(path: str, body: bytes, token: str = "") -> bytes:
    """A POST of JSON, as bytes, with a token where one is given."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: load\r\n{authorization}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
