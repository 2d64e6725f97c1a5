"""The OpenAPI document: Litestar's, made complete from what the routes declare and what their code raises.

Beside what Litestar writes: schemas by msgspec itself (so that what is refused is refused in the document too), field
descriptions from the docstrings under the fields, examples, security by declaration, and every error answer.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from control.access.declare import FRAMEWORK, Access, access_of
from control.errors import (
    BadRequest,
    ContentTooLarge,
    CsrfRefused,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from control.http import limits, raised
from control.http.bodies import media_type_of
from control.http.examples import example_of
from control.http.origins import SAFE
from control.http.problems import MEDIA_TYPE

Json = dict[str, Any]

VERSION = "1"
DESCRIPTION = """\
The studio's API. Sign in with `POST /api/v1/auth/login`, or make an API key, and send it as
`Authorization: Bearer …`. The web UI's own page has a cookie instead (`/browser/…`), and sends its CSRF token with
whatever is no GET.

**Errors** are problem documents (RFC 9457); `type` leads to an explanation, `errors` names wrong fields, `instance`
names the request in our logs. **Lists** come in pages: send `next_cursor` as `cursor` for the next one.
**Limits** depend on the organisation's tier; every answer says in `RateLimit` what is left, and 429 says in
`Retry-After` when to come back. **Times** are UTC, ISO 8601; **ids** are UUIDs. Unknown fields and parameters are
refused.

**Live events**: `/ws` tells over a WebSocket what happens to all of one's jobs, `/ws/jobs/{job_id}` of one; the token
goes in `Authorization`, or, from a browser, as the subprotocol `bearer.TOKEN` beside `studio`. Frames are JSON:
`JobState`, `JobProgress`, `JobPreview` and `JobNode`, as `GET /api/v1/events` sends them too. Who comes again sends the highest `id` as
`?after=`.
"""
STREAMS = "streams"
CONFIG = OpenAPIConfig(
    title="Studio", version=VERSION, description=DESCRIPTION, use_handler_docstrings=True, path="/litestar"
)
TAGS = {
    "Identity": "Accounts, sessions, tokens, API keys, and who one is.",
    "Tenancy": "Organisations, teams, members, invitations and roles.",
    "Audit": "Who did what, on what, from where.",
    "Jobs": "Requests for pictures, their place in line and what became of them.",
    "Webhooks": "Addresses that are told of jobs, signed as Standard Webhooks say.",
    "Billing": "Credits: what there are, what work costs, and limits of spending.",
    "Assets": "Pictures: uploads and outputs, searched, sorted and handed out.",
    "Realtime": "What happens to jobs, as it happens: WebSockets, and the same stream as server-sent events.",
    "Operations": "Is the process well? For who runs the studio.",
}
SCHEMES: Json = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of `POST /api/v1/auth/login` or `/auth/refresh`. It ends after minutes.",
    },
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "sk_…",
        "description": "An API key. It may do what its scopes and its owner's role both allow.",
    },
    "browserSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": "studio_session",
        "description": "The web UI's session (over https: __Host-studio_session), of `POST /api/v1/browser/login`. What "
        "is no GET needs the header X-CSRF-Token too, with csrf_token of `GET /api/v1/browser/session`.",
    },
}
_HEADERS: Json = {
    "X-Request-Id": {
        "description": "The request's id: the one that was sent, or a new one.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
    },
    "RateLimit-Policy": {
        "description": "The caller's limits: q requests in any w seconds.",
        "schema": {"type": "string", "examples": ['"requests";q=100;w=60']},
    },
    "RateLimit": {
        "description": "What is left: r requests; t seconds until more come free. Absent where it cannot be counted.",
        "schema": {"type": "string", "examples": ['"requests";r=99;t=60']},
    },
    "Retry-After": {
        "description": "After how many seconds the request may be sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$", "examples": ["12"]},
    },
    "WWW-Authenticate": {
        "description": "How to sign in.",
        "schema": {"type": "string", "examples": ["Bearer"]},
    },
}
_PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457). A problem may have members of its own.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Leads to what is known of this kind of problem.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong here, and what to do."},
        "instance": {
            "type": "string",
            "format": "uri-reference",
            "description": "urn:request: and the request's id.",
        },
        "errors": {
            "type": "array",
            "description": "Which fields or parameters are wrong.",
            "items": {
                "type": "object",
                "required": ["in", "path", "message"],
                "properties": {
                    "in": {"type": "string", "description": "body, query, path, header or cookie"},
                    "path": {"type": "string", "description": "As items[0].name; empty: the whole."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
"""A parameter's bound → JSON Schema's name of it."""
_ALWAYS: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def streams(*events: Any) -> dict[str, object]:
    """In a route's `opt`: its answer are server-sent events, whose data are these structs as JSON."""
    return {STREAMS: events}


def document(handlers: Iterable[ControllerRouterHandler]) -> Json:
    """The whole document, of an app with these routes. Raises `LookupError` for one that declares no access."""
    # An app of its own: Litestar's pages about the document are not ours, and come with it.
    app = Litestar(route_handlers=list(handlers), openapi_config=CONFIG, logging_config=None)
    made: Json = app.openapi_schema.to_schema()
    ours = {(path, method): handler for path, method, handler in _routes(app)}
    names = Counter(handler.fn.__name__ for handler in set(ours.values()))
    schemas, components = _schemas(ours.values())
    for (path, method), handler in ours.items():
        if (operation := made["paths"].get(path, {}).get(method)) is not None:
            _complete(operation, handler, path, names, schemas)
    made["components"] = {
        "schemas": {**made["components"].get("schemas", {}), **components, "Problem": _PROBLEM},
        "securitySchemes": SCHEMES,
        "headers": _HEADERS,
    }
    used = {tag for operations in made["paths"].values() for o in operations.values() for tag in o["tags"]}
    made["tags"] = [
        {"name": name, "description": TAGS.get(name, name)}
        for name in [*TAGS, *sorted(used - {*TAGS})]
        if name in used
    ]
    _prune(made)
    _examples(made)
    return made


def documented(made: Json) -> dict[tuple[str, str], frozenset[int]]:
    """(METHOD, path) → statuses that the document names."""
    return {
        (method.upper(), path): frozenset(map(int, operation["responses"]))
        for path, operations in made["paths"].items()
        for method, operation in operations.items()
    }


def _routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                if access_of(handler) is not FRAMEWORK:
                    yield route.path_format or "/", method.lower(), handler


def _complete(
    operation: Json, handler: HTTPRouteHandler, path: str, names: Counter[str], schemas: Mapping[Any, Json]
) -> None:
    access = access_of(handler)
    name = handler.fn.__name__
    domain = handler.fn.__module__.split(".")[1]
    operation["operationId"] = name if names[name] == 1 else f"{domain}_{name}"
    operation["tags"] = operation.get("tags") or [domain.capitalize()]
    summary, _, rest = (handler.fn.__doc__ or name).strip().partition("\n\n")
    first = re.split(r"(?<=[.?!])\s", " ".join(summary.split()), maxsplit=1)
    operation["summary"] = first[0].rstrip(".")
    said = [*first[1:], *(" ".join(part.split()) for part in rest.split("\n\n") if part.strip())]
    operation["description"] = "\n\n".join([*said, _needs(access)])
    operation["security"] = _security(access)
    if operation.pop("deprecated", False):
        operation["deprecated"] = True
    if "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            if (schema := schemas.get(_body_type(handler))) is not None:
                content["schema"] = schema
    for parameter in operation.get("parameters", ()):
        _exact(parameter, handler)
    counted = handler.opt.get(limits.KEY, "request") is not None
    responses: Json = {}
    for status, response in operation["responses"].items():
        if int(status) < 400:
            if _answer_type(handler) in {None, NoneType}:
                response.pop("content", None)
            if (schema := schemas.get(_answer_type(handler))) is not None:
                for content in response.get("content", {}).values():
                    content["schema"] = schema
            if (events := handler.opt.get(STREAMS)) and status == "200":
                response["description"] = "Events until the client or the stream ends"
                for content in response["content"].values():
                    content.update(_event_stream([schemas[event] for event in events]))
            response["headers"] = {**response.get("headers", {}), **_header_refs(counted)}
            responses[status] = response
    for problem in _problems(handler, access, path, counted=counted):
        status = str(problem.status)
        if status not in responses:
            responses[status] = _answer(problem.status, counted=counted)
        said_of = responses[status]["content"][MEDIA_TYPE]["examples"]
        said_of[problem.kind] = {"summary": problem.title, "value": _example(problem)}
        responses[status]["description"] = " or ".join(e["summary"] for e in said_of.values())
    for status, response in (handler.responses or {}).items():
        # What the route says itself: its own body for an error's status.
        responses[str(status)] = operation["responses"][str(status)]
        responses[str(status)].setdefault("description", response.description)
    operation["responses"] = dict(sorted(responses.items()))


def _event_stream(events: list[Json]) -> Json:
    """What an answer holds that is server-sent events: the fields of each."""
    return {
        "schema": {
            "type": "object",
            "description": "One of the server-sent events. Lines with a colon first are comments.",
            "required": ["data"],
            "properties": {
                "id": {"type": "string", "description": "Of a state: what to send as Last-Event-ID."},
                "event": {"type": "string", "description": "The event's type."},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"oneOf": events},
                },
            },
        },
        "example": {
            "id": "7",
            "event": "state",
            "data": '{"type":"state","id":7,"sequence":1,"state":"PENDING"}',
        },
    }


def _exact(parameter: Json, handler: HTTPRouteHandler) -> None:
    """A parameter's schema with the bounds as the code has them: Litestar's are floats, which round, or not there."""
    for name in ("deprecated", "allowEmptyValue", "allowReserved"):
        if parameter.get(name) is False:
            del parameter[name]
    schema = parameter["schema"]
    # An address cannot hold null: the parameter is left out.
    options = [option for option in schema.get("oneOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        del schema["oneOf"]
        schema |= options[0]
    if isinstance(schema.get("type"), list):
        [schema["type"]] = [kind for kind in schema["type"] if kind != "null"]
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    # By its name in the code, which is the one in the address here.
    field = handler.parsed_fn_signature.parameters.get(parameter["name"])
    for name, bound in _BOUNDS.items():
        value = getattr(field.kwarg_definition if field is not None else None, name, None)
        if value is not None:
            schema[bound] = value


def _needs(access: Access) -> str:
    if access.kind == "permission":
        return f"Needs the permission `{access.permission}`."
    return {
        "signed_in": "For everybody who is signed in.",
        "session": "For people who signed in; not for API keys.",
        "public": "For everybody.",
    }[access.kind]


def _security(access: Access) -> list[Json]:
    if access.kind == "public":
        return []
    people: list[Json] = [{"accessToken": []}, {"browserSession": []}]
    return people if access.kind == "session" else [*people, {"apiKey": []}]


def _problems(handler: HTTPRouteHandler, access: Access, path: str, *, counted: bool) -> list[type[Problem]]:
    """Everything that the route may be refused with, once per kind, by status."""
    found: set[type[Problem]] = {
        *raised.raised_by(handler.fn),
        *handler.opt.get(raised.KEY, ()),
        # For the query: unknown parameters; in the path: a character that no text may have.
        BadRequest,
        Invalid,
    }
    if access.kind != "public":
        found.add(Unauthenticated)
    if access.kind in {"permission", "session"}:
        found.add(Forbidden)
    if access.kind != "public" and handler.http_methods - SAFE:
        found.add(CsrfRefused)
    if "{" in path:
        found.add(NotFound)
    if media_type_of(handler) is not None:
        found |= {ContentTooLarge, UnsupportedMediaType}
    if counted:
        found |= {TooManyRequests, Unavailable}
    return sorted(found, key=lambda problem: (problem.status, problem.kind))


def _header_refs(counted: bool, status: int = 200) -> Json:
    names = [
        "X-Request-Id",
        *(("RateLimit-Policy", "RateLimit") if counted else ()),
        *_ALWAYS.get(status, ()),
    ]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _answer(status: int, *, counted: bool) -> Json:
    return {
        "description": "",
        "headers": _header_refs(counted, status),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
    }


def _example(problem: type[Problem]) -> Json:
    members = {
        "type": f"/problems/{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": " ".join((problem.__doc__ or problem.title).split()),
        "instance": "urn:request:0199c2f47d3c7c6c9a34c0ffee00c0de",
    }
    if problem.kind == "invalid":
        members["errors"] = [{"in": "body", "path": "name", "message": "Expected `str` of length >= 1"}]
    return members


def _body_type(handler: HTTPRouteHandler) -> Any:
    data = handler.parsed_fn_signature.parameters.get("data")
    return None if data is None else data.raw


def _answer_type(handler: HTTPRouteHandler) -> Any:
    kind = handler.parsed_fn_signature.return_type.raw
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Response):
        kind = get_args(kind)[0]
    return kind


def _schemas(handlers: Iterable[HTTPRouteHandler]) -> tuple[dict[Any, Json], Json]:
    """Type → its schema as msgspec has it, and the named schemas that those refer to."""
    types = dict.fromkeys(
        kind
        for handler in handlers
        for kind in (_body_type(handler), _answer_type(handler), *handler.opt.get(STREAMS, ()))
    )
    structs = [kind for kind in types if _is_struct(kind) or any(map(_is_struct, get_args(kind)))]
    found, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    for kind in structs:
        for struct in [kind, *get_args(kind)]:
            _describe(struct, components)
    for schema in components.values():
        for below in schema.get("properties", {}).values():
            # Sets: an item that is sent twice counts once, and is not refused.
            below.pop("uniqueItems", None)
    return dict(zip(structs, found, strict=True)), components


def _is_struct(kind: Any) -> bool:
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _describe(kind: Any, components: Json, seen: frozenset[Any] = frozenset()) -> None:
    """Fields' docstrings as their descriptions, in the struct and in all it holds."""
    struct = get_origin(kind) or kind
    if kind in seen:
        return
    if _is_struct(kind):
        described = _docstrings(struct)
        for name, schema in components.items():
            if name == struct.__name__ or name.startswith(f"{struct.__name__}_"):
                for field, below in schema.get("properties", {}).items():
                    if field in described and "description" not in below:
                        below["description"] = described[field]
        for annotation in struct.__annotations__.values():
            _describe(annotation, components, seen | {kind})
    for argument in get_args(kind):
        _describe(argument, components, seen | {kind})


@cache
def _docstrings(struct: type) -> dict[str, str]:
    """Field → the string that stands under it."""
    found: dict[str, str] = {}
    for owner in reversed(struct.__mro__):
        file = getattr(sys.modules.get(owner.__module__), "__file__", None)
        if file is None or not owner.__module__.startswith("control."):
            continue
        for node in _module(file).body:
            if isinstance(node, ast.ClassDef) and node.name == owner.__name__:
                for field, below in zip(node.body, node.body[1:], strict=False):
                    if (
                        isinstance(field, ast.AnnAssign)
                        and isinstance(field.target, ast.Name)
                        and isinstance(below, ast.Expr)
                        and isinstance(below.value, ast.Constant)
                    ):
                        found[field.target.id] = " ".join(str(below.value.value).split())
    return found


@cache
def _module(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def _prune(made: Json) -> None:
    """Drops schemas that nothing refers to."""
    schemas = made["components"]["schemas"]
    kept: set[str] = set()
    waiting = _references(made["paths"])
    while waiting:
        name = waiting.pop()
        if name not in kept and name in schemas:
            kept.add(name)
            waiting |= _references(schemas[name])
    made["components"]["schemas"] = {name: schemas[name] for name in sorted(kept)}


def _references(part: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', msgspec.json.encode(part).decode()))


def _examples(made: Json) -> None:
    """An example for every body that has none."""
    schemas = made["components"]["schemas"]
    for operations in made["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (c for body in bodies for c in body.get("content", {}).values()):
                if not {"example", "examples"} & content.keys() and "schema" in content:
                    content["example"] = example_of(content["schema"], schemas)
