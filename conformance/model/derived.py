"""What is worked out of a value once, for all who ask."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

from attrs import define, field

_T = TypeVar("_T")


@define(slots=False, eq=False)
class Derived:
    """A base of values that remember what pure functions made of them."""

    _derived: dict[Callable[[Any], Any], Any] = field(factory=dict, init=False, repr=False)

    def once(self, derive: Callable[[Self], _T]) -> _T:
        """Return what a pure function makes of it, worked out once: each clause and each round of questions asks again."""
        try:
            found: _T = self._derived[derive]
        except KeyError:
            found = self._derived[derive] = derive(self)
        return found
