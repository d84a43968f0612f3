"""Keywords of schemas that are spelt as nobody reads them, and the overlay action that mends each."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

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
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", *COUNTS)
_FLAGS = ("nullable", "uniqueItems", "readOnly", "writeOnly", "deprecated")
_KNOWN = (
    *("type", "required", *_FLAGS, *_NUMBERS, "enum", "pattern", "format"),
    *(*inner.SEVERAL, *inner.NAMED, *inner.ONE),
)


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


def _wrong(schema: Mapping[str, Any], *, modern: bool) -> Iterator[tuple[str, Any, Any, str]]:
    """Yield each keyword that says nothing as it is: its name, its value, the update that says it (None: it goes), and why."""
    kind = schema.get("type")
    named = kind if isinstance(kind, str) and kind in _TYPES else None
    if isinstance(kind, list) and not modern and _complaint("type", kind) is None:
        yield "type", kind, _listed(kind), "OpenAPI 3.0 knows no list of types; said with `nullable` or `anyOf`."
    if schema.get("nullable") is True and modern and isinstance(kind, str) and "$ref" not in schema:
        typed: dict[str, Any] = {"type": [kind, "null"]}
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            typed["enum"] = [None]
        yield "nullable", True, typed, "OpenAPI 3.1 does not know it; said as a type."
    for key in (key for key in _KNOWN if key in schema):
        if (complaint := _complaint(key, schema[key])) is not None:
            meant = _meant(key, schema[key])
            yield key, schema[key], meant, f"{complaint}; {'taken out' if meant is None else 'said as it is meant'}."
    values = schema.get("enum")
    if named and isinstance(values, list) and values:
        fits = validator({"type": named}).is_valid
        if not any(value is None or fits(value) for value in values):
            said = f"none of its values is of the type {named}, so that nothing fits; YAML 1.1 reads a bare on or no as true or false."
            yield "enum", values, None, said


def _complaint(key: str, value: Any) -> str | None:
    """Return what JSON Schema has against the value of a keyword, schemas inside it aside; None where it has nothing."""
    if key in inner.NAMED and isinstance(value, Mapping):
        odd = [str(name) for name, one in value.items() if not isinstance(one, Mapping | bool)]
        return f"a schema is needed as {', '.join(odd)}" if odd else None
    if (key in inner.ONE and isinstance(value, Mapping)) or (key.startswith("exclusive") and isinstance(value, bool)):
        return None
    if key == "enum" and value == []:
        return "a list of values is needed, or nothing fits"
    shallow = [{} for _ in value] if key in inner.SEVERAL and isinstance(value, list) else value
    try:
        # OpenAPI's own flag is one as another.
        Draft202012Validator({"deprecated" if key == "nullable" else key: shallow})
        if key == "pattern":
            re.compile(value)
    except (ValidationError, ValueError, TypeError, re.error, RecursionError) as error:
        return "no type of JSON" if key == "type" else getattr(error, "message", None) or str(error)
    return None


def _meant(key: str, value: Any) -> dict[str, Any] | None:
    """Return the update that says what a wrong value of a keyword is meant to say; None where nobody can tell."""
    found: Any = None
    if key == "type":
        found = _KINDS.get(value) if isinstance(value, str) else None
    elif key == "required" and isinstance(value, list) and all(isinstance(name, str) for name in value):
        found = list(dict.fromkeys(value))
    elif key in _FLAGS:
        found = True if str(value).lower() == "true" else None
    elif key in _NUMBERS and isinstance(value, str):
        with suppress(ValueError, OverflowError):
            read = float(value)
            number = int(read) if read.is_integer() else read
            found = number if _complaint(key, number) is None else None
    elif key == "items":
        found = {} if isinstance(value, list) else _named(value)
    elif key in inner.NAMED and isinstance(value, Mapping):
        found = {**value, **{name: _named(one) for name, one in value.items() if not isinstance(one, Mapping | bool)}}
    return None if found is None else {key: found}


def _named(value: Any) -> dict[str, Any]:
    """Return the schema that is meant by what is none: by the name of a type that type, else anything."""
    kind = None if not isinstance(value, str) else value if value in _TYPES else _KINDS.get(value)
    return {"type": kind} if kind else {}


def _listed(kinds: list[str]) -> Any:
    rest = [kind for kind in kinds if kind != "null"]
    null = {"nullable": True} if len(rest) < len(kinds) else {}
    return {"type": rest[0], **null} if len(rest) == 1 else {"anyOf": [{"type": kind, **null} for kind in rest]}
