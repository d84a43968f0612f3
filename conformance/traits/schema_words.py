"""Schemas in a reader's words: forms, bounds and shapes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.contract.schema import Schema, alternatives, flatten, types

_DEEPEST = 4
_ANY = "anything"
_MOST = 12


@frozen
class Form:
    """One form that a field may take: `type` for comparing (`list of string`), and its bounds by keyword.

    `bounds` holds JSON Schema's own keywords; those of a list's items begin with `items.`.
    """

    type: str
    bounds: tuple[tuple[str, Any], ...] = ()
    enum: tuple[Any, ...] | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """The bounds in a reader's words."""
        return bounds_said(dict(self.bounds))


BOUNDS = (
    "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "format",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip


def forms(schema: Schema) -> tuple[Form, ...]:
    """Return the forms a schema allows, each once, in the contract's order."""
    return tuple(dict.fromkeys(_forms(flatten(schema), 0)))


def _forms(schema: Schema, depth: int) -> Iterator[Form]:
    leaves = alternatives(schema)
    for leaf in leaves:
        flat = flatten(leaf)
        bounds = tuple((key, flat[key]) for key in BOUNDS if key in flat)
        enum = _enum(flat)
        kinds = sorted(types(flat) or map(_kind, enum or ()), key=lambda kind: (kind == "null", kind)) or [_ANY]
        for kind in dict.fromkeys(kinds):
            if kind == "array" and depth < _DEEPEST:
                items = flat.get("items")
                for inner in _forms(flatten(items), depth + 1) if isinstance(items, dict) and items else [Form(_ANY)]:
                    below = tuple((f"items.{key}", value) for key, value in inner.bounds)
                    yield Form(f"list of {inner.type}", bounds + below, inner.enum)
            elif kind == "object":
                yield Form(_object(flat, named=len(leaves) > 1 or depth > 0 or "required" in flat), bounds)
            else:
                yield Form(kind, bounds if kind != "null" else (), enum if kind != "null" else None)


def _enum(flat: Schema) -> tuple[Any, ...] | None:
    if "const" in flat:
        return (flat["const"],)
    return tuple(flat["enum"]) if "enum" in flat else None


def _object(flat: Schema, *, named: bool) -> str:
    """Return an object's form; its required keys tell alternatives apart, in alphabetical order: theirs in a contract says nothing."""
    keys = flat.get("required") or tuple(flat.get("properties", ()))
    return f"object {{{', '.join(sorted(keys))}}}" if named and 0 < len(keys) <= 3 else "object"


def number(value: Any) -> str:
    """Return a JSON number or other value as it would be written."""
    return json.dumps(value, ensure_ascii=False)


def bounds_said(bounds: Mapping[str, Any]) -> tuple[str, ...]:
    """Return bounds in words: `0..80`, `≥ 1`, `length ≥ 1`, `items ≥ 1`."""
    return tuple(_said(bounds, "")) + tuple(f"each: {word}" for word in _said(bounds, "items."))


def _said(bounds: Mapping[str, Any], prefix: str) -> Iterator[str]:
    def get(key: str) -> Any:
        return bounds.get(prefix + key)

    yield from _range("", get("minimum"), get("maximum"), get("exclusiveMinimum"), get("exclusiveMaximum"))
    yield from _range("length ", get("minLength"), get("maxLength"))
    yield from _range("items ", get("minItems"), get("maxItems"))
    yield from _range("keys ", get("minProperties"), get("maxProperties"))
    if get("multipleOf") is not None:
        yield f"a multiple of {number(get('multipleOf'))}"
    if get("uniqueItems"):
        yield "no item twice"
    if get("pattern") is not None:
        yield f"matches {get('pattern')}"
    if get("format") is not None:
        yield f"format {get('format')}"


def _range(what: str, low: Any, high: Any, above: Any = None, below: Any = None) -> Iterator[str]:
    if low is not None and high is not None:
        yield f"{what}{number(low)}..{number(high)}"
        low = high = None
    for sign, bound in (("≥", low), (">", above), ("≤", high), ("<", below)):
        if bound is not None:
            yield f"{what}{sign} {number(bound)}"


def shape(schema: Schema, depth: int = 0, *, ordered: bool = False) -> str:
    """Return a whole schema on one line: `{code: integer | null, message: string}`; optional keys carry a `?`.

    All in alphabetical order if `ordered`: then schemas that say the same read alike.
    """
    told = list(dict.fromkeys(_shape(leaf, depth, ordered=ordered) for leaf in alternatives(flatten(schema))))
    return " | ".join(sorted(told) if ordered else told)


def _shape(leaf: Schema, depth: int, *, ordered: bool) -> str:
    flat = flatten(leaf)
    kinds = sorted(types(flat), key=lambda kind: (kind == "null", kind)) or [_ANY]
    words = []
    for kind in kinds:
        if kind == "object" and flat.get("properties") and depth < _DEEPEST:
            required = flat.get("required", ())
            held = sorted(flat["properties"].items()) if ordered else flat["properties"].items()
            inner = ", ".join(
                f"{name}{'' if name in required else '?'}: {shape(part, depth + 1, ordered=ordered)}"
                for name, part in held
            )
            words.append(f"{{{inner}}}")
        elif kind == "array" and isinstance(flat.get("items"), dict) and depth < _DEEPEST:
            words.append(f"[{shape(flat['items'], depth + 1, ordered=ordered)}]")
        else:
            words.append(kind)
    return " | ".join(words)


def shape_of(value: Any, depth: int = 0, *, ordered: bool = False) -> str:
    """Return the shape of a JSON value: keys and types, no content; keys in alphabetical order if `ordered`."""
    if isinstance(value, dict):
        if depth >= _DEEPEST:
            return "object"
        held = sorted(value.items()) if ordered else list(value.items())
        inner = ", ".join(f"{key[:60]}: {shape_of(part, depth + 1, ordered=ordered)}" for key, part in held[:_MOST])
        return f"{{{inner}{', …' if len(held) > _MOST else ''}}}"
    if isinstance(value, list):
        told = list(dict.fromkeys(shape_of(item, depth + 1, ordered=ordered) for item in value[:20]))
        return f"[{' | '.join(told)}]"
    return type_of(value)


def _kind(value: Any) -> str:
    """Return the JSON type of any value."""
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else type_of(value)


def type_of(value: Any) -> str:
    """Return the JSON type of a value that is no list and no object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "integer" if isinstance(value, int) else "number"


def form_of(value: Any) -> str:
    """Return the form of a request's value, as `forms` calls the forms of a schema: `list of object {text}`."""
    if isinstance(value, dict):
        return f"object {{{', '.join(sorted(value)[:3])}}}"
    if isinstance(value, list):
        told = list(dict.fromkeys(form_of(item) for item in value))
        return f"list of {' and '.join(told[:3])}" if told else "list"
    return type_of(value)
