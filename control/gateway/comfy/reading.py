"""One's own prompts: the queue and the history, made of jobs, their outputs and their events."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw

from control.access.principal import Principal
from control.database.owned import scoped
from control.gateway.comfy.messages import Story, listed
from control.gateway.tables import ComfyPrompt
from control.jobs.reading import RUNNING, WAITING
from control.jobs.states import event_of
from control.jobs.tables import Job, JobEvent, JobOutput
from control.realtime.events import ENDED, JobState, OutputLink

MOST_HISTORY = 500
"""Prompts of one answer; each comes with its whole graph."""
ACTIVE = [*WAITING, *RUNNING]
# Piccolo resolves the columns of another table when it runs.
_JOB: Any = ComfyPrompt.job_id
_COLUMNS = (
    *ComfyPrompt.all_columns(),
    _JOB.state.as_alias("state"),
    _JOB.request.as_alias("request"),
    _JOB.position.as_alias("position"),
)
_OURS = WhereRaw("EXISTS (SELECT FROM comfy_prompts WHERE comfy_prompts.job_id = jobs.id)")
_MESSAGES = (
    "execution_start",
    "execution_cached",
    "execution_success",
    "execution_error",
    "execution_interrupted",
)


async def remaining(who: Principal) -> int:
    """How many of one's own wait or run."""
    return await scoped(Job, who).count(Job.user_id == who.user_id, Job.state.is_in(list(ACTIVE)), _OURS)


async def queue(who: Principal) -> dict[str, list[list[Any]]]:
    """/queue."""
    rows = await _rows(who).where(_JOB.state.is_in(list(ACTIVE))).order_by(_JOB.position)
    running = [item(row) for row in rows if row["state"] in RUNNING]
    return {
        "queue_running": running,
        "queue_pending": [item(row) for row in rows if row["state"] in WAITING],
    }


async def history(who: Principal, prompt_id: str) -> dict[str, Any]:
    """/history/{prompt_id}: empty until it has ended."""
    rows = await _ended(who).where(ComfyPrompt.prompt_id == prompt_id)
    return await _entries(who, rows)


async def histories(who: Principal, most: int | None, offset: int) -> dict[str, Any]:
    """/history: the latest `most`, or those from `offset` (0 is the first) on; the first first."""
    most = MOST_HISTORY if most is None else max(0, min(most, MOST_HISTORY))
    query = _ended(who)
    if offset >= 0:
        rows = await query.order_by(ComfyPrompt.counter).offset(offset).limit(most)
    else:
        rows = await query.order_by(ComfyPrompt.counter, ascending=False).limit(most)
        rows.reverse()
    return await _entries(who, rows)


async def mine(who: Principal, states: Sequence[str], prompt_ids: Sequence[str] | None = None) -> list[UUID]:
    """Jobs of one's own prompts in these states; only of those that are named, where some are."""
    query = (
        scoped(ComfyPrompt, who)
        .select(ComfyPrompt.job_id)
        .where(ComfyPrompt.user_id == who.user_id, _JOB.state.is_in(list(states)))
    )
    if prompt_ids is not None:
        if not prompt_ids:
            return []
        query = query.where(ComfyPrompt.prompt_id.is_in(list(prompt_ids)))
    return [row["job_id"] for row in await query]


async def forget(who: Principal, prompt_ids: Sequence[str] | None) -> None:
    """Takes ended prompts of one's own out of the history, all where None; jobs and pictures stay."""
    own = ComfyPrompt.user_id == who.user_id
    ended = scoped(Job, who).select(Job.id).where(Job.user_id == who.user_id, Job.state.is_in([*ENDED]))
    query = (
        scoped(ComfyPrompt, who)
        .update(cast(Any, {ComfyPrompt.hidden: True}))
        .where(own, ComfyPrompt.job_id.is_in(ended))
    )
    if prompt_ids is not None:
        if not prompt_ids:
            return
        query = query.where(ComfyPrompt.prompt_id.is_in(list(prompt_ids)))
    await query


def item(row: dict[str, Any]) -> list[Any]:
    """[number, id, graph, extra data, outputs] of a row of `_COLUMNS`."""
    request = msgspec.json.decode(row["request"])
    extra = msgspec.json.decode(row["extra_data"])
    if request.get("document"):
        extra.setdefault("extra_pnginfo", {})["workflow"] = request["document"]
    return [row["number"], row["prompt_id"], request["graph"], extra, msgspec.json.decode(row["outputs"])]


def _rows(who: Principal) -> Any:
    return scoped(ComfyPrompt, who).select(*_COLUMNS).where(ComfyPrompt.user_id == who.user_id)


def _ended(who: Principal) -> Any:
    return _rows(who).where(_JOB.state.is_in([*ENDED]), ComfyPrompt.hidden.eq(False))


async def last_states(who: Principal, job_ids: Sequence[UUID]) -> dict[UUID, list[JobState]]:
    """Job → the states that its history is told by: its last beginning and its end, whichever there are."""
    found: dict[UUID, list[JobState]] = {job_id: [] for job_id in job_ids}
    if job_ids:
        wanted = ["PROCESSING", *ENDED]
        rows = await (
            scoped(JobEvent, who)
            .select()
            .where(JobEvent.job_id.is_in(list(job_ids)), JobEvent.state.is_in(wanted))
            .order_by(JobEvent.sequence)
        )
        for row in rows:
            found[row["job_id"]].append(event_of(row))
    return found


async def outputs_of(who: Principal, job_ids: Sequence[UUID]) -> dict[UUID, list[OutputLink]]:
    """Job → its pictures, by their names."""
    found: dict[UUID, list[OutputLink]] = {}
    if job_ids:
        rows = await (
            scoped(JobOutput, who)
            .select()
            .where(JobOutput.job_id.is_in(list(job_ids)))
            .order_by(JobOutput.place)
        )
        for row in rows:
            link = OutputLink(
                asset_id=row["asset_id"], place=row["place"], url="", node=row["node"], folder=row["folder"],
                subfolder=row["subfolder"], filename=row["filename"],
            )  # fmt: skip
            found.setdefault(row["job_id"], []).append(link)
    return found


async def _entries(who: Principal, rows: list[dict[str, Any]]) -> dict[str, Any]:
    ids = [row["job_id"] for row in rows]
    outputs, states = await outputs_of(who, ids), await last_states(who, ids)
    return {
        row["prompt_id"]: _entry(row, outputs.get(row["job_id"], []), states[row["job_id"]]) for row in rows
    }


def _entry(row: dict[str, Any], outputs: list[OutputLink], states: list[JobState]) -> dict[str, Any]:
    story = Story(row["prompt_id"])
    told = [message for state in states for message in story.state(state)]
    last = states[-1] if states else None
    handed = listed(outputs, last.texts if last is not None else {})
    success = any(message.type == "execution_success" for message in told)
    return {
        "prompt": item(row),
        "outputs": handed,
        "status": {
            "status_str": "success" if success else "error",
            "completed": success,
            "messages": [[message.type, message.data] for message in told if message.type in _MESSAGES],
        },
        "meta": {
            node: {"node_id": node, "display_node": node, "parent_node": None, "real_node_id": node}
            for node in handed
        },
    }
