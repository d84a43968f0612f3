"""Many causes made few: those of one family are told as one, the likest first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from attrs import frozen

from conformance.causes.accepted import STRICT
from conformance.causes.draft import Draft, counted, listed
from conformance.causes.place import ABSENT
from conformance.causes.status import BROKE, REFUSED

MOST, _ALIKE = 12, 3
_SAID = 12


@frozen
class _Family:
    """How causes are told together: `parts` and the number of `fields` stand in the title."""

    title: str
    mend: str


# The earlier a family stands, the less is lost where it is told as one.
_FAMILIES = {
    "null-places": _Family("A null is sent for what is absent: {parts}.", ABSENT),
    "lenient": _Family("Wrong values of {fields} are accepted: {parts}.", STRICT),
    "taken": _Family("Requests that must be refused are accepted: {parts}.", STRICT),
    "refused": _Family("Requests that the contract allows are refused, those with {parts}.", REFUSED),
    "broke": _Family("Requests are answered with a server error, those with {parts}.", BROKE),
    "status": _Family(
        "Requests are refused with other statuses than the contract's: {parts}.",
        "Answer with the status that the contract documents.",
    ),
}


def few(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts, those of one family made one where they would be more than a person reads."""
    found = list(drafts)
    for family, told in _FAMILIES.items():
        groups: dict[str, list[Draft]] = defaultdict(list)
        for draft in found:
            if draft.family == family:
                groups[_head(draft) if family in {"refused", "broke"} else ""].append(draft)
        for head, group in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            # So many values that are taken are nobody's single slip.
            if len(group) > (1 if len(found) > MOST else _ALIKE if family == "lenient" else MOST):
                place = found.index(group[0])
                found = [draft for draft in found if not any(draft is one for one in group)]
                found.insert(place, _together(family, head, told, group))
    return found


def _head(draft: Draft) -> str:
    """Return what most of a draft's clauses are about: the first two parts of their ids."""
    heads = Counter(
        ".".join(name.split(".")[:2]) if name.count(".") > 1 else name.partition(".")[0] for name in draft.clauses
    )
    return heads.most_common(1)[0][0] if heads else ""


def _merged(parts: Iterable[str]) -> list[str]:
    """Return each part once; what stands in brackets behind a field is put together."""
    found: dict[str, list[str]] = {}
    for part in parts:
        head, _, inside = part.partition(" (")
        bracketed = bool(inside) and part.endswith(")")
        known = found.setdefault(head if bracketed else part, [])
        known += [word for word in inside[:-1].split(", ") if word not in known] if bracketed else []
    return [f"{head} ({', '.join(words)})" if words else head for head, words in found.items()]


def _together(family: str, head: str, told: _Family, group: Sequence[Draft]) -> Draft:
    parts = _merged(part for draft in group for part in draft.part.split("; "))
    return Draft(
        f"{family}-several",
        head,
        told.title.format(
            parts=listed(parts, _SAID, "or" if family in {"refused", "broke"} else "and"),
            fields=counted(len(parts), "field"),
        ),
        f"{counted(len(group), 'difference')} of one kind",
        told.mend,
        [name for draft in group for name in draft.clauses],
        set().union(*(draft.exchanges for draft in group)),
    )
