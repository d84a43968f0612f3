"""A cause in the making: its words, and the clauses and exchanges that it claims."""

from attrs import define, field

_LONG = 160


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


def short(text: str, most: int = _LONG) -> str:
    """Return a text on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
