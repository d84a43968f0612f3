"""Values of schemas: a few of one, those that two both allow, and what stands at a place of one."""

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any

from conformance.contract import validator
from conformance.contract.instances import instances
from conformance.contract.schema import Schema, alternatives

Path = tuple[str, ...]
_FEW = 4


def first(old: Schema, new: Schema) -> tuple[Any, ...]:
    """Return the first two values that both schemas allow: the fullest, and a plain one; nothing where none was found."""
    return _first(json.dumps(old), json.dumps(new))


@lru_cache(maxsize=4_096)
def _first(old: str, new: str) -> tuple[Any, ...]:
    sides = json.loads(old), json.loads(new)
    before, after = map(validator, sides)
    shared = (value for value in _guesses(*sides) if before.is_valid(value) and after.is_valid(value))
    found = tuple(islice(shared, 2))
    return found[:1] if found[:1] == found[1:] else found


def _guesses(old: Schema, new: Schema) -> Iterator[Any]:
    schema: Schema = {"allOf": [old, new]}
    both, ours, theirs = (list(samples(one)) for one in (schema, old, new))
    known = {name for leaf in alternatives(schema) for name in leaf.get("properties", ())}
    # One with as many members as there are, for what differs is to be in it; then the plain ones.
    yield from sorted(both, key=lambda value: -len(known & value.keys()) if isinstance(value, dict) else 0)[:1]
    yield from (*both, *ours, *theirs)
    yield from (merged(one, other) for one, other in product(ours, theirs))


def samples(schema: Schema) -> Iterator[Any]:
    """Return a few values that keep a schema, the simplest first."""
    return islice(instances(schema), _FEW)


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
