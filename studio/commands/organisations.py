"""`studio organisations`: the tenants of this studio, and their tiers."""

from typing import get_args

import click

from control.settings import Tier
from studio.commands.database import with_database


@click.group()
def organisations() -> None:
    """List organisations; bring one to another tier."""


@organisations.command(name="list")
def list_organisations() -> None:
    """Id, slug and tier of each."""
    from control.billing.operators import organisations as all_organisations

    for found in with_database(lambda _: all_organisations()):
        click.echo(f"{found.id}  {found.slug}  {found.tier}")


@organisations.command()
@click.argument("organisation")
@click.argument("tier", type=click.Choice(get_args(Tier)))
def tier(organisation: str, tier: Tier) -> None:
    """Bring ORGANISATION (an id or a slug) to TIER: its limits count at once, as does the rest of its credits."""
    from control.billing.operators import set_tier

    found = with_database(lambda _: set_tier(organisation, tier))
    click.echo(f"{found.slug} is {found.tier}.")
