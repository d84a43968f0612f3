"""Every schema that an operation uses, by its place in the operation, references followed."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract import Contract
from conformance.contract.schema import escape, unescape

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
