"""A cause in the making: its words, and the clauses and exchanges that it claims."""

from attrs import define, field


@define
class Draft:
    """What an explanation proposes.

    `subject` tells drafts of one kind apart and is part of the cause's id, so it holds nothing that changes from night to
    night. `clauses` are claimed outright, the likeliest first; `exchanges` attract further clauses whose proofs lie among them.
    """

    kind: str
    subject: str
    title: str
    explains: str
    mend: str
    clauses: list[str] = field(factory=list)
    exchanges: set[str] = field(factory=set)


def listed(names: list[str], most: int = 6, last: str = "and") -> str:
    """Return names as a sentence has them, the rest counted; `last` stands before the last one."""
    shown = names[:most]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def quoted(names: list[str], most: int = 6) -> str:
    """Return names in backticks, as a sentence has them."""
    return listed([f"`{name}`" for name in names], most)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
