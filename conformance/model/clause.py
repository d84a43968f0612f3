"""A clause: one sentence that an API passes or fails, and what it is about."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import fields_dict, frozen


class Level(StrEnum):
    """How binding a clause is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Impact(StrEnum):
    """What a failed clause means to somebody whose code calls the API."""

    BREAKS = "breaks"  # calls fail, or what comes back cannot be used as a ranking
    CHANGES = "changes silently"  # calls work, and mean something else
    DIFFERS = "works otherwise"  # only those who depend on the detail notice


# Beside roles: a request as a whole. The optional fields that all exchanges of a failure carry are what it is about, else the roles beside it.
WHOLE = "request"


@cache
def _entries(name: str = "clauses") -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def keywords(side: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words of clauses on each keyword of JSON Schema: of fields (`asked`), places in answers (`answered`), or wrong values (`refused`)."""
    return {name: tuple(said) for name, said in _entries("keywords")[side].items()}


@frozen
class Clause:
    """A stable id, one sentence, its level, where it comes from, and what it is about.

    `source` is a JSON pointer into the effective contract, a quoted sentence of
    its prose, or a cited practice. `impact` says what a failure means to a caller;
    `roles` names the fields that it concerns, by role (empty: every caller).
    `rests_on` names clauses by id: where one of them fails, a failure of this one says nothing new.
    `provoked` is false where no lawful client can bring the situation about (an
    outage, a disabled account): such a clause does not count as left unjudged.
    `wrong` says in one sentence what a service does that fails it, `mend` what to do about that.
    """

    id: str
    sentence: str
    level: Level
    source: str
    impact: Impact = Impact.BREAKS
    roles: tuple[str, ...] = ()
    provoked: bool = True
    rests_on: tuple[str, ...] = ()
    wrong: str = ""
    mend: str = ""

    @classmethod
    def of(cls, key: str, **values: Any) -> "Clause":
        """Return the clause that `clauses.toml` has under a key, which is its id too where it names none.

        `{name}` in a text stands for the value of that name. A value that is called as a part of a clause is that part.
        """
        parts: dict[str, Any] = {"id": key, "level": "MUST", "impact": "breaks", **_entries()[key]}
        for name, said in parts.items():
            parts[name] = (
                said.format(**values) if isinstance(said, str) else tuple(one.format(**values) for one in said)
            )
        parts |= {name: value for name, value in values.items() if name in fields_dict(cls)}
        return cls(**parts | {"level": Level(parts["level"]), "impact": Impact(parts["impact"])})
