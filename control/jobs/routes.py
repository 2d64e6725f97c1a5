"""Jobs: submitted, watched, moved, cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import State as AppState
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.database.engine import transaction
from control.http import tracing
from control.http.limits import costs
from control.jobs import idempotency, line_up, reading, schemas, service
from control.jobs.requests import (
    MAX_BODY,
    AnyWork,
    OfHint,
    OfMask,
    OfPicture,
    OfRoom,
    OfSize,
    OfWords,
    of_kind,
)
from control.pages import Cursor, Limit, Page
from control.realtime import bus
from control.realtime.events import JobState, State

Caller = Request[Principal, None, AppState]
Submit = Callable[[Principal], Awaitable[tuple[schemas.Job, list[JobState]]]]


@post(
    "/jobs", opt=requires("job:create") | costs("generation"), status_code=202, request_max_body_size=MAX_BODY
)
async def submit_job(
    request: Caller, data: schemas.NewJob, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job: its credits are set aside, and it is put in line.

    It is painted when a worker is free. Watch it over `/ws`, `/api/v1/events` or a webhook.
    """
    return await _submit(request, data.request, state, data.quote_id, data.team_id)


@post("/generate/txt2img", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_txt2img(
    request: Caller, data: OfWords, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that paints pictures of words. The short form of `POST /jobs`."""
    return await _submit(request, of_kind(data), state)


@post("/generate/img2img", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_img2img(
    request: Caller, data: OfPicture, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that paints another picture anew. The short form of `POST /jobs`."""
    return await _submit(request, of_kind(data), state)


@post("/generate/inpaint", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_inpaint(
    request: Caller, data: OfMask, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that paints a part of a picture anew. What the feathered mask does not choose stays as it is."""
    return await _submit(request, of_kind(data), state)


@post("/generate/outpaint", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_outpaint(
    request: Caller, data: OfRoom, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that paints a picture further, at any of its sides."""
    return await _submit(request, of_kind(data), state)


@post("/generate/upscale", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_upscale(
    request: Caller, data: OfSize, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that makes a picture larger."""
    return await _submit(request, of_kind(data), state)


@post("/generate/preprocess", opt=requires("job:create") | costs("generation"), status_code=202)
async def generate_preprocess(
    request: Caller, data: OfHint, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit a job that makes the hint of a picture that a ControlNet is shown."""
    return await _submit(request, of_kind(data), state)


@post("/jobs/{job_id:uuid}/retry", opt=requires("job:create") | costs("generation"), status_code=202)
async def retry_job(
    request: Caller, job_id: UUID, state: AppState, idempotency_key: idempotency.Key = None
) -> Response[schemas.Job]:
    """Submit the same request, seed and all, as an ended job of one's own once more. It is a job of its own."""
    return await submitted(
        request, lambda who: service.retry(who, job_id, state.settings, traceparent=traceparent()), state
    )


@get("/jobs", opt=requires("job:read"))
async def list_jobs(
    request: Caller,
    state: AppState,
    states: Annotated[
        list[State] | None,
        Parameter(query="state", description="Only jobs in this state; may be sent several times."),
    ] = None,
    kind: Annotated[
        Literal["txt2img", "img2img", "inpaint", "outpaint", "upscale", "preprocess", "workflow"] | None,
        Parameter(description="Only jobs of this kind."),
    ] = None,
    team_id: Annotated[UUID | None, Parameter(description="Only jobs for this team.")] = None,
    mine: Annotated[bool, Parameter(description="Only one's own.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Job]:
    """One's own jobs and those of one's teams, the latest first; with `job:manage`, everybody's."""
    filters = reading.Filters(states=states, kind=kind, team_id=team_id, mine=mine)
    return await reading.listed(request.user, filters, cursor, limit, state.redis)


@get("/jobs/{job_id:uuid}", opt=requires("job:read"))
async def get_job(request: Caller, job_id: UUID, state: AppState) -> schemas.Job:
    """One job."""
    return await _shown(request.user, job_id, state)


@get("/jobs/{job_id:uuid}/status", opt=requires("job:read"))
async def get_job_status(request: Caller, job_id: UUID, state: AppState) -> schemas.Status:
    """How far a job is. `/ws` and `/api/v1/events` tell without being asked."""
    return await reading.status(request.user, job_id, state.redis)


@get("/jobs/{job_id:uuid}/outputs", opt=requires("job:read"))
async def list_job_outputs(request: Caller, job_id: UUID) -> schemas.Outputs:
    """The pictures of a job; none before it is completed."""
    await reading.visible(request.user, job_id)
    found = await reading.outputs_of(request.user, [job_id])
    return schemas.Outputs(items=found.get(job_id, []))


@get("/jobs/{job_id:uuid}/history", opt=requires("job:read"))
async def list_job_history(request: Caller, job_id: UUID) -> schemas.History:
    """Every state that a job came to, and when."""
    return await reading.history(request.user, job_id)


@delete("/jobs/{job_id:uuid}", opt=requires("job:create"), status_code=200)
async def cancel_job(request: Caller, job_id: UUID, state: AppState) -> schemas.Job:
    """Cancel a job of one's own; with `job:manage`, anybody's.

    One that waits ends at once, and its credits come back. One that runs is asked to stop, which takes a step: it is
    CANCELLED then, or was quicker. Cancelling a cancelled job changes nothing.
    """
    async with transaction():
        cancelled = await service.request_cancel(request.user, job_id)
    await service.tell_of(state.redis, {job_id: cancelled})
    return await _shown(request.user, job_id, state)


@post("/jobs/{job_id:uuid}/move", opt=requires("job:create"), status_code=200)
async def move_job(request: Caller, job_id: UUID, data: schemas.Move, state: AppState) -> schemas.Job:
    """Put a job that waits elsewhere among one's own: first, last, or before another. Others' places stay."""
    async with transaction():
        await line_up.move(request.user, job_id, data)
    return await _shown(request.user, job_id, state)


@post("/jobs/{job_id:uuid}/pause", opt=requires("job:create"), status_code=200)
async def pause_job(request: Caller, job_id: UUID, state: AppState) -> schemas.Job:
    """Take a job of one's own that waits out of line. Its credits stay set aside."""
    async with transaction():
        told = await line_up.pause(request.user, job_id)
    if told is not None:
        await bus.publish(state.redis, *told)
    return await _shown(request.user, job_id, state)


@post("/jobs/{job_id:uuid}/resume", opt=requires("job:create"), status_code=200)
async def resume_job(request: Caller, job_id: UUID, state: AppState) -> schemas.Job:
    """Put a paused job back to its place in line."""
    async with transaction():
        told = await line_up.resume(request.user, job_id)
    if told is not None:
        await bus.publish(state.redis, *told)
        await bus.wake(state.redis)
    return await _shown(request.user, job_id, state)


async def _submit(
    request: Caller, work: AnyWork, state: AppState, quote_id: UUID | None = None, team_id: UUID | None = None
) -> Response[schemas.Job]:
    return await submitted(
        request,
        lambda who: service.submit(
            who, work, state.settings, quote_id=quote_id, team_id=team_id, traceparent=traceparent()
        ),
        state,
    )


async def submitted(request: Caller, submit: Submit, state: AppState) -> Response[schemas.Job]:
    """The answer to a submission, once for each Idempotency-Key; who waits for jobs is told of it."""
    who = request.user
    made: list[tuple[schemas.Job, list[JobState]]] = []

    async def run() -> schemas.Job:
        made.append(await submit(who))
        return made[-1][0]

    answer = await idempotency.once(who, request, run, 202)
    # None where the answer is one of before.
    for job, events in made:
        owner = bus.Owner(who.organisation_id, who.user_id, job.team_id)
        await asyncio.gather(bus.publish(state.redis, owner, *events), bus.wake(state.redis))
    return answer


async def _shown(who: Principal, job_id: UUID, state: AppState) -> schemas.Job:
    [job] = await reading.shown(who, [await reading.visible(who, job_id)], state.redis)
    return job


def traceparent() -> str:
    """W3C trace context of this request, for the job that it submits."""
    return tracing.outgoing().get("traceparent", "")


ROUTES = Router(
    path="/",
    route_handlers=[
        submit_job, generate_txt2img, generate_img2img, generate_inpaint, generate_outpaint, generate_upscale,
        generate_preprocess, list_jobs, get_job, get_job_status, list_job_outputs,
        list_job_history, cancel_job, retry_job, move_job, pause_job, resume_job,
    ],
)  # fmt: skip
