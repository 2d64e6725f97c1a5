"""A workflow on its way to a job: compiled with what its owner may use, or refused."""

import asyncio
import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from control.access.principal import Principal
from control.billing import entitlement
from control.billing.prices import Price, total
from control.errors import BadRequest
from control.settings import ControlSettings
from control.workflows.compiling import MOST_TEXT, Compiled, compile_graph
from control.workflows.gathering import gather
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from control.workflows.problems import Problems

DEEPEST = 64
"""Lists and objects inside each other."""
_ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Ready(NamedTuple):
    """A workflow that may be put in line."""

    plan: Plan
    price: Price
    problems: Problems
    """What is wrong with nodes whose outputs do not run."""
    request: str
    """The workflow, as JSON that the database keeps."""


async def compiled_for(
    who: Principal, graph: object, settings: ControlSettings, outputs: Iterable[str] | None = None
) -> Compiled:
    """What comes of a raw graph of the caller's. In a thread: a large graph shall not keep others waiting."""
    known = await gather(who, graph, settings)
    return await asyncio.to_thread(compile_graph, graph, known, outputs=outputs)


async def ready(
    who: Principal, work: Workflow, settings: ControlSettings, compiled: Compiled | None = None
) -> Ready:
    """Compiles a workflow, where that has not been done.

    Raises `WrongWorkflow` where nothing of it can run, `BadRequest` for what cannot be kept, `Forbidden` where the
    caller's tier does not include pictures of such a size.
    """
    text = _kept(work)
    if compiled is None:
        compiled = await compiled_for(who, work.graph, settings, work.outputs)
    if compiled.plan is None:
        raise compiled.errors.as_bad_request()
    entitlement.check(who, compiled.largest, settings)
    if compiled.files * len(msgspec.json.encode(work.graph)) > MOST_TEXT:
        raise _wrong(
            f"each of its {compiled.files} files would carry the graph, and {MOST_TEXT >> 20} MB of that are the most; "
            "send it in parts"
        )
    return Ready(compiled.plan, total(compiled.lines), compiled.errors, text)


def _kept(work: Workflow) -> str:
    """`work` as JSON; raises `BadRequest` where PostgreSQL would not keep it."""
    level: list[object] = [work.graph, work.document]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            break
    else:
        raise _wrong(f"it nests more than {DEEPEST} lists and objects inside each other; nest fewer")
    text = msgspec.json.encode(work).decode()
    # Which of them are none, as in "C:\\u0000", takes long to tell.
    if "\\u0000" in text and _ZERO.search(text):
        raise _wrong("a text in it holds a zero byte; leave it out")
    return text


def _wrong(message: str) -> BadRequest:
    return BadRequest(
        f"The workflow is wrong. request: {message}.",
        errors=[{"in": "body", "path": "request", "message": f"{message}."}],
    )
