"""Files of the tests: uploaded through the API, or put into the database past it, where only rows matter."""

import hashlib
import io
import secrets
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from control.ids import uuid7
from tests.control.people import Person, made, sql

BLOB = (
    "INSERT INTO blobs (id, organisation_id, sha256, key, size, media_type, tier, created_at, used_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, 'hot', $7, $7)"
)
ASSET = (
    "INSERT INTO assets (id, organisation_id, user_id, team_id, blob_id, kind, name, media_type, width, height, job_id, "
    "place, prompt, model, rating, temporary, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 64, 48, $9, 0, $10, $11, $12, false, $13)"
)


def picture(width: int = 64, height: int = 48, *, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A file that nobody else has: noise, enlarged."""
    small = Image.frombytes("RGB", (8, 8), secrets.token_bytes(192))
    file = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).convert(mode).save(file, kind)
    return file.getvalue()


def upload(
    person: Person, data: bytes | None = None, name: str = "test.png", **fields: Any
) -> dict[str, Any]:
    """A new file of somebody's, as the API answers."""
    answer = person.request("POST", "/uploads", files={"file": (name, data or picture())}, data=fields)
    found: dict[str, Any] = made(answer)
    return found


def new_asset(
    database_url: str,
    person: Person,
    name: str = "test",
    *,
    prompt: str = "",
    model: str = "",
    kind: str = "output",
    rating: int = 0,
    team_id: str | None = None,
    job_id: str | None = None,
    at: datetime | None = None,
    media_type: str = "image/png",
) -> str:
    """A row without bytes; its id."""
    blob_id, asset_id, at = uuid7(), str(uuid7()), at or datetime.now(UTC)
    digest = hashlib.sha256(blob_id.bytes).hexdigest()
    sql(
        database_url, BLOB,
        blob_id, person.organisation_id, digest, f"test/{digest}", 1000, media_type, at,
    )  # fmt: skip
    sql(
        database_url, ASSET,
        asset_id, person.organisation_id, person.id, team_id, blob_id, kind, name, media_type, job_id, prompt, model,
        rating, at,
    )  # fmt: skip
    return asset_id


def ids(answer: Any) -> list[str]:
    """Ids of a page's items."""
    return [item["id"] for item in made(answer)["items"]]
