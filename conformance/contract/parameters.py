"""What an operation takes beside its body: headers, query, and the parts of its path."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from conformance.contract.credential import TOKEN
from conformance.contract.instances import instances
from conformance.contract.operation import is_json
from conformance.contract.request import Parameter
from conformance.contract.schema import convert, escape, resolve
from conformance.contract.styles import keeps, lead, style_of

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
