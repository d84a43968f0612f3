"""What two contracts say of requests, of what goes beside their bodies, and of answers, compared by instances: what was allowed and is no more, what is new.

Values are tried at and around everything that either schema says; each one that only one of the two allows is an example.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, product
from typing import Any

from attrs import define, field

from conformance.contract import Contract, ContractError, validator
from conformance.contract.schema import Schema, alternatives, escape, flatten, resolve, unescape
from conformance.probes.kit import Kit
from conformance.probes.mutation import Case, cases
from scripts.spec import values

Path = tuple[str, ...]
_MOST = 4_000
_SKIPPED = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
REQUEST, BESIDE = "request", "parameters"
_PLACES = ("header", "query")
PARAMETER = re.compile(r"(?P<above>#/paths/[^/]+(/[^/]+)?/parameters)/(?P<number>\d+)(?P<below>/.*)?")


@define
class Shift:
    """Examples by place: values that only the old contract allows, and values that only the new one allows; `replaced` where no value is allowed by both."""

    lost: dict[Path, Any] = field(factory=dict)
    gained: dict[Path, Any] = field(factory=dict)
    replaced: bool = False

    def place(self, found: Mapping[Path, Any], path: Path) -> Path | None:
        """Return where an example of a place is: there, else below it, else the whole where the two share no value; None where there is none."""
        below = (place for place in found if place[: len(path)] == path)
        return path if path in found else next(below, () if self.replaced and () in found else None)


def requests(old: Contract, new: Contract) -> Shift:
    """Return what changed in the requests that are allowed; the examples are as they cross the wire."""
    bases = [body for contract in (old, new) for branch in contract.branches for body in [Kit(contract).body(branch)]]
    bases += [{**one, **other} for one in bases for other in bases if one.keys() != other.keys()]
    shift = _shift(old.request_rules, new.request_rules, bases)
    holders = old.envelopes | new.envelopes
    gained = {_nested(path, holders): new.nest(value) for path, value in shift.gained.items()}
    lost = {_nested(path, holders): old.nest(value) for path, value in shift.lost.items()}
    return Shift(lost, gained, shift.replaced)


def parameters(old: Contract, new: Contract) -> Shift:
    """Return what changed in the parameters that are allowed beside the body: objects of names and values, by where they are sent."""
    one, other = _beside(old), _beside(new)
    return _shift(one, other, [value for schema in (one, other) for value in islice(values.samples(schema), 2)])


def _beside(contract: Contract) -> Schema:
    """Return all parameters of an operation as one object."""
    held = {
        place: {
            "type": "object",
            "properties": {item.name: item.schema for item in contract.parameters if item.place == place},
            "required": [item.name for item in contract.parameters if item.place == place and item.required],
        }
        for place in _PLACES
    }
    return {"type": "object", "properties": held, "required": list(held)}


def parameter(pointer: str, *contracts: Contract) -> tuple[Path, str] | None:
    """Return place and name of the parameter that a pointer is at or below, and what stands behind it; the first contract that has one there tells. None for any other pointer."""
    if pointer.endswith("/parameters"):
        # A list that comes or goes is known by the first one that only one side has.
        one, other = ({(item.place, item.name): item for item in contract.parameters} for contract in contracts)
        alone = sorted(one.keys() - other.keys(), key=lambda key: not one[key].required)
        return (alone[0], "") if alone else None
    found = PARAMETER.fullmatch(pointer)
    if found is None:
        return None
    for contract in contracts:
        try:
            listed = resolve(contract.document, {"$ref": found["above"]}, "")[0]
            node = resolve(contract.document, listed[int(found["number"])], "")[0]
            return (str(node["in"]), str(node["name"])), found["below"] or ""
        except (ContractError, LookupError, TypeError):
            continue
    return None


def _nested(path: Path, holders: Iterable[Path]) -> Path:
    """Return a place of a flat body as a place of the body that crosses the wire."""
    name, below = ".".join(path[:1]), path[1:]
    for holder in sorted(holders, key=len, reverse=True):
        if f"{name}.".startswith(prefix := ".".join(holder) + "."):
            rest = name[len(prefix) :]
            return (*holder, *([rest] if rest else []), *below)
    return path


def answers(old: Contract, new: Contract) -> Mapping[str, Shift]:
    """Return what changed in the answers that are allowed, by status, of those that both describe."""
    return {
        status: _shift(one, other, [value for schema in (one, other) for value in values.samples(schema)])
        for status, first, second in described(old, new)
        for one, other in [(_either(first), _either(second))]
        if one != other
    }


def _either(schema: Any) -> Any:
    """Return a schema with `anyOf` for each `oneOf`: whoever reads an answer takes the first form that fits, and that another one fits too is no news."""
    if isinstance(schema, list):
        return [_either(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {key: _either(value) for key, value in schema.items()}
    if isinstance(found.get("oneOf"), list) and "anyOf" not in found:
        found["anyOf"] = found.pop("oneOf")
    return found


def described(old: Contract, new: Contract) -> Iterator[tuple[str, Schema, Schema]]:
    """Yield each status that both contracts describe, with the schemas of its first media type."""
    for status in sorted(old.answers.keys() & new.answers.keys()):
        one, other = (next(iter(contract.answers[status].media.values()), {}) for contract in (old, new))
        yield status, one, other


def _shift(old: Schema, new: Schema, bases: Iterable[Any]) -> Shift:
    before, after = validator(old), validator(new)
    known, listed = frozenset(path for path, _ in _places(old, ())), list(bases)

    def shared(value: Any) -> bool:
        return bool(before.is_valid(value) and after.is_valid(value))

    plain = values.first(old, new) or (None,)
    whole = plain[0]
    tried = [*plain, *(values.merged(value, whole) for value in [value for value in listed if shared(value)][:2])]
    if not (tried := list(filter(shared, tried))):
        return _replaced(old, new, listed)
    shift = Shift()
    # What both allow is changed in one place at a time.
    forms = [leaf for schema in (old, new) for leaf in alternatives(schema)]
    fitting = [whole, *listed, *(value for leaf in forms for value in islice(values.samples(leaf), 1))]
    for base, (schema, other) in product(tried, ((old, new), (new, old))):
        for case in islice(chain(cases(schema, base), _own(schema, other, base)), _MOST):
            named = case.path in known or (case.keyword == "required" and case.path[:-1] in known)
            if named and before.is_valid(case.value) and _refused(after, case, fitting):
                shift.lost.setdefault(case.path, case.value)
            if after.is_valid(case.value) and _refused(before, case, fitting):
                shift.gained.setdefault(case.path, case.value)
    _located(shift.lost, after, whole)
    _located(shift.gained, before, whole)
    return shift


def _replaced(old: Schema, new: Schema, bases: Iterable[Any]) -> Shift:
    """Return what changed where nothing is allowed by both: each side's own values tell of the whole, and no place of it is the reason."""
    shift = Shift(replaced=True)
    for value in bases:
        if validator(old).is_valid(value):
            shift.lost.setdefault(_different(value, new), value)
            shift.lost.setdefault((), value)
        elif validator(new).is_valid(value):
            shift.gained.setdefault((), value)
    return shift


def _located(found: dict[Path, Any], side: Any, known: Any) -> None:
    """Drop what shows the whole where the places that are shown too are the reason for it."""
    if () in found:
        value = found[()]
        for path in found:
            value = _mended(value, path, known) if path else value
        if side.is_valid(value):
            del found[()]


def _refused(side: Any, case: Case, known: Iterable[Any]) -> bool:
    """Whether a case is refused for what stands at its place: with what a known value has there it is taken."""
    # A field that is not described has no place of its own: the object that holds it is put back.
    path = case.path[: case.path.index("additional")] if "additional" in case.path else case.path
    return not side.is_valid(case.value) and any(side.is_valid(_mended(case.value, path, value)) for value in known)


def _mended(value: Any, path: Path, known: Any) -> Any:
    """Return a value with what a known one has at a place, or without the place where that has none."""
    try:
        return values.put(value, path, values.get(known, path))
    except KeyError:
        return values.without(value, path)


def _different(value: Any, new: Schema) -> Path:
    """Return the first member that a new schema requires and a value lacks, or the whole."""
    if isinstance(value, Mapping):
        for leaf in alternatives(new):
            lacking = [name for name in flatten(leaf).get("required", ()) if name not in value]
            if lacking:
                return (lacking[0],)
    return ()


def _own(schema: Schema, other: Schema, base: Any) -> Iterator[Case]:
    """Yield a value with what a schema takes by itself at each innermost place that another one describes otherwise: the value's own keeps both."""
    there = dict(_places(other, ()))
    for path, node in _places(schema, ()):
        if (
            path
            and node != there.get(path, node)
            and not any({"properties", "items"} & leaf.keys() for leaf in alternatives(node))
        ):
            for value in values.samples(node):
                yield Case(path, "sample", "its own", values.put(base, path, value), "#")


def _places(schema: Any, above: Path) -> Iterator[tuple[Path, Any]]:
    """Yield where a schema describes values, in the words of the cases (a name, `items`, `additional`), and how."""
    yield above, schema
    for leaf in alternatives(schema) if isinstance(schema, dict) else ():
        for name, member in leaf.get("properties", {}).items():
            yield from _places(member, (*above, name))
        if isinstance(leaf.get("items"), dict):
            yield from _places(leaf["items"], (*above, "items"))
        for other in (leaf.get("additionalProperties"), *leaf.get("patternProperties", {}).values()):
            if isinstance(other, dict):
                yield from _places(other, (*above, "additional"))


def place_of(pointer: str, *contracts: Contract) -> tuple[str, Path, str] | None:
    """Return side, place and keyword of a pointer as `path_of` does, and of one to a parameter; the contracts tell which one that is."""
    named = parameter(pointer, *contracts)
    if named is None:
        return path_of(pointer)
    path, below = named
    inner = _below(below.partition("/schema")[2]) if "/schema" in below else ((), below.rpartition("/")[2])
    return BESIDE, (*path, *inner[0]), inner[1]


def path_of(pointer: str) -> tuple[str, Path, str] | None:
    """Return side (`request` or an answer's status), place and keyword that a pointer into an operation names; None for any other."""
    head, found, rest = pointer.partition("/schema")
    if not found or ("/requestBody/" not in head and "/responses/" not in head) or "/headers/" in head:
        return None
    side = REQUEST if "/requestBody/" in head else head.partition("/responses/")[2].partition("/")[0]
    return side, *_below(rest)


def _below(rest: str) -> tuple[Path, str]:
    """Return the place and the keyword that the end of a pointer, inside a schema, names."""
    parts = list(map(unescape, rest.split("/")[1:]))
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
        elif part == "patternProperties" and len(parts) > 1:
            parts.pop(0)
            path.append("additional")
        else:
            keyword = part
            break
    return tuple(path), keyword


def pointer_of(path: Path) -> str:
    """Return a place as the end of a pointer, as if no forms stood above it."""
    named = {"items": "items", "additional": "additionalProperties"}
    return "".join(f"/{named[part]}" if part in named else f"/properties/{escape(part)}" for part in path)
