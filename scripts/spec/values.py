"""Values of schemas: a few of one, those that two both allow, and what stands at a place of one."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice, product
from typing import Any

from conformance.contract import validator
from conformance.contract.instances import instances
from conformance.contract.schema import Schema, alternatives, flatten
from conformance.probes.sample import Unsatisfiable, sample

Path = tuple[str, ...]
_FEW = 4
_PAIRS = 64
_LONGEST = 100


def _members(schema: Schema) -> Mapping[str, Any]:
    return schema.get("properties") or {}


def shared(old: Schema, new: Schema) -> Iterator[Any]:
    """Yield values that both schemas allow, first those with every member that differs between the two."""
    before, after = validator(old), validator(new)
    for value in _guesses(old, new):
        if before.is_valid(value) and after.is_valid(value):
            yield value


def first(old: Schema, new: Schema) -> tuple[Any, ...]:
    """Return the first value that both schemas allow, alone; nothing where none was found."""
    return _first(json.dumps(old), json.dumps(new))


@lru_cache(maxsize=4_096)
def _first(old: str, new: str) -> tuple[Any, ...]:
    return tuple(islice(shared(json.loads(old), json.loads(new)), 1))


def _guesses(old: Schema, new: Schema) -> Iterator[Any]:
    for one, other in islice(product(map(flatten, alternatives(old)), map(flatten, alternatives(new))), _PAIRS):
        if _members(one) and _members(other):
            yield from _objects(one, other)
        if isinstance(one.get("items"), dict) and isinstance(other.get("items"), dict):
            count = max(1, *(min(int(schema.get("minItems", 1)), _LONGEST) for schema in (one, other)))
            yield from ([item] * count for item in first(one["items"], other["items"]))
    ours, theirs = list(samples(old)), list(samples(new))
    yield from ours
    yield from theirs
    yield from (merged(one, other) for one, other in product(ours, theirs))


def _objects(one: Schema, other: Schema) -> Iterator[Any]:
    needed = {*one.get("required", ()), *other.get("required", ())}
    found: dict[str, Any] = {}
    for name in {**_members(one), **_members(other)}:
        mine, theirs = _members(one).get(name), _members(other).get(name)
        if mine is not None and theirs is not None:
            values = first(mine, theirs) if name in needed or mine != theirs else ()
        else:
            values = tuple(islice(samples(mine or theirs or {}), 1)) if name in needed else ()
        for value in values:
            found[name] = value
    yield found
    yield {name: value for name, value in found.items() if name in needed}


def samples(schema: Schema) -> Iterator[Any]:
    """Yield a few values that keep a schema, the simplest first."""
    with suppress(Unsatisfiable):
        yield sample(schema)
    yield from islice(instances(schema), _FEW)


def merged(one: Any, other: Any) -> Any:
    """Return two values as one, with the members of both; where they differ otherwise, the first."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**other, **{key: merged(value, other[key]) if key in other else value for key, value in one.items()}}
    if isinstance(one, list) and isinstance(other, list) and one and other:
        return [merged(item, other[0]) for item in one]
    return one


def get(value: Any, path: Path) -> Any:
    """Return what a value has at a place, of a list what its first item has; raises KeyError where it has none."""
    for part in path:
        if part == "items" and isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise KeyError(path)
    return value


def put(value: Any, path: Path, inner: Any) -> Any:
    """Return a value with another one at a place; of a list every item gets it. As it is where it has no such place."""
    if not path:
        return inner
    head, *rest = path
    if head == "items" and isinstance(value, list):
        return [put(item, tuple(rest), inner) for item in value]
    if isinstance(value, dict) and (head in value or not rest):
        return {**value, head: put(value.get(head), tuple(rest), inner)}
    return value


def without(value: Any, path: Path) -> Any:
    """Return a value without the member at a place."""
    head, *rest = path
    if head == "items" and isinstance(value, list):
        return [without(item, tuple(rest)) for item in value] if rest else []
    if isinstance(value, dict) and head in value:
        kept = {key: item for key, item in value.items() if key != head}
        return {**kept, head: without(value[head], tuple(rest))} if rest else kept
    return value
