"""What schemathesis needs to know of us (SCHEMATHESIS_HOOKS): how to sign in, and again once a case signed out."""

import atexit
import json
import os
from collections import Counter
from pathlib import Path
from threading import Lock
from uuid import uuid4

import requests
import schemathesis
from schemathesis import GenerationMode

API = os.environ["STUDIO_FUZZ_API"]
COUNTS = Path(os.environ["STUDIO_FUZZ_COUNTS"])
"""Where the number of answers stands in the end: operation → status → how many."""

MEANT = {"/problems/bad-request", "/problems/wrong-workflow"}
"""Problems of what is said, not of how."""
_counts: Counter[tuple[str, int]] = Counter()
_token: list[str] = []
_lock = Lock()


def register() -> str:
    """An admin of a new organisation; their token."""
    answer = requests.post(
        f"{API}/api/v1/auth/register",
        json={"email": f"{uuid4().hex}@example.com", "password": uuid4().hex, "name": "Fuzz"},
        timeout=30,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


@schemathesis.auth(refresh_interval=None)
class Admin:
    """Somebody who may do everything in their organisation."""

    def get(self, case, context):
        with _lock:
            if not _token:
                _token.append(register())
            return _token[0]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Answers that go on for ever end at once."""
    answers = case.operation.definition.raw.get("responses", {}).values()
    if any("text/event-stream" in answer.get("content", {}) for answer in answers):
        sent = (case.query or {}).get("seconds", 0)
        if str(sent).isdigit() and int(sent) <= 86_400:
            case.query = {**(case.query or {}), "seconds": 0}


@schemathesis.hook
def after_call(context, case, response):
    with _lock:
        _counts[case.operation.label, response.status_code] += 1
        sent = (response.request.headers.get("Authorization") or "").removeprefix("Bearer ")
        # Somebody logged out, left their organisation, changed the password…
        if response.status_code == 401 and _token == [sent] and case.operation.definition.raw.get("security"):
            _token.clear()


@atexit.register
def write() -> None:
    found: dict[str, dict[int, int]] = {}
    for (operation, status), number in sorted(_counts.items()):
        found.setdefault(operation, {})[status] = number
    COUNTS.write_text(json.dumps(found, indent=1))


@schemathesis.check
def refused_for_its_meaning_alone(ctx, response, case) -> None:
    """What fits the schema may be refused for what it says (a cursor that is not ours), not for its shape."""
    meta = case.meta
    if response.status_code == 400 and meta is not None and meta.generation.mode == GenerationMode.POSITIVE:
        kind = response.json().get("type")
        assert kind in MEANT, f"{kind} for data that fits the schema: {response.text[:300]}"
