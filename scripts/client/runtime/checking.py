"""Checking a request against the contract's schema, before it is paid for.

A small validator of JSON Schema 2020-12, so that the client needs no library for it; a test holds it to agree
with a real one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .errors import RequestValidationError

Schema = Mapping[str, Any]
_SHOWN = 60


class Violation:
    """One broken keyword: where, which, by what value, and what it asks for."""

    __slots__ = ("bound", "keyword", "path", "value")

    def __init__(self, path: tuple[str | int, ...], keyword: str, value: Any, bound: Any) -> None:
        self.path, self.keyword, self.value, self.bound = path, keyword, value, bound


def check(checker: "Checker", body: Any, moved: tuple[str, int] = ("", 0)) -> None:
    """Raise RequestValidationError for the first thing in a body that breaks a schema.

    `moved` names a list of which the body holds a part, and where the part begins: its items are told by their place in the whole.
    """
    if checker.keeps(body):
        return
    for violation in checker.violations(body):
        path = violation.path
        if len(path) > 1 and path[0] == moved[0] and isinstance(path[1], int):
            path = (path[0], path[1] + moved[1], *path[2:])
        field = ".".join(map(str, path))
        name = f"`{field}`" if field else "the request"
        given = "" if violation.keyword == "required" else f" (given: {_short(violation.value)})"
        raise RequestValidationError(
            f"{name} {_said(violation.keyword, violation.bound)}{given}",
            field=field,
            value=violation.value,
            keyword=violation.keyword,
            bound=violation.bound,
        )


def _short(value: Any) -> str:
    """Return a value as Python, cut short: of a long one only the beginning is ever written."""
    if isinstance(value, str | bytes):
        shown = repr(value[:_SHOWN])
    elif isinstance(value, list | tuple | dict) and len(value) > _SHOWN:
        return f"{type(value).__name__} of {len(value)} items"
    else:
        try:
            shown = repr(value)
        except Exception:
            return type(value).__name__
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def _said(keyword: str, bound: Any) -> str:
    """Return what a keyword asks for, as a predicate."""
    if keyword == "type":
        return "must be " + " or ".join(_NAMED[kind] for kind in ([bound] if isinstance(bound, str) else bound))
    if keyword in _COUNTED:
        way, noun = _COUNTED[keyword]
        return f"must have {way} {bound} {noun if bound == 1 else f'{noun}s'}"
    if keyword == "enum":
        return (
            "must be one of " + ", ".join(map(repr, bound))
            if len(repr(bound)) <= 4 * _SHOWN
            else f"must be one of the contract's {len(bound)} values"
        )
    return _SAID.get(keyword, f"breaks the contract's `{keyword}`").format(
        bound=repr(bound) if keyword in _BOUNDED else ""
    )


_NAMED = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_COUNTED = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
    "maxProperties": ("at most", "key"),
}
_BOUNDED = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "const"}
_SAID = {
    "required": "is required",
    "minimum": "must be at least {bound}",
    "maximum": "must be at most {bound}",
    "exclusiveMinimum": "must be more than {bound}",
    "exclusiveMaximum": "must be less than {bound}",
    "multipleOf": "must be a multiple of {bound}",
    "pattern": "must match {bound}",
    "format": "must be of the format {bound}",
    "uniqueItems": "must not have an item twice",
    "const": "must be {bound}",
    "additionalProperties": "is not a key that the contract declares",
    "oneOf": "must match exactly one of the contract's alternatives",
    "anyOf": "must match one of the contract's alternatives",
    "not": "is what the contract forbids",
}


def fits(schema: Schema, value: Any) -> bool:
    """Whether a value keeps a schema."""
    return Checker(schema).keeps(value)


Path = tuple[str | int, ...]
Test = Callable[[Any], bool]


class Checker:
    """A schema made ready: `keeps` is quick and says yes or no, `violations` says what is wrong."""

    __slots__ = tuple(
        "additional all any bounds choices forbidden free items keyed kinds "
        "limits loose one patterns properties required shaped tests".split()
    )

    def __init__(self, schema: Schema | bool) -> None:
        if isinstance(schema, bool):
            schema = {} if schema else {"not": True}
        self.bounds = schema
        # The type's first: what has another type is looked at no further.
        self.tests: list[tuple[str, Test]] = [
            (keyword, _TESTS[keyword](schema[keyword]))
            for keyword in sorted(schema.keys() & _TESTS.keys(), key=_TESTS_ORDER.index)
        ]
        self.limits = [test for keyword, test in self.tests if keyword != "type"]
        self.choices: dict[type, list[Checker]] = {}
        self.required: tuple[str, ...] = tuple(schema.get("required", ()))
        self.properties = {name: Checker(inner) for name, inner in schema.get("properties", {}).items()}
        self.patterns = [
            (found, Checker(inner))
            for pattern, inner in schema.get("patternProperties", {}).items()
            if (found := compiled(pattern)) is not None
        ]
        self.additional = _nested(schema.get("additionalProperties", True))
        self.loose = bool(self.patterns) or self.additional is not True
        self.keyed = bool(self.required or self.properties or self.loose)
        self.items = _nested(schema.get("items", True))
        self.all = [Checker(inner) for inner in schema.get("allOf", ())]
        self.any = [Checker(inner) for inner in schema.get("anyOf", ())]
        self.one = [Checker(inner) for inner in schema.get("oneOf", ())]
        self.forbidden = _nested(schema["not"]) if "not" in schema else False
        self.kinds = _kinds(schema["type"]) if "type" in schema else None
        # Python types whose every value keeps the schema: of a list of texts that may be any texts, none is looked at.
        self.free = frozenset(kind for kind in (str, bool) if self._takes_all(kind))
        self.shaped = self._by_keys()

    def _by_keys(self) -> bool:
        """Whether an object of strings keeps the schema or not by its keys alone."""
        if self.kinds is not None and dict not in self.kinds:
            return True
        inner = [*self.properties.values(), *([self.additional] if isinstance(self.additional, Checker) else ())]
        return (
            self.bounds.keys() <= _TYPED | {"required"}
            and self.forbidden is False
            and all(str in part.free or (part.kinds is not None and str not in part.kinds) for part in inner)
            and all(part.shaped for part in (*self.all, *self.any, *self.one))
        )

    def _takes_all(self, kind: type) -> bool:
        if not self.bounds.keys() <= _TYPED or self.forbidden is not False or self.required or self.patterns:
            return False
        if self.kinds is not None and kind not in self.kinds:
            return False
        if not all(kind in part.free for part in self.all) or (
            self.any and not any(kind in part.free for part in self.any)
        ):
            return False
        taken = [part for part in self.one if part.kinds is None or kind in part.kinds]
        return not self.one or (len(taken) == 1 and kind in taken[0].free)

    def keeps(self, value: Any) -> bool:
        """Whether a value keeps the schema."""
        kind = type(value)
        if kind in self.free:
            return True
        if (
            self.kinds is not None
            and (kind not in self.kinds or kind is float)
            and (kind in _CERTAIN or not self.tests[0][1](value))
        ):
            return False
        for test in self.limits:
            if not test(value):
                return False
        if kind is dict or isinstance(value, Mapping):
            if self.keyed and not self._keys_keep(value):
                return False
        elif self.items is not True and isinstance(value, list | tuple) and not self._items_keep(value):
            return False
        for part in self.all:
            if not part.keeps(value):
                return False
        if self.any and not any(part.keeps(value) for part in self.any):
            return False
        if self.one and not self._one_keeps(value, kind):
            return False
        return self.forbidden is False or not _keeps(self.forbidden, value)

    def _keys_keep(self, value: Mapping[str, Any]) -> bool:
        for name in self.required:
            if name not in value:
                return False
        properties = self.properties
        for name, inner in value.items():
            known = properties.get(name)
            if known is not None and type(inner) not in known.free and not known.keeps(inner):
                return False
            if self.loose and not all(_keeps(other, inner) for other in self._others(name)):
                return False
        return True

    def _items_keep(self, value: Any) -> bool:
        items = self.items
        if isinstance(items, bool):
            return items or not value
        if items.free and items.free.issuperset(map(type, value)):
            return True
        if items.shaped:
            # Of objects of strings, one is looked at for each set of keys.
            alike, rest = {}, []
            for item in value:
                if type(item) is dict and _STRINGS.issuperset(map(type, item.values())):
                    alike[tuple(item)] = item
                else:
                    rest.append(item)
            value = [*alike.values(), *rest]
        return all(map(items.keeps, value))

    def _one_keeps(self, value: Any, kind: type) -> bool:
        parts = self.choices.get(kind)
        if parts is None:
            certain = kind in _CERTAIN
            parts = self.choices[kind] = [
                part for part in self.one if not certain or part.kinds is None or kind in part.kinds
            ]
        found = False
        for part in parts:
            # Most alternatives differ in what they require.
            if kind is dict and part.required and part.required[0] not in value:
                continue
            if part.keeps(value):
                if found:
                    return False
                found = True
        return found

    def _others(self, name: str) -> list["Checker | bool"]:
        """Return what a key that is not (only) a property must keep."""
        matching: list[Checker | bool] = [inner for pattern, inner in self.patterns if pattern.search(name)]
        return matching if matching or name in self.properties else [self.additional]

    def violations(self, value: Any, path: Path = ()) -> Iterator[Violation]:
        """Yield what in a value breaks the schema, lazily."""
        for keyword, test in self.tests:
            if not test(value):
                yield Violation(path, keyword, value, self.bounds[keyword])
        if isinstance(value, Mapping):
            for name in self.required:
                if name not in value:
                    yield Violation((*path, name), "required", None, self.bounds["required"])
            for name, inner in value.items():
                if name in self.properties:
                    yield from self.properties[name].violations(inner, (*path, name))
                for other in self._others(name):
                    yield from _broken(other, "additionalProperties", inner, (*path, name))
        elif isinstance(value, list | tuple):
            for i, item in enumerate(value):
                yield from _broken(self.items, "items", item, (*path, i))
        for part in self.all:
            yield from part.violations(value, path)
        if self.any and not any(part.keeps(value) for part in self.any):
            yield _meant("anyOf", self.any, value, path, self.bounds["anyOf"])
        if self.one:
            count = sum(part.keeps(value) for part in self.one)
            if count == 0:
                yield _meant("oneOf", self.one, value, path, self.bounds["oneOf"])
            elif count > 1:
                yield Violation(path, "oneOf", value, self.bounds["oneOf"])
        if self.forbidden is not False and _keeps(self.forbidden, value):
            yield Violation(path, "not", value, self.bounds["not"])


def _nested(schema: Any) -> "Checker | bool":
    return schema if isinstance(schema, bool) else Checker(schema)


def _keeps(checker: "Checker | bool", value: Any) -> bool:
    return checker if isinstance(checker, bool) else checker.keeps(value)


def _broken(checker: "Checker | bool", keyword: str, value: Any, path: Path) -> Iterator[Violation]:
    if checker is False:
        yield Violation(path, keyword, value, False)
    elif checker is not True:
        yield from checker.violations(value, path)


def _meant(keyword: str, parts: list[Checker], value: Any, path: Path, bound: Any) -> Violation:
    """Return what is wrong in the branch that was meant: the only one of the value's type, or the one whose complaint lies deepest."""
    firsts = [next(part.violations(value, path)) for part in parts]
    typed = [
        first for first in firsts if len(first.path) > len(path) or first.keyword not in {"type", "oneOf", "anyOf"}
    ]
    if not typed:
        return Violation(path, keyword, value, bound)
    deepest = max(len(first.path) for first in typed)
    best = [first for first in typed if len(first.path) == deepest]
    return best[0] if len(typed) == 1 or deepest > len(path) else Violation(path, keyword, value, bound)


def _is(kind: str, value: Any) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "integer":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and value.is_integer()
        )
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _KINDS[kind])


# Plain Python types of JSON, and which of them a type of JSON Schema takes; a float may be an integer (4.0), so that it is looked at.
_CERTAIN = frozenset({str, int, bool, dict, list, tuple, type(None)})
_STRINGS = frozenset({str})
_TAKEN: dict[str, set[type]] = {
    "string": {str},
    "integer": {int, float},
    "number": {int, float},
    "boolean": {bool},
    "object": {dict},
    "array": {list, tuple},
    "null": {type(None)},
}
# What limits nothing but the type, for a value that is neither an object nor a list.
_TYPED = frozenset(
    "type properties items additionalProperties minItems maxItems minProperties maxProperties anyOf oneOf allOf".split()
)


def _kinds(bound: str | list[str]) -> set[type]:
    return set().union(*(_TAKEN[kind] for kind in ([bound] if isinstance(bound, str) else bound)))


_KINDS: dict[str, Any] = {"boolean": bool, "object": Mapping, "array": list | tuple, "null": type(None)}


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON: true is not 1, and 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _type(bound: Any) -> Test:
    if isinstance(bound, str):
        plain = _TAKEN[bound] - {float}
        return lambda value: type(value) in plain or _is(bound, value)
    return lambda value: any(_is(kind, value) for kind in bound)


def _numeric(broken: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    return lambda bound: lambda value: not (_is("number", value) and broken(value, bound))


def _sized(kind: str, broken: Callable[[int, int], bool]) -> Callable[[Any], Test]:
    return lambda bound: lambda value: not (_is(kind, value) and broken(len(value), bound))


def _not_multiple(value: Any, step: Any) -> bool:
    # Decimal as it is written: 0.3 is a multiple of 0.1. Imported here, for few contracts ask.
    from fractions import Fraction

    exact = (Fraction(int(v)) if v == int(v) else Fraction(repr(v)) for v in (value, step))
    return next(exact) % next(exact) != 0


# What every value of a format has: the service may still be stricter.
_FORMATS = {
    "date": r"\d{4}-\d\d-\d\d",
    "date-time": r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    "time": r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    "email": r".+@.+",
    "ipv4": r"\d{1,3}(\.\d{1,3}){3}",
    "ipv6": r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S*",
    "uuid": r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
}


def _format(name: Any) -> Test:
    known = re.compile(_FORMATS.get(name, r"(?s:.*)"))
    return lambda value: not isinstance(value, str) or known.fullmatch(value) is not None


def _pattern(bound: str) -> Test:
    found = compiled(bound)
    return lambda value: not isinstance(value, str) or found is None or found.search(value) is not None


def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of JSON Schema (ECMA 262) for `search`, None for one that Python cannot read: the service judges that."""
    parts = re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    try:
        # Python's `$` also matches before a last line feed.
        return re.compile("".join(r"\Z" if part == "$" else part for part in parts), re.ASCII)
    except re.error:
        return None


def _unique(bound: bool) -> Test:
    return lambda value: (
        not (bound and _is("array", value) and any(_same(a, b) for i, a in enumerate(value) for b in value[:i]))
    )


_TESTS: dict[str, Callable[[Any], Test]] = {
    "type": _type,
    "minimum": _numeric(lambda value, bound: value < bound),
    "maximum": _numeric(lambda value, bound: value > bound),
    "exclusiveMinimum": _numeric(lambda value, bound: value <= bound),
    "exclusiveMaximum": _numeric(lambda value, bound: value >= bound),
    "multipleOf": _numeric(_not_multiple),
    "minLength": _sized("string", lambda size, bound: size < bound),
    "maxLength": _sized("string", lambda size, bound: size > bound),
    "minItems": _sized("array", lambda size, bound: size < bound),
    "maxItems": _sized("array", lambda size, bound: size > bound),
    "minProperties": _sized("object", lambda size, bound: size < bound),
    "maxProperties": _sized("object", lambda size, bound: size > bound),
    "pattern": _pattern,
    "format": _format,
    "enum": lambda bound: lambda value: any(_same(value, item) for item in bound),
    "const": lambda bound: lambda value: _same(value, bound),
    "uniqueItems": _unique,
}
_TESTS_ORDER = list(_TESTS)
