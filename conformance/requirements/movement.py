"""Which factors of a request move a text's score that none should move."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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


def moved(
    groups: Sequence[Group], tolerance: float, likely: Collection[str] = ()
) -> Iterator[tuple[Features, Sequence[Scored]]]:
    """Yield sets of features that move scores, with the scores that they move.

    Each group holds scores that should be one. The factors are the fewest that leave, where they
    are equal, no difference; of as few ones those that leave most scores to compare, and of these the `likely` ones.
    The empty set stands for differences that no factors explain.
    """
    apart = sorted((group for group in groups if not _one(group, tolerance)), key=len, reverse=True)[:_KEYS]
    if not apart:
        return
    # Levels of the number of documents are ranges: that the exact number counts is likelier than that several factors do.
    guilty = (
        _fewest(apart, tolerance, 1, 1, likely) or _counted(apart, tolerance) or _fewest(apart, tolerance, 2, _MOST)
    )
    for factors in _alone(apart, guilty, tolerance) or [guilty]:
        yield from _deviating(apart, factors, tolerance)


def _one(group: Group, tolerance: float) -> bool:
    values = [one.score for one in group]
    return max(values) - min(values) <= tolerance


def _table(group: Group, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the levels of each factor, a score after the other."""
    return {name: [one.levels[name].level if name in one.levels else "" for one in group] for name in names}


def _left(scores: Sequence[float], columns: Sequence[Sequence[str]], tolerance: float) -> int | None:
    """Return how many scores are left to compare where some factors are equal; None where such scores differ."""
    least: dict[tuple[str, ...], float] = {}
    most: dict[tuple[str, ...], float] = {}
    for levels, score in zip(zip(*columns, strict=True), scores, strict=True):
        least[levels], most[levels] = min(least.get(levels, score), score), max(most.get(levels, score), score)
        if most[levels] - least[levels] > tolerance:
            return None
    return len(scores) - len(least)


def _fewest(
    apart: Sequence[Group], tolerance: float, least: int, largest: int, likely: Collection[str] = ()
) -> tuple[str, ...]:
    met = {factor for group in apart for one in group for factor in one.levels}
    names = sorted(met, key=lambda factor: (factor not in likely, factor))
    tables = [([one.score for one in group], _table(group, names)) for group in apart]
    for size in range(least, largest + 1):
        best: tuple[str, ...] = ()
        most = 0
        for factors in combinations(names, size):
            left = 0
            for scores, table in tables:
                more = _left(scores, [table[factor] for factor in factors], tolerance)
                if more is None:
                    break
                left += more
            else:
                if left > most:
                    best, most = factors, left
        if best:
            return best
    return ()


def _counted(apart: Sequence[Group], tolerance: float) -> tuple[str, ...]:
    """Return the factor of how many documents there are, where scores of as many are equal."""
    left = [
        _left([one.score for one in group], [[str(len(one.reading.texts)) for one in group]], tolerance)
        for group in apart
    ]
    documents = apart[0][0].reading.contract.request_field("documents")
    return (f"{documents.name}/count",) if documents is not None and None not in left and any(left) else ()


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
    found = [
        one
        for group in apart
        for value in [usual(group, factors, tolerance)]
        for one in group
        if abs(one.score - value) > tolerance
    ]
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

    told = {
        score: len({other.reading.exchange.id for other in plain if abs(other.score - score) <= tolerance})
        for score in {one.score for one in plain}
    }
    return max(plain, key=lambda one: (told[one.score], -_size(one))).score


def _size(one: Scored) -> int:
    return len(one.reading.exchange.request.body)
