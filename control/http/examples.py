"""Examples for the OpenAPI document, from a schema's own examples, defaults and formats."""

from typing import Any

_FORMATS = {
    "uuid": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "uri": "https://example.com/",
}
_TYPES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.0, "boolean": True, "null": None}
DEPTH = 6


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """A value of this schema; `schemas` are those it may refer to by name."""
    if "$ref" in schema:
        return example_of(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas, depth)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "example" in schema:
        return schema["example"]
    if "const" in schema:
        return schema["const"]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        # What is there says more than null.
        return example_of(next((o for o in options if o.get("type") != "null"), options[0]), schemas, depth)
    if "properties" in schema and depth < DEPTH:
        return {name: example_of(below, schemas, depth + 1) for name, below in schema["properties"].items()}
    if schema.get("default") is not None:
        return schema["default"]
    return _plain(schema, schemas, depth)


def _plain(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    kinds = schema.get("type", "object")
    kind = next((k for k in kinds if k != "null"), "null") if isinstance(kinds, list) else kinds
    if kind == "array":
        return (
            [example_of(schema["items"], schemas, depth + 1)] if schema.get("items") and depth < DEPTH else []
        )
    if kind == "object":
        return {}
    if kind in {"integer", "number"}:
        return schema.get("minimum", schema.get("maximum", _TYPES[kind]))
    if kind == "string":
        text = str(_FORMATS.get(schema.get("format", ""), _TYPES["string"]))
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", len(text) + 999)]
    return _TYPES.get(kind)
