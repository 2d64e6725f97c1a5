"""`studio keys`: the keys that sign access tokens, and the one that encrypts what the database keeps secret."""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import click
import msgspec

from control.errors import ControlError
from control.settings import ControlSettings
from studio.errors import StudioError
from studio.settings import read_settings
from studio.stack.secret import secret
from studio.stack.state import running

T = TypeVar("T")


@click.group()
def keys() -> None:
    """Rotate the keys of access tokens; change STUDIO_SECRET_KEY."""


@keys.command()
@click.option(
    "--end-old",
    is_flag=True,
    help="The keys before end at once, and all access tokens with them: for a key that has leaked.",
)
def rotate(end_old: bool) -> None:
    """Let a new key sign access tokens from now on.

    The keys before verify until their last tokens have ended. Running API processes notice within 15 seconds. The
    studio does this by itself after STUDIO_SIGNING_KEY_DAYS.
    """
    from control.identity.keys import rotate as rotate_keys

    kid = _with_database(lambda settings: rotate_keys(settings, actor="studio keys", end_old=end_old))
    click.echo(f"The key {kid} signs from now on.")


@keys.command(name="list")
def list_keys() -> None:
    """The keys that verify access tokens, the newest first."""
    from control.identity.keys import listed

    for key in _with_database(lambda _: listed()):
        retired, ends = key["retired_at"], key["ends_at"]
        until = (
            f", signs until {retired:%Y-%m-%d %H:%M}, verifies until {ends:%Y-%m-%d %H:%M}" if ends else ""
        )
        click.echo(f"{key['id']} signs from {key['starts_at']:%Y-%m-%d %H:%M}{until} (UTC)")


@keys.command()
def reencrypt() -> None:
    """Encrypt with STUDIO_SECRET_KEY what STUDIO_SECRET_KEY_OLD had encrypted; afterwards the old one may go."""
    from control.identity.keys import reencrypt as reencrypt_rows

    count = _with_database(reencrypt_rows)
    click.echo(f"{count} secrets are encrypted with STUDIO_SECRET_KEY. STUDIO_SECRET_KEY_OLD may go.")


def _with_database(work: Callable[[ControlSettings], Awaitable[T]]) -> T:
    """Does it on the database of the settings or of the running stack; raises `StudioError`."""
    settings = read_settings()
    stack = running(settings.home)
    url = settings.database_url or (stack.services.get("STUDIO_DATABASE_URL", "") if stack else "")
    if not url:
        raise StudioError("Set STUDIO_DATABASE_URL, or start `studio up`, whose database is used then.")
    # Piccolo finds the database in the environment.
    os.environ["STUDIO_DATABASE_URL"] = url
    from control.database.engine import close_pool, open_pool

    key = settings.secret_key
    if not key:
        # Made by the stack. Never here: a key signed away with another secret would be lost to the API.
        if not (settings.home / "secrets" / "key").is_file():
            raise StudioError("Set STUDIO_SECRET_KEY to what the API processes have.")
        key = secret(settings.home, "key")
    settings = msgspec.structs.replace(settings, database_url=url, secret_key=key)

    async def run() -> T:
        await open_pool()
        try:
            return await work(settings)
        finally:
            await close_pool()

    try:
        with warnings.catch_warnings():
            # Piccolo's, about a database that does not answer: the error says so too.
            warnings.simplefilter("ignore")
            return asyncio.run(run())
    except ControlError as error:
        raise StudioError(str(error)) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StudioError(f"The database does not answer: {error or type(error).__name__}") from None
