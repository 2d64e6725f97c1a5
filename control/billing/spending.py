"""Limits of spending: set and removed by admins."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.audit.service import record
from control.billing import schemas
from control.billing.budgets import Budget, Scope, budgets
from control.billing.tables import BudgetAlert, SpendingLimit
from control.database.owned import scoped
from control.errors import NotFound
from control.tenancy import members, teams
from control.tenancy.organisations import lock_for


async def listed(who: Principal) -> schemas.SpendingLimits:
    """All of the organisation."""
    found = await budgets(who.organisation_id, datetime.now(UTC))
    return schemas.SpendingLimits(items=[_shown(budget) for budget in found])


async def put(
    who: Principal, scope: Scope, subject_id: UUID, new: schemas.NewSpendingLimit
) -> schemas.SpendingLimit:
    """Sets a limit, or another one; raises `NotFound` for a team or a member that is not the organisation's.

    Where the amount is another one, its alerts of this month are told anew.
    """
    await lock_for(who)
    if scope == "team":
        await teams.existing_team(who, subject_id)
    elif scope == "member":
        await members.show(who, subject_id)
    before = await _row(who, scope, subject_id)
    amount, alerts = new.amount_microcredits, sorted(set(new.alerts))
    if before is None:
        made = SpendingLimit(
            organisation_id=who.organisation_id, scope=scope, subject_id=subject_id, amount=amount, alerts=alerts,
            created_at=datetime.now(UTC),
        )  # fmt: skip
        await SpendingLimit.insert(made)
        key = made.id
    else:
        key = before["id"]
        changed: dict[Any, Any] = {SpendingLimit.amount: amount, SpendingLimit.alerts: alerts}
        await scoped(SpendingLimit, who).update(changed).where(SpendingLimit.id == key)
        if before["amount"] != amount:
            await scoped(BudgetAlert, who).delete().where(BudgetAlert.limit_id == key)
    await record(
        who,
        "spending_limit.set",
        ("spending_limit", key),
        before=None if before is None else _recorded(scope, subject_id, before["amount"], before["alerts"]),
        after=_recorded(scope, subject_id, amount, alerts),
    )
    found = await budgets(who.organisation_id, datetime.now(UTC))
    return next(_shown(budget) for budget in found if budget.id == key)


async def remove(who: Principal, scope: Scope, subject_id: UUID) -> None:
    """Removes a limit; raises `NotFound` where there is none."""
    await lock_for(who)
    row = await _row(who, scope, subject_id)
    if row is None:
        raise NotFound("There is no such limit of spending in your organisation.")
    await scoped(SpendingLimit, who).delete().where(SpendingLimit.id == row["id"])
    await record(
        who,
        "spending_limit.remove",
        ("spending_limit", row["id"]),
        before=_recorded(scope, subject_id, row["amount"], row["alerts"]),
    )


async def _row(who: Principal, scope: Scope, subject_id: UUID) -> dict[str, Any] | None:
    query = scoped(SpendingLimit, who).select().where(SpendingLimit.scope == scope)
    row: dict[str, Any] | None = await query.where(SpendingLimit.subject_id == subject_id).first()
    return row


def _recorded(scope: Scope, subject_id: UUID, amount: int, alerts: list[int]) -> dict[str, Any]:
    return {"scope": scope, "subject_id": subject_id, "amount_microcredits": amount, "alerts": alerts}


def _shown(budget: Budget) -> schemas.SpendingLimit:
    return schemas.SpendingLimit(
        scope=budget.scope,
        subject_id=budget.subject_id,
        name=budget.name or "",
        amount_microcredits=budget.amount,
        spent_microcredits=budget.spent,
        alerts=budget.alerts,
        created_at=budget.created_at,
    )
