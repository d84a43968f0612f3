"""Keywords of schemas that are spelt as nobody reads them, and the overlay action that mends each."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract import place
from conformance.contract.overlay import Action
from conformance.contract.place import Location
from conformance.contract.schema import COUNTS
from conformance.contract.validation import validator
from scripts.spec import schemas as inner
from scripts.spec.rewrite import Proposal

_KINDS = {
    **dict.fromkeys(("int", "int32", "int64", "long", "integer32"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "float32", "float64", "numeric"), "number"),
    **dict.fromkeys(("bool", "Boolean"), "boolean"),
    **dict.fromkeys("str text date datetime date-time uuid url uri enum String file binary bytes".split(), "string"),
    **dict.fromkeys(("list", "tuple", "set", "Array", "List"), "array"),
    **dict.fromkeys(("dict", "map", "json", "Object", "hash", "struct"), "object"),
}
_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_FLAGS = ("nullable", "uniqueItems", "readOnly", "writeOnly", "deprecated")


def actions(document: Mapping[str, Any]) -> Iterator[Proposal]:
    """Yield what mends the keywords of every schema of a document, with the reason."""
    modern = not str(document.get("openapi", "3.0")).startswith("3.0")
    for where, schema in schemas(document, ()):
        for key, value, wanted, said in _wrong(schema, modern=modern):
            reason = f"{place.pointer((*where, key))} is {str(value)[:60]!r}: {said}"
            if wanted is None:
                yield Proposal(Action(place.path((*where, key)), reason, None, remove=True), reason)
            elif isinstance(value, list) or (isinstance(value, Mapping) and key in schema):
                # An overlay appends to a list; it cannot replace one.
                yield Proposal(Action(place.path((*where, key)), reason, None, remove=True), reason)
                yield Proposal(Action(place.path(where), reason, wanted), reason)
            else:
                yield Proposal(Action(place.path(where), reason, wanted), reason)


def schemas(node: Any, at: Location) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    """Yield every schema that is written in a document, wherever it stands, with its place."""
    if isinstance(node, list):
        for number, value in enumerate(node):
            yield from schemas(value, (*at, number))
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key == "schema" and isinstance(value, Mapping):
                yield from inner.below(value, (*at, key))
            elif at == ("components",) and key == "schemas" and isinstance(value, Mapping):
                for name, schema in value.items():
                    yield from inner.below(schema, (*at, key, name))
            elif not str(key).startswith("x-") and key not in {"example", "examples"}:
                yield from schemas(value, (*at, key))


def _wrong(schema: Mapping[str, Any], *, modern: bool) -> Iterator[tuple[str, Any, Any, str]]:  # noqa: C901, PLR0912 - one branch a keyword
    """Yield each keyword that says nothing as it is: its name, its value, the update that says it (None: it goes), and why."""
    kind = schema.get("type")
    if "type" in schema and not _is_type(kind):
        found = _KINDS.get(kind) if isinstance(kind, str) else None
        said = f"no type of JSON; {f'read as {found}' if found else 'taken out, so that anything fits'}."
        yield "type", kind, {"type": found} if found else None, said
    if isinstance(kind, list) and not modern and _is_type(kind):
        yield "type", kind, _listed(kind), "OpenAPI 3.0 knows no list of types; said with `nullable` or `anyOf`."
    if schema.get("nullable") is True and modern and isinstance(kind, str) and "$ref" not in schema:
        typed: dict[str, Any] = {"type": [kind, "null"]}
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            typed["enum"] = [None]
        yield "nullable", True, typed, "OpenAPI 3.1 does not know it; said as a type."
    if "required" in schema:
        names = schema["required"]
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            yield "required", names, None, "what is required is a list of names, beside `properties`."
        if isinstance(names, list) and len(set(map(str, names))) < len(names):
            yield "required", names, {"required": list(dict.fromkeys(names))}, "a name stands in it twice."
    for key in _FLAGS:
        if key in schema and not isinstance(schema[key], bool):
            truth = {key: True} if str(schema[key]).lower() == "true" else None
            yield key, schema[key], truth, "neither true nor false."
    for key in (*_BOUNDS, *COUNTS):
        if key in schema:
            yield from _number(key, schema[key])
    if "enum" in schema and not (isinstance(schema["enum"], list) and schema["enum"]):
        yield "enum", schema["enum"], None, "a list of values is needed, or nothing fits."
    elif (
        "enum" in schema
        and isinstance(kind, str)
        and kind in _TYPES
        and not any(value is None or validator({"type": kind}).is_valid(value) for value in schema["enum"])
    ):
        said = f"none of its values is of the type {kind}, so that nothing fits; YAML 1.1 reads a bare on or no as true or false."
        yield "enum", schema["enum"], None, said
    if "pattern" in schema and not _is_pattern(schema["pattern"]):
        yield "pattern", schema["pattern"], None, "no regular expression."
    if "format" in schema and not isinstance(schema["format"], str):
        yield "format", schema["format"], None, "no name of a format."
    if isinstance(schema.get("items"), list):
        yield "items", schema["items"], {"items": {}}, "one schema is needed for all items."
    for key in inner.SEVERAL:
        if key in schema and not (isinstance(schema[key], list) and schema[key]):
            yield key, schema[key], None, "a list of schemas is needed."
    for key in inner.NAMED:
        if key in schema and not isinstance(schema[key], Mapping):
            yield key, schema[key], None, "an object of schemas is needed."
        elif odd := {
            name: inner for name, inner in schema.get(key, {}).items() if not isinstance(inner, Mapping | bool)
        }:
            meant = {name: _named(inner) for name, inner in odd.items()}
            yield (
                key,
                schema[key],
                {key: {**schema[key], **meant}},
                f"a schema is needed as {', '.join(map(str, odd))}.",
            )
    for key in inner.ONE:
        if key in schema and not isinstance(schema[key], Mapping | bool | list):
            yield key, schema[key], {key: _named(schema[key])} if key == "items" else None, "a schema is needed."


def _named(value: Any) -> dict[str, Any]:
    """Return the schema that is meant by what is none: by the name of a type that type, else anything."""
    kind = None if not isinstance(value, str) else value if value in _TYPES else _KINDS.get(value)
    return {"type": kind} if kind else {}


def _is_type(value: Any) -> bool:
    return (isinstance(value, str) and value in _TYPES) or (
        isinstance(value, list)
        and bool(value)
        and len(set(map(str, value))) == len(value)
        and all(item in _TYPES for item in map(str, value))
    )


def _listed(kinds: list[str]) -> Any:
    rest = [kind for kind in kinds if kind != "null"]
    null = {"nullable": True} if len(rest) < len(kinds) else {}
    return {"type": rest[0], **null} if len(rest) == 1 else {"anyOf": [{"type": kind, **null} for kind in rest]}


def _number(key: str, value: Any) -> Iterator[tuple[str, Any, Any, str]]:
    if key.startswith("exclusive") and isinstance(value, bool):
        return
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        yield key, value, None, "no number."
    elif isinstance(value, str):
        try:
            read = float(value)
        except ValueError:
            yield key, value, None, "no number."
        else:
            yield key, value, {key: int(read) if read.is_integer() else read}, "a number is needed, not its text."
    elif value < 0 and key in COUNTS:
        yield key, value, None, "a count is never below 0."
    elif key == "multipleOf" and value <= 0:
        yield key, value, None, "nothing is a multiple of it."


def _is_pattern(value: Any) -> bool:
    from conformance.contract import ContractError, validator

    try:
        re.compile(value)
        validator({"pattern": value})
    except (re.error, TypeError, ContractError, RecursionError):
        return False
    return True
