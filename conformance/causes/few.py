"""Many causes made few: those of one family are told as one, the likest first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from conformance.causes.draft import Draft, drafted, listed

MOST, _ALIKE = 12, 3
# The earlier a family stands, the less is lost where it is told as one.
_FAMILIES = ("null-places", "lenient", "taken", "refused", "broke", "status")
_BY_HEAD = {"refused", "broke"}


def few(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts, those of one family made one where they would be more than a person reads."""
    found = list(drafts)
    for family in _FAMILIES:
        groups: dict[str, list[Draft]] = defaultdict(list)
        for draft in found:
            if draft.family == family:
                groups[_head(draft) if family in _BY_HEAD else ""].append(draft)
        for head, group in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            # So many values that are taken are nobody's single slip.
            if len(group) > (1 if len(found) > MOST else _ALIKE if family == "lenient" else MOST):
                place = found.index(group[0])
                found = [draft for draft in found if not any(draft is one for one in group)]
                found.insert(place, _together(family, head, group))
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


def _together(family: str, head: str, group: Sequence[Draft]) -> Draft:
    parts = _merged(part for draft in group for part in draft.part.split("; "))
    return drafted(
        f"several.{family}",
        [name for draft in group for name in draft.clauses],
        set().union(*(draft.exchanges for draft in group)),
        head,
        kind=f"{family}-several",
        parts=listed(parts, MOST, "or" if family in _BY_HEAD else "and"),
        fields=len(parts),
        met=len(group),
    )
