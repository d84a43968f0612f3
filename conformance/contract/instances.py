"""Values that keep a schema, as different from each other as it lets them be.

For the audit, which must show that a branch can be chosen; the probes have
their own, which are made to be read by people.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from conformance.contract.formats import VALUES
from conformance.contract.pattern import matching
from conformance.contract.schema import Schema, flatten, types
from conformance.contract.validation import validator

_DEPTH = 6
_EACH = 12
_LONGEST = 5_000


def instances(schema: Schema) -> Iterator[Any]:
    """Yield values that keep the schema, some of them at its bounds; none where none was found."""
    keeps = validator(schema)
    seen: list[Any] = []
    for value in _guesses(schema, _DEPTH):
        if value not in seen and keeps.is_valid(value):
            seen.append(value)
            yield value


def alone(schema: Schema, number: int) -> Any | None:
    """Return a value that keeps a schema with `oneOf` by one branch of it, wrapped in a list; None if none was found."""
    branches = schema["oneOf"]
    whole, own = validator(schema), validator(branches[number])
    # What just breaks another branch stands near that branch's bounds.
    guesses = [_guesses(branches[number], _DEPTH)]
    guesses += [_guesses(_merged(branches[number], other), _DEPTH) for i, other in enumerate(branches) if i != number]
    guesses += [_guesses(other, _DEPTH) for i, other in enumerate(branches) if i != number]
    for values in guesses:
        for value in values:
            if own.is_valid(value) and whole.is_valid(value):
                return [value]
    return None


def _merged(schema: Schema, other: Schema) -> Schema:
    rest = {key: value for key, value in other.items() if key not in {"required", "oneOf", "anyOf", "allOf"}}
    return flatten({**schema, "allOf": [*schema.get("allOf", ()), rest]})


def _guesses(schema: Schema, depth: int) -> Iterator[Any]:
    if depth == 0:
        return
    flat = flatten(schema)
    yield from flat.get("x-examples", ())
    for key in ("const", "default"):
        if key in flat:
            yield flat[key]
    yield from flat.get("enum", ())
    base = {key: value for key, value in flat.items() if key not in {"oneOf", "anyOf"}}
    for key in ("oneOf", "anyOf"):
        for branch in flat.get(key, ()):
            yield from _guesses(flatten({**base, "allOf": [branch]}), depth - 1)
    kinds = types(flat)
    for kind, make in _MAKERS.items():
        if not kinds or kind in kinds:
            yield from make(flat, depth)


def _strings(schema: Schema, _depth: int) -> Iterator[str]:
    yield from filter(None, [VALUES.get(str(schema.get("format")))])
    yield "apple"
    low, high = int(schema.get("minLength", 0)), int(schema.get("maxLength", 0))
    for length in (low, low + 1, high, high + 1, low - 1):
        if 0 <= length <= _LONGEST:
            yield "a" * length
    if "pattern" in schema:
        yield from matching(schema["pattern"], lambda _text: True, _EACH)


def _integers(schema: Schema, _depth: int) -> Iterator[int]:
    yield from (int(value) for value in _numbers(schema, _depth) if float(value).is_integer())


def _numbers(schema: Schema, _depth: int) -> Iterator[float]:
    step = schema.get("multipleOf") or 1
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        bound = schema.get(key)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            start = bound - bound % step
            yield from (bound, start, start + step, start - step, bound + 0.5, bound - 0.5)
    yield from (1, 0, step, -step, 0.5)


def _arrays(schema: Schema, depth: int) -> Iterator[list[Any]]:
    items = schema.get("items")
    values = list(islice(_guesses(items, depth - 1), _EACH)) if isinstance(items, dict) else ["apple", 1]
    low, high = int(schema.get("minItems", 0)), int(schema.get("maxItems", 0))
    for length in (1, low, low + 1, high, high + 1):
        if values and length <= _LONGEST:
            for value in values:
                yield [value] * length
            yield (values * (length // len(values) + 1))[:length]
    yield []


def _objects(schema: Schema, depth: int) -> Iterator[dict[str, Any]]:
    choices = {
        name: list(islice(_guesses(member, depth - 1), _EACH)) for name, member in schema.get("properties", {}).items()
    }
    keeping = {name: _kept(schema["properties"][name], values) for name, values in choices.items()}
    required = {name: keeping.get(name, "apple") for name in schema.get("required", ())}
    full = {**keeping, **required}
    yield from (dict(required), dict(full), {**required, "more": "apple"}, {})
    for name, values in choices.items():
        for value in values:
            yield {**required, name: value}
            yield {**full, name: value}


def _kept(schema: Schema, values: list[Any]) -> Any:
    keeps = validator(schema)
    return next((value for value in values if keeps.is_valid(value)), None)


_MAKERS: Mapping[str, Callable[[Schema, int], Iterable[Any]]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda _schema, _depth: (True, False),
    "array": _arrays,
    "object": _objects,
    "null": lambda _schema, _depth: (None,),
}
