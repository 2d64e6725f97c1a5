"""Refusals in the words of ComfyUI's clients: the problem document that everybody gets here, with their members beside.

They show `error.message` and `error.details`, and mark the nodes of `node_errors`.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response

from control.errors import BadRequest
from control.http import problems
from control.workflows.problems import Problems

Handler = Callable[[Any, Any], Response[bytes]]
_PROBLEM = {"type", "title", "status", "detail", "instance"}


def invalid_prompt(kind: str, message: str, details: str = "") -> BadRequest:
    """A prompt that cannot be looked at: `kind` is ComfyUI's type of error."""
    error = {"type": kind, "message": message, "details": details, "extra_info": {}}
    return BadRequest(" ".join(part for part in (message, details) if part), error=error, node_errors={})


def failed_validation(found: Problems) -> BadRequest:
    """A prompt of which nothing can run, with everything that is wrong with it."""
    assert found.error is not None
    said: dict[str, Any] = msgspec.to_builtins(found)
    problem = found.as_bad_request("prompt")
    problem.fields |= {"error": said["error"], "node_errors": said["node_errors"]}
    return problem


def _in_their_words(handler: Handler) -> Handler:
    def answer(request: Any, error: Any) -> Response[bytes]:
        answered = handler(request, error)
        document: dict[str, Any] = msgspec.json.decode(answered.content)
        kind = str(document["type"]).rpartition("/")[2].replace("-", "_")
        more = {name: value for name, value in document.items() if name not in _PROBLEM}
        own = {"type": kind, "message": document["detail"], "details": "", "extra_info": more}
        answered.content = msgspec.json.encode({"error": own, "node_errors": {}} | document)
        return answered

    return answer


HANDLERS: dict[int | type[Exception], Any] = {
    kind: _in_their_words(handler) for kind, handler in problems.HANDLERS.items()
}
"""For Litestar: as `control.http.problems.HANDLERS`."""
