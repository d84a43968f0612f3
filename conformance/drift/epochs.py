"""Scores and latency over many nights: where one model ends and another begins, and when answers took twice or half as long."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median

from attrs import frozen

from conformance.drift.correlation import CHANGE, WOBBLE, kendall, shift, swapped

# The scores of one model in one night: by query, in the order of the documents.
NightScores = Mapping[str, Sequence[float]]


@frozen
class ScoreShift:
    """How far two nights lie apart: the largest shift of a score, the mean over queries of each one's largest, the lowest rank correlation.

    `swapped` says whether documents changed places whose scores lay beyond the wobble.
    """

    shift: float
    mean: float
    tau: float
    swapped: bool
    queries: int

    @property
    def another(self) -> bool:
        """Whether this is another model: a score moved by 1e-2, or documents swapped whose scores lay apart."""
        return self.shift >= CHANGE or self.swapped

    @property
    def moved(self) -> bool:
        """Whether scores moved beyond the wobble of one model, on the whole set and not on an odd query."""
        return self.another or self.mean > WOBBLE


@frozen
class Epoch:
    """Nights with the same scores: the first and the last (numbers in the series), and how the first differs from the epoch before it.

    `back_to` is the number of the night that began an earlier epoch with the same scores.
    """

    first: int
    last: int
    move: ScoreShift | None = None
    back_to: int | None = None


def move(one: NightScores, other: NightScores) -> ScoreShift | None:
    """Return how far two nights lie apart on the queries that both answered; None without any."""
    shared = [
        (one[query], other[query]) for query in one if query in other and len(one[query]) == len(other[query]) > 0
    ]
    if not shared:
        return None
    shifts = [shift(*pair) for pair in shared]
    taus = [tau for pair in shared if (tau := kendall(*pair, tie=WOBBLE)) is not None]
    mean = fmean(shifts)
    return ScoreShift(
        max(shifts), mean, min(taus, default=1.0), any(swapped(*pair, tie=WOBBLE) for pair in shared), len(shared)
    )


def epochs(nights: Sequence[tuple[int, NightScores]]) -> list[Epoch]:
    """Return the epochs of a series of nights (number and scores), oldest first.

    A night is held against the one that began the epoch, so that scores that
    creep are seen too, when they have crept far enough.
    """
    found: list[Epoch] = []
    anchors: list[NightScores] = []
    for number, scores in nights:
        apart = move(anchors[-1], scores) if anchors else None
        if not found:
            found.append(Epoch(number, number))
            anchors.append(scores)
        elif apart is None or not apart.moved:
            found[-1] = Epoch(found[-1].first, number, found[-1].move, found[-1].back_to)
        else:
            alike = (
                epoch.first
                for epoch, anchor in zip(found, anchors, strict=True)
                if (again := move(anchor, scores)) is not None and not again.moved
            )
            found.append(Epoch(number, number, apart, next(alike, None)))
            anchors.append(scores)
    return found


_WINDOW = 14
_LEAST = 3
_FACTOR = 2.0
# Below this difference a factor says more of the machine that measured than of the service.
_MILLISECONDS = 100.0


def stretches(nights: Sequence[tuple[int, float]]) -> list[tuple[int, int, float, float]]:
    """Return each stretch of nights (number and milliseconds, oldest first) in which latency was far from what it had been.

    A stretch is its first and last night, the usual milliseconds before it, and those of its last night.
    Usual is the median of up to fourteen nights, three at least. Far
    is a factor of two and 100 ms, up or down. What stays so for fourteen nights is usual.
    """
    found: list[tuple[int, int, float, float]] = []
    usual: list[float] = []
    held: list[float] = []
    for number, value in nights:
        before = median(usual[-_WINDOW:]) if len(usual) >= _LEAST else None
        if (
            before is not None
            and max(before, value) >= _FACTOR * min(before, value)
            and abs(value - before) >= _MILLISECONDS
            and len(held) < _WINDOW
        ):
            first = found[-1][0] if held else number
            if held:
                found.pop()
            found.append((first, number, before, value))
            held.append(value)
        else:
            usual += [*held, value]
            held = []
    return found
