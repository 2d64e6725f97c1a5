"""POST /prompt: a graph becomes a job, and the job one of its owner's prompts."""

import asyncio
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from redis.asyncio import Redis

from control.access.principal import Principal
from control.database.engine import transaction
from control.database.owned import scoped
from control.errors import BadRequest, Conflict, NotFound
from control.gateway.comfy.answers import failed_validation, invalid_prompt
from control.gateway.comfy.messages import now_ms
from control.gateway.tables import ComfyPrompt
from control.ids import uuid7
from control.jobs import line_up, schemas, service
from control.jobs.reading import WAITING
from control.realtime import bus
from control.realtime.events import JobState
from control.settings import ControlSettings
from control.workflows.graph import Workflow
from control.workflows.submission import compiled_for

MOST_NAME = 200
"""Characters of an id that a client chooses."""
MOST_EXTRA = 64 * 2**10
"""Bytes of extra data beside the workflow's document: they come back with each look at queue and history."""
PAINTED = ("auto", "latent2rgb", "taesd")
METHODS = (*PAINTED, "none")
"""Of previews, in ComfyUI's words; `default` and others leave it to the setting."""
_SECRET = re.compile(r"(?i)(?:token|password|secret|api_?key|authorization)")


class Asked(msgspec.Struct, frozen=True):
    """What a client has sent."""

    graph: Any
    """Not looked at yet."""
    prompt_id: str
    """Empty: the client leaves the name to us."""
    client_id: str
    number: float | None
    front: bool
    extra_data: dict[str, Any]
    """Without the document, and without secrets that some clients put into it."""
    document: dict[str, Any] | None
    outputs: list[str] | None
    """Only these output nodes."""


class Answer(msgspec.Struct, frozen=True):
    """What it is answered."""

    prompt_id: str
    number: float
    node_errors: dict[str, Any]


def read(body: bytes) -> Asked:
    """A body as clients send it, whatever they call its type; raises `BadRequest` in ComfyUI's words."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_prompt("invalid_prompt", "The body is not JSON", f"{error}.") from None
    if not isinstance(given, dict) or "prompt" not in given:
        raise invalid_prompt("no_prompt", "No prompt provided", "Send the graph as `prompt`.")
    extra = given.get("extra_data")
    extra = extra if isinstance(extra, dict) else {}
    info = extra.get("extra_pnginfo")
    document = info.get("workflow") if isinstance(info, dict) else None
    kept = {name: value for name, value in extra.items() if not _SECRET.search(name)}
    if isinstance(info, dict):
        kept["extra_pnginfo"] = {name: value for name, value in info.items() if name != "workflow"}
    client_id = _name(given.get("client_id"), "client_id")
    if client_id:
        kept["client_id"] = client_id
    if (size := len(msgspec.json.encode(kept))) > MOST_EXTRA:
        raise invalid_prompt(
            "invalid_prompt", "The extra_data is too large",
            f"Beside extra_pnginfo.workflow it has {size} bytes, and {MOST_EXTRA} are the most. Send less.",
        )  # fmt: skip
    targets = given.get("partial_execution_targets")
    return Asked(
        graph=given["prompt"],
        prompt_id=_name(given.get("prompt_id"), "prompt_id"),
        client_id=client_id,
        number=_number(given.get("number")),
        front=bool(given.get("front")),
        extra_data=kept,
        document=document if isinstance(document, dict) else None,
        outputs=[str(target) for target in targets] if isinstance(targets, list) else None,
    )


def _name(value: object, field: str) -> str:
    """An id of a client's own choosing, as text."""
    text = "" if value is None else str(value)
    if len(text) > MOST_NAME or not text.isprintable():
        raise invalid_prompt(
            "invalid_prompt", f"The {field} is wrong", f"It is a line of at most {MOST_NAME} characters."
        )
    return text


def _number(value: object) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise invalid_prompt(
            "invalid_prompt", "The number is wrong", "`number` is a number: smaller ones run first."
        )
    return number


async def submit(
    who: Principal, asked: Asked, settings: ControlSettings, redis: Redis, *, traceparent: str = ""
) -> Answer:
    """Puts a prompt in line, or answers as before where its id has come before. Raises what `service.submit` raises.

    A graph of which nothing can run is a `BadRequest` with `error` and `node_errors`.
    """
    if asked.prompt_id and (before := await _before(who, asked.prompt_id)) is not None:
        return before
    compiled = await compiled_for(who, asked.graph, settings, asked.outputs)
    if compiled.plan is None:
        raise failed_validation(compiled.errors)
    method = asked.extra_data.get("preview_method")
    preview_every = 1 if (method if method in METHODS else settings.comfy_preview_method) in PAINTED else 0
    node_errors: dict[str, Any] = msgspec.to_builtins(compiled.errors.node_errors)
    prompt_id = asked.prompt_id or str(uuid4())
    async with transaction():
        if (row_id := await _claim(who, prompt_id)) is None:
            found = await _before(who, prompt_id)
            assert found is not None
            return found
        work = Workflow(
            graph=asked.graph, outputs=asked.outputs, document=asked.document, preview_every=preview_every
        )
        try:
            submitted = await service.submit_workflow(
                who, work, settings, compiled=compiled, traceparent=traceparent
            )
        except BadRequest as error:
            # What cannot be kept, whatever it would do.
            raise invalid_prompt("invalid_prompt", error.detail) from None
        job = submitted.job
        # In turn: who submits holds the lock of their organisation's ledger by now.
        last = await (
            scoped(ComfyPrompt, who)
            .select(ComfyPrompt.counter)
            .where(ComfyPrompt.user_id == who.user_id, ComfyPrompt.id != row_id)
            .order_by(ComfyPrompt.counter, ascending=False)
            .first()
        )
        counter = 0 if last is None else last["counter"] + 1
        number = asked.number if asked.number is not None else float(-counter if asked.front else counter)
        await (
            scoped(ComfyPrompt, who)
            .update(
                {
                    ComfyPrompt.job_id: job.id,
                    ComfyPrompt.counter: counter,
                    ComfyPrompt.number: number,
                    ComfyPrompt.client_id: asked.client_id,
                    ComfyPrompt.extra_data: _json(asked.extra_data | {"create_time": now_ms()}),
                    ComfyPrompt.outputs: _json(submitted.plan.outputs),
                    ComfyPrompt.node_errors: _json(node_errors),
                }
            )
            .where(ComfyPrompt.id == row_id)
        )
    await _line_up(who, job.id, number)
    await _tell(who, job, submitted.events, redis)
    return Answer(prompt_id, whole(number), node_errors)


def whole(number: float) -> float:
    """A whole number without a decimal point, as clients know it."""
    return int(number) if number.is_integer() else number


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _before(who: Principal, prompt_id: str) -> Answer | None:
    """What it was answered before."""
    row = await (
        scoped(ComfyPrompt, who)
        .select(ComfyPrompt.number, ComfyPrompt.node_errors)
        .where(ComfyPrompt.user_id == who.user_id, ComfyPrompt.prompt_id == prompt_id)
        .first()
    )
    if row is None:
        return None
    return Answer(prompt_id, whole(row["number"]), msgspec.json.decode(row["node_errors"]))


async def _claim(who: Principal, prompt_id: str) -> UUID | None:
    """A new prompt's row, to be filled in; None where there is one, which a request side by side may just have made."""
    row = ComfyPrompt(
        id=uuid7(), organisation_id=who.organisation_id, user_id=who.user_id, prompt_id=prompt_id,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    target = (ComfyPrompt.organisation_id, ComfyPrompt.user_id, ComfyPrompt.prompt_id)
    made = (
        await ComfyPrompt.insert(row)
        .on_conflict(target=target, action="DO NOTHING")
        .returning(ComfyPrompt.id)
    )
    return made[0]["id"] if made else None


async def _line_up(who: Principal, job_id: UUID, number: float) -> None:
    """Before those of one's own that wait with larger numbers. By itself, for jobs are locked before the ledger."""
    job: Any = ComfyPrompt.job_id
    behind = await (
        scoped(ComfyPrompt, who)
        .select(ComfyPrompt.job_id)
        .where(
            ComfyPrompt.user_id == who.user_id,
            ComfyPrompt.number > number,
            ComfyPrompt.job_id != job_id,
            job.state.is_in(list(WAITING)),
        )
        .order_by(ComfyPrompt.number)
        .first()
    )
    if behind is None:
        return
    try:
        async with transaction():
            await line_up.move(who, job_id, schemas.Move(before_job_id=behind["job_id"]))
    except (Conflict, NotFound):
        # One of the two has just been begun, or is gone.
        return


async def _tell(who: Principal, job: schemas.Job, events: list[JobState], redis: Redis) -> None:
    owner = bus.Owner(who.organisation_id, who.user_id, job.team_id)
    await asyncio.gather(bus.publish(redis, owner, *events), bus.wake(redis))


async def cancel(who: Principal, job_ids: Sequence[UUID], redis: Redis) -> None:
    """Ends jobs of one's own; those that are over by now are left alone."""
    for job_id in job_ids:
        try:
            async with transaction():
                came = await service.request_cancel(who, job_id)
        except (Conflict, NotFound):
            continue
        await service.tell_of(redis, {job_id: came})
