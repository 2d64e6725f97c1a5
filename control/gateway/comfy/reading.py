"""One's own prompts: the queue and the history, made of jobs, their outputs and their events."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from piccolo.columns import Text
from piccolo.columns.combination import WhereRaw
from piccolo.query.functions import Cast, Count, Length

from control.access.principal import Principal
from control.database.owned import scoped
from control.gateway.comfy.messages import Story, listed
from control.gateway.comfy.prompts import whole
from control.gateway.tables import ComfyPrompt
from control.jobs.reading import RUNNING, WAITING
from control.jobs.states import Detail, event_of
from control.jobs.tables import Job, JobEvent, JobOutput
from control.realtime.events import ENDED, JobState, OutputLink

MOST_HISTORY = 500
"""Prompts of one answer; each comes with its whole graph."""
MOST_BYTES = 32 * 2**20
"""Of these graphs, and of what they handed out, about; one prompt comes whatever it has."""
OUTPUT = 1000
"""Bytes that a picture is reckoned to take in an answer."""
MOST_QUEUE = 1000
"""The same of the queue."""
ACTIVE = [*WAITING, *RUNNING]
# Piccolo resolves the columns of another table when it runs.
_JOB: Any = ComfyPrompt.job_id
_SIZE = (
    ComfyPrompt.id,
    ComfyPrompt.job_id,
    Length(Cast(_JOB.request, Text()), alias="request"),
    Length(ComfyPrompt.extra_data, alias="extra"),
)
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
    waits = _own(who, *_SIZE).where(_JOB.state.is_in(list(ACTIVE)))
    sizes = await waits.order_by(_JOB.position).limit(MOST_QUEUE)
    rows = await _fitting(who, sizes)
    running = [item(row) for row in rows if row["state"] in RUNNING]
    return {
        "queue_running": running,
        "queue_pending": [item(row) for row in rows if row["state"] in WAITING],
    }


async def history(who: Principal, prompt_id: str) -> dict[str, Any]:
    """/history/{prompt_id}: empty until it has ended."""
    rows = await _ended(who, *_COLUMNS).where(ComfyPrompt.prompt_id == prompt_id)
    return await _entries(who, rows)


async def histories(who: Principal, most: int | None, offset: int) -> dict[str, Any]:
    """/history: the latest `most`, or those from `offset` (0 is the first) on; the first first.

    Fewer where they are large: those that are left out are older, or come with a larger `offset`.
    """
    most = MOST_HISTORY if most is None else max(0, min(most, MOST_HISTORY))
    query = _ended(who, *_SIZE).order_by(ComfyPrompt.counter, ascending=offset >= 0).limit(most)
    sizes = await (query.offset(offset) if offset >= 0 else query)
    rows = await _fitting(who, sizes)
    return await _entries(who, rows if offset >= 0 else rows[::-1])


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
    # Graphs and documents pass as they are: they are large, and nobody looks into them.
    request = _request.decode(row["request"])
    extra = _members.decode(row["extra_data"])
    if request.document not in (b"", b"null"):
        info = _members.decode(extra["extra_pnginfo"]) if "extra_pnginfo" in extra else {}
        info["workflow"] = request.document
        extra["extra_pnginfo"] = msgspec.Raw(msgspec.json.encode(info))
    outputs = msgspec.Raw(row["outputs"].encode())
    return [whole(row["number"]), row["prompt_id"], request.graph, extra, outputs]


class _Request(msgspec.Struct):
    """What of a job's request is answered."""

    graph: msgspec.Raw
    document: msgspec.Raw = msgspec.Raw()


_request = msgspec.json.Decoder(_Request)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _own(who: Principal, *columns: Any) -> Any:
    return scoped(ComfyPrompt, who).select(*columns).where(ComfyPrompt.user_id == who.user_id)


def _ended(who: Principal, *columns: Any) -> Any:
    # What was taken out of the queue before it began has no history, as in ComfyUI.
    began = (_JOB.state != "CANCELLED") | (_JOB.attempt > 0)
    return _own(who, *columns).where(_JOB.state.is_in([*ENDED]), ComfyPrompt.hidden.eq(False), began)


async def _fitting(who: Principal, sizes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `_COLUMNS` for those of `_SIZE`, in their order, as many as one answer may hold."""
    if not sizes:
        return []
    counted = await (
        scoped(JobOutput, who)
        .select(JobOutput.job_id, Count(alias="files"))
        .where(JobOutput.job_id.is_in([row["job_id"] for row in sizes]))
        .group_by(JobOutput.job_id)
    )
    files = {row["job_id"]: row["files"] for row in counted}
    left = MOST_BYTES
    wanted: list[UUID] = []
    for row in sizes:
        left -= row["request"] + row["extra"] + OUTPUT * files.get(row["job_id"], 0)
        if left < 0 and wanted:
            break
        wanted.append(row["id"])
    rows = {row["id"]: row for row in await _own(who, *_COLUMNS).where(ComfyPrompt.id.is_in(wanted))}
    return [rows[one] for one in wanted if one in rows]


async def last_states(
    who: Principal, job_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[JobState, list[str]]]]:
    """Job → the states that its history is told by: its last beginning and its end, whichever there are.

    With each, the nodes whose results were there from before.
    """
    found: dict[UUID, list[tuple[JobState, list[str]]]] = {job_id: [] for job_id in job_ids}
    if job_ids:
        wanted = ["PROCESSING", *ENDED]
        rows = await (
            scoped(JobEvent, who)
            .select()
            .where(JobEvent.job_id.is_in(list(job_ids)), JobEvent.state.is_in(wanted))
            .order_by(JobEvent.sequence)
        )
        for row in rows:
            cached = msgspec.json.decode(row["detail"] or "{}", type=Detail).cached
            found[row["job_id"]].append((event_of(row), cached))
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


def _entry(
    row: dict[str, Any], outputs: list[OutputLink], states: list[tuple[JobState, list[str]]]
) -> dict[str, Any]:
    story = Story(row["prompt_id"])
    told = [message for state, cached in states for message in story.state(state, cached)]
    last = states[-1][0] if states else None
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
