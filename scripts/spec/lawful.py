"""What two contracts say of requests and answers, compared by instances: what was allowed and is no more, what is new.

Values are tried at and around everything that either schema says; each one that only one of the two allows is an example.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from attrs import define, field

from conformance.contract import Contract, validator
from conformance.contract.instances import instances
from conformance.contract.schema import Schema, alternatives, flatten
from conformance.probes.kit import Kit
from conformance.probes.mutation import cases
from conformance.probes.sample import Unsatisfiable, sample

Path = tuple[str, ...]
_MOST = 4_000
_SKIPPED = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})


@define
class Shift:
    """Examples by place: values that only the old contract allows, and values that only the new one allows."""

    lost: dict[Path, Any] = field(factory=dict)
    gained: dict[Path, Any] = field(factory=dict)

    def at(self, found: Mapping[Path, Any], path: Path) -> Any:
        """Return the example at a place, else one below it, else None."""
        return found.get(path, next((value for place, value in found.items() if place[: len(path)] == path), None))


def requests(old: Contract, new: Contract) -> Shift:
    """Return what changed in the requests that are allowed; the examples are as they cross the wire."""
    bases = [body for contract in (old, new) for branch in contract.branches for body in [Kit(contract).body(branch)]]
    bases += [{**one, **other} for one in bases for other in bases if one.keys() != other.keys()]
    shift = _shift(old.request_rules, new.request_rules, bases)
    return Shift(
        {path: old.nest(value) for path, value in shift.lost.items()},
        {path: new.nest(value) for path, value in shift.gained.items()},
    )


def answers(old: Contract, new: Contract) -> Mapping[str, Shift]:
    """Return what changed in the answers that are allowed, by status, of those that both describe."""
    found = {}
    for status in old.answers.keys() & new.answers.keys():
        one, other = (next(iter(contract.answers[status].media.values()), {}) for contract in (old, new))
        if one != other:
            found[status] = _shift(one, other, [value for schema in (one, other) for value in _samples(schema)])
    return found


def _samples(schema: Schema) -> list[Any]:
    try:
        return [sample(schema), *islice(instances(schema), 4)]
    except Unsatisfiable:
        return list(islice(instances(schema), 4))


def _shift(old: Schema, new: Schema, bases: Iterable[Any]) -> Shift:
    before, after = validator(old), validator(new)
    known, shift = frozenset(_places(old, ())), Shift()
    # What both allow is changed in one place at a time; where there is no such value, each side's own tells of the whole.
    listed = list(bases)
    common = [value for value in listed if before.is_valid(value) and after.is_valid(value)]
    for value in [] if common else listed:
        if before.is_valid(value):
            shift.lost.setdefault(_different(value, new), value)
        elif after.is_valid(value):
            shift.gained.setdefault((), value)
    for base in common[:2] or listed[:2]:
        for schema in (old, new):
            for case in islice(_tried(schema, base), _MOST):
                one, other = before.is_valid(case.value), after.is_valid(case.value)
                if (
                    one
                    and not other
                    and (case.path in known or (case.keyword == "required" and case.path[:-1] in known))
                ):
                    shift.lost.setdefault(case.path, case.value)
                elif other and not one:
                    shift.gained.setdefault(case.path, case.value)
    return shift


def _tried(schema: Schema, base: Any) -> Iterator[Any]:
    yield from cases(schema, base)


def _different(value: Any, new: Schema) -> Path:
    """Return the first member that a new schema requires and a value lacks, or the whole."""
    if isinstance(value, Mapping):
        for leaf in alternatives(new):
            lacking = [name for name in flatten(leaf).get("required", ()) if name not in value]
            if lacking:
                return (lacking[0],)
    return ()


def _places(schema: Any, above: Path) -> Iterator[Path]:
    """Yield where a schema describes values, in the words of the cases: a name, `items`, `additional`."""
    yield above
    for leaf in alternatives(schema) if isinstance(schema, dict) else ():
        for name, member in leaf.get("properties", {}).items():
            yield from _places(member, (*above, name))
        if isinstance(leaf.get("items"), dict):
            yield from _places(leaf["items"], (*above, "items"))
        if isinstance(leaf.get("additionalProperties"), dict):
            yield from _places(leaf["additionalProperties"], (*above, "additional"))


def path_of(pointer: str) -> tuple[str, Path, str] | None:
    """Return side (`request` or an answer's status), place and keyword that a pointer into an operation names; None for any other."""
    head, found, rest = pointer.partition("/schema")
    if not found or ("/requestBody/" not in head and "/responses/" not in head) or "/headers/" in head:
        return None
    side = "request" if "/requestBody/" in head else head.partition("/responses/")[2].partition("/")[0]
    parts = [part.replace("~1", "/").replace("~0", "~") for part in rest.split("/")[1:]]
    path: list[str] = []
    keyword = ""
    while parts:
        part = parts.pop(0)
        if part == "properties" and parts:
            path.append(parts.pop(0))
            keyword = "properties" if not parts else ""
        elif part in _SKIPPED and parts and parts[0].isdigit():
            parts.pop(0)
            keyword = part if not parts else ""
        elif part == "items" and parts:
            path.append("items")
        elif part == "additionalProperties" and parts:
            path.append("additional")
        else:
            keyword = part
            break
    return side, tuple(path), keyword
