"""`studio credits`: organisations' credits, for who runs the studio."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from studio.commands.database import with_database

CREDIT = 1_000_000


class CreditsType(click.ParamType):
    """A number of credits; the command gets micro-credits."""

    name = "credits"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fails for what is no whole number of micro-credits."""
        try:
            micro = Decimal(value) * CREDIT
        except InvalidOperation:
            self.fail(f"{value!r} is no number", param, ctx)
        if not micro.is_finite() or micro != micro.to_integral_value() or not 0 < abs(micro) <= 10**15:
            self.fail(f"{value} has more than 6 decimals, is 0 or more than 1000000000", param, ctx)
        return int(micro)


@click.group(name="credits")
def credits() -> None:
    """Show, give and check organisations' credits. ORGANISATION is an id or a slug."""


@credits.command()
@click.argument("organisation")
def show(organisation: str) -> None:
    """What ORGANISATION has, and where it came from and went."""
    from control.billing.operators import balances

    found = with_database(lambda settings: balances(organisation, settings))
    click.echo(f"{found.organisation.name} ({found.organisation.slug}), {found.organisation.tier}")
    for account, amount in found.accounts.items():
        # Those that stand opposite have the other sign.
        shown = amount if account in {"available", "held", "spent", "expired"} else -amount
        click.echo(f"{account:<10} {shown / CREDIT:>16,.6f}")
    click.echo(f"Of those available and held, {found.expiring / CREDIT:,.6f} expire at the month's end.")


@credits.command(context_settings={"ignore_unknown_options": True})
@click.argument("organisation")
@click.argument("amount", type=CreditsType())
@click.option("--lasting", is_flag=True, help="They do not expire; a negative AMOUNT takes credits away.")
@click.option("--memo", default="", help="Why, for the history.")
@click.option("--key", help="A name for this gift: given twice, it counts once.")
def grant(organisation: str, amount: int, lasting: bool, memo: str, key: str | None) -> None:
    """Give ORGANISATION AMOUNT credits, which expire at the month's end unless they are --lasting."""
    from control.billing.operators import give

    new = with_database(
        lambda settings: give(organisation, amount, settings, lasting=lasting, memo=memo[:400], key=key)
    )
    click.echo(f"{amount / CREDIT:g} credits for {organisation}." if new else f"{key} was given before.")


@credits.command()
@click.argument("organisation", required=False)
@click.pass_context
def verify(ctx: click.Context, organisation: str | None) -> None:
    """Check the ledger of ORGANISATION, or all: sums, holds, closings; exit code 1 where something is wrong."""
    from control.billing.operators import findings

    found = with_database(lambda _: findings(organisation))
    for which, wrong in found.items():
        click.echo(f"{which.id}  {which.slug}  {'balanced' if not wrong else ''}".rstrip())
        for sentence in wrong:
            click.echo(f"  {sentence}")
    if any(found.values()):
        ctx.exit(1)
