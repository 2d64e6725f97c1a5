"""From what happens to a job to what ComfyUI's clients are told of it: pure functions of events.

Pictures can be fetched once their job is completed, so `executed` comes then, for all output nodes, and not while others
still run.
"""

import struct
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from control.realtime.events import (
    ENDED,
    JobError,
    JobNode,
    JobPreview,
    JobProgress,
    JobState,
    OutputLink,
)

PREVIEW, PREVIEW_WITH_METADATA = 1, 4
"""Kinds of binary frames."""
_IMAGES = {"image/jpeg": 1, "image/png": 2}
_STATES = {"running": "running", "done": "finished", "cached": "finished", "failed": "error"}


class Message(NamedTuple):
    """A text frame: {"type": …, "data": …}."""

    type: str
    data: dict[str, Any]


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp() * 1000)


def listed(links: Iterable[OutputLink], texts: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Node → what it has handed out, as history and `executed` have it."""
    found: dict[str, dict[str, Any]] = {}
    for link in links:
        kind = "latents" if link.filename.endswith(".latent") else "images"
        file = {"filename": link.filename, "subfolder": link.subfolder, "type": link.folder}
        found.setdefault(link.node, {}).setdefault(kind, []).append(file)
    for node, said in texts.items():
        found.setdefault(node, {})["text"] = said
    return found


def failure(prompt_id: str, error: JobError, executed: list[str], at: datetime) -> dict[str, Any]:
    """Data of execution_error."""
    return {
        "prompt_id": prompt_id,
        "node_id": error.node or "",
        "node_type": error.class_type or "",
        "executed": executed,
        "exception_message": error.detail,
        "exception_type": error.kind,
        "traceback": [],
        "current_inputs": {},
        "current_outputs": [],
        "timestamp": milliseconds(at),
    }


def preview_frame(event: JobPreview, prompt_id: str, *, metadata: bool) -> bytes:
    """A binary frame: how the picture looks so far. `metadata`: with who paints it, for clients that understand it."""
    if not metadata:
        return struct.pack(">II", PREVIEW, _IMAGES.get(event.media_type, 1)) + event.data
    names = dict.fromkeys(("node_id", "display_node_id", "parent_node_id", "real_node_id"), event.node)
    said = msgspec.json.encode({**names, "prompt_id": prompt_id, "image_type": event.media_type})
    return struct.pack(">II", PREVIEW_WITH_METADATA, len(said)) + said + event.data


class Story:
    """What a client has been told of one prompt, so that it gets each thing once and in their order."""

    def __init__(self, prompt_id: str) -> None:
        self.prompt_id = prompt_id
        self.started = self.ended = False
        self._cached: list[str] | None = []
        """Nodes that were there from before, not told yet; None once the first other node runs."""
        self._nodes: dict[str, dict[str, Any]] = {}
        self._executed: list[str] = []

    def state(self, event: JobState, cached: Iterable[str] = ()) -> list[Message]:
        """The job has come to another state; `cached`: nodes that were there from before, where nobody heard of them."""
        if self.ended or (event.state not in ENDED and event.state != "PROCESSING"):
            return []
        told = [] if event.state == "CANCELLED" and not event.attempt else self._start(event.at)
        if event.state not in ENDED:
            return told
        self.ended = True
        if self._cached is not None:
            self._cached = [*dict.fromkeys([*self._cached, *cached])]
        # One that ends before it has begun was only taken out of the queue.
        return [*told, *self._end(event)] if told or self.started else []

    def _start(self, at: datetime) -> list[Message]:
        if self.started:
            return []
        self.started = True
        return [self._message("execution_start", timestamp=milliseconds(at))]

    def _end(self, event: JobState) -> list[Message]:
        told = self._flush(event.at)
        outputs = listed(event.outputs, event.texts)
        told += [
            self._message("executed", node=node, display_node=node, output=output)
            for node, output in outputs.items()
        ]
        executed = [*dict.fromkeys([*self._executed, *outputs])]
        error = event.error or next(iter(event.node_errors), None)
        if event.state == "CANCELLED":
            node = next((name for name, it in self._nodes.items() if it["state"] == "running"), "")
            told.append(
                self._message(
                    "execution_interrupted",
                    node_id=node,
                    node_type="",
                    executed=executed,
                    timestamp=milliseconds(event.at),
                )
            )
        elif error is not None:
            told.append(Message("execution_error", failure(self.prompt_id, error, executed, event.at)))
        else:
            told.append(self._message("execution_success", timestamp=milliseconds(event.at)))
        return [*told, self._message("executing", node=None)]

    def node(self, event: JobNode) -> list[Message]:
        """A node has begun or ended."""
        if self.ended:
            return []
        now = datetime.now().astimezone()
        told = self._start(now)
        known = self._nodes.get(event.node)
        whole = known["max"] if known else 1.0
        value = whole if event.state in {"done", "cached"} else 0.0
        self._nodes[event.node] = self._progress(event.node, value, whole, _STATES[event.state])
        if event.state == "cached":
            self._executed.append(event.node)
            if self._cached is None:
                return [*told, self._cached_message([event.node], now)]
            self._cached.append(event.node)
            return told
        told += self._flush(now)
        if event.state == "running":
            told.append(self._message("executing", node=event.node, display_node=event.node))
        elif event.state == "done":
            self._executed.append(event.node)
        return [*told, self._all()]

    def progress(self, event: JobProgress) -> list[Message]:
        """A step of a node is done."""
        known = self._nodes.get(event.node)
        # Steps travel by themselves: the last one may come when its node is done.
        if self.ended or (known is not None and known["state"] != "running"):
            return []
        now = datetime.now().astimezone()
        told = [*self._start(now), *self._flush(now)]
        if known is None:
            # Its beginning was missed, as by who connects later.
            told.append(self._message("executing", node=event.node, display_node=event.node))
        value, whole = float(event.step), float(event.steps)
        self._nodes[event.node] = self._progress(event.node, value, whole, "running")
        return [
            *told,
            self._message("progress", value=event.step, max=event.steps, node=event.node),
            self._all(),
        ]

    def _flush(self, at: datetime) -> list[Message]:
        """Tells which nodes were there from before, once."""
        if self._cached is None:
            return []
        cached, self._cached = self._cached, None
        return [self._cached_message(cached, at)]

    def _cached_message(self, nodes: list[str], at: datetime) -> Message:
        return self._message("execution_cached", nodes=nodes, timestamp=milliseconds(at))

    def _progress(self, node: str, value: float, whole: float, state: str) -> dict[str, Any]:
        return {
            "value": value,
            "max": whole,
            "state": state,
            "node_id": node,
            "prompt_id": self.prompt_id,
            "display_node_id": node,
            "parent_node_id": None,
            "real_node_id": node,
        }

    def _all(self) -> Message:
        return self._message("progress_state", nodes=dict(self._nodes))

    def _message(self, kind: str, **data: Any) -> Message:
        return Message(kind, {**data, "prompt_id": self.prompt_id})


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
