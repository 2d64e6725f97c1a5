"""Two organisations with everything that an organisation can have, for the isolation test.

A new domain adds how to make what its routes name: to `IDS` for ids in paths, bodies and queries.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from control.access.permissions import PERMISSIONS
from control.assets.blobs import key_of
from control.assets.storage import connected
from control.identity.recovery import confirmation_token
from control.ids import uuid7
from control.settings import read_settings
from tests.control.people import (
    PASSWORD,
    Person,
    address,
    made,
    new_invitation,
    new_member,
    new_session,
    register,
    sign_in,
    sql,
)

_ROLE = (
    "INSERT INTO roles (id, organisation_id, name, permissions, created_at) VALUES ($1, $2, $3, $4, now())"
)


class Side:
    """One organisation. Everything in it has `marker` in its name."""

    def __init__(self, api: httpx.Client, environment: dict[str, str], marker: str) -> None:
        self.api, self.marker = api, marker
        self.settings = read_settings(environment)
        self.database_url = self.settings.database_url
        self._roles: dict[tuple[str, ...], str] = {}
        self.admin = register(api, marker, address(marker))
        self.id = self.admin.organisation_id
        made(self.admin.patch(f"/organisations/{self.id}", name=f"{marker} Ltd"))

    def name(self) -> str:
        """A new name."""
        return f"{self.marker.lower()}-{secrets.token_hex(6)}"

    def user(self, role: str = "user") -> str:
        """A new member."""
        return new_member(self.admin, self.database_url, role, name=self.marker)

    def person(self, role: str = "admin") -> Person:
        """A new member, signed in."""
        return Person(self.api, *sign_in(self.api, self.database_url, self.user(role), self.id), self.marker)

    def role_without(self, *permissions: str) -> str:
        """The name of a role that may do everything else."""
        # One for all tests: an organisation has 100 at most.
        if (name := self._roles.get(permissions)) is None:
            name = self._roles[permissions] = self.name()
            allowed = sorted(PERMISSIONS.keys() - set(permissions))
            sql(self.database_url, _ROLE, uuid7(), self.id, name, allowed)
        return name

    def custom_role(self) -> dict[str, Any]:
        """A new role."""
        role: dict[str, Any] = made(self.admin.post("/roles", name=self.name(), permissions=["team:read"]))
        return role

    def state(self) -> dict[str, list[str]]:
        """All rows of the organisation and of its people, as text."""
        owned = sql(
            self.database_url,
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'organisation_id' "
            "AND table_schema = 'public' ORDER BY 1",
        )
        members = "(SELECT user_id FROM memberships WHERE organisation_id = $1)"
        conditions = {table: "organisation_id = $1" for (table,) in owned} | {
            "organisations": "id = $1",
            "users": f"id IN {members}",
            "external_logins": f"user_id IN {members}",
            "password_resets": f"user_id IN {members}",
            "refresh_tokens": "session_id IN (SELECT id FROM sessions WHERE organisation_id = $1)",
        }
        query = " UNION ALL ".join(
            f"SELECT '{table}', array_agg(t::text ORDER BY t::text) FROM {table} t WHERE {condition}"
            for table, condition in conditions.items()
        )
        return dict(sql(self.database_url, query, self.id))


def picture() -> bytes:
    """A PNG that nobody has."""
    file = BytesIO()
    Image.frombytes("RGB", (8, 8), secrets.token_bytes(192)).save(file, "PNG")
    return file.getvalue()


def _asset(side: Side, person: Person) -> str:
    """A new file. Past the API, which counts uploads and takes its time to look at them."""
    data, asset_id, blob_id = picture(), str(uuid7()), str(uuid7())
    sha256 = hashlib.sha256(data).hexdigest()
    key = key_of(UUID(side.id), sha256)
    connected(side.settings.s3_url, side.settings).put_object(
        Bucket=side.settings.s3_bucket, Key=key, Body=data, ContentType="image/png"
    )
    sql(
        side.database_url,
        "INSERT INTO blobs (id, organisation_id, sha256, key, size, media_type, tier, created_at, used_at) "
        "VALUES ($1, $2, $3, $4, $5, 'image/png', 'hot', now(), now())",
        blob_id, side.id, sha256, key, len(data),
    )  # fmt: skip
    sql(
        side.database_url,
        "INSERT INTO assets (id, organisation_id, user_id, blob_id, kind, name, media_type, width, height, place, "
        "prompt, model, rating, temporary, created_at) "
        "VALUES ($1, $2, $3, $4, 'upload', $5::text, 'image/png', 8, 8, 0, $5::text, '', 0, false, now())",
        asset_id, side.id, person.id, blob_id, side.name(),
    )  # fmt: skip
    return asset_id


def _job(side: Side, person: Person) -> str:
    """A new job in line. Past the API, which counts generations."""
    job_id = str(uuid7())
    request = {"kind": "txt2img", "prompt": side.name(), "width": 64, "height": 64, "seed": 1}
    sql(
        side.database_url,
        "INSERT INTO jobs (id, organisation_id, user_id, kind, request, model, tier, state, sequence, paused, "
        "position, work, attempt, worker, server, reserved, traceparent, created_at, queued_at) "
        "VALUES ($1, $2, $3, 'txt2img', $4, 'pocket', 'free', 'QUEUED', 1, false, 1, 1, 0, '', '', 0, '', now(), now())",
        job_id, side.id, person.id, json.dumps(request),
    )  # fmt: skip
    sql(
        side.database_url,
        "INSERT INTO job_events (id, organisation_id, job_id, user_id, sequence, state, attempt, detail, created_at) "
        "VALUES ($1, $2, $3, $4, 1, 'QUEUED', 0, '{}', now())",
        uuid7(), side.id, job_id, person.id,
    )  # fmt: skip
    return job_id


def _webhook(side: Side, _: Person) -> str:
    """A new webhook; an organisation has only so many by the API."""
    webhook_id = str(uuid7())
    sql(
        side.database_url,
        "INSERT INTO webhook_endpoints (id, organisation_id, user_id, url, description, events, secret, enabled, "
        "disabled_why, created_at) VALUES ($1, $2, $3, 'https://example.com', $4, '{}', '', true, '', now())",
        webhook_id, side.id, side.admin.id, side.name(),
    )  # fmt: skip
    return webhook_id


def _delivery(side: Side, person: Person) -> str:
    return str(made(side.admin.post(f"/webhooks/{_webhook(side, person)}/test"))["id"])


def _to_webhook(side: Side, ids: dict[str, str]) -> None:
    """The delivery is one to the webhook."""
    sql(
        side.database_url,
        "UPDATE webhook_deliveries SET endpoint_id = $1 WHERE id = $2",
        ids["webhook_id"], ids["delivery_id"],
    )  # fmt: skip


def _no_webhooks(side: Side, _: dict[str, str]) -> None:
    """Those of the cases before are more than an organisation may have."""
    sql(side.database_url, "DELETE FROM webhook_endpoints WHERE organisation_id = $1", side.id)


def _failed(side: Side, ids: dict[str, str]) -> None:
    sql(side.database_url, "UPDATE jobs SET state = 'FAILED' WHERE id = $1", ids["job_id"])


def _upload(side: Side, person: Person) -> str:
    """An upload in parts, whose one part has arrived."""
    data = picture()
    begun = made(person.post("/uploads/multipart", name=side.name(), size=len(data)))
    httpx.put(begun["parts"][0]["url"], content=data, trust_env=False).raise_for_status()
    return str(begun["id"])


def _workflow(side: Side, person: Person) -> str:
    """A new workflow with two versions."""
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }
    made_id = str(made(person.post("/workflows", name=side.name(), graph=graph))["id"])
    graph["1"]["inputs"] = {"width": 64, "height": 128}
    made(person.post(f"/workflows/{made_id}/versions", base_version=1, graph=graph, message=side.name()))
    return made_id


def _link(side: Side, person: Person) -> str:
    """A new link of a new workflow."""
    workflow = _workflow(side, person)
    made(person.post(f"/workflows/{workflow}/share", visibility="link"))
    return str(made(person.post(f"/workflows/{workflow}/links", name=side.name()))["id"])


def _to_workflow(side: Side, ids: dict[str, str]) -> None:
    """The link is one of the workflow."""
    sql(
        side.database_url,
        "UPDATE workflow_links SET workflow_id = $1 WHERE id = $2",
        ids["workflow_id"], ids["link_id"],
    )  # fmt: skip


def _model(side: Side, _: Person) -> str:
    """A LoRA of the organisation's own. Files are added on the machine, not over the API."""
    model_id, name, sha256 = str(uuid7()), side.name(), secrets.token_hex(32)
    about = {"type": "lora", "name": name, "sha256": sha256, "bytes": 1, "layout": "kohya"}
    sql(
        side.database_url,
        "INSERT INTO model_files (id, organisation_id, type, name, sha256, about, created_at) "
        "VALUES ($1, $2, 'lora', $3, $4, $5, now())",
        model_id, side.id, name, sha256, json.dumps(about),
    )  # fmt: skip
    return model_id


def _asset_link(side: Side, person: Person) -> str:
    """A new link to a new picture."""
    return str(made(person.post(f"/assets/{_asset(side, person)}/links", name=side.name()))["id"])


def _to_asset(side: Side, ids: dict[str, str]) -> None:
    """The link is one of the asset."""
    sql(
        side.database_url,
        "UPDATE asset_links SET asset_id = $1 WHERE id = $2",
        ids["asset_id"], ids["asset_link_id"],
    )  # fmt: skip


def _archive(side: Side, person: Person) -> str:
    """A new ZIP of a new picture."""
    return str(made(person.post("/assets/archives", asset_ids=[_asset(side, person)]))["id"])


def _shared_by_link(side: Side, ids: dict[str, str]) -> None:
    sql(
        side.database_url,
        "UPDATE workflow_documents SET visibility = 'link' WHERE id = $1",
        ids["workflow_id"],
    )


def _with_picture(side: Side, ids: dict[str, str]) -> None:
    sql(
        side.database_url,
        "UPDATE workflow_documents SET thumbnail_id = $1 WHERE id = $2",
        _asset(side, side.admin), ids["workflow_id"],
    )  # fmt: skip


def _carrying(side: Side, _: Person) -> dict[str, Any]:
    """A picture with a workflow in it."""
    text = PngInfo()
    text.add_text("prompt", json.dumps({"1": {"class_type": "EmptyLatentImage", "inputs": {"width": 64}}}))
    file = BytesIO()
    Image.open(BytesIO(picture())).save(file, "PNG", pnginfo=text)
    return {"file": file.getvalue(), "name": side.name()}


def _posted(path: str, **body: Any) -> Callable[[Side, Person], str]:
    return lambda side, person: str(made(person.post(path, name=side.name(), **body))["id"])


# What a path, a body or a query may name → how a new one of `side` is made, which belongs to `person` if to anybody.
IDS: dict[str, Callable[[Side, Person], str]] = {
    "organisation_id": lambda side, _: side.id,
    "user_id": lambda side, _: side.user(),
    "actor_id": lambda side, _: side.user(),
    "team_id": _posted("/teams"),
    "role_id": lambda side, _: str(side.custom_role()["id"]),
    "invitation_id": lambda side, person: str(
        made(person.post("/invitations", email=address(side.marker), role="viewer"))["id"]
    ),
    "session_id": lambda side, person: new_session(side.database_url, person.id, side.id),
    "api_key_id": _posted("/api-keys", scopes=["team:read"]),
    "asset_id": _asset,
    "board_id": _posted("/boards"),
    "upload_id": _upload,
    "image": _asset,
    "mask": _asset,
    "quote_id": lambda side, person: str(
        made(person.post("/quotes", kind="txt2img", prompt=side.name()))["id"]
    ),
    "job_id": _job,
    "before_job_id": _job,
    "workflow_id": _workflow,
    "link_id": _link,
    "asset_link_id": _asset_link,
    "archive_id": _archive,
    "preset_id": _posted("/presets", settings={"steps": 12}),
    "thumbnail_asset_id": _asset,
    "model_id": _model,
    "webhook_id": _webhook,
    "delivery_id": _delivery,
    # Not an id, and as good as one: a role is given by its name.
    "role": lambda side, _: str(side.custom_role()["name"]),
}
# What belongs to one person → the permission that opens others' things of the kind to who has it.
PERSONAL: dict[str, str | None] = {
    "session_id": None,
    "api_key_id": "api_key:manage",
    "asset_id": "asset:manage",
    "board_id": "asset:manage",
    "upload_id": None,
    "job_id": "job:manage",
    "workflow_id": "workflow:manage",
    "archive_id": None,
    "preset_id": "workflow:manage",
}
# In paths, and no ids: numbers of what the path names before.
NUMBERS = {"number": "1"}
# In paths of public routes.
PUBLIC_IDS = {"provider": "nobody", "kind": "not-found", "name": "style.css", "token": "pic_nobody"}

Route = tuple[str, str]


def _in_team(side: Side, ids: dict[str, str]) -> None:
    made(side.admin.put(f"/teams/{ids['team_id']}/members/{ids['user_id']}"))


def _on_board(side: Side, ids: dict[str, str]) -> None:
    made(side.admin.put(f"/boards/{ids['board_id']}/assets/{ids['asset_id']}"))


def _limit_of(scope: str) -> Callable[[Side, dict[str, str]], None]:
    def prepare(side: Side, ids: dict[str, str]) -> None:
        made(
            side.admin.request(
                "PUT", f"/spending-limits/{scope.format(**ids)}", {"amount_microcredits": 10**9}
            )
        )

    return prepare


# What must be so before a route can succeed.
PREPARE: dict[Route, Callable[[Side, dict[str, str]], None]] = {
    ("DELETE", "/api/v1/teams/{team_id}/members/{user_id}"): _in_team,
    ("POST", "/api/v1/jobs/{job_id}/retry"): _failed,
    ("DELETE", "/api/v1/boards/{board_id}/assets/{asset_id}"): _on_board,
    ("POST", "/api/v1/webhooks"): _no_webhooks,
    ("DELETE", "/api/v1/workflows/{workflow_id}/links/{link_id}"): _to_workflow,
    ("DELETE", "/api/v1/assets/{asset_id}/links/{asset_link_id}"): _to_asset,
    ("POST", "/api/v1/workflows/{workflow_id}/links"): _shared_by_link,
    ("GET", "/api/v1/workflows/{workflow_id}/thumbnail"): _with_picture,
    ("GET", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"): _to_webhook,
    ("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): _to_webhook,
    ("DELETE", "/api/v1/spending-limits/organisation"): _limit_of("organisation"),
    ("DELETE", "/api/v1/spending-limits/teams/{team_id}"): _limit_of("teams/{team_id}"),
    ("DELETE", "/api/v1/spending-limits/members/{user_id}"): _limit_of("members/{user_id}"),
}


def _invited(side: Side, person: Person) -> dict[str, Any]:
    elsewhere = register(side.api)
    return {"token": new_invitation(side.database_url, elsewhere.organisation_id, person.email)}


# Bodies that the document's example does not give.
BODIES: dict[Route, Callable[[Side, Person], dict[str, Any]]] = {
    ("POST", "/api/v1/invitations/accept"): _invited,
    ("POST", "/api/v1/auth/verify-email"): lambda side, person: {
        "token": confirmation_token(UUID(person.id), person.email, side.settings)
    },
    ("POST", "/api/v1/jobs"): lambda side, _: {"request": {"kind": "txt2img", "prompt": side.name()}},
    ("POST", "/api/v1/generate/upscale"): lambda side, person: {
        "image": _asset(side, person),
        "upscaler": "twice",
    },
    ("POST", "/api/v1/workflows/import"): _carrying,
    ("POST", "/api/v1/workflows/validate"): lambda side, _: {"graph": {}},
    ("POST", "/api/v1/workflows/{workflow_id}/run"): lambda side, _: {},
    ("POST", "/api/v1/workflows/{workflow_id}/versions"): lambda side, _: {
        "base_version": 2,
        "graph": {"1": {"class_type": "EmptyLatentImage", "inputs": {}}},
        "message": side.name(),
    },
    ("POST", "/api/v1/jobs/{job_id}/move"): lambda side, person: {"before_job_id": _job(side, person)},
    ("POST", "/api/v1/me/password"): lambda side, _: {
        "current_password": PASSWORD,
        "new_password": secrets.token_urlsafe(12),
    },
}
