"""Webhooks: endpoints, and what was sent to them."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Request, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.database.engine import transaction
from control.jobs import webhook_endpoints as endpoints
from control.jobs import webhook_schemas as schemas
from control.pages import Cursor, Limit, Page

Caller = Request[Principal, None, State]


@get("/webhooks", opt=requires("webhook:read"))
async def list_webhooks(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[schemas.Webhook]:
    """The addresses that are told of the organisation's jobs."""
    return await endpoints.listed(request.user, cursor, limit)


@post("/webhooks", opt=requires("webhook:manage"))
async def create_webhook(
    request: Caller, data: schemas.NewWebhook, state: State
) -> schemas.WebhookWithSecret:
    """Have an address told of the organisation's jobs. The answer shows the secret this once.

    Messages are signed as [Standard Webhooks](https://www.standardwebhooks.com) say: any of its libraries verifies them.
    """
    async with transaction():
        return await endpoints.create(request.user, data, state.settings)


@get("/webhooks/{webhook_id:uuid}", opt=requires("webhook:read"))
async def get_webhook(request: Caller, webhook_id: UUID) -> schemas.Webhook:
    """One webhook."""
    return endpoints.shown(await endpoints.existing(request.user, webhook_id))


@patch("/webhooks/{webhook_id:uuid}", opt=requires("webhook:manage"))
async def update_webhook(
    request: Caller, webhook_id: UUID, data: schemas.WebhookPatch, state: State
) -> schemas.Webhook:
    """Change a webhook; disable it, or enable one that was disabled."""
    async with transaction():
        return await endpoints.change(request.user, webhook_id, data, state.settings)


@delete("/webhooks/{webhook_id:uuid}", opt=requires("webhook:manage"))
async def delete_webhook(request: Caller, webhook_id: UUID) -> None:
    """Remove a webhook, with the log of what was sent to it."""
    async with transaction():
        await endpoints.remove(request.user, webhook_id)


@post("/webhooks/{webhook_id:uuid}/rotate-secret", opt=requires("webhook:manage"), status_code=200)
async def rotate_webhook_secret(request: Caller, webhook_id: UUID, state: State) -> schemas.WebhookWithSecret:
    """Give a webhook another secret, shown this once. For 24 hours messages are signed with the one before as well."""
    async with transaction():
        return await endpoints.rotate(request.user, webhook_id, state.settings)


@post("/webhooks/{webhook_id:uuid}/test", opt=requires("webhook:manage"), status_code=202)
async def send_webhook_test(request: Caller, webhook_id: UUID) -> schemas.Delivery:
    """Send a webhook a message of the type `webhook.test`, whatever events it is told. Its delivery shows what came of it."""
    async with transaction():
        return await endpoints.send_test(request.user, webhook_id)


@get("/webhooks/{webhook_id:uuid}/deliveries", opt=requires("webhook:read"))
async def list_webhook_deliveries(
    request: Caller,
    webhook_id: UUID,
    delivery_state: Annotated[
        Literal["waiting", "delivered", "failed"] | None,
        Parameter(query="state", description="Only deliveries in this state."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Delivery]:
    """What was sent to a webhook, or is to be, with every attempt; the latest first. Kept for 30 days."""
    return await endpoints.deliveries(request.user, webhook_id, delivery_state, cursor, limit)


@get("/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}", opt=requires("webhook:read"))
async def get_webhook_delivery(request: Caller, webhook_id: UUID, delivery_id: UUID) -> schemas.Delivery:
    """One message to a webhook, with every attempt."""
    return await endpoints.delivery(request.user, webhook_id, delivery_id)


@post(
    "/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/replay",
    opt=requires("webhook:manage"),
    status_code=202,
)
async def replay_webhook_delivery(request: Caller, webhook_id: UUID, delivery_id: UUID) -> schemas.Delivery:
    """Send a message once more, under the same `webhook-id`."""
    async with transaction():
        return await endpoints.replay(request.user, webhook_id, delivery_id)


ROUTES = Router(
    path="/",
    route_handlers=[
        list_webhooks, create_webhook, get_webhook, update_webhook, delete_webhook, rotate_webhook_secret,
        send_webhook_test, list_webhook_deliveries, get_webhook_delivery, replay_webhook_delivery,
    ],
)  # fmt: skip
