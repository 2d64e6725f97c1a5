"""Signing keys of webhook endpoints: `whsec_` and 256 random bits in base64, sealed in the database."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from control.database.owned import unscoped
from control.identity.secrets import decrypt, encrypt
from control.jobs.tables import WebhookEndpoint
from control.settings import ControlSettings

PREFIX = "whsec_"
PURPOSE = b"webhook secret"
BOTH = timedelta(hours=24)
"""How long a secret signs beside the one that took its place."""
WHY = "the key that all of them are sealed with is changed"


def new_secret() -> str:
    """As Standard Webhooks have it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str, settings: ControlSettings) -> bytes:
    """As it is kept."""
    return encrypt(secret.encode(), settings.secret_key, PURPOSE)


def secrets_of(endpoint: dict[str, Any], settings: ControlSettings, now: datetime) -> list[str]:
    """What a row's messages are signed with, the newest first."""
    kept = [endpoint["secret"]]
    if endpoint["old_secret"] is not None and endpoint["old_until"] > now:
        kept.append(endpoint["old_secret"])
    return [decrypt(one, settings, PURPOSE).decode() for one in kept]


async def reencrypt(settings: ControlSettings) -> int:
    """Seals all secrets with STUDIO_SECRET_KEY; how many. In the caller's transaction; raises `ControlError`."""
    count = 0
    columns = (WebhookEndpoint.id, WebhookEndpoint.secret, WebhookEndpoint.old_secret)
    for row in await unscoped(WebhookEndpoint, WHY).select(*columns).lock_rows("UPDATE"):
        changes: dict[Any, Any] = {
            name: sealed(decrypt(row[name], settings, PURPOSE).decode(), settings)
            for name in ("secret", "old_secret")
            if row[name] is not None
        }
        await unscoped(WebhookEndpoint, WHY).update(changes).where(WebhookEndpoint.id == row["id"])
        count += len(changes)
    return count
