"""Any two faults of the mock together: two causes, each naming its own clause. Played in this process, without a socket."""

import random
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import combinations

from attrs import frozen

from conformance.contract import Contract, load
from conformance.mock.faults import faults
from conformance.model.cause import Cause
from conformance.selftest.stage import catalogue, loaded, play
from conformance.selftest.workers import spread


@frozen
class PairResult:
    """Two faults, and the causes of a run against both.

    `first` and `second` are the ids of the causes that name a clause which the fault breaks.
    """

    faults: tuple[str, str]
    causes: tuple[Cause, ...]
    first: frozenset[str]
    second: frozenset[str]
    hidden: bool

    @property
    def told(self) -> bool:
        """Whether each fault has a cause of its own."""
        return bool(self.first and self.second) and len(self.first | self.second) > 1

    @property
    def exact(self) -> bool:
        """Whether the two causes are all there are."""
        return self.told and len(self.causes) == 2


@frozen
class Pairs:
    """All pairs that were played."""

    contract: str
    rows: tuple[PairResult, ...]

    @property
    def shown(self) -> list[PairResult]:
        """The pairs of which both faults can be seen: neither hides the other, and they do not break one and the same clause alone."""
        return [row for row in self.rows if not row.hidden]


def row(contract: Contract, one: str, other: str) -> PairResult:
    """Play two faults together."""
    run = play(contract, (one, other))
    known = catalogue(contract)
    named = [
        {c for cause in run.causes for c in cause.requirements if fnmatchcase(c, known[name].breaks)}
        for name in (one, other)
    ]
    own = [frozenset(cause.id for cause in run.causes if clauses.intersection(cause.requirements)) for clauses in named]
    hidden = bool(run.notice) or not all(named) or len(named[0] | named[1]) < 2
    return PairResult((one, other), run.causes, own[0], own[1], hidden)


def _job(job: tuple[str, str, str]) -> PairResult:
    return row(loaded(job[0]), job[1], job[2])


def chosen(contract: Contract, sample: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return pairs of faults: so many drawn at random, or all for 0."""
    everything = list(combinations(faults(contract), 2))
    return random.Random(seed).sample(everything, sample) if 0 < sample < len(everything) else everything


def measure(
    name: str,
    *,
    jobs: int,
    sample: int = 0,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pairs:
    """Play pairs of a contract's faults in as many processes as `jobs`."""
    pairs = chosen(load(name), sample, seed)
    rows = []
    for found in spread(_job, [(name, *pair) for pair in pairs], jobs, 8):
        rows.append(found)
        advance(len(rows), len(pairs))
    return Pairs(name, tuple(rows))
