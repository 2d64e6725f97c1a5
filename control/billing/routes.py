"""Credits: balance, history, prices, quotes, limits of spending."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.billing import quotes, reading, schemas, spending
from control.billing.prices import PriceLine
from control.database.engine import transaction
from control.http.limits import costs
from control.jobs import preparing
from control.jobs.requests import MAX_BODY, AnyWork
from control.pages import Cursor, Limit, Page
from control.workflows.graph import Workflow
from control.workflows.submission import ready

Caller = Request[Principal, None, State]


@get("/credits", opt=requires("credit:read"))
async def get_credits(request: Caller, state: State) -> schemas.Credits:
    """What the organisation has, what its jobs hold, and when the next grant comes."""
    return await reading.credits(request.user, state.settings)


@get("/credits/history", opt=requires("credit:read"))
async def list_credit_history(
    request: Caller, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.LedgerPosting]:
    """All that happened to the organisation's credits, the latest first."""
    return await reading.history(request.user, cursor, limit)


@get("/prices", opt=requires("credit:read"))
async def list_prices(request: Caller) -> schemas.PriceList:
    """What work costs."""
    return reading.price_list()


@post("/quotes", opt=requires("job:create") | costs("hint"), status_code=201, request_max_body_size=MAX_BODY)
async def create_quote(request: Caller, data: AnyWork, state: State) -> schemas.Quote:
    """What a request would cost; it binds for 5 minutes.

    A job submitted with its `quote_id` costs just that, once, if the request is the same but for its seeds.
    """
    work: AnyWork = data
    if isinstance(data, Workflow):
        cost = (await ready(request.user, data, state.settings)).price
    else:
        prepared = await preparing.ready(request.user, data, state.settings)
        work, cost = prepared.work, prepared.price
    async with transaction():
        quote = await quotes.make(request.user, work, cost, datetime.now(UTC))
    return schemas.Quote(
        id=quote.id,
        amount_microcredits=quote.amount,
        lines=msgspec.json.decode(quote.lines, type=list[PriceLine]),
        expires_at=quote.expires_at,
    )


@get("/usage", opt=requires("credit:read"))
async def get_usage(
    request: Caller,
    by: Annotated[schemas.By, Parameter(description="What the spending is divided by.")] = "day",
    since: datetime | None = None,
    until: datetime | None = None,
    daily: Annotated[bool, Parameter(description="Divide each item by days too.")] = False,
) -> schemas.Usage:
    """What was spent, by day, member, team, model or kind of job: this month's, or from `since` on and before `until`.

    366 days at most; times without a zone are UTC.
    """
    return await reading.usage(request.user, by, since, until, daily)


@get("/spending-limits", opt=requires("credit:read"))
async def list_spending_limits(request: Caller) -> schemas.SpendingLimits:
    """The limits of spending, and what is spent of each this month."""
    return await spending.listed(request.user)


@put("/spending-limits/organisation", opt=requires("credit:manage"))
async def set_organisation_spending_limit(
    request: Caller, data: schemas.NewSpendingLimit
) -> schemas.SpendingLimit:
    """Limit what the whole organisation may spend in a month."""
    async with transaction():
        return await spending.put(request.user, "organisation", request.user.organisation_id, data)


@put("/spending-limits/teams/{team_id:uuid}", opt=requires("credit:manage"))
async def set_team_spending_limit(
    request: Caller, team_id: UUID, data: schemas.NewSpendingLimit
) -> schemas.SpendingLimit:
    """Limit what may be spent in a month on jobs for a team."""
    async with transaction():
        return await spending.put(request.user, "team", team_id, data)


@put("/spending-limits/members/{user_id:uuid}", opt=requires("credit:manage"))
async def set_member_spending_limit(
    request: Caller, user_id: UUID, data: schemas.NewSpendingLimit
) -> schemas.SpendingLimit:
    """Limit what a member may spend in a month."""
    async with transaction():
        return await spending.put(request.user, "member", user_id, data)


@delete("/spending-limits/organisation", opt=requires("credit:manage"))
async def remove_organisation_spending_limit(request: Caller) -> None:
    """Remove the organisation's limit."""
    async with transaction():
        await spending.remove(request.user, "organisation", request.user.organisation_id)


@delete("/spending-limits/teams/{team_id:uuid}", opt=requires("credit:manage"))
async def remove_team_spending_limit(request: Caller, team_id: UUID) -> None:
    """Remove a team's limit."""
    async with transaction():
        await spending.remove(request.user, "team", team_id)


@delete("/spending-limits/members/{user_id:uuid}", opt=requires("credit:manage"))
async def remove_member_spending_limit(request: Caller, user_id: UUID) -> None:
    """Remove a member's limit."""
    async with transaction():
        await spending.remove(request.user, "member", user_id)


ROUTES = Router(
    path="/",
    route_handlers=[
        get_credits, list_credit_history, list_prices, create_quote, get_usage,
        list_spending_limits,
        set_organisation_spending_limit, set_team_spending_limit, set_member_spending_limit,
        remove_organisation_spending_limit, remove_team_spending_limit, remove_member_spending_limit,
    ],
)  # fmt: skip
