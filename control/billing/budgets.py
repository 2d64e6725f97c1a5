"""Limits of spending: kept at submit, and told of before they are reached."""

import asyncio
from contextvars import Context
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog

from control.access.principal import Principal
from control.audit.service import record
from control.billing.months import first_instant, month_of
from control.billing.tables import BudgetAlert, SpendingLimit
from control.billing.tiers import CREDIT
from control.database.engine import transaction
from control.database.owned import scoped
from control.errors import PaymentRequired
from control.identity.mail import Letter, post
from control.settings import ControlSettings
from control.tenancy.tables import Membership

Scope = Literal["organisation", "team", "member"]
REACHED = 100
"""Percent."""
# Piccolo resolves the columns of another table when it runs.
_USER: Any = Membership.user_id
_TELLING: set[asyncio.Task[None]] = set()


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A limit of spending, and how it stands this month."""

    id: UUID
    scope: Scope
    subject_id: UUID
    name: str | None
    """Of the organisation, the team or the person; null where it belongs to the organisation no longer."""
    amount: int
    """Micro-credits."""
    alerts: list[int]
    told: list[int]
    """Percentages that the admins were told of this month."""
    spent: int
    """Micro-credits of jobs that were submitted this month: charged, or set aside until they have ended."""
    created_at: datetime


# What a job holds counts as spent until it has ended: else many at a time would spend more than the limit.
_BUDGETS = """
SELECT l.id, l.scope, l.subject_id, l.amount, l.alerts, l.created_at,
    ARRAY(SELECT percent FROM budget_alerts a WHERE a.limit_id = l.id AND a.month = {}) AS told,
    CASE l.scope
        WHEN 'organisation' THEN (SELECT o.name FROM organisations o WHERE o.id = l.organisation_id)
        WHEN 'team' THEN (
            SELECT t.name FROM teams t WHERE t.organisation_id = l.organisation_id AND t.id = l.subject_id)
        ELSE (
            SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id
            WHERE m.organisation_id = l.organisation_id AND m.user_id = l.subject_id)
    END AS name,
    coalesce((
        SELECT sum(coalesce(h.charged, h.amount)) FROM holds h
        WHERE h.organisation_id = l.organisation_id AND h.created_at >= {}
        AND (l.scope = 'organisation' OR (l.scope = 'team' AND h.team_id = l.subject_id)
             OR (l.scope = 'member' AND h.user_id = l.subject_id))
    ), 0)::bigint AS spent
FROM spending_limits l WHERE l.organisation_id = {}
"""
_OF_ONE = " AND (l.scope = 'organisation' OR l.subject_id = {} OR l.subject_id = {})"


async def budgets(organisation_id: UUID, now: datetime) -> list[Budget]:
    """All limits of an organisation, but those of teams and members that are gone."""
    rows = await SpendingLimit.raw(_BUDGETS + " ORDER BY l.id", *_values(organisation_id, now))
    found = [msgspec.convert(row, Budget) for row in rows]
    return [budget for budget in found if budget.name is not None]


async def keep(
    who: Principal, team_id: UUID | None, amount: int, settings: ControlSettings, now: datetime
) -> None:
    """Raises `PaymentRequired` where a job of `amount` micro-credits would pass a limit of spending.

    Tells the admins of limits that it brings near. The head of the ledger is locked.
    """
    values = _values(who.organisation_id, now)
    rows = await SpendingLimit.raw(_BUDGETS + _OF_ONE, *values, who.user_id, team_id)
    found = [msgspec.convert(row, Budget) for row in rows]
    for budget in found:
        if budget.spent + amount > budget.amount:
            if REACHED in budget.alerts and REACHED not in budget.told:
                _tell_apart(who, budget, settings, now)
            raise _passed(budget, amount)
    for budget in found:
        after = msgspec.structs.replace(budget, spent=budget.spent + amount)
        # Of a limit of 0 nothing but what costs nothing gets here.
        share = 100 * after.spent / max(1, after.amount)
        if crossed := [
            percent for percent in budget.alerts if percent not in budget.told and share >= percent
        ]:
            await _tell(who, after, crossed, settings, now)


def _passed(budget: Budget, amount: int) -> PaymentRequired:
    whose = {
        "organisation": "The organisation has",
        "team": f"The team {budget.name} has",
        "member": "You have",
    }[budget.scope]
    return PaymentRequired(
        f"{whose} spent {budget.spent / CREDIT:g} of {budget.amount / CREDIT:g} credits of this month, and this costs "
        f"{amount / CREDIT:g}. An admin can raise this limit of spending.",
        needed=amount,
        available=max(0, budget.amount - budget.spent),
        limit_of=budget.scope,
        subject_id=budget.subject_id,
    )


async def _tell(
    who: Principal, budget: Budget, percents: list[int], settings: ControlSettings, now: datetime
) -> None:
    """Writes down that the admins are told, and tells them of the highest one, by mail and in the audit log."""
    new = await BudgetAlert.insert(
        *(
            BudgetAlert(
                organisation_id=who.organisation_id, limit_id=budget.id, month=month_of(now), percent=percent,
                spent=budget.spent, created_at=now,
            )
            for percent in percents
        )
    ).on_conflict(action="DO NOTHING")  # fmt: skip
    # Somebody else was quicker.
    if not new:
        return
    admins = await (
        scoped(Membership, who)
        .select(_USER.email.as_alias("email"), _USER.name.as_alias("name"))
        .where(Membership.role == "admin", _USER.disabled_at.is_null())
    )
    for admin in admins:
        await post(_letter(admin["email"], admin["name"], budget, max(percents), settings), settings)
    await record(
        who,
        "budget.alert",
        ("spending_limit", budget.id),
        after={
            "scope": budget.scope,
            "subject_id": budget.subject_id,
            "percent": max(percents),
            "limit_microcredits": budget.amount,
            "spent_microcredits": budget.spent,
        },
    )


def _tell_apart(who: Principal, budget: Budget, settings: ControlSettings, now: datetime) -> None:
    """`_tell` that a limit is reached, in a transaction of its own: the refused job's is undone.

    Nobody waits for it. Should it be lost with the process, the next refusal tells.
    """

    async def tell() -> None:
        try:
            async with transaction():
                await _tell(who, budget, [REACHED], settings, now)
        except Exception as error:
            structlog.get_logger("control.billing").warning("budget_alert_lost", error=type(error).__name__)

    # In a context of its own, else Piccolo would take it for a part of this transaction.
    task = asyncio.create_task(tell(), context=Context())
    _TELLING.add(task)
    task.add_done_callback(_TELLING.discard)


def _letter(to: str, name: str, budget: Budget, percent: int, settings: ControlSettings) -> Letter:
    whose = f"the {budget.scope} {budget.name}"
    spent, most = f"{budget.spent / CREDIT:g}", f"{budget.amount / CREDIT:g}"
    text = f"Hello {name},\n\n{whose} has spent {spent} of its {most} credits of this month.\n"
    if percent >= REACHED:
        text += "\nJobs that would pass this limit are refused until the month ends or an admin raises the limit.\n"
    return Letter(
        to=to, subject=f"{percent} % of a budget is spent: {budget.name}", text=f"{text}\n{settings.url}\n"
    )


def _values(organisation_id: UUID, now: datetime) -> tuple[date, datetime, UUID]:
    return month_of(now), first_instant(now), organisation_id
