"""Webhook endpoints of an organisation, and the log of what was sent to them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from msgspec import UNSET

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import scoped
from control.errors import BadRequest, Conflict, NotFound
from control.ids import uuid7
from control.jobs import webhook_schemas as schemas
from control.jobs import webhooks
from control.jobs.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from control.jobs.webhook_post import is_public
from control.jobs.webhook_secrets import BOTH, new_secret, sealed
from control.pages import Page, page_of
from control.settings import ControlSettings
from control.tenancy.organisations import lock_for

SHOWN_ATTEMPTS = 20


async def listed(who: Principal, cursor: str | None, limit: int) -> Page[schemas.Webhook]:
    """All of the organisation's."""
    return await page_of(scoped(WebhookEndpoint, who).select(), WebhookEndpoint.id, cursor, limit, shown)


async def existing(who: Principal, webhook_id: UUID) -> dict[str, Any]:
    """One row; raises `NotFound`."""
    row = await scoped(WebhookEndpoint, who).select().where(WebhookEndpoint.id == webhook_id).first()
    if row is None:
        raise NotFound("There is no such webhook in your organisation.")
    return row


async def create(
    who: Principal, data: schemas.NewWebhook, settings: ControlSettings
) -> schemas.WebhookWithSecret:
    """A new one, with its secret; raises `BadRequest`, `Conflict`."""
    check_url(data.url, settings)
    await lock_for(who)
    if await scoped(WebhookEndpoint, who).count() >= webhooks.MOST:
        raise Conflict(
            f"Your organisation has {webhooks.MOST} webhooks, which is the most. Remove one first."
        )
    secret = new_secret()
    row = WebhookEndpoint(
        organisation_id=who.organisation_id, user_id=who.user_id, url=data.url, description=data.description,
        events=_events(data.events), secret=sealed(secret, settings), created_at=datetime.now(UTC),
    )  # fmt: skip
    await WebhookEndpoint.insert(row)
    made = shown(row.to_dict())
    await record(who, "webhook.create", ("webhook", made.id), after=_recorded(made))
    return _with_secret(made, secret)


async def change(
    who: Principal, webhook_id: UUID, patch: schemas.WebhookPatch, settings: ControlSettings
) -> schemas.Webhook:
    """Changes it; raises `NotFound`, `BadRequest`."""
    await lock_for(who)
    before = await existing(who, webhook_id)
    values: dict[Any, Any] = {}
    if patch.url is not UNSET:
        check_url(patch.url, settings)
        values[WebhookEndpoint.url] = patch.url
    if patch.description is not UNSET:
        values[WebhookEndpoint.description] = patch.description
    if patch.events is not UNSET:
        values[WebhookEndpoint.events] = _events(patch.events)
    if patch.enabled is True and not before["enabled"]:
        values |= {
            WebhookEndpoint.enabled: True,
            WebhookEndpoint.disabled_why: "",
            WebhookEndpoint.failing_since: None,
        }
    if values:
        await scoped(WebhookEndpoint, who).update(values).where(WebhookEndpoint.id == webhook_id)
    if patch.enabled is False and before["enabled"]:
        await webhooks.disable(who, webhook_id, "")
    after = shown(await existing(who, webhook_id))
    if (was := shown(before)) != after:
        await record(
            who, "webhook.update", ("webhook", webhook_id), before=_recorded(was), after=_recorded(after)
        )
    return after


async def remove(who: Principal, webhook_id: UUID) -> None:
    """Removes it, with the log of what was sent to it; raises `NotFound`."""
    before = await existing(who, webhook_id)
    await scoped(WebhookEndpoint, who).delete().where(WebhookEndpoint.id == webhook_id)
    await record(who, "webhook.delete", ("webhook", webhook_id), before=_recorded(shown(before)))


async def rotate(who: Principal, webhook_id: UUID, settings: ControlSettings) -> schemas.WebhookWithSecret:
    """Gives it another secret; the one before signs as well for a day. Raises `NotFound`."""
    await lock_for(who)
    before, secret = await existing(who, webhook_id), new_secret()
    values: dict[Any, Any] = {
        WebhookEndpoint.secret: sealed(secret, settings),
        WebhookEndpoint.old_secret: before["secret"],
        WebhookEndpoint.old_until: datetime.now(UTC) + BOTH,
    }
    await scoped(WebhookEndpoint, who).update(values).where(WebhookEndpoint.id == webhook_id)
    await record(who, "webhook.rotate_secret", ("webhook", webhook_id))
    return _with_secret(shown(await existing(who, webhook_id)), secret)


async def send_test(who: Principal, webhook_id: UUID) -> schemas.Delivery:
    """Puts a test message in line; raises `NotFound`, `Conflict` for a disabled one."""
    await _enabled(who, webhook_id)
    now = datetime.now(UTC)
    row = WebhookDelivery(
        organisation_id=who.organisation_id, endpoint_id=webhook_id, message_id=uuid7(), event_type=webhooks.TEST,
        payload=webhooks.body(webhooks.TEST, now, {"webhook_id": webhook_id}), next_at=now, created_at=now,
    )  # fmt: skip
    await WebhookDelivery.insert(row)
    return _delivery(row.to_dict(), [])


async def deliveries(
    who: Principal, webhook_id: UUID, state: str | None, cursor: str | None, limit: int
) -> Page[schemas.Delivery]:
    """What was sent to it, or is to be, the latest first; raises `NotFound`."""
    await existing(who, webhook_id)
    query = scoped(WebhookDelivery, who).select().where(WebhookDelivery.endpoint_id == webhook_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    page: Page[dict[str, Any]] = await page_of(
        query, WebhookDelivery.id, cursor, limit, lambda row: row, newest_first=True
    )
    attempts = await _attempts(who, [row["id"] for row in page.items])
    return Page(
        items=[_delivery(row, attempts.get(row["id"], [])) for row in page.items],
        next_cursor=page.next_cursor,
    )


async def delivery(who: Principal, webhook_id: UUID, delivery_id: UUID) -> schemas.Delivery:
    """One; raises `NotFound`."""
    row = (
        await scoped(WebhookDelivery, who)
        .select()
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == webhook_id)
        .first()
    )
    if row is None:
        raise NotFound("There is no such delivery to this webhook.")
    return _delivery(row, (await _attempts(who, [delivery_id])).get(delivery_id, []))


async def replay(who: Principal, webhook_id: UUID, delivery_id: UUID) -> schemas.Delivery:
    """Sends a message once more, under its own id; raises `NotFound`, `Conflict` for a disabled webhook."""
    await _enabled(who, webhook_id)
    await delivery(who, webhook_id, delivery_id)
    values: dict[Any, Any] = {
        WebhookDelivery.state: "waiting",
        WebhookDelivery.attempts: 0,
        WebhookDelivery.next_at: datetime.now(UTC),
    }
    await scoped(WebhookDelivery, who).update(values).where(WebhookDelivery.id == delivery_id)
    return await delivery(who, webhook_id, delivery_id)


def check_url(url: str, settings: ControlSettings) -> None:
    """Raises `BadRequest` for what we would never send to. What a name stands for is looked at when we do."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadRequest(f"This is no address: {error}.") from None
    port = 443 if found.port is None else found.port
    if not found.host or found.userinfo or found.fragment or not 0 < port < 65536:
        raise BadRequest(
            "Give an address as https://host/path or https://host:port/path, without a user and without #."
        )
    if settings.webhook_private:
        return
    if found.scheme != "https":
        raise BadRequest("Messages are sent over HTTPS alone. Give an address that begins with https://.")
    if found.host == "localhost" or found.host.endswith(".localhost") or not _public_literal(found.host):
        raise BadRequest("This address is not a public one. Messages go to public addresses alone.")


def _public_literal(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        # A name.
        return True


async def _enabled(who: Principal, webhook_id: UUID) -> None:
    if not (await existing(who, webhook_id))["enabled"]:
        raise Conflict("This webhook is disabled. Enable it first.")


async def _attempts(who: Principal, delivery_ids: list[UUID]) -> dict[UUID, list[schemas.Attempt]]:
    found: dict[UUID, list[schemas.Attempt]] = {}
    if not delivery_ids:
        return found
    rows = await (
        scoped(WebhookAttempt, who)
        .select()
        .where(WebhookAttempt.delivery_id.is_in(delivery_ids))
        .order_by(WebhookAttempt.id, ascending=False)
    )
    for row in rows:
        found.setdefault(row["delivery_id"], []).append(
            schemas.Attempt(**{name: row[name] for name in schemas.Attempt.__struct_fields__})
        )
    return {key: attempts[:SHOWN_ATTEMPTS] for key, attempts in found.items()}


def _delivery(row: dict[str, Any], attempts: list[schemas.Attempt]) -> schemas.Delivery:
    names = ("id", "message_id", "event_type", "state", "payload", "created_at", "delivered_at")
    return schemas.Delivery(
        **{name: row[name] for name in names},
        attempts=attempts,
        next_at=row["next_at"] if row["state"] == "waiting" else None,
    )


def shown(row: dict[str, Any]) -> schemas.Webhook:
    """A row as it goes over the wire."""
    until = row["old_until"]
    return schemas.Webhook(
        id=row["id"], url=row["url"], description=row["description"], events=list(row["events"]),
        enabled=row["enabled"], disabled_why=row["disabled_why"], failing_since=row["failing_since"],
        old_secret_until=until if until is not None and until > datetime.now(UTC) else None,
        created_at=row["created_at"],
    )  # fmt: skip


def _with_secret(webhook: schemas.Webhook, secret: str) -> schemas.WebhookWithSecret:
    fields = {name: getattr(webhook, name) for name in schemas.Webhook.__struct_fields__}
    return schemas.WebhookWithSecret(**fields, secret=secret)


def _events(events: list[schemas.EventType]) -> list[str]:
    return list(dict.fromkeys(events))


def _recorded(webhook: schemas.Webhook) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in ("url", "description", "events", "enabled")}
