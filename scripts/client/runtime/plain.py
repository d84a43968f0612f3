"""Values as JSON has them."""

from collections.abc import Mapping
from typing import Any

_READY = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """Return a value as JSON has it: models as objects, enumerations as their values, any other series as a list."""
    kind = type(value)
    if kind in _READY:
        return value
    if kind is list or kind is tuple:
        # Of a list of texts, none is looked at.
        return list(value) if _READY.issuperset(map(type, value)) else [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str | int | float):
        return getattr(value, "value", value)
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "__iter__") and not isinstance(value, bytes | bytearray):
        return [plain(item) for item in value]
    return value
