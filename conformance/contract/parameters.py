"""What an operation takes beside its body: plain values in headers, in the query and in the path."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from conformance.contract.credential import TOKEN
from conformance.contract.errors import ContractError
from conformance.contract.instances import instances
from conformance.contract.request import Parameter
from conformance.contract.schema import all_types, convert, escape, resolve
from conformance.contract.validation import validator

# OpenAPI has these ignored as parameters: security schemes and media types say them.
_IGNORED = frozenset({"accept", "content-type", "authorization"})


def text(value: Any) -> str:
    """Return a value as it is sent beside the body."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def keeps(item: Parameter, sent: Iterable[tuple[str, str]]) -> bool | None:
    """Whether what was sent at a parameter's place keeps its schema, read as text or as JSON; None where the parameter was not sent."""
    known = item.name.lower() if item.place == "header" else item.name
    own = [said for name, said in sent if (name.lower() if item.place == "header" else name) == known]
    if not own or not item.plain:
        return None
    kinds = all_types(item.schema)
    return any(
        map(validator(item.schema).is_valid, [own[-1], *(_parsed(own[-1]) if kinds - {"string", "null"} else ())])
    )


def _parsed(said: str) -> Iterator[Any]:
    try:
        yield json.loads(said)
    except ValueError:
        return


def declared(document: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters of an operation and those that its path shares, each once; raises ContractError for a required one that is not sent."""
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
            media: dict[str, Any] = next(iter((node.get("content") or {}).values()), {})
            schema = convert(document, node.get("schema", media.get("schema", {})), f"{where}/schema")
            if "example" in node:
                schema = {**schema, "x-examples": [node["example"], *schema.get("x-examples", ())]}
            if place != "header" or name.lower() not in _IGNORED:
                known = name.lower() if place == "header" else name
                found[known, place] = Parameter(name, place, node.get("required") is True, where, schema)
    for name in re.findall(r"{([^{}]+)}", path):
        # A part of the path that the document forgot to declare.
        found.setdefault((name, "path"), Parameter(name, "path", True, f"#/paths/{escape(path)}", {"type": "string"}))
    for one in found.values():
        if one.required and not one.plain:
            msg = f"{one.pointer}: `{one.name}` ({one.place}) is required; beside the body only plain values in headers and in the query are sent."
            raise ContractError(msg)
    yield from found.values()


def filled(path: str, known: tuple[Parameter, ...]) -> str:
    """Return a path with an example in place of each parameter: its default, its first value, its own name if its schema takes that, else one that needs no escapes."""
    for item in known:
        if item.place == "path":
            said = [item.schema[key] for key in ("default", "const") if item.schema.get(key) is not None]
            known_values = [*said, *item.schema.get("x-examples", ()), *item.schema.get("enum", ())]
            value = next(iter(known_values), item.name)
            if not known_values and not keeps(item, [(item.name, item.name)]):
                plain = (one for one in instances(item.schema) if quote(str(one)) == str(one))
                value = next(plain, item.name)
            path = path.replace("{" + item.name + "}", quote(str(value), safe="@:"))
    return path
