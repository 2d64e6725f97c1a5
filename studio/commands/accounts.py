"""`studio accounts`: people who may not sign in (any more)."""

import click

from studio.commands.database import with_database


@click.group()
def accounts() -> None:
    """Disable people's accounts, and enable them again."""


@accounts.command()
@click.argument("email")
def disable(email: str) -> None:
    """Nobody signs in as EMAIL from now on; sessions and API keys of the account count no more."""
    from control.identity.operators import set_disabled

    with_database(lambda _: set_disabled(email, disabled=True))
    click.echo(f"{email} is disabled.")


@accounts.command()
@click.argument("email")
def enable(email: str) -> None:
    """EMAIL may sign in again."""
    from control.identity.operators import set_disabled

    with_database(lambda _: set_disabled(email, disabled=False))
    click.echo(f"{email} is enabled. Sessions from before have ended.")
