"""Every schema of a document: those inside another one, those that an operation uses, and the components that are referred to."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract import Contract
from conformance.contract.place import Location, pointer
from conformance.contract.schema import escape, unescape

ONE = ("items", "not", "additionalProperties", "contains", "propertyNames")
SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties")


def below(schema: Any, at: Location) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    """Yield a schema and every one inside it, with its place."""
    if not isinstance(schema, Mapping):
        return
    yield at, schema
    for key, value in schema.items():
        if key in ONE:
            yield from below(value, (*at, key))
        elif (key in SEVERAL and isinstance(value, list)) or (key in NAMED and isinstance(value, Mapping)):
            for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
                yield from below(inner, (*at, key, name))


def nodes(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every schema that the operation uses, by its place in the operation, references followed."""
    media = next((kind for kind in contract.request_media if "json" in kind), "application/json")
    held = {f"requestBody/content/{escape(media)}": contract.wire_schema}
    for status, answer in contract.answers.items():
        held |= {f"responses/{status}/content/{escape(media)}": schema for media, schema in answer.media.items()}
        held |= {f"responses/{status}/headers/{escape(header.name)}": header.schema for header in answer.headers}
    for where, schema in held.items():
        for at, node in below(schema, ()):
            yield f"{contract.pointer}/{where}/schema{pointer(at).removeprefix('#')}", node


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
