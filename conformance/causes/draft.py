"""A cause in the making: its words, and the clauses and exchanges that it claims."""

import tomllib
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from attrs import define, field

from conformance.causes.scene import Pool, proofs

_LONG, _NAMES = 160, 6
# Tables of several kinds.
_SEVERAL = frozenset({"pattern", "lenient", "sort", "scores", "scored"})


@define
class Draft:
    """What an explanation proposes.

    `subject` tells drafts of one kind apart and is part of the cause's id, so it holds nothing that changes from night to
    night. `clauses` are claimed outright, the likeliest first; `exchanges` attract further clauses whose proofs lie among them.
    Where causes are many, those of one `family` are told as one; `part` is what each of them adds.
    """

    kind: str
    subject: str
    title: str
    explains: str
    mend: str
    clauses: list[str] = field(factory=list)
    exchanges: set[str] = field(factory=set)
    family: str = ""
    part: str = ""


def drafted(
    key: str,
    clauses: list[str],
    seen: Pool | AbstractSet[str],
    subject: str = "",
    part: str = "",
    /,
    *,
    kind: str = "",
    mend: str = "",
    **values: Any,
) -> Draft:
    """Return the draft that `causes.toml` has under a key, its texts filled with values; a key is a table, or a table and a way of it.

    `seen` are the exchanges that show it, or where the proofs of its clauses are; `met` is how many they are unless it is given.
    `kind` is the way, where a table holds several kinds, unless it is given; `mend` the way of what is to mend where that is another one.
    """
    table, _, way = key.partition(".")
    exchanges = set(seen) if isinstance(seen, AbstractSet) else proofs(seen, clauses)
    told = {
        name: text if isinstance(text, str) else text.get((name == "mend" and mend) or way, text.get("else", ""))
        for name, text in _texts()[table].items()
    }
    told = {name: _WORDING.format(text, **{"met": len(exchanges), **values}) for name, text in told.items()}
    part = part or told.pop("part", "")
    return Draft(
        kind or (way if table in _SEVERAL else table), subject, **told, clauses=clauses, exchanges=exchanges, part=part
    )


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "causes.toml").read_text(encoding="utf-8"))


class _Wording(Formatter):
    """Fills texts: a list stands as names in backticks, the most that are named behind a colon; a number with its noun."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value as a sentence has it."""
        if isinstance(value, list):
            return quoted(value, int(format_spec or _NAMES))
        if isinstance(value, int) and format_spec:
            return counted(value, *format_spec.split("/"))
        return str(super().format_field(value, format_spec))


_WORDING = _Wording()


def listed(names: list[str], most: int = _NAMES, last: str = "and") -> str:
    """Return names as a sentence has them, the rest counted; `last` stands before the last one."""
    shown = names[:most]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def quoted(names: list[str], most: int = _NAMES) -> str:
    """Return names in backticks, as a sentence has them."""
    return listed([f"`{name}`" for name in names], most)


def short(text: str, most: int = _LONG) -> str:
    """Return a text on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
