"""What in a document is of a wrong kind, so that no question can be asked of it."""

from collections.abc import Mapping
from typing import Any

from conformance.contract.errors import ContractError
from conformance.contract.roles import ROLE
from conformance.contract.schema import escape
from conformance.contract.validation import validator

# What holds others by name, whatever the names are.
_NAMED = frozenset(
    "properties patternProperties dependentSchemas responses content schemas securitySchemes headers variables".split()
)
_OBJECTS = frozenset({*_NAMED, "paths", "components", "info", "requestBody"})
_LISTS = frozenset("allOf anyOf oneOf prefixItems parameters servers security".split())
_VALUES = frozenset("example examples default enum const".split())
_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
# What the extensions of an overlay hold.
_EXTENSIONS: dict[Any, Any] = {
    **{f"x-rerank-{name}": _TEXT for name in "kind order chunk-score key-env key-prefix".split()},
    **dict.fromkeys(("x-rerank-models", "x-rerank-only-models"), _TEXTS),
    "x-rerank-codes": {"type": "array"},
    "x-rerank-prices": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
    ROLE: _TEXT,
}


def extended(node: Any, pointer: str = "#") -> None:
    """Refuse an extension that holds what it cannot; raises ContractError with its place."""
    items = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, Mapping) else ()
    for key, value in items:
        where = f"{pointer}/{escape(str(key))}"
        wrong = next(validator(_EXTENSIONS[key]).iter_errors(value), None) if key in _EXTENSIONS else None
        if wrong is not None:
            raise ContractError(f"{where}: {str(wrong.message)[:200]}.")
        extended(value, where)


def misshapen(node: Any, pointer: str = "#", inside: str = "") -> str | None:
    """Return in a clause where the first value of a wrong kind stands and what it is; None where each is of its kind.

    `inside` is the keyword that the node is the value of; names of others are none.
    """
    for key, value in _members(node):
        where = f"{pointer}/{escape(str(key))}"
        needed = None
        if inside in _NAMED | _LISTS:
            needed = None if isinstance(value, Mapping | bool) else "an object"
        elif key in _OBJECTS:
            needed = None if isinstance(value, Mapping) else "an object"
        elif key in _LISTS:
            needed = None if isinstance(value, list) else "a list"
        if needed is not None:
            return f"{where} is {_KINDS.get(type(value), 'a number')}, and {needed} is needed"
        found = misshapen(value, where, "" if inside in _NAMED else str(key))
        if found is not None:
            return found
    return None


def _members(node: Any) -> list[tuple[Any, Any]]:
    if isinstance(node, list):
        return list(enumerate(node))
    if not isinstance(node, Mapping):
        return []
    return [(key, value) for key, value in node.items() if key not in _VALUES and not str(key).startswith("x-")]
