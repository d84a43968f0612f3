"""Reading answers into models: quick where all is well, exact about where it is not."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from operator import itemgetter
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
Reader = Callable[[Any], Any]
_SHOWN = 80
_DEEPEST = 100
_LARGEST = int(sys.float_info.max)


class Misfit(ValueError):
    """A value does not fit its schema; `path` is where, from the value outwards."""

    def __init__(self, expected: str, value: Any) -> None:
        super().__init__(expected)
        self.expected, self.value = expected, value
        self.path: list[str | int] = []

    def within(self, *keys: str | int) -> "Misfit":
        """Return the same misfit, one level further out."""
        self.path[:0] = keys
        return self

    def __str__(self) -> str:
        # Of a long value only the beginning is ever written.
        value = self.value[:_SHOWN] if isinstance(self.value, str) else self.value
        try:
            shown = f"a list of {len(value)}" if isinstance(value, list) and len(value) > _SHOWN else repr(value)
        except (ValueError, RecursionError):
            shown = type(value).__name__
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        where = "/".join(map(str, self.path)) or "the body"
        return f"{where}: expected {self.expected}, got {shown}"


class Beside:
    """What an answer is compared with: the request. `places` says where results, index and score stand on the wire, `first` which index the first document has."""

    def __init__(self, places: Mapping[str, Sequence[tuple[str, ...]]], first: int) -> None:
        self._first = first
        self._top = places["results"][0]
        self._paths = {role: places[role][0][len(self._top) + 1 :] for role in ("index", "score")}
        self._index, self._score = map(_getter, self._paths.values())

    def check(self, body: Any, count: int, limit: int | None) -> None:
        """Raise Misfit where an answer that fits its schema does not fit a request of `count` documents of which `limit` were asked for."""
        for key in self._top:
            body = body.get(key) if body else None
        if not body:
            return
        most = count if limit is None else min(count, limit)
        if len(body) > most:
            raise Misfit(
                f"at most {most} result{'s' * (most != 1)}, as the request asks", f"{len(body)} results"
            ).within(*self._top)
        # An optional field that is absent, or a number beyond floats, is looked at below, one by one.
        with suppress(KeyError, TypeError, AttributeError, OverflowError):
            indices = set(map(self._index, body))
            if (
                len(indices) == len(body)
                and min(indices) >= self._first
                and max(indices) < self._first + count
                and math.isfinite(sum(map(self._score, body)))
            ):
                return
        seen: dict[Any, int] = {}
        for i, row in enumerate(body):
            index, score = _maybe(self._index, row), _maybe(self._score, row)
            if index is not None and not 0 <= index - self._first < count:
                raise Misfit(f"the index of one of the {count} documents sent", index).within(
                    *self._top, i, *self._paths["index"]
                )
            if index is not None and index in seen:
                raise Misfit(f"each document once, but result {seen[index]} has this index too", index).within(
                    *self._top, i, *self._paths["index"]
                )
            if isinstance(score, float) and not math.isfinite(score):
                raise Misfit("a finite number", score).within(*self._top, i, *self._paths["score"])
            seen[index] = i


def _getter(path: Sequence[str]) -> Callable[[Any], Any]:
    if len(path) == 1:
        return itemgetter(path[0])
    return lambda row: reduce(lambda value, key: value[key], path, row)


def _maybe(getter: Callable[[Any], Any], row: Any) -> Any:
    try:
        return getter(row)
    except (KeyError, TypeError):
        return None


def wrong(name: str, expected: str, value: Any) -> NoReturn:
    """Raise for a member of the wrong type."""
    raise Misfit(expected, value).within(name)


def missing(source: Any, *names: str) -> NoReturn:
    """Raise for an object that lacks a required member, or for what is no object."""
    if not isinstance(source, Mapping):
        raise Misfit("an object", source)
    name = next((name for name in names if name not in source), names[0])
    raise Misfit(f"`{name}`", source)


def member(reader: Reader, value: Any, *names: str | int) -> Any:
    """Read a member, naming it when it does not fit."""
    try:
        return reader(value)
    except Misfit as misfit:
        raise misfit.within(*names) from None


def members(reader: Reader, value: Any, name: str) -> list[Any]:
    """Read a member that is a list, naming the item that does not fit."""
    if not isinstance(value, list):
        wrong(name, "a list", value)
    try:
        return [reader(item) for item in value]
    except Misfit:
        # Read again, for the place: only where something is wrong.
        return [member(reader, item, name, i) for i, item in enumerate(value)]


def string(value: Any) -> str:
    """Read a string."""
    if type(value) is str:
        return value
    raise Misfit("a string", value)


def integer(value: Any) -> int:
    """Read an integer; 4.0 is one, true is none."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise Misfit("an integer", value)


def number(value: Any) -> float:
    """Read a number; an integer beyond floats is none that anybody can use."""
    if type(value) is float or (type(value) is int and -_LARGEST <= value <= _LARGEST):
        return value
    raise Misfit("a number", value)


def boolean(value: Any) -> bool:
    """Read true or false."""
    if value is True or value is False:
        return value
    raise Misfit("true or false", value)


def null(value: Any) -> None:
    """Read null."""
    if value is not None:
        raise Misfit("null", value)


def anything(value: Any) -> Any:
    """Read anything, but for what nests so deep that it can be neither copied nor handed on."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return value
    raise Misfit(f"at most {_DEEPEST} levels", value)


def unknown(members: dict[str, Any]) -> dict[str, Any]:
    """Read the keys that no contract knows."""
    for key, value in members.items():
        if isinstance(value, dict | list):
            member(anything, value, key)
    return members


def listed(reader: Reader) -> Reader:
    """Return a reader of lists."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Misfit("a list", value)
        return [member(reader, item, i) for i, item in enumerate(value)]

    return read


def enumerated(kind: Callable[[Any], T]) -> Callable[[Any], T]:
    """Return a reader of an enumeration."""

    def read(value: Any) -> T:
        try:
            return kind(value)
        except (ValueError, TypeError):
            raise Misfit("one of the listed values", value) from None

    return read


class Other(Misfit):
    """A value is another form of the contract than what was asked for; `read` reads it."""

    def __init__(self, name: str, read: Reader) -> None:
        super().__init__("a ranking", None)
        self.name, self.read = name, read

    def __str__(self) -> str:
        return f"it is `{self.name}`, a form of the contract without a ranking, which `error.answer` holds"


def ranking(reader: Reader, others: Reader) -> Reader:
    """Return a reader of the answers that hold a ranking, which tells those of other forms apart from what fits nothing."""

    def read(value: Any) -> Any:
        try:
            return reader(value)
        except Misfit as misfit:
            try:
                found = others(value)
            except Misfit:
                raise misfit from None
            raise Other(type(found).__name__, others) from None

    return read


def either(*readers: Reader) -> Reader:
    """Return a reader that takes the first that fits."""
    first, *others = readers

    def read(value: Any) -> Any:
        try:
            return first(value)
        except Misfit as misfit:
            for reader in others:
                try:
                    return reader(value)
                except Misfit:
                    continue
            if misfit.path:
                raise
            raise Misfit("one of the contract's alternatives", value) from None

    return read
