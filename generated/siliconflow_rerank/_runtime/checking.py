# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Checking a request against the contract's schema, before it is paid for: jsonschema-rs judges, and what it finds is told plainly."""

import json
from typing import Any

from jsonschema_rs import Draft202012Validator

from .errors import RequestValidationError

_SHOWN = 60
Path = tuple[str | int, ...]


class Violation:
    """One broken keyword: where, which, and what it asks for."""

    __slots__ = ("bound", "keyword", "path")

    def __init__(self, path: Path, keyword: str, bound: Any) -> None:
        self.path, self.keyword, self.bound = path, keyword, bound


class Checker:
    """A schema made ready for many requests."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._validator = Draft202012Validator(schema, validate_formats=True)

    def check(self, body: Any, moved: tuple[str, int] = ("", 0)) -> None:
        """Raise RequestValidationError for the first thing in a body that breaks the schema, ValueError or TypeError for what is no JSON.

        `moved` names a list of which the body holds a part, and where the part begins: its items are told by their place in the whole.
        """
        try:
            keeps = self._validator.is_valid(body)
        except ValueError:
            # Values of the caller's own classes are judged as they are sent.
            body = json.loads(json.dumps(body))
            keeps = self._validator.is_valid(body)
        if not keeps:
            raise self._refusal(body, moved)

    def _refusal(self, body: Any, moved: tuple[str, int]) -> RequestValidationError:
        broken = self._violation(next(self._validator.iter_errors(body)))
        path, value = broken.path, None
        if broken.keyword != "required":
            value = body
            for part in path:
                value = value[part]
        if len(path) > 1 and path[0] == moved[0] and isinstance(path[1], int):
            path = (path[0], path[1] + moved[1], *path[2:])
        field = ".".join(map(str, path))
        name = f"`{field}`" if field else "the request"
        given = "" if broken.keyword == "required" else f" (given: {_short(value)})"
        return RequestValidationError(
            f"{name} {_said(broken.keyword, broken.bound)}{given}",
            field=field,
            value=value,
            keyword=broken.keyword,
            bound=broken.bound,
        )

    def _violation(self, error: Any) -> Violation:
        """Return what is broken; of several forms, in the one that was meant: the only one of the value's type, or the one whose complaint lies deepest."""
        path, where, kind = tuple(error.instance_path), error.schema_path, error.kind
        bound: Any = self._schema
        for part in where:
            bound = bound[part]
        keyword = next(part for part in reversed(where) if isinstance(part, str))
        if bound is False:
            keyword = "items" if keyword == "items" else "additionalProperties"
        if (
            more := getattr(kind, "property", None)
            or next(iter(getattr(kind, "unexpected", ())), None)
        ) is not None:
            path = (*path, more)
        if all(forms := getattr(kind, "context", ())):
            firsts = [self._violation(form[0]) for form in forms]
            typed = [
                one
                for one in firsts
                if len(one.path) > len(path)
                or one.keyword not in {"type", "oneOf", "anyOf"}
            ]
            deepest = [
                one
                for one in typed
                if len(one.path) == max(len(other.path) for other in typed)
            ]
            if len(typed) == 1 or (typed and len(deepest[0].path) > len(path)):
                return deepest[0]
        return Violation(path, keyword, bound)


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
        return "must be " + " or ".join(
            _NAMED[kind] for kind in ([bound] if isinstance(bound, str) else bound)
        )
    if keyword in _COUNTED:
        way, noun = _COUNTED[keyword]
        return f"must have {way} {bound} {noun if bound == 1 else f'{noun}s'}"
    if keyword == "enum":
        return (
            "must be one of " + ", ".join(map(repr, bound))
            if len(repr(bound)) <= 4 * _SHOWN
            else f"must be one of the contract's {len(bound)} values"
        )
    return _SAID.get(keyword, f"breaks the contract's `{keyword}`").replace(
        "{bound}", repr(bound)
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
