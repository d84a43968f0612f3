"""Places in a document: locations, JSON pointers, the JSONPaths of overlay targets, and every schema that an operation uses."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract import Contract
from conformance.contract.schema import escape, unescape

Location = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def at(document: Any, location: Location) -> Any:
    """Return what stands at a location; KeyError where nothing does."""
    for key in location:
        try:
            document = document[key]
        except (IndexError, TypeError) as error:
            raise KeyError(location) from error
    return document


def has(document: Any, location: Location) -> bool:
    """Whether anything stands at a location."""
    try:
        at(document, location)
    except KeyError:
        return False
    return True


def pointer(location: Location) -> str:
    """Return a location as a JSON pointer in a fragment."""
    return "#" + "".join(f"/{escape(str(key))}" for key in location)


def location(document: Any, text: str) -> Location:
    """Return a JSON pointer as a location in a document."""
    found: list[str | int] = []
    for raw in text.removeprefix("#").split("/")[1:]:
        part = unescape(raw)
        key: str | int = int(part) if isinstance(document, list) and part.isdigit() else part
        found.append(key)
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            document = None
    return tuple(found)


def path(location: Location) -> str:
    """Return a location as a JSONPath (RFC 9535)."""
    parts = []
    for key in location:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif _PLAIN.fullmatch(key):
            parts.append(f".{key}")
        else:
            parts.append(f"[{_quoted(key)}]")
    return "$" + "".join(parts)


def _quoted(key: str) -> str:
    inner = json.dumps(key)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


_LISTS = {"anyOf", "oneOf", "allOf", "prefixItems"}
_NAMED = {"properties", "patternProperties"}
_ONE = {"items", "not", "additionalProperties"}


def nodes(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every schema that the operation uses, by its place in the operation, references followed."""
    media = next((kind for kind in contract.request_media if "json" in kind), "application/json")
    yield from _below(contract.wire_schema, f"{contract.pointer}/requestBody/content/{escape(media)}/schema")
    for status, answer in contract.answers.items():
        for media, schema in answer.media.items():
            yield from _below(schema, f"{contract.pointer}/responses/{status}/content/{escape(media)}/schema")
        for header in answer.headers:
            yield from _below(
                header.schema, f"{contract.pointer}/responses/{status}/headers/{escape(header.name)}/schema"
            )


def _below(schema: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(schema, Mapping):
        return
    yield where, schema
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            for name, member in value.items():
                yield from _below(member, f"{where}/{key}/{escape(name)}")
        elif key in _LISTS and isinstance(value, list):
            for number, member in enumerate(value):
                yield from _below(member, f"{where}/{key}/{number}")
        elif key in _ONE:
            yield from _below(value, f"{where}/{key}")


def reached(document: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return the components (kind, name) that the paths of a document refer to, directly or not."""
    found: set[tuple[str, str]] = set()
    waiting: list[Any] = [document.get("paths")]
    components = document.get("components") or {}
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            kind, _, rest = str(node.get("$ref", "")).removeprefix("#/components/").partition("/")
            name = unescape(rest.partition("/")[0])
            if name and (kind, name) not in found:
                found.add((kind, name))
                waiting.append((components.get(kind) or {}).get(name))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return frozenset(found)
