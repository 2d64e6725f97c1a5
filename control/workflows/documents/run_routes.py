"""Looking at workflows before they run, and running kept ones."""

from uuid import UUID

from litestar import Request, Response, post
from litestar.datastructures import State

from control.access.declare import requires
from control.access.principal import Principal
from control.http.limits import costs
from control.jobs import idempotency, service
from control.jobs.routes import submitted, traceparent
from control.jobs.schemas import Job
from control.workflows.documents import rights, running, schemas
from control.workflows.documents.content import BODY, held
from control.workflows.documents.routes import Token
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


HANDLERS = [validate_workflow, run_workflow]
