"""What an overlay says of a place, and what of it is still true there."""

from collections.abc import Mapping
from typing import Any

from conformance.contract import place
from conformance.contract.place import Location
from scripts.spec.change import CONSTRAINTS

CLASS = "x-class-name"
LISTS = ("x-rerank-models", "x-rerank-only-models")
# What is said of a place and not of others like it.
OWN = frozenset((CLASS, *LISTS))


def yielding(update: Mapping[str, Any], there: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update without bounds that a place states otherwise and did not state so before, and without items that its lists have."""
    found: dict[str, Any] = {}
    for key, value in update.items():
        stated = there.get(key)
        if key == LISTS[0] and "enum" in there:
            # An enum is the vendor's own list.
            continue
        if key not in there:
            found[key] = value
        elif isinstance(value, list) and isinstance(stated, list):
            more = [item for item in value if item not in stated]
            found.update({key: more} if more else {})
        elif isinstance(value, Mapping) and isinstance(stated, Mapping):
            inner = yielding(value, stated, before[key] if isinstance(before.get(key), Mapping) else {})
            found.update({key: inner} if inner else {})
        elif key not in CONSTRAINTS or stated == value or (key in before and before[key] == stated):
            found[key] = value
    return found


def told(document: Any, where: Location) -> Mapping[str, Any]:
    """Return the object at a place, an empty one where there is none."""
    found = place.at(document, where) if place.has(document, where) else None
    return found if isinstance(found, Mapping) else {}
