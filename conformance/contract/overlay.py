"""OpenAPI Overlay 1.0: corrections of a vendored document, each with its reason.

`oas-patch` was tried and left: an action that matches nothing passes there in silence.
"""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from attrs import field, frozen

from conformance.contract.errors import OverlayError
from conformance.document.cache import kept


@frozen
class Action:
    """One action: where (a JSONPath of RFC 9535), why, and what to merge in or take away."""

    target: str
    description: str
    update: Any = None
    remove: bool = False


@frozen
class Applied:
    """A document with an overlay on it, and the actions that matched nothing."""

    document: dict[str, Any]
    unmatched: tuple[Action, ...] = field(default=())


def parse(overlay: Any, name: str) -> tuple[Action, ...]:
    """Read an overlay document; `name` is the file that an error names."""
    if not isinstance(overlay, Mapping) or "overlay" not in overlay or not isinstance(overlay.get("actions"), Sequence):
        raise OverlayError(f"{name} is not an OpenAPI Overlay document: it needs `overlay` and a list of `actions`.")
    actions = []
    for number, raw in enumerate(overlay["actions"], 1):
        if not isinstance(raw, Mapping) or not isinstance(raw.get("target"), str):
            raise OverlayError(f"{name}: action {number} has no `target`.")
        if not raw.get("description"):
            raise OverlayError(f"{name}: action {number} ({raw['target']}) gives no reason; add a `description`.")
        actions.append(Action(raw["target"], str(raw["description"]), raw.get("update"), raw.get("remove") is True))
    return tuple(actions)


def apply(document: Mapping[str, Any], actions: Sequence[Action]) -> Applied:
    """Apply the actions in their order to a copy of the document.

    Raises OverlayError for a target that is no JSONPath; an action that matches
    nothing is returned, for the caller to judge.
    """
    told = json.dumps([[action.target, action.remove, action.update] for action in actions])
    result, unmatched = kept(_applied, json.dumps(document), told, library="jsonpath_rfc9535")
    return Applied(result, tuple(actions[number] for number in unmatched))


def _applied(document: str, actions: str) -> tuple[Any, list[int]]:
    result: Any = json.loads(document)
    unmatched = []
    for number, (target, remove, update) in enumerate(json.loads(actions)):
        places = locations(target, result)
        if not places:
            unmatched.append(number)
        for location in reversed(places):
            if remove:
                _remove(result, location)
            else:
                result = _update(result, location, deepcopy(update))
    return result, unmatched


def locations(target: str, document: Any) -> list[tuple[str | int, ...]]:
    """Return where a JSONPath matches, in document order; raises OverlayError for what is none."""
    from jsonpath_rfc9535 import JSONPathError, find

    try:
        return [node.location for node in find(target, document)]
    except JSONPathError as error:
        raise OverlayError(f"The overlay target {target!r} is not a JSONPath: {error}") from error


def _parent(document: Any, location: tuple[str | int, ...]) -> Any:
    for key in location[:-1]:
        document = document[key]
    return document


def _remove(document: Any, location: tuple[str | int, ...]) -> None:
    if not location:
        raise OverlayError("An overlay action cannot remove the whole document.")
    del _parent(document, location)[location[-1]]


def _update(document: Any, location: tuple[str | int, ...], value: Any) -> Any:
    if not location:
        merged = _merge(document, value)
        if not isinstance(merged, dict):
            raise OverlayError("An overlay action cannot turn the whole document into something else than an object.")
        return merged
    parent = _parent(document, location)
    parent[location[-1]] = _merge(parent[location[-1]], value)
    return document


def _merge(old: Any, new: Any) -> Any:
    """Merge as the specification says: objects recursively, lists appended, anything else replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in new.items():
            old[key] = _merge(old[key], value) if key in old and isinstance(old[key], dict | list) else value
        return old
    if isinstance(old, list):
        return [*old, *new] if isinstance(new, list) else [*old, new]
    return new
