"""The hash chain: what a row's hash is made of."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import msgspec

START = bytes(32)
"""`previous_hash` of a chain's first row."""
HASHED = (
    "id", "organisation_id", "sequence", "at", "actor_id", "actor", "via", "act", "subject_type", "subject_id",
    "address", "request_id", "before", "after",
)  # fmt: skip
"""The fields under the hash: all but the two hashes."""


def hashed_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's fields as they are hashed and exported: `at` in UTC as ISO 8601, JSON columns as their text."""
    return {name: row[name] for name in HASHED} | {"at": row["at"].astimezone(UTC).isoformat()}


def chain_hash(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """SHA-256 over the hash before (32 bytes) and the row's fields as JSON: keys sorted, no spaces, UTF-8."""
    return hashlib.sha256(previous + msgspec.json.encode(hashed_fields(row), order="deterministic")).digest()
