# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Checking a request against the contract's schema, before it is paid for.

A small validator of JSON Schema 2020-12, so that the client needs no library for it; a test holds it to agree
with a real one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import RequestValidationError

Schema = Mapping[str, Any]
_SHOWN = 60


class Violation:
    """One broken keyword: where, which, by what value, and what it asks for."""

    __slots__ = ("bound", "keyword", "path", "value")

    def __init__(self, path: tuple[str | int, ...], keyword: str, value: Any, bound: Any) -> None:
        self.path, self.keyword, self.value, self.bound = path, keyword, value, bound


def check(schema: Schema, body: Any) -> None:
    """Raise RequestValidationError for the first thing in a body that breaks a schema."""
    for violation in violations(schema, body):
        field = ".".join(map(str, violation.path))
        shown = repr(violation.value)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        bound = (
            repr(violation.bound)
            if not isinstance(violation.bound, list | dict) or len(repr(violation.bound)) <= 4 * _SHOWN
            else "the contract's"
        )
        name = f"`{field}`" if field else "the request"
        message = _SAID.get(violation.keyword, "{name} breaks {keyword}: {bound}").format(
            name=name, keyword=violation.keyword, bound=bound
        )
        raise RequestValidationError(
            f"{message} (given: {shown})" if violation.keyword != "required" else message,
            field=field,
            value=violation.value,
            keyword=violation.keyword,
            bound=violation.bound,
        )


_SAID = {
    "type": "{name} must be of type {bound}",
    "required": "{name} is required",
    "minimum": "{name} must be at least {bound}",
    "maximum": "{name} must be at most {bound}",
    "exclusiveMinimum": "{name} must be more than {bound}",
    "exclusiveMaximum": "{name} must be less than {bound}",
    "multipleOf": "{name} must be a multiple of {bound}",
    "minLength": "{name} must have at least {bound} characters",
    "maxLength": "{name} must have at most {bound} characters",
    "pattern": "{name} must match {bound}",
    "minItems": "{name} must have at least {bound} items",
    "maxItems": "{name} must have at most {bound} items",
    "uniqueItems": "{name} must not have an item twice",
    "enum": "{name} must be one of {bound}",
    "const": "{name} must be {bound}",
    "minProperties": "{name} must have at least {bound} keys",
    "maxProperties": "{name} must have at most {bound} keys",
    "additionalProperties": "{name} is not a key that the contract declares",
    "oneOf": "{name} must fit exactly one of the contract's alternatives",
    "anyOf": "{name} must fit one of the contract's alternatives",
    "not": "{name} is what the contract forbids",
}


def violations(schema: Schema, value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Violation]:
    """Yield what in a value breaks a schema, lazily."""
    for keyword, bound in schema.items():
        rule = _RULES.get(keyword)
        if rule is not None:
            yield from rule(bound, schema, value, path)


def fits(schema: Schema, value: Any) -> bool:
    """Whether a value keeps a schema."""
    return next(violations(schema, value), None) is None


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and value.is_integer()
        )
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kinds: dict[str, Any] = {
        "string": str,
        "boolean": bool,
        "object": Mapping,
        "array": list | tuple,
        "null": type(None),
    }
    return isinstance(value, kinds[kind])


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON: true is not 1, and 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _type(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if not any(_is(kind, value) for kind in ((bound,) if isinstance(bound, str) else bound)):
        yield Violation(path, "type", value, bound)


def _numeric(keyword: str, broken: Any) -> Any:
    def rule(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
        if _is("number", value) and broken(value, bound):
            yield Violation(path, keyword, value, bound)

    return rule


def _sized(keyword: str, kind: str, broken: Any) -> Any:
    def rule(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
        if _is(kind, value) and broken(len(value), bound):
            yield Violation(path, keyword, value, bound)

    return rule


def _not_multiple(value: Any, step: Any) -> bool:
    # Decimal as it is written: 0.3 is a multiple of 0.1. Imported here, for few contracts ask.
    from fractions import Fraction

    exact = (Fraction(int(v)) if v == int(v) else Fraction(repr(v)) for v in (value, step))
    return next(exact) % next(exact) != 0


def _pattern(bound: str, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if isinstance(value, str) and re.search(bound, value) is None:
        yield Violation(path, "pattern", value, bound)


def _enum(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if not any(_same(value, item) for item in bound):
        yield Violation(path, "enum", value, bound)


def _const(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if not _same(value, bound):
        yield Violation(path, "const", value, bound)


def _unique(bound: bool, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if bound and _is("array", value) and any(_same(a, b) for i, a in enumerate(value) for b in value[:i]):
        yield Violation(path, "uniqueItems", value, bound)


def _required(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if isinstance(value, Mapping):
        for name in bound:
            if name not in value:
                yield Violation((*path, name), "required", None, bound)


def _properties(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if isinstance(value, Mapping):
        for name, inner in bound.items():
            if name in value:
                yield from violations(inner, value[name], (*path, name))


def _additional(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if isinstance(value, Mapping) and bound is not True:
        known = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        for name, inner in value.items():
            if name in known or any(re.search(pattern, name) for pattern in patterns):
                continue
            if bound is False:
                yield Violation((*path, name), "additionalProperties", inner, bound)
            else:
                yield from violations(bound, inner, (*path, name))


def _patterned(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if isinstance(value, Mapping):
        for pattern, inner in bound.items():
            for name, item in value.items():
                if re.search(pattern, name):
                    yield from violations(inner, item, (*path, name))


def _items(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if _is("array", value):
        if isinstance(bound, bool):
            if not bound and value:
                yield Violation(path, "items", value, bound)
            return
        for i, item in enumerate(value):
            yield from violations(bound, item, (*path, i))


def _all(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    for inner in bound:
        yield from violations(inner, value, path)


def _any(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if not any(fits(inner, value) for inner in bound):
        yield _meant("anyOf", bound, value, path)


def _one(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    count = sum(fits(inner, value) for inner in bound)
    if count == 0:
        yield _meant("oneOf", bound, value, path)
    elif count > 1:
        yield Violation(path, "oneOf", value, bound)


def _meant(keyword: str, bound: Any, value: Any, path: Any) -> Violation:
    """Return what is wrong in the branch that was meant: the only one of the value's type, or the one whose complaint lies deepest."""
    firsts = [next(violations(inner, value, path)) for inner in bound]
    typed = [
        first for first in firsts if len(first.path) > len(path) or first.keyword not in {"type", "oneOf", "anyOf"}
    ]
    if not typed:
        return Violation(path, keyword, value, bound)
    deepest = max(len(first.path) for first in typed)
    best = [first for first in typed if len(first.path) == deepest]
    return best[0] if len(typed) == 1 or deepest > len(path) else Violation(path, keyword, value, bound)


def _not(bound: Any, schema: Schema, value: Any, path: Any) -> Iterator[Violation]:
    if bound is True or (isinstance(bound, Mapping) and fits(bound, value)):
        yield Violation(path, "not", value, bound)


_RULES: dict[str, Any] = {
    "type": _type,
    "minimum": _numeric("minimum", lambda value, bound: value < bound),
    "maximum": _numeric("maximum", lambda value, bound: value > bound),
    "exclusiveMinimum": _numeric("exclusiveMinimum", lambda value, bound: value <= bound),
    "exclusiveMaximum": _numeric("exclusiveMaximum", lambda value, bound: value >= bound),
    "multipleOf": _numeric("multipleOf", _not_multiple),
    "minLength": _sized("minLength", "string", lambda size, bound: size < bound),
    "maxLength": _sized("maxLength", "string", lambda size, bound: size > bound),
    "minItems": _sized("minItems", "array", lambda size, bound: size < bound),
    "maxItems": _sized("maxItems", "array", lambda size, bound: size > bound),
    "minProperties": _sized("minProperties", "object", lambda size, bound: size < bound),
    "maxProperties": _sized("maxProperties", "object", lambda size, bound: size > bound),
    "pattern": _pattern,
    "enum": _enum,
    "const": _const,
    "uniqueItems": _unique,
    "required": _required,
    "properties": _properties,
    "patternProperties": _patterned,
    "additionalProperties": _additional,
    "items": _items,
    "allOf": _all,
    "anyOf": _any,
    "oneOf": _one,
    "not": _not,
}
