"""Logs: one JSON object a line on stdout, ours and every library's, and no secret in any of them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import msgspec
import structlog

from control.http.context import current

Event = MutableMapping[str, Any]

HIDDEN = "[redacted]"
_SECRET_NAME = re.compile(
    r"(?i)(?<!next_)(?:password|passwd|secret|token|authorization|cookie|credential|api_?key|private|code_verifier)$"
)
_SECRET_TEXT = re.compile(
    r"""(?x)
    (?P<keep> \b[Bb]earer\s+ | \b[Bb]asic\s+ ) [A-Za-z0-9._~+/=-]{6,}
    | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?       # a JWT
    | \b(?:sk|rt|pr|lc|inv)_[A-Za-z0-9_-]{16,}                        # keys and tokens of ours
    | \$argon2[a-z]*\$[^\s'"]+                                        # password hashes
    | (?P<url> \b[a-z][a-z0-9+.-]*://[^\s/:@'"]* : ) [^\s/@'"]+ (?=@) # a password in an address
    | (?P<query> [?&;\#](?:token|code|state|key|password|secret|access_token|refresh_token|id_token)= ) [^\s&'"\#]+
    | (?P<field> ["'](?:\w*password|\w*secret|\w*token|authorization|cookie|api_key|code)["']\s*[:=]\s*["'] ) [^"']+
    """
)
"""What looks like one in running text: a traceback, a library's message, an address with its query."""


def redact(text: str) -> str:
    """`text` without what looks like a secret."""
    # Most of a line's values are the same as in the line before.
    return _short(text) if len(text) < 64 else _long(text)


def _long(text: str) -> str:
    return _SECRET_TEXT.sub(
        lambda found: next((kept for kept in found.groupdict().values() if kept), "") + HIDDEN, text
    )


_short = lru_cache(4096)(_long)


def _clean(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return redact(value)
    if depth < 5 and isinstance(value, dict):
        return {
            name: HIDDEN if _SECRET_NAME.search(str(name)) else _clean(below, depth + 1)
            for name, below in value.items()
        }
    if depth < 5 and isinstance(value, list | tuple | set | frozenset):
        return [_clean(below, depth + 1) for below in value]
    return value if isinstance(value, int | float | bool | None) else redact(str(value))


OURS = frozenset({"time", "level", "logger"})
NUMBERS = frozenset({int, float, bool})


@lru_cache(1024)
def _secret_name(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def redacting(_logger: Any, _method: str, event: Event) -> Event:
    """structlog processor: hides values by their names and by their looks."""
    return {
        name: HIDDEN
        if _secret_name(name)
        else value
        if name in OURS or type(value) in NUMBERS
        else _clean(value)
        for name, value in event.items()
    }


def _with_request(_logger: Any, _method: str, event: Event) -> Event:
    if request_id := current().request_id:
        event.setdefault("request_id", request_id)
    return event


def _line(_logger: Any, _method: str, event: Event) -> str:
    # uvicorn's lines a second time, for terminals.
    event.pop("color_message", None)
    first = {name: event.pop(name) for name in ("time", "level", "event") if name in event}
    return msgspec.json.encode({**first, **event}, enc_hook=str).decode()


def set_up(level: str = "info") -> None:
    """Everything that this process logs from now on goes to stdout, as JSON."""
    before: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _with_request,
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*before, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redacting, _line],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Their own handlers would write the same line a second time, and not as JSON.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "piccolo", "litestar"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Says "Application startup complete" and the like at `info`; its access log would hold query strings.
    logging.getLogger("uvicorn.access").disabled = True
    # At `info`, httpx logs whole addresses.
    for name in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
