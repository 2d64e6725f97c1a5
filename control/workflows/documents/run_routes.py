"""Looking at workflows before they run, and running kept ones."""

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State

from control.access.declare import requires
from control.access.principal import Principal
from control.http.limits import costs
from control.jobs import idempotency, service
from control.jobs.routes import submitted, traceparent
from control.jobs.schemas import Job
from control.workflows.documents import form, from_job, rights, running, schemas
from control.workflows.documents.content import BODY, held
from control.workflows.documents.routes import Number, Token
from control.workflows.documents.showing import version_of

Caller = Request[Principal, None, State]


@post("/workflows/validate", opt=requires("job:create"), status_code=200, request_max_body_size=BODY)
async def validate_workflow(request: Caller, data: schemas.ToValidate, state: State) -> schemas.Validation:
    """Look a workflow through without running it: everything that is wrong, and what it would come to."""
    return await running.validate(request.user, data, state.settings)


@post("/workflows/{workflow_id:uuid}/run", opt=requires("job:create") | costs("generation"), status_code=202)
async def run_workflow(
    request: Caller,
    workflow_id: UUID,
    data: schemas.RunWorkflow,
    state: State,
    link: Token = None,
    idempotency_key: idempotency.Key = None,
) -> Response[Job]:
    """Submit a job that runs a kept workflow which one sees, with other values for some of its inputs if wanted."""
    row = await rights.seen(request.user, workflow_id, link)
    number = row["version"] if data.version is None else data.version
    work = running.work_of(row, held(await version_of(row, number), number), data)
    return await submitted(
        request,
        lambda who: service.submit(
            who, work, state.settings, team_id=data.team_id, traceparent=traceparent()
        ),
        state,
    )


@get("/workflows/{workflow_id:uuid}/inputs", opt=requires("workflow:read"))
async def list_workflow_inputs(
    request: Caller, workflow_id: UUID, state: State, version: Number = None, link: Token = None
) -> schemas.WorkflowForm:
    """The values of a workflow that one sees as a form: what each is, may be, and what there is to choose."""
    row = await rights.seen(request.user, workflow_id, link)
    number = row["version"] if version is None else version
    return await form.form_of(request.user, held(await version_of(row, number), number), state.settings)


@post("/jobs/{job_id:uuid}/workflow", opt=requires("workflow:create"))
async def create_workflow_from_job(
    request: Caller,
    job_id: UUID,
    data: schemas.FromJob,
    state: State,
    idempotency_key: idempotency.Key = None,
) -> Response[schemas.WorkflowDetails]:
    """Keep what a job that one sees was asked for as a workflow of one's own: run again, it paints the same pictures."""
    who = request.user
    return await idempotency.once(who, request, lambda: from_job.make(who, job_id, data, state.settings))


HANDLERS = [validate_workflow, run_workflow, list_workflow_inputs, create_workflow_from_job]
