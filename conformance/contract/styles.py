"""What an operation takes beside its body, and how the value of a parameter is sent, by its `style` and `explode`, and how it is read back: names and texts."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from conformance.contract.credential import TOKEN
from conformance.contract.instances import instances
from conformance.contract.operation import is_json
from conformance.contract.request import Parameter
from conformance.contract.schema import Schema, alternatives, convert, escape, resolve, types
from conformance.contract.validation import validator

Pairs = tuple[tuple[str, str], ...]
_USUAL = {"query": "form", "cookie": "form", "header": "simple", "path": "simple"}
_BETWEEN = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}
_DEEP = "deepObject"
# What a cookie's value may hold as it is (RFC 6265, 4.1.1), but for the percent sign.
_COOKIE = "!#$&'()*+-./:<=>?@[]^_`{|}~"


def style_of(node: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the style of a parameter object and whether it explodes; the usual one of its place where it names none that is known."""
    usual = _USUAL.get(str(node.get("in")), "form")
    style = str(node.get("style", usual))
    style = style if style in {_DEEP, *_BETWEEN} else usual
    exploded = node.get("explode")
    return style, exploded if isinstance(exploded, bool) else style in {"form", _DEEP}


def spelt(item: Parameter, value: Any) -> Pairs:
    """Return the names and texts by which a value is sent; none for a list or an object that leaves no trace."""
    if item.encoded:
        return ((item.name, json.dumps(value, ensure_ascii=False)),)
    if item.style == _DEEP and isinstance(value, Mapping):
        return tuple(_deep(item.name, value))
    if isinstance(value, list):
        texts = [_text(part) for part in value]
        if item.explode and item.place in {"query", "cookie"}:
            return tuple((item.name, text) for text in texts)
        return ((item.name, _BETWEEN.get(item.style, ",").join(texts)),) if texts else ()
    if isinstance(value, Mapping):
        members = [(str(name), _text(part)) for name, part in value.items()]
        if item.explode and item.place in {"query", "cookie"}:
            return tuple(members)
        parts = (
            [f"{name}={text}" for name, text in members] if item.explode else [part for one in members for part in one]
        )
        return ((item.name, _BETWEEN.get(item.style, ",").join(parts)),) if parts else ()
    return ((item.name, _text(value)),)


def lead(item: Parameter) -> str:
    """Return what stands before the value of a part of the path."""
    return {"label": ".", "matrix": f";{item.name}="}.get(item.style, "")


def encoded(item: Parameter, pairs: Pairs) -> str:
    """Return names and texts as they stand in a query or, one behind the other, in a cookie header."""
    if item.place == "cookie":
        return "; ".join(f"{name}={quote(text, safe=_COOKIE)}" for name, text in pairs)
    # Between the parts of one text, the comma is no part of any.
    safe = "," if not item.explode and not item.encoded and item.style == "form" else ""
    return "&".join(f"{quote(name, safe='')}={quote(text, safe=safe)}" for name, text in pairs)


def cookies(header: str) -> Pairs:
    """Return the names and texts of a cookie header."""
    found = (part.strip().partition("=") for part in header.split(";"))
    return tuple((name, unquote(text)) for name, equals, text in found if equals)


def keeps(item: Parameter, sent: Iterable[tuple[str, str]]) -> bool | None:
    """Whether what was sent at a parameter's place keeps its schema, however it can be read; None where the parameter was not sent."""
    found = list(_read(item, tuple(sent)))
    return any(map(validator(item.schema).is_valid, found)) if found else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _deep(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _deep(f"{name}[{key}]", inner)
    elif isinstance(value, list):
        for inner in value:
            yield name, _text(inner)
    else:
        yield name, _text(value)


def _read(item: Parameter, sent: Pairs) -> Iterator[Any]:
    """Yield the values that were sent for a parameter, one for each way to read them."""
    own = [
        text
        for name, text in sent
        if (name.lower() == item.name.lower() if item.place == "header" else name == item.name)
    ]
    if item.encoded:
        yield from (_parsed(text) for text in own[-1:])
        return
    yield from (value for text in own[-1:] for value in (text, *_other(item.schema, text)))
    between = _BETWEEN.get(item.style, ",")
    repeated = item.explode and item.place in {"query", "cookie"}
    for leaf in alternatives(item.schema):
        if "array" in types(leaf) and own:
            yield [_fitting(leaf.get("items", {}), text) for text in (own if repeated else own[-1].split(between))]
        if "object" not in types(leaf):
            continue
        if item.style == _DEEP:
            members = _nested(item.name, sent)
        elif repeated:
            members = [([name], text) for name, text in sent if name in leaf.get("properties", {})]
        else:
            parts = own[-1].split(between) if own else []
            cut = (
                (part.partition("=")[::2] for part in parts)
                if item.explode
                else zip(parts[::2], parts[1::2], strict=False)
            )
            members = [([name], text) for name, text in cut]
        if members:
            yield _held(leaf, members)


def _nested(name: str, sent: Pairs) -> list[tuple[list[str], str]]:
    """Return the members of an object that is spelt in brackets: the way to each, and its text."""
    return [
        (key[len(name) + 1 : -1].split("]["), text)
        for key, text in sent
        if key.startswith(f"{name}[") and key.endswith("]")
    ]


def _held(schema: Schema, members: Iterable[tuple[list[str], str]]) -> dict[str, Any]:
    """Return the object of which members were sent, each as its schema has it."""
    below: dict[str, list[tuple[list[str], str]]] = {}
    for (first, *rest), text in members:
        below.setdefault(first, []).append((rest, text))
    found: dict[str, Any] = {}
    for name, inner in below.items():
        known = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
        leaves = alternatives(known) if isinstance(known, dict) else []
        listed = next((leaf for leaf in leaves if "array" in types(leaf)), None)
        if any(rest for rest, _ in inner):
            found[name] = _held(next(iter(leaves), {}), [one for one in inner if one[0]])
        elif listed is not None:
            found[name] = [_fitting(listed.get("items", {}), text) for _, text in inner]
        else:
            found[name] = _fitting(known, inner[-1][1])
    return found


def _fitting(schema: Any, text: str) -> Any:
    """Return a text as the value that a schema has it be."""
    known = schema if isinstance(schema, dict) else {}
    return next((value for value in (text, *_other(known, text)) if validator(known).is_valid(value)), text)


def _other(schema: Schema, text: str) -> Iterator[Any]:
    kinds = set().union(*(types(leaf) for leaf in alternatives(schema)))
    if kinds & {"integer", "number", "boolean", "object", "array"}:
        value = _parsed(text)
        if not isinstance(value, str):
            yield value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


# OpenAPI has these ignored as parameters: security schemes and media types say them.
_IGNORED = frozenset({"accept", "content-type", "authorization"})


def declared(document: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters of an operation and those that its path shares, each once."""
    item = document["paths"][path]
    item = resolve(document, item, f"#/paths/{escape(path)}")[0] if isinstance(item, Mapping) else {}
    found: dict[tuple[str, str], Parameter] = {}
    for above in (item, operation):
        for number, raw in enumerate(above.get("parameters") or ()):
            node, where = resolve(document, raw, f"#/paths/{escape(path)}/parameters/{number}")
            if not isinstance(node, Mapping) or "name" not in node:
                continue
            name, place = str(node["name"]), str(node.get("in", ""))
            if place in {"header", "cookie"} and not TOKEN.fullmatch(name):
                continue
            content: dict[str, Any] = node.get("content") or {}
            kind, media = next(iter(content.items()), ("", dict[str, Any]()))
            schema = convert(document, node.get("schema", media.get("schema", {})), f"{where}/schema")
            if "example" in node:
                schema = {**schema, "x-examples": [node["example"], *schema.get("x-examples", ())]}
            if place != "header" or name.lower() not in _IGNORED:
                found[name.lower() if place == "header" else name, place] = Parameter(
                    name, place, node.get("required") is True, where, schema, *style_of(node), is_json(kind)
                )
    for name in re.findall(r"{([^{}]+)}", path):
        # A part of the path that the document forgot to declare.
        found.setdefault((name, "path"), Parameter(name, "path", True, f"#/paths/{escape(path)}", {"type": "string"}))
    yield from found.values()


def filled(path: str, known: tuple[Parameter, ...]) -> str:
    """Return a path with an example in place of each parameter: its default, its first value, its own name if its schema takes that."""
    for item in known:
        if item.place == "path":
            said = [item.schema[key] for key in ("default", "const") if item.schema.get(key) is not None]
            known_values = [*said, *item.schema.get("x-examples", ()), *item.schema.get("enum", ())]
            value = next(iter(known_values), item.name)
            if not known_values and not keeps(item, [(item.name, item.name)]):
                value = next(instances(item.schema), item.name)
            path = path.replace("{" + item.name + "}", lead(item) + quote(str(value), safe="@:"))
    return path
