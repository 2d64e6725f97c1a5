"""/healthz: the process runs. /readyz: what it needs answers."""

import asyncio
from typing import Annotated, Literal

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec

from control.access.declare import public
from control.database.engine import ping
from control.http import stopping
from control.http.limits import unlimited

SECONDS = 2.0
"""How long a service may take to answer before it counts as down."""
STORAGE_SECONDS = 0.5
"""The same of the storage, which nobody waits for."""


class Health(msgspec.Struct):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct):
    """What the API needs, each `ok` or what is wrong with it. Without the storage all goes on but files."""

    database: Annotated[str, msgspec.Meta(examples=["ok"])]
    redis: Annotated[str, msgspec.Meta(examples=["ok"])]
    storage: Annotated[str, msgspec.Meta(examples=["ok"])]
    process: Literal["ok", "stopping"] = "ok"


@get("/healthz", opt=public("for who watches the process") | unlimited(), tags=["Operations"])
async def healthz() -> Health:
    """The process runs."""
    return Health()


@get(
    "/readyz",
    opt=public("for who sends it traffic") | unlimited(),
    tags=["Operations"],
    responses={503: ResponseSpec(Readiness, description="Something is missing; send requests elsewhere.")},
)
async def readyz(state: State) -> Response[Readiness]:
    """May this process be sent requests? 503 where the database or Redis does not answer, or where it is stopping."""

    async def ask(question: object, seconds: float = SECONDS) -> str:
        try:
            async with asyncio.timeout(seconds):
                await question  # type: ignore[misc]
        except Exception as error:
            return f"down: {type(error).__name__}"
        return "ok"

    database, redis, storage = await asyncio.gather(
        ask(ping()), ask(state.redis.ping()), ask(state.storage.check(), STORAGE_SECONDS)
    )
    found = Readiness(database, redis, storage, "stopping" if stopping.asked() else "ok")
    return Response(found, status_code=200 if (database, redis, found.process) == ("ok",) * 3 else 503)
