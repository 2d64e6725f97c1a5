"""Keeps secrets out of the audit log, should a caller of `record` hand one over."""

import re
from typing import Any

import msgspec

REMOVED = "[removed]"
_NAMES = re.compile(r"password|secret|token|cookie|authorization|private|_hash$|^key$|^hash$|^code$", re.I)
# Our own prefixes with 256 random bits behind them, JWTs, password hashes.
_VALUES = re.compile(r"\b(?:[a-z]{2,8}_[\w-]{40,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]*)|\$argon2")


def recorded(value: object) -> str | None:
    """`value` as JSON text without secrets; None for None."""
    if value is None:
        return None
    plain = _clean(msgspec.to_builtins(value, str_keys=True))
    return msgspec.json.encode(plain, order="deterministic").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: REMOVED if inner is not None and _NAMES.search(name) else _clean(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if isinstance(value, str) and _VALUES.search(value):
        return REMOVED
    return value
