"""What requests and answers are made of: fields, the keys that no contract knows, and the way back to JSON."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from attrs import define, field

from .plain import plain
from .unset import UNSET

# By a name of its own, for it is called for each object of an answer.
new = object.__new__


@define
class Asked:
    """What requests are made of. A field that was not given is UNSET; item access is that of the keys that the contract does not know."""

    additional_properties: dict[str, Any] = field(init=False, factory=dict)
    _wire: ClassVar[Mapping[str, str]] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        known = {wire: plain(getattr(self, name)) for wire, name in self._wire.items()}
        return {
            **plain(self.additional_properties),
            **{key: value for key, value in known.items() if value is not UNSET},
        }

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


@define(weakref_slot=False)
class Answered:
    """What answers are made of. A field that did not come, or came as null, is None; `name in answer` tells the two apart.

    `answer["name"]` is the value of a key as it came, also of keys that the contract does not know.
    """

    # Keys that the contract does not know, and known ones that came as null; None where there are none.
    _more: dict[str, Any] | None = field(init=False, default=None, repr=False)
    _wire: ClassVar[Mapping[str, str]] = {}
    _always: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; each model has its own way."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return what came, as plain values by wire name."""
        known = {wire: getattr(self, name) for wire, name in self._wire.items()}
        found = {wire: plain(value) for wire, value in known.items() if value is not None or wire in self._always}
        return found | {key: plain(value) for key, value in (self._more or {}).items() if key not in found}

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
        value = getattr(self, self._wire.get(key, ""), None)
        return plain(value if value is not None else (self._more or {}).get(key))

    def __contains__(self, key: Any) -> bool:
        known = getattr(self, self._wire.get(key, ""), None) is not None
        return known or key in self._always or key in (self._more or {})

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        """Let pydantic, and FastAPI by it, read and write an answer: it may be a field, and what an endpoint returns."""
        from pydantic_core import core_schema

        read = core_schema.no_info_after_validator_function(cls.from_dict, core_schema.dict_schema())
        either = core_schema.union_schema([core_schema.is_instance_schema(cls), read])
        written = core_schema.plain_serializer_function_ser_schema(lambda answer: answer.to_dict())
        return core_schema.json_or_python_schema(json_schema=read, python_schema=either, serialization=written)


@define(weakref_slot=False)
class Answer(Answered):
    """A whole answer, with the trace id of its header where there is one."""

    trace_id: str | None = field(init=False, default=None, eq=False)

    def to_dict(self, *, trace_id: bool = False) -> dict[str, Any]:
        """Return what came, as plain values by wire name: what a web framework can send on. `trace_id` adds the trace id under that name."""
        found = Answered.to_dict(self)
        return {**found, "trace_id": self.trace_id} if trace_id else found
