"""Places in a document: locations, JSON pointers, and the JSONPaths of overlay targets."""

import re
from typing import Any

from jsonpath_rfc9535.serialize import canonical_string

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
            parts.append(f"[{canonical_string(key)}]")
    return "$" + "".join(parts)
