"""Request bodies: of the media type that the route reads, decoded strictly and once, into its own type."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg
from litestar.routes import HTTPRoute, WebSocketRoute
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.empty import Empty

from control.errors import BadRequest, Invalid, UnsupportedMediaType


def invalid(error: msgspec.ValidationError, place: str = "body") -> Invalid:
    """msgspec's account of a wrong field: "Expected `int` - at `$.a[0].b`" → path "a[0].b"."""
    message, _, path = str(error).partition(" - at `")
    path = path.rstrip("`").removeprefix("$").removeprefix(".")
    named = f"{path}: {message}" if path else message
    return Invalid(f"The {place} is wrong. {named}.", [{"in": place, "path": path, "message": message}])


class StrictRequest(Request[Any, Any, Any]):
    """Litestar's request, whose JSON body is what its route's type says: "5" is not 5 here."""

    async def json(self) -> Any:
        """The body; raises `Invalid` or `BadRequest` where it is not what the route takes."""
        data = self.route_handler.parsed_fn_signature.parameters.get("data")
        body = await self.body()
        kind = data.raw if data is not None else Any
        try:
            return _decoder(kind).decode(body)
        except msgspec.ValidationError as error:
            # 334.0 is an integer to JSON Schema, and to clients whose only number is a float.
            with suppress(msgspec.MsgspecError, RecursionError):
                return msgspec.convert(_whole_numbers(msgspec.json.decode(body)), kind)
            raise invalid(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadRequest(f"The body is not JSON: {error}.") from None
        except RecursionError:
            raise BadRequest("The body nests too many lists and objects inside each other.") from None


def _whole_numbers(value: Any) -> Any:
    """`value` with integers in place of floats that are whole."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner) for inner in value]
    return value


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    if (found := _DECODERS.get(kind)) is None:
        found = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return found


def media_type_of(handler: Any) -> str | None:
    """What the route reads; None where it reads nothing, or says itself what it takes."""
    if not isinstance(handler, HTTPRouteHandler):
        return None
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return None
    body = data.kwarg_definition
    declared = body.media_type if isinstance(body, BodyKwarg) else Empty
    return RequestEncodingType.JSON.value if declared is Empty else str(getattr(declared, "value", declared))


ANY_QUERY = "any_query"


def any_query() -> dict[str, object]:
    """In a route's `opt`: it takes any query parameters. For addresses that others send browsers to."""
    return {ANY_QUERY: True}


def typed_bodies(app: ASGIApp) -> ASGIApp:
    """Middleware: 415 for a body of another media type, 400 for query parameters that the route does not know."""
    expected: dict[Any, tuple[str | None, dict[str, Query]]] = {}

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        handler = scope["route_handler"]
        if (known := expected.get(handler)) is None:
            known = expected[handler] = (media_type_of(handler), _query_of(scope))
        takes, query = known
        if takes is not None and (sent := _sent(scope)) is not None and sent != takes:
            raise UnsupportedMediaType(f"This route reads {takes}. Say so in Content-Type.", takes=takes)
        if scope["query_string"] and ANY_QUERY not in handler.opt:
            _check_query(scope["query_string"], query, scope)
        await app(scope, receive, send)

    return call


def _sent(scope: Scope) -> str | None:
    """The body's media type, without parameters; "" where a body comes without, None where none comes."""
    kind, length = "", None
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value.decode("latin1").partition(";")[0].strip().lower()
        elif name in {b"content-length", b"transfer-encoding"}:
            length = value
    return None if length in {None, b"0"} else kind


class Query(msgspec.Struct, frozen=True):
    """A query parameter, as far as Litestar is too kind to it."""

    time: bool
    text: bool
    many: bool


def _query_of(scope: Scope) -> dict[str, Query]:
    """The route's query parameters."""
    handler = scope["route_handler"]
    found: dict[str, Query] = {}
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute | WebSocketRoute):
            for own, model in _handlers(route):
                if own is handler:
                    for parameter in model.expected_query_params:
                        field = handler.parsed_fn_signature.parameters.get(parameter.field_name)
                        kind = str(field.annotation) if field is not None else ""
                        found[parameter.field_alias] = Query(
                            "datetime" in kind, "str" in kind, parameter.is_sequence
                        )
    return found


def _handlers(route: HTTPRoute | WebSocketRoute) -> list[tuple[Any, Any]]:
    """Each handler of a route, and what it takes."""
    if isinstance(route, HTTPRoute):
        return [*route.route_handler_map.values()]
    return [(route.route_handler, route.handler_parameter_model)]


def _check_query(query: bytes, known: dict[str, Query], scope: Scope) -> None:
    # Litestar's own: OPTIONS.
    if scope["route_handler"].fn.__module__.startswith("litestar."):
        return
    wrong: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in parse_qsl(query.decode("latin1"), keep_blank_values=True):
        if (parameter := known.get(name)) is None:
            takes = f"It takes {', '.join(sorted(known))}" if known else "It takes none"
            wrong[name[:100]] = f"This route has no such parameter. {takes}"
        elif name in seen and not parameter.many:
            wrong[name] = "Send it once"
        elif parameter.time and not value[:5].endswith("-"):
            # Litestar would take a number for seconds since 1970.
            wrong[name] = "Expected a time as 2026-01-31T12:00:00Z"
        elif not parameter.text and value.lower() == "null":
            wrong[name] = "Leave it out instead of sending null"
        seen.add(name)
    if wrong:
        listed = list(wrong.items())[:20]
        raise Invalid(
            f"These parameters are wrong: {', '.join(name for name, _ in listed)}.",
            [{"in": "query", "path": name, "message": message} for name, message in listed],
        )
