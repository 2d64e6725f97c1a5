"""/healthz: the process runs. /readyz: what it needs answers."""

import asyncio

from litestar import Response, get
from litestar.datastructures import State

from control.access.declare import public
from control.database.engine import ping

SECONDS = 2.0
"""How long a service may take to answer before it counts as down."""


@get("/healthz", opt=public("for who watches the process"), tags=["Operations"])
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@get("/readyz", opt=public("for who sends it traffic"), tags=["Operations"])
async def readyz(state: State) -> Response[dict[str, str]]:
    """Do the database and Redis answer? 503 where one does not."""

    async def ask(question: object) -> str:
        try:
            async with asyncio.timeout(SECONDS):
                await question  # type: ignore[misc]
        except Exception as error:
            return f"down: {type(error).__name__}"
        return "ok"

    database, redis = await asyncio.gather(ask(ping()), ask(state.redis.ping()))
    found = {"database": database, "redis": redis}
    return Response(found, status_code=200 if set(found.values()) == {"ok"} else 503)
