"""What a contract says of a value in an answer: the schemas that speak of it, and whether a key is among them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.contract import Answer
from conformance.contract.schema import Schema, alternatives, types

CODES = "x-rerank-codes"


def schemas(answer: Answer) -> list[Schema]:
    """Return the leaves of the schemas of an answer's JSON bodies."""
    return leaves([schema for media, schema in answer.media.items() if "json" in media.lower()])


def leaves(given: Sequence[Schema]) -> list[Schema]:
    """Return the alternatives of schemas, their `allOf` merged in."""
    return [leaf for schema in given for leaf in alternatives(schema)]


def below(given: Sequence[Schema], key: str) -> list[Schema]:
    """Return the leaves that speak of a key of an object, or of every item of a list (`*`)."""
    if key == "*":
        items = [leaf["items"] for leaf in given if isinstance(leaf.get("items"), dict)]
        return leaves([*items, *(branch for leaf in given for branch in leaf.get("prefixItems", ()))])
    return leaves([leaf["properties"][key] for leaf in given if key in leaf.get("properties", {})])


def objects(given: Sequence[Schema]) -> list[Schema]:
    """Return the leaves that declare the keys of an object."""
    return [leaf for leaf in given if "properties" in leaf]


def speaks_of(given: Sequence[Schema], key: str) -> bool:
    """Whether leaves say anything of a key: by name, by pattern, or as a map of any keys; an object without a word on keys is open."""
    speaking = [leaf for leaf in given if not types(leaf) or "object" in types(leaf)]
    if any(
        key in leaf.get("properties", {})
        or _is_map(leaf)
        or any(_matches(pattern, key) for pattern in leaf.get("patternProperties", {}))
        for leaf in speaking
    ):
        return True
    return not any("properties" in leaf or leaf.get("additionalProperties") is False for leaf in given)


def _is_map(leaf: Schema) -> bool:
    extra = leaf.get("additionalProperties")
    return extra is True or isinstance(extra, dict)


def at(answer: Answer, path: Sequence[str]) -> list[Schema]:
    """Return the leaves that speak of a path in an answer's JSON body."""
    found = schemas(answer)
    for key in path:
        found = below(found, key)
    return found


def codes(given: Sequence[Schema]) -> Iterator[Any]:
    """Yield the values that leaves name: fixed, listed, given as examples, or noted by an overlay."""
    for leaf in given:
        yield from (leaf["const"],) if "const" in leaf else ()
        for key in ("enum", "x-examples", CODES):
            yield from leaf.get(key) or ()


def _matches(pattern: str, key: str) -> bool:
    try:
        return re.search(pattern, key) is not None
    except re.error:
        return False
