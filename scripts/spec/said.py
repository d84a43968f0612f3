"""What an overlay says of a place, and what of it is still true there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.contract import Contract, ContractError, place
from conformance.contract.place import Location
from scripts.spec import models
from scripts.spec.change import CONSTRAINTS

CLASS = "x-class-name"
LISTS = ("x-rerank-models", "x-rerank-only-models")


def yielding(update: Mapping[str, Any], there: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update without bounds that a place states otherwise and did not state so before, and without items that its lists have."""
    found: dict[str, Any] = {}
    for key, value in update.items():
        stated = there.get(key)
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


def address(old: Contract | None, new: Mapping[str, Any]) -> dict[str, str]:
    """Return the operation's old address with its new one, where both can be told."""
    fresh = Contract("new", new, new, Path("new"))
    try:
        before = old.server + old.path if old is not None and old.server else ""
        return {before: fresh.server + fresh.path} if before and fresh.server else {}
    except (ContractError, AttributeError, LookupError, TypeError):
        return {}


def told(document: Any, where: Location) -> Mapping[str, Any]:
    """Return the object at a place, an empty one where there is none."""
    found = place.at(document, where) if place.has(document, where) else None
    return found if isinstance(found, Mapping) else {}


def own(document: Any, where: Location) -> tuple[str, ...]:
    """Return the models that a field's own description names."""
    return models.named(told(document, where).get("description"))


def around(document: Any, where: Location) -> tuple[str, ...]:
    """Return the models that the descriptions of a field's whole schema name."""
    return models.prose(told(document, where[:-2]))
