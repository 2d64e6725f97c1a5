"""`studio audit`: is the audit log as it was written?"""

import re
from uuid import UUID

import click

from studio.commands.database import with_database
from studio.errors import StudioError


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
    if not with_database(lambda _: _verify(organisation_id, anchor)):
        ctx.exit(1)


async def _verify(organisation_id: UUID | None, anchor: str | None) -> bool:
    from control.audit.verification import Anchor, chains, verify_chain
    from control.database.engine import transaction

    sequence, _, value = (anchor or "").partition(":")
    known = Anchor(int(sequence), bytes.fromhex(value)) if anchor else None
    intact = True
    for chain in [organisation_id] if organisation_id else await chains():
        async with transaction():
            report = await verify_chain(chain, known)
        intact = intact and report.intact
        state = "unbroken" if report.intact else f"{report.what} at {report.first_bad}: {report.detail}"
        click.echo(f"{chain}  {report.rows}:{report.head}  {state}")
    return intact
