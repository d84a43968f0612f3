"""Which name of a new document is an old one under another name."""

import json
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from attrs import define, field, frozen

from conformance.contract.place import Location

_ALIKE = 0.72
_EQUAL = 0.95
_PAIRS = 400
_LONGEST = 2000
_PROSE = ("example", "examples")


@frozen
class Rename:
    """A name that became another: where it stood, the old one, the new one, and how alike what they name is (0 to 1)."""

    above: Location
    old: str
    new: str
    alike: float


@define
class Renames:
    """How the places of an old document map to those of a new one."""

    found: list[Rename] = field(factory=list)

    def place(self, location: Location, document: Any) -> Location | None:
        """Return where an old location is in the new document, or None where it is gone."""
        known = {(rename.above, rename.old): rename.new for rename in self.found}
        node: Any = document
        old: Location = ()
        new: Location = ()
        for key in location:
            wanted = known.get((old, str(key)), key)
            old = (*old, key)
            try:
                node = node[wanted]
            except (KeyError, IndexError, TypeError):
                return None
            new = (*new, wanted)
        return new

    @property
    def names(self) -> dict[str, str]:
        """New names by old ones; names that became several are left out."""
        new: dict[str, set[str]] = {}
        for rename in self.found:
            new.setdefault(rename.old, set()).add(rename.new)
        return {old: next(iter(names)) for old, names in new.items() if len(names) == 1}


def find(old: Mapping[str, Any], new: Mapping[str, Any]) -> Renames:
    """Return what was renamed among schemas, properties, paths, responses and headers."""
    renames = Renames()
    _compare(old, new, (), renames.found)
    return renames


def _compare(old: Any, new: Any, at: Location, found: list[Rename]) -> None:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        pairs = {key: key for key in old if key in new}
        if _named(at):
            for rename in _pairs(old, new, at):
                found.append(rename)
                pairs[rename.old] = rename.new
        for one, other in pairs.items():
            _compare(old[one], new[other], (*at, one), found)
    elif isinstance(old, list) and isinstance(new, list):
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            _compare(one, other, (*at, number), found)


def _named(at: Location) -> bool:
    """Whether the keys of a place are names that a vendor gives."""
    return at[-1:] in {("properties",), ("paths",), ("headers",)} or (len(at) == 2 and at[0] == "components")


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any], at: Location) -> Iterator[Rename]:
    gone, come = [key for key in old if key not in new], [key for key in new if key not in old]
    for score, one, other in _alike(old, new, gone, come):
        if one in gone and other in come:
            gone.remove(one)
            come.remove(other)
            yield Rename(at, one, other, round(score, 2))


def _alike(
    old: Mapping[str, Any], new: Mapping[str, Any], gone: list[str], come: list[str]
) -> list[tuple[float, str, str]]:
    """Return the pairs that may be one thing, the likeliest first; where names came and went by the dozen, only those of equal content."""
    found = []
    many = len(gone) * len(come) > _PAIRS
    texts = {
        (which, key): _text(members[key]) for which, members, keys in ((0, old, gone), (1, new, come)) for key in keys
    }
    for one in gone:
        for other in come:
            if many and texts[0, one] != texts[1, other]:
                continue
            score = (
                similarity(texts[0, one], texts[1, other], one, other) if _kind(old[one]) == _kind(new[other]) else 0.0
            )
            if score >= _ALIKE:
                found.append((score, one, other))
    return sorted(found, key=lambda item: -item[0])


def similarity(old: str, new: str, old_name: str, new_name: str) -> float:
    """Return how alike two members are, from 0 to 1: what they hold (as text) counts three times as much as their names."""
    held = 1.0 if old == new else SequenceMatcher(None, old, new, autojunk=False).ratio()
    return max(held * 0.75 + SequenceMatcher(None, old_name, new_name).ratio() * 0.25, held if held > _EQUAL else 0.0)


def _text(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)[:_LONGEST]


def _kind(value: Any) -> Any:
    return (value.get("type"), bool(value.get("$ref"))) if isinstance(value, Mapping) else type(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if key not in _PROSE}
    return value
