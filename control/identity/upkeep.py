"""What identity does beside answering: mails, new signing keys in time, rows that nobody needs any more."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from litestar import Litestar

from control.database.engine import transaction
from control.identity import postman
from control.identity.external.providers import logins
from control.identity.keys import LEAD, KeyRing, ensure_key, rotate
from control.identity.passwords import set_cost
from control.identity.tables import User
from control.settings import ControlSettings

PERIOD = 3600.0
log = logging.getLogger(__name__)

# Used refresh tokens stay as long as their session may live: to see them again means something.
_FORGET = (
    "DELETE FROM sessions WHERE coalesce(revoked_at, expires_at) < now() - interval '30 days'",
    "DELETE FROM refresh_tokens WHERE expires_at < now()",
    "DELETE FROM password_resets WHERE expires_at < now() - interval '1 day'",
    "DELETE FROM signing_keys WHERE ends_at < now() - interval '30 days'",
)


@asynccontextmanager
async def running(app: Litestar, settings: ControlSettings) -> AsyncIterator[None]:
    """Gives the app its key ring and logins, and works beside it. The database must be open."""
    set_cost(settings)
    app.state.key_ring = KeyRing(settings)
    app.state.logins = logins(settings)
    await ensure_key(settings)
    # A wrong STUDIO_SECRET_KEY is noticed now and not at the first login.
    await app.state.key_ring.signing()
    tasks = [asyncio.create_task(postman.work(settings)), asyncio.create_task(_work(settings))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def upkeep(settings: ControlSettings) -> None:
    """Rotates the signing key where it is old, and forgets what has long ended."""
    await rotate(
        settings,
        actor="the studio",
        lead=LEAD,
        if_older_than=timedelta(days=settings.signing_key_days),
    )
    async with transaction():
        for statement in _FORGET:
            await User.raw(statement)


async def _work(settings: ControlSettings) -> None:
    while True:
        try:
            await upkeep(settings)
        except Exception:
            log.exception("upkeep failed")
        await asyncio.sleep(PERIOD)
