"""One clause over many nights: since when it is as it is, and whether it flips."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise

from attrs import define, field, frozen

from conformance.model.clause import Clause
from conformance.model.verdict import Outcome
from conformance.store.record import OUTCOMES, UNSHOWN, Record

# A clause is called flaky by its last WINDOW nights that showed it.
WINDOW = 14
# … when it broke at least SPELLS times, mended in between, and flipped in at least RATE of its steps from night to night …
SPELLS = 2
RATE = 0.25
# … unless it has been the same for SETTLED nights: then it is what it is.
SETTLED = 3
_BROKEN = "f"


@frozen
class Flaky:
    """How often a clause flipped: `flips` in `nights` that showed it, of which `broken` were broken."""

    nights: int
    broken: int
    flips: int

    @property
    def rate(self) -> float:
        """Flips for each step from one night to the next, 0..1."""
        return self.flips / (self.nights - 1)

    def __str__(self) -> str:
        return f"failed in {self.broken} of {self.nights} nights, changed {self.flips} times ({self.rate:.0%})"


@define(slots=False, frozen=True)
class Track:
    """A clause's letters (see `record.LETTERS`), oldest first, and the runs they are of, by their number in the series."""

    clause: Clause
    letters: str
    runs: tuple[int, ...] = field(repr=False)

    @property
    def outcome(self) -> Outcome:
        """What the last run said."""
        return OUTCOMES[self.letters[-1]]

    @property
    def before(self) -> Outcome | None:
        """What the runs said before the present stretch began; None when they never said anything else."""
        at = self._start
        return OUTCOMES[self.letters[at - 1]] if at else None

    @property
    def since(self) -> int:
        """The number of the run with which the present stretch began."""
        return self.runs[self._start]

    @property
    def length(self) -> int:
        """How many runs of the present stretch said so; nights in between that could not tell are not counted."""
        return self.letters.count(self.letters[-1], self._start)

    @cached_property
    def _start(self) -> int:
        """Where the present stretch begins; a night that shows nothing does not end one."""
        last = self.letters[-1]
        passing = UNSHOWN if last not in UNSHOWN else ""
        at = len(self.letters) - 1
        for number in range(at, -1, -1):
            if self.letters[number] == last:
                at = number
            elif self.letters[number] not in passing:
                break
        return at

    @cached_property
    def shown(self) -> str:
        """The letters of the nights that showed anything."""
        return self.letters.translate(_HIDE)

    @cached_property
    def flaky(self) -> Flaky | None:
        """How it flips, or None when it does not, or not any more."""
        return flakiness(self.shown)


_HIDE = str.maketrans("", "", UNSHOWN)


def flakiness(shown: str) -> Flaky | None:
    """Judge the letters of the nights that showed a clause, oldest first.

    Flaky is what broke twice, was mended in between, and flips in a quarter of
    its nights or more. One break and one mend are just that; a clause that broke
    again after a long time is newly broken; and what has been the same for three
    nights has settled.
    """
    if _BROKEN not in shown:
        return None
    window = [letter == _BROKEN for letter in shown[-WINDOW:]]
    spells = [is_broken for is_broken, _ in groupby(window)]
    flips = sum(one != other for one, other in pairwise(window))
    if spells.count(True) < SPELLS or flips < RATE * (len(window) - 1) or len(set(window[-SETTLED:])) == 1:
        return None
    return Flaky(len(window), sum(window), flips)


def tracks(series: Sequence[Record]) -> Iterator[Track]:
    """Yield the track of every clause that any run of a series judged; the last run's clauses first, in its order."""
    parts: dict[str, list[tuple[tuple[int, ...], str]]] = {}
    clauses: dict[str, Clause] = {}
    for numbers in _by_clauses(series):
        judged = series[numbers[0]].judged
        # Letters of one list of clauses stand in the same places: turned on their side, they are the clauses' tracks.
        for clause, column in zip(
            judged.clauses, zip(*(series[number].letters for number in numbers), strict=True), strict=True
        ):
            parts.setdefault(clause.id, []).append((numbers, "".join(column)))
            clauses[clause.id] = clause
    order = dict.fromkeys((*(series[-1].judged.ids if series else ()), *parts))
    for name in order:
        numbers, letters = _joined(parts[name])
        yield Track(clauses[name], letters, numbers)


def _by_clauses(series: Sequence[Record]) -> list[tuple[int, ...]]:
    """Return the numbers of the runs that share a list of clauses, the lists by their last use."""
    groups: dict[int, list[int]] = {}
    for number, run in enumerate(series):
        groups.setdefault(id(run.judged), []).append(number)
    return sorted((tuple(numbers) for numbers in groups.values()), key=lambda numbers: numbers[-1])


def _joined(parts: Sequence[tuple[tuple[int, ...], str]]) -> tuple[tuple[int, ...], str]:
    if len(parts) == 1:
        return parts[0]
    both = sorted(pair for numbers, letters in parts for pair in zip(numbers, letters, strict=True))
    return tuple(number for number, _ in both), "".join(letter for _, letter in both)


def by_series(runs: Sequence[Record]) -> Mapping[tuple[str, str, str], list[Record]]:
    """Return runs by what makes them comparable, each list in the order given."""
    found: dict[tuple[str, str, str], list[Record]] = {}
    for run in runs:
        found.setdefault(run.series, []).append(run)
    return found
