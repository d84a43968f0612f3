"""Which factors of a request move a text's score that none should move."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from attrs import define

from conformance.checks.reading import Reading
from conformance.model.explanation import Feature, Features

_MOST, _KEYS = 3, 40
Group = Sequence["Scored"]


@define(slots=False, frozen=True, eq=False)
class Scored:
    """One text's score in one answer; `features` are those of the request and of the text's place in it."""

    reading: Reading
    text: str
    score: float
    features: Features

    @cached_property
    def levels(self) -> Mapping[str, Feature]:
        """The features by their factor."""
        return {feature.factor: feature for feature in self.features}


def moved(groups: Sequence[Group], tolerance: float) -> Iterator[tuple[Features, Sequence[Scored]]]:
    """Yield sets of features that move scores, with the scores that they move.

    Each group holds scores that should be one. The factors are the fewest that leave, where they
    are equal, no difference; of as few ones those that leave most scores to compare. The empty
    set stands for differences that no factors explain.
    """
    apart = sorted((group for group in groups if not _one(group, tolerance)), key=len, reverse=True)[:_KEYS]
    if not apart:
        return
    guilty = _fewest(apart, tolerance)
    for factors in _alone(apart, guilty, tolerance) or [guilty]:
        yield from _deviating(apart, factors, tolerance)


def _one(group: Group, tolerance: float) -> bool:
    values = [one.score for one in group]
    return max(values) - min(values) <= tolerance


def _split(group: Group, factors: Sequence[str]) -> list[list[Scored]]:
    found: dict[tuple[str, ...], list[Scored]] = defaultdict(list)
    for one in group:
        found[tuple(one.levels[factor].level if factor in one.levels else "" for factor in factors)].append(one)
    return list(found.values())


def _fewest(apart: Sequence[Group], tolerance: float) -> tuple[str, ...]:
    names = sorted({factor for group in apart for one in group for factor in one.levels})
    for size in range(1, _MOST + 1):
        best: tuple[str, ...] = ()
        most = 0
        for factors in combinations(names, size):
            left = 0
            for group in apart:
                parts = _split(group, factors)
                if not all(_one(part, tolerance) for part in parts):
                    break
                left += sum(len(part) - 1 for part in parts)
            else:
                if left > most:
                    best, most = factors, left
        if best:
            return best
    return ()


def _alone(apart: Sequence[Group], factors: tuple[str, ...], tolerance: float) -> list[tuple[str, ...]]:
    """Return each of several factors by itself where each moves scores while the others are equal and plain."""
    if len(factors) < 2:
        return []
    for factor in factors:
        rest = [other for other in factors if other != factor]
        plain = (
            [one for one in group if all(other not in one.levels or one.levels[other].plain for other in rest)]
            for group in apart
        )
        if not any(group and not _one(group, tolerance) for group in plain):
            return []
    return [(factor,) for factor in factors]


def _deviating(
    apart: Sequence[Group], factors: tuple[str, ...], tolerance: float
) -> Iterator[tuple[Features, Sequence[Scored]]]:
    """Yield the scores that lie apart from those of the plainest requests."""
    found = [one for group in apart for one in group if abs(one.score - usual(group, factors, tolerance)) > tolerance]
    levels = [frozenset(one.levels[factor] for factor in factors if factor in one.levels) for one in found]
    if found:
        yield max(levels, key=levels.count), found


def usual(group: Group, factors: Sequence[str], tolerance: float) -> float:
    """Return the score that counts: of plain requests in these factors, else of most; of two as frequent ones that of the smallest request."""
    if _one(group, tolerance):
        return min(group, key=_size).score
    plain = [
        one
        for one in group
        if factors and all(factor not in one.levels or one.levels[factor].plain for factor in factors)
    ] or group

    def rank(one: Scored) -> tuple[int, int]:
        return len({other.reading.exchange.id for other in plain if abs(other.score - one.score) <= tolerance}), -_size(
            one
        )

    return max(plain, key=rank).score


def _size(one: Scored) -> int:
    return len(one.reading.exchange.request.body)
