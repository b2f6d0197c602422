"""As much of JSON Schema as our own schemas make use of: enough to ask them about a file."""

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}
KNOWN = {
    *("$schema", "$defs", "$ref", "title", "description", "default", "examples", "type", "enum", "const", "pattern"),
    *("required", "properties", "additionalProperties", "patternProperties", "propertyNames", "items", "minItems"),
    *("anyOf", "oneOf", "allOf", "not", "if", "then", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "unit"),
}


def complaints(schema: Any, value: Any, root: Any, at: str = "") -> Iterator[str]:
    """What a schema has against a value, each with where it is."""
    if isinstance(schema, bool):
        if not schema:
            yield f"{at}: not allowed"
        return
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from complaints(root["$defs"][name], value, root, at)
    if "type" in schema and not any(_is(kind, value) for kind in _several(schema["type"])):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']}"
    yield from _sizes(schema, value, at)
    yield from _choices(schema, value, root, at)
    if isinstance(value, dict):
        yield from _keys(schema, value, root, at)
    if isinstance(value, list) and "items" in schema:
        for position, each in enumerate(value):
            yield from complaints(schema["items"], each, root, f"{at}[{position}]")


def _sizes(schema: Any, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} has not the form {schema['pattern']}"
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value!r} is out of range"
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        yield f"{at}: too short"


def _choices(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    def fits(each: Any) -> bool:
        return not [*complaints(each, value, root)]

    if "anyOf" in schema and not any(map(fits, schema["anyOf"])):
        yield f"{at}: {value!r} is nothing of what it may be"
    if "oneOf" in schema and sum(map(fits, schema["oneOf"])) != 1:
        yield f"{at}: {value!r} is not one of what it may be"
    if "not" in schema and fits(schema["not"]):
        yield f"{at}: {value!r} is what it may not be"
    for each in schema.get("allOf", ()):
        yield from complaints(each, value, root, at)
    if "if" in schema and fits(schema["if"]):
        yield from complaints(schema["then"], value, root, at)


def _keys(schema: Any, value: dict[str, Any], root: Any, at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: `{name}` is missing"
    for name, inside in value.items():
        fitting = [each for pattern, each in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
        known = [schema["properties"][name]] if name in schema.get("properties", {}) else fitting
        for each in known or [schema.get("additionalProperties", True)]:
            yield from complaints(each, inside, root, f"{at}.{name}")


def _several(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


def _is(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
