"""Values at, just inside and just outside everything that a schema says."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from conformance.contract.instances import matching, sampled
from conformance.contract.schema import POINTER, Schema, alternatives, escape, flatten, types
from conformance.contract.validation import validator

_LONG = 200_000
# The shortest text there is may be one that some languages take for none.
NOUGHT = "0"
# What a case is called whose value stands in a list.
LONE = "a list of one"


@frozen
class Case:
    """A value for a field: which keyword of which schema it tries, and in a few words how.

    `usual` marks a form that the base value has already; `again` a value that repeats what a nearer miss shows. `path` is below the field (`items`, then a name); whether the value keeps
    the contract is for the contract's own validator to say.
    """

    path: tuple[str, ...]
    keyword: str
    label: str
    value: Any
    pointer: str
    usual: bool = False
    again: bool = False


def cases(schema: Schema, base: Any, path: tuple[str, ...] = ()) -> Iterator[Case]:
    """Yield cases for a schema and everything below it; `base` is a value that keeps it."""
    leaves = [flatten(leaf) for leaf in alternatives(schema)]
    branched = len(leaves) > 1
    flat = flatten(schema)
    yield from _types(flat, leaves, path)
    if branched:
        yield from _branches(flat, leaves, base, path)
    for leaf in leaves:
        # Null keeps every bound of a form that may be null, and shows none.
        fitting = base if base is not None and validator(leaf).is_valid(base) else _present(leaf)
        yield from _keywords(leaf, fitting, path)
        if isinstance(fitting, dict):
            yield from _members(leaf, fitting, path)
        if isinstance(fitting, list) and isinstance(leaf.get("items"), dict):
            yield from _items(leaf, fitting, path)


def own_cases(schema: Schema, base: Any) -> Iterator[Case]:
    """Yield cases for a schema's own keywords, not for what is below it."""
    yield from _keywords(flatten(schema), base, ())


def _pointer(schema: Schema, keyword: str) -> str:
    return f"{schema.get(POINTER, '#')}/{escape(keyword)}"


def _types(flat: Schema, leaves: list[Schema], path: tuple[str, ...]) -> Iterator[Case]:
    """Values of every type that no branch takes, near misses first."""
    taken = set().union(*(types(leaf) for leaf in leaves))
    if not all(types(leaf) for leaf in leaves):
        taken = set()
    owner = flat if "type" in flat or len(leaves) > 1 else leaves[0]
    keyword = "type" if "type" in owner else ("oneOf" if "oneOf" in owner else "anyOf" if "anyOf" in owner else "type")
    pointer = _pointer(owner, keyword)
    if not taken:
        return
    yield Case(path, "type" if path else "null", "null", None, pointer)
    for label, value, again in _wrong(taken, leaves, nested=len(path) > 1 or (len(path) == 1 and path[0] != "items")):
        yield Case(path, "type", label, value, pointer, again=again)


def _present(schema: Schema) -> Any:
    """Return a value that keeps a schema, of one that may be null another value."""
    return sampled({**schema, "type": sorted(types(schema) - {"null"})} if types(schema) > {"null"} else schema)


def _wrong(taken: set[str], leaves: list[Schema], *, nested: bool) -> Iterator[tuple[str, Any, bool]]:
    """Yield labels and values of other types; the last word says whether a nearer miss shows the same."""
    good = next((value for leaf in leaves if types(leaf) and (value := _present(leaf)) is not None), None)
    numeric, boolean = bool(taken & {"integer", "number"}), "boolean" in taken
    text, array = "string" in taken, "array" in taken
    if numeric and not text:
        yield "a numeric string", str(good), False
        yield "an empty string", "", True
    if boolean and not text:
        yield "the string true", "true", False
        yield "the string false", "false", True
    if not (numeric or text or boolean):
        yield "a string", "apple", False
    if "integer" in taken and "number" not in taken:
        yield "a fraction", (good if isinstance(good, int) else 1) + 0.5, nested
        yield "a fraction as a string", "1.5", True
    if not numeric:
        yield "the number 1", 1, nested
        if boolean:
            yield "the number 0", 0, True
        else:
            yield "a fraction", 1.5, text or array or nested
    if not boolean:
        yield "true", True, text or array or nested
        if numeric:
            yield "false", False, True
    if not array:
        yield LONE, [good if good is not None else 1], boolean or nested
        if not nested:
            yield "an empty list", [], True
    if "object" not in taken:
        # Who takes its values for a list finds one that could stand there.
        inner = good[0] if isinstance(good, list) and good else 1 if isinstance(good, list) else good
        yield "an object", {"value": inner}, numeric or boolean or nested


def _branches(flat: Schema, leaves: list[Schema], base: Any, path: tuple[str, ...]) -> Iterator[Case]:
    """Each branch alone, and objects that mix the keys of two."""
    keyword = "oneOf" if "oneOf" in flat else "anyOf"
    pointer = _pointer(flat, keyword)
    objects = []
    for number, leaf in enumerate(leaves):
        value = sampled(leaf)
        if value is None:
            continue
        name = str(leaf.get("title") or "".join(sorted(types(leaf))) or number)
        if isinstance(value, dict):
            name = f"an object with {' and '.join(value) or 'nothing'}"
            objects.append(value)
        label = f"in form {number + 1} of {len(leaves)} ({name})"
        yield Case(path, keyword, label, value, pointer, validator(leaf).is_valid(base))
    for i, one in enumerate(objects):
        for other in objects[i + 1 :]:
            if one.keys() != other.keys():
                yield Case(path, keyword, "in two forms at once, in one object", {**one, **other}, pointer)
    if objects:
        yield Case(path, keyword, "an empty object", {}, pointer)
        yield Case(path, keyword, "an object of another shape", {"unexpected": "apple"}, pointer, again=True)


def _keywords(schema: Schema, base: Any, path: tuple[str, ...]) -> Iterator[Case]:
    for keyword in (key for key in schema if key in _RULES):
        for label, value, *again in _RULES[keyword](schema[keyword], schema, base):
            yield Case(path, keyword, label, value, _pointer(schema, keyword), again=any(again))


def _bound(direction: int, exclusive: bool) -> Any:
    def rule(bound: Any, schema: Schema, _base: Any) -> Iterator[tuple[Any, ...]]:
        whole = "integer" in types(schema) and float(bound).is_integer()
        step = schema.get("multipleOf", 1 if "integer" in types(schema) else 0.25)
        # 0.0 for an integer's bound means 0.
        at = (int(bound) if whole else bound) + (direction * step if exclusive else 0)
        yield f"at its bound, {at}", at
        yield f"just within its bound, {at + direction * step}", at + direction * step, True
        yield f"just beyond its bound, {at - direction * step}", at - direction * step
        if direction > 0 and at == step:
            # `if not n` refuses 0 and lets -1 through.
            yield f"below zero, {-step}", -step
        yield f"far beyond its bound, {at - direction * step * 1000}", at - direction * step * 1000, True

    return rule


def _length(direction: int) -> Any:
    def rule(bound: int, _schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
        if bound > _LONG or not isinstance(base, str):
            return
        for label, size, again in _around(bound, direction):
            text = NOUGHT if size == 1 else (base * (size // max(len(base), 1) + 1) if base else "a" * size)[:size]
            yield f"{label}, {size} character{'' if size == 1 else 's'}", text, again
        if direction > 0 and bound > 0:
            yield "empty", ""

    return rule


def _count(direction: int) -> Any:
    def rule(bound: int, _schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
        if bound > _LONG or not isinstance(base, list):
            return
        for label, size, again in _around(bound, direction):
            yield f"{label}, {size} item{'' if size == 1 else 's'}", stretch(base, size), again

    return rule


def _around(bound: int, direction: int) -> Iterator[tuple[str, int, bool]]:
    """Yield sizes at a bound and beside it, each with its name and whether another one shows the same."""
    for label, size in (
        ("at its bound", bound),
        ("just within its bound", bound + direction),
        ("just beyond its bound", bound - direction),
    ):
        if size >= 0:
            yield label, size, size == bound + direction


def stretch(items: list[Any], size: int) -> list[Any]:
    """Return `size` items like those given, strings made distinct."""
    if not items:
        return ["apple"] * size
    return [
        f"{item} {i}" if isinstance(item, str) and i >= len(items) else item
        for i, item in ((i, items[i % len(items)]) for i in range(size))
    ]


def _enum(allowed: list[Any], _schema: Schema, _base: Any) -> Iterator[tuple[Any, ...]]:
    for value in allowed:
        yield f"the listed {value!r}", value
    strings = [value for value in allowed if isinstance(value, str)]
    if strings:
        yield "a name that is not listed", "no-such-value"
        yield "a listed one in other case", strings[0].swapcase()
        yield "a listed one and more", f"{strings[0]}:no-such-value"
        yield "empty", ""
    else:
        yield "a value that is not listed", 987_654_321


def _pattern(pattern: str, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    keeps = validator({"type": "string", "pattern": pattern})
    if isinstance(base, str) and keeps.is_valid(base):
        yield f"a match, {base[:40]!r}", base
    for value in (f"{base}!", f" {base}", "!", "apple", "0", "", "Ünïcode ☃", "\n"):
        if not keeps.is_valid(value):
            yield f"no match, {value[:40]!r}", value


def _format(name: Any, _schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    keeps = validator({"type": "string", "format": str(name)})
    if isinstance(base, str) and keeps.is_valid(base):
        yield f"of the format, {base[:40]!r}", base
    for value in (f"{base} !", "apple", "(", ""):
        if not keeps.is_valid(value):
            yield f"not of the format, {value[:40]!r}", value


def _multiple(step: Any, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(base, int | float):
        yield f"a multiple, {base}", base
        off = base + (1 if "integer" in types(schema) and step > 1 else step / 2)
        yield f"no multiple, {off}", off


def _unique(wanted: bool, _schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if wanted and isinstance(base, list) and base:
        yield "all different", base
        yield "one twice", [*base, base[0]]


def _closed(allowed: Any, _schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if allowed is False and isinstance(base, dict):
        yield "an undeclared key", {**base, "unexpected": 1}


def _sizes(direction: int) -> Any:
    def rule(bound: int, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
        if isinstance(base, dict) and bound <= _LONG:
            other = schema.get("additionalProperties")
            filler = sampled(other) if isinstance(other, dict) else "apple"
            for size in (bound, bound - direction):
                if size >= 0:
                    keys = list(base)[:size]
                    value = {key: base[key] for key in keys} | {f"key{i}": filler for i in range(size - len(keys))}
                    yield f"{size} keys", value

    return rule


def _not(forbidden: Any, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    yield "an allowed value", base
    if isinstance(forbidden, dict) and forbidden:
        value = sampled({**{key: schema[key] for key in ("type",) if key in schema}, **forbidden})
        if value is not None:
            yield "the forbidden value", value


def _const(value: Any, _schema: Schema, _base: Any) -> Iterator[tuple[Any, ...]]:
    yield "the constant", value
    yield "another value", f"not {value}" if isinstance(value, str) else 987_654_321


def _dependent(needed: dict[str, list[str]], schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(base, dict):
        for name, others in needed.items():
            whole = {
                **{other: sampled(schema.get("properties", {}).get(other, {})) for other in (name, *others)},
                **base,
            }
            for other in others:
                without = {key: value for key, value in whole.items() if key != other}
                yield f"{name!r} without {other!r}", without
            yield f"{name!r} with all that it needs", whole


def _names(rule: Any, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(base, dict) and isinstance(rule, dict):
        keeps, other = validator({"type": "string", **rule}), schema.get("additionalProperties")
        for name in ("apple", "Not A Name!", "", "a" * 200):
            if not keeps.is_valid(name):
                yield f"the name {name[:20]!r}", {**base, name: sampled(other if isinstance(other, dict) else {})}


def _contains(rule: Any, schema: Schema, base: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(base, list) and isinstance(rule, dict):
        keeps = validator(rule)
        yield "none of those that it must contain", [item for item in base if not keeps.is_valid(item)]
        items = schema.get("items")
        other = sampled({**(items if isinstance(items, dict) else {}), "not": rule})
        if other is not None:
            yield "another one than it must contain", [other]


_RULES: dict[str, Any] = {
    "minimum": _bound(1, exclusive=False),
    "maximum": _bound(-1, exclusive=False),
    "exclusiveMinimum": _bound(1, exclusive=True),
    "exclusiveMaximum": _bound(-1, exclusive=True),
    "multipleOf": _multiple,
    "minLength": _length(1),
    "maxLength": _length(-1),
    "pattern": _pattern,
    "format": _format,
    "minItems": _count(1),
    "maxItems": _count(-1),
    "uniqueItems": _unique,
    "enum": _enum,
    "const": _const,
    "additionalProperties": _closed,
    "unevaluatedProperties": _closed,
    "dependentRequired": _dependent,
    "propertyNames": _names,
    "contains": _contains,
    "minProperties": _sizes(1),
    "maxProperties": _sizes(-1),
    "not": _not,
}


def _members(schema: Schema, base: dict[str, Any], path: tuple[str, ...]) -> Iterator[Case]:
    for name in schema.get("required", ()):
        without = {key: value for key, value in base.items() if key != name}
        yield Case((*path, name), "required", "missing", without, _pointer(schema, "required"))
    for name, member in schema.get("properties", {}).items():
        inner = base.get(name, sampled(member))
        for case in cases(member, inner, (*path, name)):
            yield evolve(case, value={**base, name: case.value})
    for pattern, member in schema.get("patternProperties", {}).items():
        name = next(matching(pattern, lambda _text: True), None) if isinstance(member, dict) else None
        if name is not None and name not in schema.get("properties", {}):
            for case in cases(member, base.get(name, sampled(member)), (*path, "additional")):
                yield evolve(case, value={**base, name: case.value})
    other = schema.get("additionalProperties")
    if isinstance(other, dict):
        name = next((name for name in base if name not in schema.get("properties", {})), "key0")
        for case in cases(other, base.get(name, sampled(other)), (*path, "additional")):
            yield evolve(case, value={**base, name: case.value})


def _items(schema: Schema, base: list[Any], path: tuple[str, ...]) -> Iterator[Case]:
    item = base[0] if base else sampled(schema["items"])
    for case in cases(schema["items"], item, (*path, "items")):
        yield evolve(case, value=[*base[:-1], case.value])
