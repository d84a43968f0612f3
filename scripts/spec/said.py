"""What an overlay says of a place, and what of it is still true there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.contract import Contract, ContractError
from conformance.contract.schema import POINTER
from scripts.spec import models, place
from scripts.spec.change import CONSTRAINTS
from scripts.spec.place import Location

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


def ours(key: str) -> bool:
    """Whether a keyword is one that overlays say, and that may be said again."""
    said = {"required", "minimum", "maximum", "minLength", "headers"}
    return key in said or (key.startswith("x-") and key not in {POINTER, "x-examples"})


def stale(key: str, value: Any, there: Mapping[str, Any]) -> bool:
    """Whether what an overlay said of a place is no longer true of it."""
    if key == "required":
        return isinstance(value, list) and not set(value) <= set(there.get("properties") or ())
    return key == LISTS[0] and "enum" in there


def last(where: Location) -> str:
    """Return the name of a place for a sentence."""
    return f"`{where[-1]}`" if where else "the document"


def contributed(vendored: Any, effective: Any, at: Location) -> Iterator[tuple[Location, str, Any]]:
    """Yield the members that an effective document has and the vendored one has not, the outermost of each."""
    if isinstance(vendored, Mapping) and isinstance(effective, Mapping):
        for key, value in effective.items():
            if key not in vendored:
                if ours(key):
                    yield at, key, value
            else:
                yield from contributed(vendored[key], value, (*at, key))
    elif isinstance(vendored, list) and isinstance(effective, list) and len(vendored) == len(effective):
        for number, (one, other) in enumerate(zip(vendored, effective, strict=True)):
            yield from contributed(one, other, (*at, number))
