"""Values that keep a schema: its own examples first, else the simplest one."""

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from conformance.contract.formats import VALUES
from conformance.contract.instances import instances
from conformance.contract.pattern import matching
from conformance.contract.schema import Schema, alternatives, flatten, types
from conformance.contract.validation import validator

_LONGEST = 1 << 20
_MOST = 100


class Unsatisfiable(ValueError):
    """No value was found that keeps the schema."""


def sample(schema: Schema) -> Any:
    """Return a value that keeps the schema, the same one every time; raises Unsatisfiable."""
    keeps = validator(schema)
    for value in _candidates(schema):
        if keeps.is_valid(value):
            return value
    return _searched(schema)


def sampled(schema: Schema, otherwise: Any = None) -> Any:
    """Return a value that keeps the schema, or another one where none was found."""
    try:
        return sample(schema)
    except Unsatisfiable:
        return otherwise


def _candidates(schema: Schema) -> Iterator[Any]:
    flat = flatten(schema)
    yield from flat.get("x-examples", ())
    if "const" in flat:
        yield flat["const"]
    if "default" in flat:
        yield flat["default"]
    yield from flat.get("enum", ())
    leaves = alternatives(flat)
    if leaves != [flat]:
        for leaf in leaves:
            yield from _candidates(leaf)
    kinds = types(flat)
    for kind in ("string", "integer", "number", "boolean", "object", "array"):
        if not kinds or kind in kinds:
            yield from _of_type(kind, flat)
    if "null" in kinds:
        yield None


def _of_type(kind: str, schema: Schema) -> Iterator[Any]:
    if kind == "string":
        yield from filter(None, [VALUES.get(str(schema.get("format")))])
        low, high = schema.get("minLength", 0), min(schema.get("maxLength", _LONGEST), _LONGEST)
        yield "Apple" if low <= len("Apple") <= high else ("apple " * (low // 6 + 1))[: max(low, min(high, 1))]
    elif kind in {"integer", "number"}:
        yield from numbers(schema)
    elif kind == "boolean":
        yield from (False, True)
    elif kind == "array":
        items = schema.get("items")
        item = sample(items) if isinstance(items, dict) else "apple"
        count = max(int(schema.get("minItems", 1)), 1)
        yield [f"{item} {i}" if isinstance(item, str) and i else item for i in range(count)]
        yield [item] * count
        if isinstance(items, dict) and count > 1:
            yield list(islice(instances(items), count))
        yield []
    elif kind == "object":
        yield from _objects(schema)


def _objects(schema: Schema) -> Iterator[dict[str, Any]]:
    known = schema.get("properties", {})
    other = schema.get("additionalProperties")
    other = other if isinstance(other, dict) else {}
    found = {name: sample(known.get(name, other)) for name in schema.get("required", ())}
    yield dict(found)
    for name in (*known, *(f"key{number}" for number in range(min(schema.get("minProperties", 0), _MOST)))):
        if len(found) < schema.get("minProperties", 0):
            found.setdefault(name, sample(known.get(name, other)))
    yield found


def numbers(schema: Schema) -> Iterator[int | float]:
    """Yield numbers at and near the bounds of a schema, in and out of them."""
    step = schema.get("multipleOf", 1)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    for start in (low, high, 0):
        if start is not None:
            base = start - start % step if step else start
            yield from (base, base + step, base - step, base + 0.5)


def _searched(schema: Schema) -> Any:
    """Look for a string by a pattern."""
    flat = flatten(schema)
    if not flat.get("pattern") or (types(flat) and "string" not in types(flat)):
        raise Unsatisfiable("no value was found that keeps the schema")
    found = _matching(flat["pattern"], json.dumps(schema))
    if found is None:
        raise Unsatisfiable(f"no string was found for the pattern {flat['pattern']!r}")
    return found


@lru_cache(maxsize=256)
def _matching(pattern: str, schema: str) -> str | None:
    # Every document of every list of a kit asks for the same one, and each search takes 25 ms.
    keeps = validator(json.loads(schema))
    return next(matching(pattern, keeps.is_valid), None)
