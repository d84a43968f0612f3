"""Bodies built from the contract's schemas: every role filled, nothing else that is not required."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from attrs import define, frozen

from conformance.contract import Answer, Contract, validator
from conformance.contract.instances import sample, sampled
from conformance.contract.proposal import kinds
from conformance.contract.roles import ROLE
from conformance.contract.schema import Schema, all_types, alternatives, flatten, types, walk


@define
class Row:
    """One result: the document's index, its score, and the document itself when it is to be returned."""

    index: int
    score: float
    document: Any = None
    echo: bool = False


@define
class Facts:
    """What one answer is made of."""

    id: str
    rows: Sequence[Row]
    counts: dict[str, int]
    model: str | None = None


Filler = Callable[[Facts, Row], Any]
_ABSENT = object()
# What stands for a row outside of the results.
_NO_ROW = Row(0, 0.0)
# How far inside an exclusive bound a score stands, as a part of the range.
_NEAR = 1e-8
# How many places of an id tell answers apart.
_ROOM = 16
_ALIKE = ("0123456789", "abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ")


@frozen
class _Count:
    """What fills in a count."""

    role: str

    def __call__(self, facts: Facts, _row: Row) -> Any:
        """Return the count, or that there is none."""
        return facts.counts.get(self.role, _ABSENT)


def _index(_facts: Facts, row: Row) -> Any:
    return row.index


def _score(_facts: Facts, row: Row) -> Any:
    return row.score


def success(contract: Contract) -> Callable[[Facts], Any]:
    """Return a function that builds the body of a success."""
    schema = next(iter(contract.success.media.values()), {})
    filler = _compile(schema, contract.first_index) or _constant(schema)
    return lambda facts: filler(facts, _NO_ROW)


def _compile(schema: Schema, first: int = 0) -> Filler | None:  # noqa: PLR0911 - one return a type of JSON Schema
    """Return what fills a schema, or None where no role is in it."""
    flat = flatten(schema)
    role = flat.get(ROLE)
    told = all_types(flat)
    if role is not None and told and not told & (_writable(role) or told):
        # A role where no value of it may stand is none.
        role = None
    listed = next((leaf["items"] for leaf in alternatives(flat) if isinstance(leaf.get("items"), dict)), None)
    if role == "results" and (listed is not None or "array" in types(flat)):
        item = _compile(listed or {}, first) or _constant(listed or {})
        return lambda facts, _row: [item(facts, row) for row in facts.rows]
    if role == "id":
        named = identifier(flat)
        return lambda facts, _row: named(facts.id)
    if role == "index":
        # A fault may have made the index something else than a number.
        return _written(flat, (lambda _facts, row: first + row.index) if first else _index)
    if role == "score":
        fit = _scored(flat)
        return _written(flat, (lambda _facts, row: fit(row.score)) if fit else _score)
    if role == "echo":
        return _echo(flat)
    if role == "model":
        unknown = _constant(flat)
        return lambda facts, row: unknown(facts, row) if facts.model is None else facts.model
    if role is not None and any(types(leaf) & {"integer", "number"} for leaf in alternatives(flat)):
        return _Count(role)
    if not flat.get("properties"):
        # Of several forms the one that holds roles.
        for leaf in alternatives(flat) if flat.get("oneOf") or flat.get("anyOf") else ():
            if any(ROLE in node for _, node in walk(leaf)):
                return _compile(leaf, first)
    return _object(flat, first)


def _writable(role: str) -> frozenset[str]:
    """Return the types of the values of a role; a number may be written as a string."""
    found = kinds(role, asked=False)
    return found | {"string"} if found & {"integer", "number"} else found


def _written(schema: Schema, filler: Filler) -> Filler:
    """Return what fills in a number, written as a string where the contract has only strings."""
    kinds = types(schema)
    if "string" not in kinds or kinds & {"integer", "number"}:
        return filler

    def fill(facts: Facts, row: Row) -> Any:
        value = filler(facts, row)
        return format(value, "f") if isinstance(value, float) else str(value)

    return fill


def _scored(schema: Schema) -> Callable[[Any], Any] | None:
    """Return what makes a score of the contract's range and step out of one from 0 to 1, None where it is one; what is no finite number stays what it is."""
    whole = all_types(schema) & {"integer", "number"} == {"integer"}
    low, open_low = _bound(schema, "minimum", "exclusiveMinimum", max)
    high, open_high = _bound(schema, "maximum", "exclusiveMaximum", min)
    usual = 1_000 if whole else 1
    low = (0 if high is None or high > 0 else high - usual) if low is None else low
    high = (usual if low < usual else low + usual) if high is None else high
    if high < low:
        # No score lies there; one as it was keeps its order.
        return None
    step = schema.get("multipleOf", 1 if whole else 0)
    inside = step or (high - low) * _NEAR
    same = (low, high) == (0, 1)
    if same and not (step or open_low or open_high):
        return None

    def fit(score: Any) -> Any:
        if not isinstance(score, int | float) or not math.isfinite(score):
            return score
        value = score if same else low + (high - low) * score
        value = _stepped(value, step) if step else value
        if open_low and value == low:
            return _stepped(value + inside, step) if step else value + inside
        if open_high and value == high:
            return _stepped(value - inside, step) if step else value - inside
        return value

    return fit


def _bound(schema: Schema, closed: str, open_: str, stricter: Callable[..., Any]) -> tuple[Any, bool]:
    """Return a bound of a schema, None without one, and whether it is left out itself."""
    found = [schema[key] for key in (closed, open_) if key in schema]
    return (stricter(found) if found else None), open_ in schema and stricter(found) == schema[open_]


def _stepped(score: float, step: float) -> Any:
    """Return the nearest multiple of a step; in decimals, as 95 times 0.01 is more than 0.95 in floats."""
    times = round(score / step)
    return times * step if isinstance(step, int) else float(times * Decimal(str(step)))


def identifier(schema: Schema) -> Callable[[str], Any]:
    """Return what makes an id of a schema's own form out of any other, a different one of each."""
    if types(schema) & {"integer", "number"}:
        return lambda given: _number(given) >> 80
    keeps = validator(schema)
    if schema.get("format") == "uuid":
        return lambda given: str(UUID(int=_number(given), version=4))
    example = sampled(schema)
    example = _long(example, keeps) if isinstance(example, str) else example
    places = _free(example, keeps) if isinstance(example, str) else ()
    longest = schema.get("maxLength")

    def made(given: str) -> Any:
        cut = given[:longest]
        return cut if keeps.is_valid(cut) else _like(example, places, given)

    return made


def _long(example: str, keeps: Any) -> str:
    """Return an id with room for as many others as there are answers, where its schema lets one place of it repeat."""
    longer = (f"{example[:place]}{example[place] * _ROOM}{example[place:]}" for place, _ in _free(example, keeps))
    return example if len(example) >= _ROOM else next(filter(keeps.is_valid, longer), example)


def _free(example: str, keeps: Any) -> tuple[tuple[int, str], ...]:
    """Return the places of an id that may hold another digit or letter, with those that they may hold."""
    found = []
    for place, char in enumerate(example):
        known = next((chars for chars in _ALIKE if char in chars), "")
        if known and all(keeps.is_valid(f"{example[:place]}{other}{example[place + 1 :]}") for other in known):
            found.append((place, known))
    return tuple(found)


def _number(identity: str) -> int:
    """Return 128 bits that stand for an id, whatever its form."""
    return int.from_bytes(sha256(identity.encode()).digest()[:16])


def _like(example: Any, places: Sequence[tuple[int, str]], identity: str) -> Any:
    """Return an id of the example's form that differs from answer to answer."""
    number = _number(identity)
    chars = list(example) if places else []
    for place, known in places:
        number, rest = divmod(number, len(known))
        chars[place] = known[rest]
    return "".join(chars) or example


def _echo(schema: Schema) -> Filler:
    leaves = [flatten(leaf) for leaf in alternatives(schema)]
    bare = any("string" in types(leaf) or not types(leaf) for leaf in leaves)
    keys = {
        member[ROLE]: name for leaf in leaves for name, member in leaf.get("properties", {}).items() if ROLE in member
    }
    # An object that does not say where the text stands holds it where most do, if it lets one.
    text = keys.get("text", "text")
    rest = None if bare or validator(schema).is_valid({text: ""}) else sampled(schema)

    def fill(_facts: Facts, row: Row) -> Any:
        if not row.echo:
            return _ABSENT
        if isinstance(row.document, str):
            return row.document if bare else {text: row.document} if rest is None else rest
        if isinstance(row.document, dict) and bare and not keys:
            return " ".join(value for value in row.document.values() if isinstance(value, str))
        return row.document

    return fill


def _object(schema: Schema, first: int = 0) -> Filler | None:
    if types(schema) and "object" not in types(schema):
        return None
    members: dict[str, Filler] = {}
    required, known, more = schema.get("required", ()), schema.get("properties", {}), schema.get("additionalProperties")
    # Also what is only asked for is there.
    other = more if isinstance(more, dict) else {}
    for name, member in {**known, **{name: other for name in required if name not in known}}.items():
        filler = _compile(member, first)
        if filler is None and name in required:
            filler = _constant(member)
        if filler is not None and name in required and validator(member).is_valid(None):
            filler = _or_null(filler)
        if filler is not None:
            members[name] = filler
    if not members:
        return None
    items = tuple(members.items())
    roles = tuple((name, filler.role) for name, filler in items if isinstance(filler, _Count))
    if len(roles) == len(items):
        return lambda facts, _row: {name: facts.counts[role] for name, role in roles if role in facts.counts}

    def fill(facts: Facts, row: Row) -> Any:
        return {name: value for name, filler in items if (value := filler(facts, row)) is not _ABSENT}

    optional = {name for name in members.keys() - set(required) if flatten(known[name]).get(ROLE) == "echo"}
    return _lean(fill, tuple(pair for pair in items if pair[0] not in optional))


def _lean(whole: Filler, items: Sequence[tuple[str, Filler]]) -> Filler:
    """Return what fills an object, by a shorter way where index and score are all that it has without a document."""
    one, other = (name for name, _ in items) if len(items) == 2 else ("", "")
    if [filler for _, filler in items] == [_index, _score]:
        return lambda facts, row: whole(facts, row) if row.echo else {one: row.index, other: row.score}
    if [filler for _, filler in items] == [_score, _index]:
        return lambda facts, row: whole(facts, row) if row.echo else {one: row.score, other: row.index}
    return whole


def _or_null(filler: Filler) -> Filler:
    def fill(facts: Facts, row: Row) -> Any:
        value = filler(facts, row)
        return None if value is _ABSENT else value

    return fill


def _constant(schema: Schema) -> Filler:
    value = sampled(schema, {})
    return lambda _facts, _row: value


def error(contract: Contract, status: int) -> tuple[str, Callable[[str], Any]]:
    """Return the media type of an error and a function from a message to its body."""
    answer: Answer | None = contract.answer(status)
    for media, schema in answer.media.items() if answer else ():
        return media, _error(schema)
    return "application/json", lambda message: {"error": {"message": message}}


def _error(schema: Schema) -> Callable[[str], Any]:
    keeps = validator(schema)
    fallback = sampled(schema)
    say = _said(schema) or (lambda message: message if keeps.is_valid(message) else fallback)

    def build(message: str) -> Any:
        body = say(message)
        return body if keeps.is_valid(body) else fallback

    return build


def _said(schema: Schema) -> Callable[[str], Any] | None:
    """Return what puts a message at its place in an error's body, or None where no role is in it."""
    role = flatten(schema).get(ROLE)
    leaves = [flatten(leaf) for leaf in alternatives(schema)]
    if role == "error_message" and any("string" in types(leaf) or not types(leaf) for leaf in leaves):
        return lambda message: message
    if role == "error_data" and validator(schema).is_valid(""):
        return lambda _message: ""
    if role is not None:
        return _same(sample(schema))
    flat = next((leaf for leaf in leaves if any(ROLE in node for _, node in walk(leaf))), None)
    if flat is None:
        return None
    if isinstance(flat.get("items"), dict):
        item = _said(flat["items"])
        return None if item is None else lambda message: [item(message)]
    members: dict[str, Callable[[str], Any]] = {}
    for name, member in flat.get("properties", {}).items():
        inner = _said(member)
        if inner is not None or name in flat.get("required", ()):
            members[name] = inner or _same(sample(member))
    return lambda message: {name: say(message) for name, say in members.items()}


def _same(value: Any) -> Callable[[str], Any]:
    return lambda _message: value
