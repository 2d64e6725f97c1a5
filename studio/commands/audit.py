"""`studio audit`: is the audit log as it was written?"""

import asyncio
import os
import re
from uuid import UUID

import click

from studio.errors import StudioError
from studio.settings import read_settings
from studio.stack.state import running


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command()
@click.option("--organisation", "organisation_id", type=click.UUID, help="Only this organisation's chain.")
@click.option("--anchor", metavar="SEQUENCE:HASH", help="A row as an earlier check or export showed it.")
@click.pass_context
def verify(ctx: click.Context, organisation_id: UUID | None, anchor: str | None) -> None:
    """Check every organisation's chain; exit code 1 where one was tampered with.

    Prints each chain's last sequence and hash: kept elsewhere, they are the anchors of later checks.
    """
    if anchor and not organisation_id:
        raise StudioError("An anchor is of one chain: name it with --organisation.")
    if anchor and not re.fullmatch(r"[1-9]\d{0,18}:[0-9a-f]{64}", anchor):
        raise StudioError("Give the anchor as SEQUENCE:HASH, the hash with 64 hexadecimal digits.")
    settings = read_settings()
    stack = running(settings.home)
    url = settings.database_url or (stack.services.get("STUDIO_DATABASE_URL", "") if stack else "")
    if not url:
        raise StudioError(
            "Start the studio, or set STUDIO_DATABASE_URL to the database whose log is checked."
        )
    # Piccolo finds the database in the environment.
    os.environ["STUDIO_DATABASE_URL"] = url
    if not asyncio.run(_verify(organisation_id, anchor)):
        ctx.exit(1)


async def _verify(organisation_id: UUID | None, anchor: str | None) -> bool:
    import asyncpg

    from control.audit.verification import Anchor, chains, verify_chain
    from control.database.engine import close_pool, open_pool, transaction

    sequence, _, value = (anchor or "").partition(":")
    known = Anchor(int(sequence), bytes.fromhex(value)) if anchor else None
    try:
        await open_pool()
    except (OSError, asyncpg.PostgresError) as error:
        raise StudioError(f"The database does not answer: {error}") from None
    intact = True
    try:
        for chain in [organisation_id] if organisation_id else await chains():
            async with transaction():
                report = await verify_chain(chain, known)
            intact = intact and report.intact
            state = "unbroken" if report.intact else f"{report.what} at {report.first_bad}: {report.detail}"
            click.echo(f"{chain}  {report.rows}:{report.head}  {state}")
    except asyncpg.UndefinedTableError:
        raise StudioError("This database has no audit log yet: `studio migrate` makes it.") from None
    finally:
        await close_pool()
    return intact
