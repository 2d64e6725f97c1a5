"""What is wrong with a workflow: everything at once, in the words of ComfyUI's API."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from control.errors import BadRequest

PromptType = Literal["no_prompt", "invalid_prompt", "prompt_no_outputs", "prompt_outputs_failed_validation"]
"""Of a whole graph."""
NodeErrorType = Literal[
    "invalid_prompt", "required_input_missing", "bad_linked_input", "return_type_mismatch", "invalid_input_type",
    "value_smaller_than_min", "value_bigger_than_max", "value_not_in_list", "custom_validation_failed",
    "exception_during_validation", "exception_during_inner_validation",
]  # fmt: skip
"""Of a node. `invalid_prompt` where there is no such class, `exception_during_inner_validation` for a ring."""
SHOWN = 200
"""Characters of a value that a message repeats."""
LISTED = 500
"""Errors that an answer lists."""


class NodeError(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a node."""

    type: NodeErrorType
    message: str
    """What is wrong in general."""
    details: str
    """Which input, with what, and what would be right."""
    extra_info: dict[str, Any] = {}
    """`input_name`, `received_value`, …"""


class NodeErrors(msgspec.Struct, frozen=True, kw_only=True):
    """All that is wrong with a node."""

    errors: list[NodeError]
    dependent_outputs: list[str] = []
    """Ids of the output nodes that do not run because of it."""
    class_type: str = ""


class PromptError(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing of a workflow can run."""

    type: PromptType
    message: str
    details: str = ""
    extra_info: dict[str, Any] = {}


class Problems(msgspec.Struct, frozen=True):
    """What ComfyUI answers with: `error` is None where at least one output can run."""

    error: PromptError | None = None
    node_errors: dict[str, NodeErrors] = {}
    """Id of a node → what is wrong with it."""

    def __iter__(self) -> Iterator[tuple[str, NodeError]]:
        """Each error, with its node."""
        for node, found in self.node_errors.items():
            for error in found.errors:
                yield node, error

    def as_bad_request(self, place: str = "request.graph") -> "WrongWorkflow":
        """The same as a problem: `errors` name each place below `place`, and ComfyUI's type of error."""
        errors = []
        for node, error in self:
            kind = self.node_errors[node].class_type
            name = str(error.extra_info.get("input_name", ""))
            path = ".".join(part for part in (place, node[:SHOWN], "inputs" if name else "", name) if part)
            message = f"{kind}: {error.details}" if kind else error.details
            errors.append({"in": "body", "path": path, "message": message, "type": error.type})
        if not errors and self.error is not None:
            message = ". ".join(part for part in (self.error.message, self.error.details) if part)
            errors = [{"in": "body", "path": place, "message": message, "type": self.error.type}]
        first = errors[0]
        more = f" {len(errors) - 1} more errors are in `errors`." if len(errors) > 1 else ""
        return WrongWorkflow(
            self, f"The workflow is wrong. {first['path']}: {first['message']}{more}", errors=errors[:LISTED]
        )


class WrongWorkflow(BadRequest):
    """Nothing of a workflow can run; `errors` says what is wrong with which input of which node, and of which type it is."""

    kind, title = "wrong-workflow", "Wrong workflow"

    def __init__(self, problems: Problems, detail: str, **fields: object) -> None:
        super().__init__(detail, **fields)  # type: ignore[arg-type]
        self.problems = problems


def shown(value: object) -> str:
    """A value as messages repeat it."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value[: SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
