"""Values that keep a schema: its own examples first, then the simplest one, then others as different as it lets them be."""

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from conformance.contract.schema import Schema, alternatives, flatten, types
from conformance.contract.validation import validator
from conformance.document.cache import settle_hypothesis

_DEPTH = 12
_EACH = 12
_LONGEST = 5_000
_MOST = 100
# A value for each `format` that is enforced.
_FORMATS: Mapping[str, str] = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "reader@example.com",
    "idn-email": "reader@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/apple",
    "iri": "https://example.com/apple",
    "uri-reference": "/apple",
    "iri-reference": "/apple",
    "uri-template": "/apple/{id}",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "/apple",
    "relative-json-pointer": "0/apple",
    "regex": "^apple$",
}


class Unsatisfiable(ValueError):
    """No value was found that keeps the schema."""


def sample(schema: Schema) -> Any:
    """Return a value that keeps the schema, the same one every time; raises Unsatisfiable."""
    for value in _valid(schema, _DEPTH):
        return value
    pattern = flatten(schema).get("pattern")
    said = f"no string was found for the pattern {pattern!r}" if pattern else "no value was found that keeps the schema"
    raise Unsatisfiable(said)


def sampled(schema: Schema, otherwise: Any = None) -> Any:
    """Return a value that keeps the schema, or another one where none was found."""
    return next(_valid(schema, _DEPTH), otherwise)


def instances(schema: Schema) -> Iterator[Any]:
    """Yield different values that keep the schema, some of them at its bounds; none where none was found."""
    seen: list[Any] = []
    for value in _valid(schema, _DEPTH):
        if value not in seen:
            seen.append(value)
            yield value


def alone(schema: Schema, number: int) -> Any | None:
    """Return a value that keeps a schema with `oneOf` by one branch of it, wrapped in a list; None if none was found."""
    branches = schema["oneOf"]
    whole, own = validator(schema), validator(branches[number])
    others = [other for i, other in enumerate(branches) if i != number]
    # What just breaks another branch stands near that branch's bounds.
    for near in (branches[number], *(_merged(branches[number], other) for other in others), *others):
        for value in _guesses(near, _DEPTH):
            if own.is_valid(value) and whole.is_valid(value):
                return [value]
    return None


def _merged(schema: Schema, other: Schema) -> Schema:
    rest = {key: value for key, value in other.items() if key not in {"required", "oneOf", "anyOf", "allOf"}}
    return flatten({**schema, "allOf": [*schema.get("allOf", ()), rest]})


def _valid(schema: Schema, depth: int) -> Iterator[Any]:
    return filter(validator(schema).is_valid, _guesses(schema, depth))


def _guesses(schema: Schema, depth: int) -> Iterator[Any]:
    """Yield values of which some keep the schema."""
    if depth == 0:
        return
    flat = flatten(schema)
    yield from flat.get("x-examples", ())
    yield from (flat[key] for key in ("const", "default") if key in flat)
    yield from flat.get("enum", ())
    leaves = alternatives(flat)
    if leaves != [flat]:
        for leaf in leaves:
            yield from _guesses(leaf, depth - 1)
    kinds = types(flat)
    for kind, make in _MAKERS.items():
        if not kinds or kind in kinds:
            yield from make(flat, depth - 1)


def _strings(schema: Schema, _depth: int) -> Iterator[str]:
    yield from filter(None, [_FORMATS.get(str(schema.get("format")))])
    low, high = int(schema.get("minLength", 0)), int(schema.get("maxLength", 1 << 20))
    yield "Apple" if low <= len("Apple") <= high else ("apple " * (low // 6 + 1))[: max(low, min(high, 1))]
    if "pattern" in schema:
        # Every document of every list of a kit asks for the same one, and each search takes 25 ms.
        yield from _matching(json.dumps(schema))
    yield from ("a" * length for length in (low, low + 1, high, high + 1, low - 1) if 0 <= length <= _LONGEST)


@lru_cache(maxsize=256)
def _matching(schema: str) -> tuple[str, ...]:
    read = json.loads(schema)
    return tuple(matching(read["pattern"], validator({**read, "type": "string"}).is_valid, 2))


def matching(pattern: str, keeps: Callable[[str], bool], most: int = 1) -> Iterator[str]:
    """Yield up to `most` different strings that match a pattern and keep a condition, the same ones every time, by Hypothesis.

    None for a pattern that Python cannot read, or where none was found.
    """
    settle_hypothesis()
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    quiet = settings(
        database=None,
        deadline=None,
        max_examples=500,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    found: list[str] = []
    while len(found) < most:
        try:
            value: str = find(
                st.from_regex(pattern),
                lambda text: text not in found and keeps(text),
                settings=quiet,
                random=random.Random(0),
            )
        except (HypothesisException, re.error, ValueError, OverflowError, RecursionError):
            return
        found.append(value)
        yield value


def _numbers(schema: Schema, _depth: int) -> Iterator[float]:
    """Yield numbers at and near the bounds of a schema, in and out of them."""
    step = schema.get("multipleOf") or 1
    bounds = [schema.get(key) for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")]
    for bound in (*bounds, 0):
        if bound is not None:
            start = bound - bound % step
            yield from (start, start + step, start - step, start + 0.5, bound, bound + 0.5, bound - 0.5)


def _arrays(schema: Schema, depth: int) -> Iterator[list[Any]]:
    items = schema.get("items")
    items = items if isinstance(items, dict) else {}
    low, high = int(schema.get("minItems", 0)), int(schema.get("maxItems", 0))
    least, item = max(low, 1), _first(items, depth)
    if least <= _LONGEST:
        yield [f"{item} {number}" if isinstance(item, str) and number else item for number in range(least)]
        yield list(islice(_valid(items, depth), least))
    values = list(islice(_guesses(items, depth), _EACH))
    for length in (1, low, low + 1, high, high + 1):
        if values and length <= _LONGEST:
            yield from ([value] * length for value in values)
            yield (values * (length // len(values) + 1))[:length]
    yield []


def _objects(schema: Schema, depth: int) -> Iterator[dict[str, Any]]:
    known, other = schema.get("properties", {}), schema.get("additionalProperties")
    other = other if isinstance(other, dict) else {}
    required = {name: _first(known.get(name, other), depth) for name in schema.get("required", ())}
    yield dict(required)
    lacking = max(min(schema.get("minProperties", 0), _MOST) - len(required), 0)
    more = [name for name in (*known, *(f"key{number}" for number in range(lacking))) if name not in required]
    yield required | {name: _first(known.get(name, other), depth) for name in more[:lacking]}
    full = {name: _first(member, depth) for name, member in known.items()} | required
    yield from (dict(full), {**required, "more": "apple"}, {})
    for name, member in known.items():
        for value in islice(_guesses(member, depth), _EACH):
            yield {**required, name: value}
            yield {**full, name: value}


def _first(schema: Schema, depth: int) -> Any:
    """Return the first value that keeps a part of a schema, any where none was found: then the whole has none either."""
    return next(_valid(schema, depth), "apple")


_MAKERS: Mapping[str, Callable[[Schema, int], Iterable[Any]]] = {
    "string": _strings,
    "integer": lambda schema, depth: (int(value) for value in _numbers(schema, depth) if float(value).is_integer()),
    "number": _numbers,
    "boolean": lambda _schema, _depth: (False, True),
    "object": _objects,
    "array": _arrays,
    "null": lambda _schema, _depth: (None,),
}
