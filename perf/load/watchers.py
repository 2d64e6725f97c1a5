"""A process full of WebSocket clients: python -m perf.load.watchers, its plan as JSON in the first line of stdin.

Says "ready" once all are connected, and writes to the plan's file what each received when, once stdin is closed. The
clients are raw on purpose, frames over an asyncio protocol: a library's thousand would measure themselves.
"""

import asyncio
import base64
import os
import sys
import time
from pathlib import Path

import msgspec
import uvloop

AT_A_TIME = 20
"""Handshakes under way."""


class Plan(msgspec.Struct):
    """Who connects where."""

    host: str
    port: int
    path: str
    tokens: list[str]
    """One a client."""
    out: str


class Seen(msgspec.Struct):
    """What the clients received."""

    times: dict[str, list[int]]
    """Event (`key_of`) → when (`time.monotonic_ns`) it had arrived at each client."""
    lost: int
    """Connections that the server ended."""
    cpu: float
    """Seconds that this process took."""


class _Event(msgspec.Struct):
    job_id: str
    type: str
    state: str = ""
    step: int = 0


def key_of(job_id: str, kind: str, state: str, step: int) -> str:
    """The name of an event, for whoever sends and whoever receives it."""
    return f"{job_id}:{kind}:{state or step}"


class Client(asyncio.Protocol):
    """One connection; keeps every frame and its time."""

    def __init__(self, plan: Plan, token: str) -> None:
        self._plan, self._token = plan, token
        self._data = bytearray()
        self._open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames: list[tuple[int, bytes]] = []
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        self._write(
            f"GET {self._plan.path} HTTP/1.1\r\nHost: load\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Authorization: Bearer {self._token}\r\n\r\n".encode()
        )

    def _write(self, data: bytes) -> None:
        # uvloop's transport is no subclass of asyncio's.
        self._transport.write(data)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self._data += data
        if not self._open:
            head, found, rest = bytes(self._data).partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.ready.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
                return
            self._open, self._data = True, bytearray(rest)
            self.ready.set_result(None)
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == 1:
                self.frames.append((now, payload))
            elif kind == 9:
                # A pong; masked with nothing.
                self._write(bytes((0x8A, 0x80 | len(payload))) + bytes(4) + payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame: opcode and payload."""
        data = self._data
        if len(data) < 2:
            return None
        size, begins = data[1] & 127, 2
        if size == 126:
            size, begins = int.from_bytes(data[2:4]), 4
        elif size == 127:
            size, begins = int.from_bytes(data[2:10]), 10
        if len(data) < begins + size:
            return None
        payload = bytes(data[begins : begins + size])
        kind = data[0] & 15
        del data[: begins + size]
        return kind, payload

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("closed"))


async def main() -> tuple[str, Seen]:
    """Where to, and what was seen."""
    loop = asyncio.get_running_loop()
    plan = msgspec.json.decode(await loop.run_in_executor(None, sys.stdin.readline), type=Plan)
    room = asyncio.Semaphore(AT_A_TIME)

    async def opened(token: str) -> Client:
        async with room:
            _, client = await loop.create_connection(lambda: Client(plan, token), plan.host, plan.port)
            await client.ready
            return client

    clients = await asyncio.gather(*(opened(token) for token in plan.tokens))
    print("ready", flush=True)
    cpu = time.process_time()
    await loop.run_in_executor(None, sys.stdin.read)
    cpu = time.process_time() - cpu
    seen = Seen({}, sum(client.lost for client in clients), cpu)
    decoder = msgspec.json.Decoder(_Event)
    for client in clients:
        for when, payload in client.frames:
            event = decoder.decode(payload)
            key = key_of(event.job_id, event.type, event.state, event.step)
            seen.times.setdefault(key, []).append(when)
    return plan.out, seen


if __name__ == "__main__":
    out, received = uvloop.run(main())
    Path(out).write_bytes(msgspec.msgpack.encode(received))
