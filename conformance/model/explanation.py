"""What failing cases share and passing ones lack: the smallest sets of features that explain a failure."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from attrs import frozen

_MOST = 3


@frozen(order=True, cache_hash=True)
class Feature:
    """One property of a request that can be chosen alone: what is chosen, and how; `plain` where it is the usual choice."""

    factor: str
    level: str
    plain: bool = False


Features = frozenset[Feature]


@lru_cache(maxsize=4096)
def chosen(factor: str, level: str, *, plain: bool = False) -> Feature:
    """Return a feature, equal ones as one object: sets of them are compared a million times in a run."""
    return Feature(factor, level, plain)


def explanations(failing: Collection[Features], passing: Collection[Features], most: int = _MOST) -> list[Features]:
    """Return the smallest sets of at most `most` features that every failing case has and no passing one; none where nothing explains all.

    Sets of unusual choices come first.
    """
    if not failing:
        return []
    shared = sorted(frozenset.intersection(*failing))
    return _sets(shared, set(passing), most)


def _sets(features: Sequence[Feature], passing: set[Features], most: int) -> list[Features]:
    # As bits of a number, for there are tens of thousands of combinations.
    bits = {feature: 1 << place for place, feature in enumerate(features)}
    concerned = frozenset(features)
    held = [sum(map(bits.__getitem__, one)) for one in {one & concerned for one in passing}]
    for size in range(1, most + 1):
        found = [
            frozenset(some)
            for some in combinations(features, size)
            if all(one & wanted != wanted for wanted in [sum(map(bits.__getitem__, some))] for one in held)
        ]
        if found:
            return sorted(found, key=lambda some: (sum(one.plain for one in some), sorted(some)))
    return []


def explain(failing: Mapping[str, Features], passing: Collection[Features]) -> list[tuple[Features, list[str]]]:
    """Return sets of features with the names of the failing cases that each explains; every case stands once.

    One set for all where there is one, else the sets that explain most; a case that nothing tells from the passing ones has the empty set.
    """
    known = set(passing)
    left, found = dict(failing), []
    while left:
        best = next(iter(explanations(left.values(), known)), None)
        if best is None:
            first = min(left.values(), key=len)
            best = max(
                _sets(sorted(first), known, _MOST),
                key=lambda some: sum(some <= one for one in left.values()),
                default=frozenset(),
            )
        names = [name for name, features in left.items() if best <= features] if best else list(left)
        found.append((best, names))
        left = {name: features for name, features in left.items() if name not in names}
    return found
