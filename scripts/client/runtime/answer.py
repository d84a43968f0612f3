"""What answers are made of: fields, the keys that no contract knows, and the way back to JSON."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import define, field


def plain(value: Any) -> Any:
    """Return a value as JSON has it: models as objects."""
    if isinstance(value, str | int | float | bool | None):
        return getattr(value, "value", value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.to_dict() if hasattr(value, "to_dict") else value


@define(weakref_slot=False)
class Answered:
    """What answers are made of. A field that did not come, or came as null, is None; `name in answer` tells the two apart.

    `answer["name"]` is the value of a key as it came, also of keys that the contract does not know.
    """

    # Keys that the contract does not know, and known ones that came as null; None where there are none.
    _more: dict[str, Any] | None = field(init=False, default=None, repr=False)
    _wire: ClassVar[Mapping[str, str]] = {}
    _always: ClassVar[frozenset[str]] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """Return what came, as plain values by wire name."""
        found: dict[str, Any] = {}
        for wire, name in self._wire.items():
            value = getattr(self, name)
            if value is not None or wire in self._always:
                found[wire] = plain(value)
        return (
            found | {key: plain(value) for key, value in self._more.items() if key not in found}
            if self._more
            else found
        )

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The keys that the contract does not know, with their values."""
        return {key: value for key, value in (self._more or {}).items() if key not in self._wire}

    def keys(self) -> Iterable[str]:
        """Return the keys that came; with them, `dict(answer)` is what `to_dict()` gives."""
        return self.to_dict().keys()

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise KeyError(key)
        value = getattr(self, self._wire[key]) if key in self._wire else None
        return plain(value if value is not None else (self._more or {}).get(key))

    def __contains__(self, key: object) -> bool:
        return (
            (self._more is not None and key in self._more)
            or key in self._always
            or (key in self._wire and getattr(self, self._wire[key]) is not None)  # type: ignore[index]
        )


@define(weakref_slot=False)
class Answer(Answered):
    """A whole answer, with the trace id of its header where there is one."""

    trace_id: str | None = field(init=False, default=None, eq=False)

    def to_dict(self, *, trace_id: bool = False) -> dict[str, Any]:
        """Return what came, as plain values by wire name: what a web framework can send on. `trace_id` adds the trace id under that name."""
        found = Answered.to_dict(self)
        return {**found, "trace_id": self.trace_id} if trace_id else found
