"""What can go wrong with an attempt: a table from what Triton says to what its owner is told, and what is done."""

import re
from typing import NamedTuple

from control.realtime.events import JobError


class Fault(Exception):
    """An attempt has failed."""

    def __init__(self, error: JobError, *, lost: bool = False, begun: bool = True) -> None:
        super().__init__(error.detail)
        self.error = error
        self.lost = lost
        """Was it the server rather than the request? Then the job goes on elsewhere at once."""
        self.begun = begun
        """Had the server taken the request? If not, this was no attempt."""


class Rule(NamedTuple):
    """What is made of a message."""

    pattern: str
    """Found anywhere in it, whatever its case."""
    kind: str
    retryable: bool = True
    lost: bool = False
    begun: bool = True
    detail: str = ""
    """For people; empty: Triton's own sentence."""


LOST_DETAIL = "The server that painted it was lost. It is tried again elsewhere, or when the server is back."
RULES = (
    # gRPC's own words for a server that is not there: nothing of the request has reached it.
    Rule(r"failed to connect|connection refused|name resolution|no route to host", "lost", lost=True, begun=False,
         detail="No Triton server could be reached."),
    # Of a model that this server has not loaded (any more); another one may have. Its other models are well.
    Rule(r"^(?!UNAVAILABLE).*(unknown model|is not ready|no available versions)", "lost", begun=False,
         detail="The server has not loaded the model."),
    Rule(r"UNAVAILABLE|is not healthy|health mutex|socket closed|connection reset|GOAWAY|RST_STREAM|broken pipe|stream removed",
         "lost", lost=True, detail=LOST_DETAIL),
    Rule(r"out of memory|bad_alloc|failed to allocate|MemoryError|std::bad|shared memory", "out_of_memory",
         detail="The server had not enough memory for this picture. Ask for a smaller one, or fewer at a time."),
    Rule(r"the server failed \(|internal", "internal"),
    Rule(r"CANCELLED|was cancelled", "lost", lost=True, detail=LOST_DETAIL),
)  # fmt: skip
"""The first that is found counts. What none of them knows is a sentence about the request: it is wrong."""
WORDS = {"UNAVAILABLE", "CANCELLED", "INTERNAL", "UNKNOWN", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}
"""gRPC's codes for what is not the request's fault."""


def told(message: str, code: str = "") -> Fault:
    """The fault of a message of Triton's; `code` is gRPC's name of it, where the stream itself ended."""
    text = message.removeprefix("in ensemble ").strip()
    for rule in RULES:
        if re.search(rule.pattern, f"{code}: {text}" if code else text, re.IGNORECASE):
            return Fault(
                JobError(kind=rule.kind, detail=rule.detail or text, retryable=rule.retryable),
                lost=rule.lost,
                begun=rule.begun,
            )
    if code in WORDS:
        return Fault(JobError(kind="lost", detail=LOST_DETAIL, retryable=True), lost=True)
    return Fault(JobError(kind="invalid", detail=text or "The request was refused without a word."))


def broken(detail: str) -> Fault:
    """A stream that ended without an answer."""
    return Fault(JobError(kind="lost", detail=detail, retryable=True), lost=True)


def silent(seconds: float) -> Fault:
    """A server that says nothing any more."""
    detail = f"The server said nothing for {seconds:.0f} s."
    return Fault(JobError(kind="lost", detail=detail, retryable=True), lost=True)


def timed_out(seconds: float) -> Fault:
    """An attempt that took too long."""
    detail = (
        f"It was not done after {seconds:.0f} s. Ask for fewer steps, a smaller picture, or fewer at a time."
    )
    return Fault(JobError(kind="timeout", detail=detail))


def internal(error: Exception) -> Fault:
    """A bug of ours."""
    detail = f"The worker failed ({type(error).__name__}). Submit it again; its log tells more."
    return Fault(JobError(kind="internal", detail=detail, retryable=True))


def storage_away() -> Fault:
    """Pictures could not be kept."""
    detail = "The picture was painted, and could not be stored. It is tried again."
    return Fault(JobError(kind="storage", detail=detail, retryable=True))


def worker_lost() -> JobError:
    """Its worker has not been heard of."""
    return JobError(kind="lost", detail="The worker that had it was lost.", retryable=True)
